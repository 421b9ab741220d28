"""The whole database in another one, of the same kind or the other: row by row, and then compared row by row."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import dj_database_url
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from editorial import safeguards
from network import snapshot

BATCH = 500
THERE = "target"  # Django's name of the other database while this runs

Progress = Callable[[str, int], object]


class Failed(Exception):
    """The old database is as it was; the message says what is wrong with the new one."""


def move(address: str, said: Progress = lambda table, rows: None) -> dict[str, int]:
    """Fill the empty database at `address` with all that is in this one. Returns how many rows each table has.

    Nobody may write meanwhile: stop the site. Raises Failed where the new database is not empty, or not the same.
    """
    target = _opened(address)
    try:
        if target.introspection.table_names():
            raise Failed("That database is not empty. Name a new one.")
        _run(address, "migrate", "--verbosity", "0")
        with transaction.atomic(using=THERE):
            _emptied(target)
            for model in _tables():
                said(model._meta.db_table, _copied(model, target))
            _counted_on(target)
            safeguards.install(target)
        counts = {}
        for model in _tables():
            ours, theirs = _sum(model, "default"), _sum(model, THERE)
            if ours != theirs:
                raise Failed(f"{model._meta.db_table} is not the same there: {ours[0]} rows here, {theirs[0]} there.")
            counts[model._meta.db_table] = ours[0]
        snapshot.take_stock(target)
        _run(address, "verify_trail")
        return counts
    finally:
        target.close()
        del connections[THERE]
        del connections.databases[THERE]


def _opened(address: str) -> BaseDatabaseWrapper:
    known = dict(connections.databases["default"])
    named = dj_database_url.parse(address)
    is_same_kind = named["ENGINE"] == known["ENGINE"]
    connections.databases[THERE] = {**known, **named, "OPTIONS": known["OPTIONS"] if is_same_kind else {}}
    return connections[THERE]


def _run(address: str, *words: str) -> None:
    """A command of ours on the new database, in a process of its own."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    done = subprocess.run(
        command, env=os.environ | {"DATABASE_URL": address}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"manage.py {words[0]} on the new database: {done.stderr.strip()[-500:]}")


def _tables() -> list[type[models.Model]]:
    """Everything that has rows, what Django's own parts keep included."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.managed and not model._meta.proxy]


def _emptied(target: BaseDatabaseWrapper) -> None:
    """What the migrations wrote gives way to what is moved."""
    safeguards.remove(target)
    with target.cursor() as cursor:
        names = [model._meta.db_table for model in _tables()]
        for statement in target.ops.sql_flush(no_style(), names, allow_cascade=True):
            cursor.execute(statement)


def _copied(model: type[models.Model], target: BaseDatabaseWrapper) -> int:
    fields = model._meta.concrete_fields
    quote = target.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"
    count = 0
    for rows in _batches(model, "default"):
        with target.cursor() as cursor:
            cursor.executemany(
                statement,
                [
                    [field.get_db_prep_save(value, target) for field, value in zip(fields, row, strict=True)]
                    for row in rows
                ],
            )
        count += len(rows)
    return count


def _counted_on(target: BaseDatabaseWrapper) -> None:
    """New rows get numbers after those that were moved."""
    with target.cursor() as cursor:
        for statement in target.ops.sequence_reset_sql(no_style(), _tables()):
            cursor.execute(statement)


def _sum(model: type[models.Model], using: str) -> tuple[int, str]:
    """How many rows there are, and a hash over them all in the order of their numbers."""
    count, digest = 0, hashlib.sha256()
    for rows in _batches(model, using):
        count += len(rows)
        for row in rows:
            digest.update(json.dumps([str(one) if not _is_plain(one) else one for one in row], sort_keys=True).encode())
    return count, digest.hexdigest()


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | str | dict | list)


def _batches(model: type[models.Model], using: str) -> Iterator[list[tuple]]:
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    batch: list[tuple] = []
    for row in rows.iterator(BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
