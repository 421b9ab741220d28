"""The cast, and what every test stands on."""

import gc
import os
import shutil
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.template import Context, Template
from django.test import client
from hypothesis import settings as hypothesis

from articles.models import Section
from editorial import permissions
from network import watch
from network.models import Network
from tests import factories, migrated
from tests.remembered import memory, overridden

# The first is the same browser without the windows that nobody sees: some journeys took 50 s of processor, and not 68.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), None)
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"

LONG_ID = 100  # characters of a parameter that a test is still called by

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


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file made for a test is not its name: each worker makes its own, and an ICC profile holds the second it was made in."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > LONG_ID) else None


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


@pytest.fixture(autouse=True, scope="session")
def _context_of_the_page_alone():
    """An answer keeps what its page was given. Django's client would keep a copy for each part of the page as well."""
    keep = client.store_rendered_templates

    def keep_whole(*args, template: Template, context: Context, **kwargs) -> None:
        if context.template is template:
            keep(*args, template=template, context=context, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "store_rendered_templates", keep_whole)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(migrated.kept())
            memory.settle()
        yield


@pytest.fixture(autouse=True, scope="session")
def _one_chain():
    """Clients under the usual settings share one chain of middleware, as the requests of a site do: to make one takes
    longer than most answers, because it looks through the static files."""
    chain, load = BaseHandler(), client.ClientHandler.load_middleware

    def lend(handler: client.ClientHandler, is_async: bool = False) -> None:
        if not overridden():
            if chain._middleware_chain is None:
                load(chain)
            vars(handler).update(vars(chain))
        else:
            load(handler, is_async)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client.ClientHandler, "load_middleware", lend)
        yield


@pytest.fixture(autouse=True)
def _nothing_left_over():
    """What another test put into the cache of its process, or had counted and could not write down."""
    cache.clear()
    watch._waiting.clear()
    memory.begin()


@pytest.fixture
def network(db) -> Network:
    return Network.objects.get(pk=memory.recall("network", lambda: factories.make_network().pk))


@pytest.fixture
def cast(network) -> SimpleNamespace:
    """Everybody a story needs. `ana` and `bo` write; `edda` and `emil` edit; `pia` publishes; `sten` keeps standards;
    `axel` is an author in the editors' and publishers' groups; `root` runs the machine."""
    people = memory.recall("cast", _make_cast)
    users = User.objects.in_bulk(people.values())
    section = Section.objects.get(slug="opinion")
    return SimpleNamespace(section=section, **{name: users[pk] for name, pk in people.items()})


def _make_cast() -> dict[str, int]:
    factories.make_disclaimer()
    factories.make_agreement()
    factories.make_section()
    people = {
        "ana": factories.make_contributor("ana", "Ana Ruiz"),
        "bo": factories.make_contributor("bo", "Bo Lindqvist"),
        "axel": factories.make_contributor("axel", "Axel Both", permissions.EDITORS, permissions.PUBLISHERS),
        "edda": factories.make_desk("edda", permissions.EDITORS),
        "emil": factories.make_desk("emil", permissions.EDITORS),
        "pia": factories.make_desk("pia", permissions.PUBLISHERS),
        "sten": factories.make_desk("sten", permissions.STANDARDS),
        "root": factories.make_user("root", is_staff=True, is_superuser=True),
    }
    return {name: user.pk for name, user in people.items()}


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
