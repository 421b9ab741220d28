"""The cast, and what every test stands on."""

import gc
import importlib
import os
import shutil
import sqlite3
import time
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import OperationalError, connection
from hypothesis import settings as hypothesis

from editorial import permissions
from network import watch
from tests import factories

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"

hypothesis.register_profile("quick", deadline=None)
hypothesis.register_profile("deep", deadline=None)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database, and leave browser journeys out where there is no browser, unless one is required."""
    for item in items:
        if {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
        if item.get_closest_marker("browser") and CHROMIUM is None:
            if os.environ.get("REQUIRE_BROWSER"):
                raise pytest.UsageError("REQUIRE_BROWSER is set, and there is no Chromium here.")
            item.add_marker(pytest.mark.skip(reason="no Chromium here"))


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end: nobody looks through it again and again for what is free."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_terminal_summary(terminalreporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line("The browser journeys were left out: there is no Chromium here.")


def pytest_sessionfinish() -> None:
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database as the migrations made it. Between tests with real transactions SQLite is put back to that at once, and
    not emptied by DELETE, which the safeguards refuse. PostgreSQL is emptied by TRUNCATE, and once more where that and a
    browser's last request waited for each other."""
    operations = type(connection.ops)
    original = operations.execute_sql_flush
    migrated = sqlite3.connect(":memory:")

    def put_back(self, statements):
        self.connection.ensure_connection()
        migrated.backup(self.connection.connection)

    def truncate(self, statements, tries=5):
        try:
            original(self, statements)
        except OperationalError:
            if tries == 1:
                raise
            time.sleep(0.3)
            truncate(self, statements, tries - 1)

    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            connection.ensure_connection()
            connection.connection.backup(migrated)
    operations.execute_sql_flush = put_back if connection.vendor == "sqlite" else truncate
    yield
    operations.execute_sql_flush = original
    migrated.close()


@pytest.fixture(autouse=True)
def _nothing_left_over():
    """What another test put into the cache of its process, or had counted and could not write down."""
    cache.clear()
    watch._waiting.clear()


def refill() -> None:
    """What the migrations wrote, also after a flush."""
    if Group.objects.exists():
        return
    importlib.import_module("editorial.migrations.0003_groups").make_groups(apps, None)
    importlib.import_module("editorial.migrations.0006_rights_to_invite").grant(apps, None)
    importlib.import_module("editorial.migrations.0010_safeguards_of_recusal").grant(apps, None)
    importlib.import_module("editorial.migrations.0016_checklist_items").fill(apps, None)
    importlib.import_module("editorial.migrations.0016_checklist_items").grant(apps, None)
    importlib.import_module("editorial.migrations.0019_letter_starts").fill(apps, None)
    importlib.import_module("editorial.migrations.0019_letter_starts").grant(apps, None)


@pytest.fixture
def groups(db) -> None:
    refill()


@pytest.fixture
def network(db):
    return factories.make_network()


@pytest.fixture
def cast(groups, network) -> SimpleNamespace:
    """Everybody a story needs. `ana` and `bo` write; `edda` and `emil` edit; `pia` publishes; `sten` keeps standards;
    `axel` is an author in the editors' and publishers' groups; `root` runs the machine."""
    factories.make_disclaimer()
    factories.make_agreement()
    return SimpleNamespace(
        ana=factories.make_contributor("ana", "Ana Ruiz"),
        bo=factories.make_contributor("bo", "Bo Lindqvist"),
        axel=factories.make_contributor("axel", "Axel Both", permissions.EDITORS, permissions.PUBLISHERS),
        edda=factories.make_desk("edda", permissions.EDITORS),
        emil=factories.make_desk("emil", permissions.EDITORS),
        pia=factories.make_desk("pia", permissions.PUBLISHERS),
        sten=factories.make_desk("sten", permissions.STANDARDS),
        root=factories.make_user("root", is_staff=True, is_superuser=True),
        section=factories.make_section(),
    )


@pytest.fixture
def draft(cast):
    """A complete draft of Ana's, declared and ready to be submitted."""
    return factories.make_piece(cast.ana, cast.section)


@pytest.fixture
def at_stage(cast):
    """A function: a piece of Ana's taken to a stage by the real steps."""

    def reach(stage: str, **text):
        return factories.make_piece_at(stage, cast, **text)

    return reach


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS.split()}
