"""The database as one file that is consistent while the site is being used, and back again.

SQLite copies itself by its own online backup; PostgreSQL by pg_dump and pg_restore, which have to be of the server's
version or newer.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

PG_ENVIRONMENT = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}


class Failed(Exception):
    """Nothing was changed; the message says what to do."""


def take(target: Path) -> dict[str, int]:
    """Write the whole database to a file. Returns how many rows each table has in it. Raises Failed."""
    if connection.vendor == "postgresql":
        return _dump(target)
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return counted(copy.cursor(), _tables_of_sqlite(copy))


def _dump(target: Path) -> dict[str, int]:
    """The dump and the counts see the same moment: pg_dump joins the snapshot of our transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        moment = cursor.fetchone()[0]
        _run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={moment}", f"--file={target}", _name())
        return counted(cursor, connection.introspection.table_names(cursor))


def put_back(source: Path) -> None:
    """Fill this installation's empty database from the file. Raises Failed where it is not empty."""
    if connection.introspection.table_names():
        raise Failed(
            "The database is not empty. Restore into a new one: move it away, or name another in DATABASE_URL."
        )
    if connection.vendor == "postgresql":
        connection.close()
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={_name()}", str(source))
        return
    name = Path(connection.settings_dict["NAME"])
    connection.close()
    for beside in (name, *(name.with_name(name.name + end) for end in ("-wal", "-shm", "-journal"))):
        beside.unlink(missing_ok=True)
    shutil.copyfile(source, name)


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
