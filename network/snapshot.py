"""The database as one file that is consistent while the site is being used, and back again.

SQLite copies itself by its own online backup; PostgreSQL by pg_dump and pg_restore, which have to be of the server's
version or newer.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

PG_ENVIRONMENT = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite calls a database's files, after its own name

Said = TypeVar("Said")


class Failed(Exception):
    """Nothing was changed; the message says what to do."""


def take(target: Path, ask: Callable[[Any], Said]) -> tuple[dict[str, int], Said]:
    """Write the whole database to a file. Returns how many rows each table has in it, and what `ask` finds out with a
    cursor that sees the same moment. Raises Failed."""
    if connection.vendor == "postgresql":
        return _dump(target, ask)
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return counted(copy.cursor(), _tables_of_sqlite(copy)), ask(copy.cursor())


def _dump(target: Path, ask: Callable[[Any], Said]) -> tuple[dict[str, int], Said]:
    """The dump, the counts and the question see the same moment: pg_dump joins the snapshot of our transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        moment = cursor.fetchone()[0]
        _run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={moment}", f"--file={target}", _name())
        return counted(cursor, connection.introspection.table_names(cursor)), ask(cursor)


def put_back(source: Path) -> None:
    """Fill this installation's empty database from the file. Raises Failed, and leaves it as empty."""
    if _tables_of_new():
        raise Failed(
            "The database is not empty. Restore into a new one: move it away, or name another in DATABASE_URL."
        )
    if connection.vendor == "postgresql":
        connection.close()
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={_name()}", str(source))
        take_stock(connection)
        return
    _clear_sqlite()
    try:
        shutil.copyfile(source, _name())
        connection.introspection.table_names()  # with the first look SQLite makes more files, which need room, too
    except (OSError, DatabaseError) as error:
        _clear_sqlite()
        raise Failed(f"The database could not be put back: {getattr(error, 'strerror', None) or error}.") from None


def take_stock(database: BaseDatabaseWrapper) -> None:
    """Have PostgreSQL look at much that came at once. By itself it does in a minute, and plans badly until then."""
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("ANALYZE")


def _tables_of_new() -> list[str]:
    """The tables that are there already. SQLite makes a file when it is asked; where that fails it goes again."""
    is_new = connection.vendor == "sqlite" and not Path(_name()).exists()
    try:
        return connection.introspection.table_names()
    except DatabaseError as error:
        if is_new:
            _clear_sqlite()
        raise Failed(f"The database cannot be opened: {error}.") from None


def _clear_sqlite() -> None:
    connection.close()
    for end in BESIDE:
        Path(_name() + end).unlink(missing_ok=True)


def counted(cursor: Any, tables: list[str]) -> dict[str, int]:
    counts = {}
    for table in sorted(tables):
        cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
        counts[table] = cursor.fetchone()[0]
    return counts


def counts() -> dict[str, int]:
    """How many rows each table of this installation's database has."""
    with connection.cursor() as cursor:
        return counted(cursor, connection.introspection.table_names(cursor))


@contextmanager
def scratch(folder: Path) -> Iterator[str]:
    """The address of an empty database of the same kind as ours, for as long as it is needed."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{folder / 'scratch.sqlite3'}"
        return
    name = f"{_name()}_check_{os.getpid()}"
    _autocommit(f'CREATE DATABASE "{name}"')
    try:
        yield _address(name)
    finally:
        _autocommit(f'DROP DATABASE "{name}" WITH (FORCE)')


def _autocommit(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _address(name: str) -> str:
    """The environment of the child holds the password; here it would be seen in the list of processes."""
    given = connection.settings_dict
    host = f"{given['HOST'] or 'localhost'}{':' + str(given['PORT']) if given['PORT'] else ''}"
    return f"postgres://{given['USER']}{':' + given['PASSWORD'] if given['PASSWORD'] else ''}@{host}/{name}"


def _tables_of_sqlite(copy: sqlite3.Connection) -> list[str]:
    """As Django's introspection names them, without what SQLite and its full-text search keep for themselves."""
    rows = copy.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return [name for (name,) in rows]


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(program: str, *arguments: str) -> None:
    given = connection.settings_dict
    words = {variable: str(given[key]) for key, variable in PG_ENVIRONMENT.items() if given.get(key)}
    try:
        done = subprocess.run(
            [program, *arguments], env=os.environ | words, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise Failed(f"{program} is not installed. It comes with PostgreSQL's client programs.") from None
    if done.returncode:
        raise Failed(f"{program} failed: {done.stderr.strip()[-500:]}")
