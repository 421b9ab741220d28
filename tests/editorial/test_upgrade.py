"""A site of an earlier version comes to this one by `migrate`, and everything in it holds."""

import gzip
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from editorial import safeguards

VERSIONS = sorted((Path(__file__).parent.parent / "upgrades").glob("*.sql.gz"))
SHOW = (
    "from django.test import Client; answer = Client().get('/articles/gulls-at-six/', headers={'host': 'localhost'}); "
    "print(answer.status_code, 'By' in answer.text, 'do not necessarily reflect' in answer.text)"
)


@pytest.fixture(params=VERSIONS, ids=lambda path: path.stem)
def older(request, tmp_path) -> Path:
    """The database of an earlier version, as a file."""
    path = tmp_path / "older.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(gzip.decompress(request.param.read_bytes()).decode())
    return path


def manage(database: Path, *arguments: str) -> str:
    given = {"DJANGO_SETTINGS_MODULE": "network.settings", "DEBUG": "1", "DATABASE_URL": f"sqlite:///{database}"}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ | given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def triggers(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as opened:
        return {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}


def test_older_site_is_brought_to_today(older):
    before = rows_of(older)

    manage(older, "migrate", "--verbosity", "0")

    assert rows_of(older) == before  # a page that is asked for publishes what is due
    assert "Everything holds: 13 revisions, 16 events, 1 publications." in manage(older, "verify_trail")
    assert manage(older, "shell", "--verbosity", "0", "-c", SHOW) == "200 True True\n"
    assert {f"{guard.table}_{guard.name}" for guard in safeguards.all_safeguards("sqlite")} <= triggers(older)


def rows_of(database: Path) -> dict[str, int]:
    """How many rows the records have: an upgrade loses none and makes none."""
    tables = ("auth_user", "authors_author", "articles_article", "articles_revision", "editorial_event")
    with closing(sqlite3.connect(database)) as opened:
        return {table: opened.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}


def test_second_migrate_changes_nothing_and_puts_back_what_is_missing(older):
    manage(older, "migrate", "--verbosity", "0")
    there = triggers(older)
    with closing(sqlite3.connect(older)) as opened:
        opened.execute("DROP TRIGGER editorial_event_never_update")

    manage(older, "migrate", "--verbosity", "0")

    assert triggers(older) == there
