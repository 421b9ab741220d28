"""The database as the migrations made it, and as it is again after each test with real transactions.

Django would empty every table instead: the safeguards refuse its DELETE on SQLite, its TRUNCATE of so many takes seconds on
PostgreSQL, and what the migrations wrote would be gone as well."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management.commands import flush
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier


@contextmanager
def kept() -> Iterator[None]:
    """While this is open, a flush puts the database back to what it is now."""
    rows = Sqlite() if connection.vendor == "sqlite" else Postgres()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "execute_sql_flush", lambda *_: rows.put_back())
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)  # what it makes is among the rows
        yield


class Sqlite:
    """A copy of the whole database, in memory."""

    def __init__(self):
        connection.ensure_connection()
        self.copy = sqlite3.connect(":memory:")
        connection.connection.backup(self.copy)

    def put_back(self) -> None:
        connection.ensure_connection()
        self.copy.backup(connection.connection)


class Postgres:
    """Copies of the tables that have rows, in a schema of their own. While they are put back every trigger rests, and the
    checks of foreign keys with them: a superuser may ask for that."""

    def __init__(self):
        self.tables = [name for name in connection.introspection.table_names() if name != "django_migrations"]
        self.filled = self._filled()
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA migrated")
            for name in map(Identifier, self.filled):
                cursor.execute(SQL("CREATE TABLE migrated.{0} AS TABLE public.{0}").format(name))

    def put_back(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for name in map(Identifier, self._filled()):
                cursor.execute(SQL("DELETE FROM public.{}").format(name))
            for name in map(Identifier, self.filled):
                cursor.execute(SQL("INSERT INTO public.{0} TABLE migrated.{0}").format(name))

    def _filled(self) -> list[str]:
        asked = (SQL("SELECT {} WHERE EXISTS (TABLE public.{})").format(name, Identifier(name)) for name in self.tables)
        with connection.cursor() as cursor:
            cursor.execute(SQL(" UNION ALL ").join(asked))
            return [name for (name,) in cursor.fetchall()]
