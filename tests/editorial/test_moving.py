"""All of a database in another one."""

import os
import sqlite3
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from articles.models import Article
from network.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere(tmp_path):
    """The address of an empty database, of the other kind where there is one."""
    server = os.environ.get("TEST_POSTGRES_URL")
    if connection.vendor == "postgresql" or not server:
        yield f"sqlite:///{tmp_path / 'new.sqlite3'}"
        return
    name = f"moved_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{server.rpartition('/')[0]}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def here() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def manage(database: str, *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    environment = os.environ | {"DATABASE_URL": database, "DEBUG": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_moved_site_is_the_same_and_goes_on(cast, at_stage, elsewhere):
    Edition.objects.get_or_create(pk=1)
    at_stage("published")
    at_stage("proof", headline="A second one")

    moved = manage(here(), "move_database", elsewhere)

    assert "each the same as here, and the trail verifies" in moved.stdout, moved.stderr
    code = (
        "from articles.models import Article; from django.test import Client; from django.contrib.auth.models import User;"
        "from articles.models import Tag; Tag.objects.create(name='Gulls', slug='gulls');"
        "from editorial.workflow import take; p = Article.objects.get(stage='proof');"
        "take('sign', p, by=User.objects.get(username='ana'));"
        "print(Client().get('/articles/gulls-at-six/', SERVER_NAME='127.0.0.1').status_code, Article.objects.get(pk=p.pk).stage)"
    )
    assert manage(elsewhere, "shell", "--verbosity", "0", "-c", code).stdout.strip() == "200 ready"
    assert Article.objects.get(stage="proof").headline == "A second one", "the old database is as it was"
    if elsewhere.startswith("postgres"):
        with psycopg.connect(elsewhere) as there:
            looked_at = there.execute("SELECT 1 FROM pg_stats WHERE tablename = 'articles_article'").fetchone()
        assert looked_at, "PostgreSQL would plan badly until it has looked by itself"


def test_database_that_is_not_empty_is_left_alone(network, tmp_path):
    path = tmp_path / "there.sqlite3"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (id)")

    refused = manage(here(), "move_database", f"sqlite:///{path}")

    assert (refused.returncode, "That database is not empty" in refused.stderr) == (1, True)
    assert sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
