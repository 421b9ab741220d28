"""How the site speaks to PostgreSQL."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from articles.models import Tag
from network import edition, snapshot

SAY = "import json; from network.settings import DATABASES; print(json.dumps(DATABASES['default']))"


def test_connection_lasts_some_seconds_and_keeps_the_options_that_were_given():
    address = "postgres://network@127.0.0.1/network?connect_timeout=2&options=-c%20search_path%3Dnetwork"
    given = {"DATABASE_URL": address, "PGOPTIONS": "-c lock_timeout=5s", "DEBUG": "1"}

    said = subprocess.run(
        [sys.executable, "-c", SAY], cwd=settings.BASE_DIR, env=os.environ | given, capture_output=True, check=True
    )

    database = json.loads(said.stdout)
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (5, True)
    options = {"connect_timeout": 2, "options": "-c jit=off -c search_path=network -c lock_timeout=5s"}
    assert database["OPTIONS"] == options


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")
def test_plans_are_kept_where_pages_are_asked_about_and_nowhere_else(db):
    own = edition.Connection()
    with own.opened().cursor() as asking, connection.cursor() as other:
        said = [_shown(cursor, name) for cursor in (asking, other) for name in ("jit", "plan_cache_mode")]
    own.close()

    assert said == ["off", "force_generic_plan", "off", "auto"]


def _shown(cursor, name: str) -> str:
    cursor.execute(f"SHOW {name}")
    return cursor.fetchone()[0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")
def test_much_that_came_at_once_is_looked_at(db):
    Tag.objects.bulk_create(Tag(name=f"Tag {number}", slug=f"tag-{number}") for number in range(300))

    snapshot.take_stock(connection)

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'articles_tag'")
        assert cursor.fetchone() == (300,)
