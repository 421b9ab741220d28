"""The number of the edition: read by threads at once, by several processes, and of a database that went back."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from threading import Event, Lock

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from editorial import safeguards, workflow
from network import edition
from network.models import Edition, Network
from tests import factories
from tests.network.ready import corrected, number, page

pytestmark = pytest.mark.django_db(transaction=True)


def test_older_database_in_the_place_of_a_newer_counts_anew():
    shelf = edition.Shelf(10_000)
    shelf.put(5, ("page",), page())
    assert shelf.get(3, ("page",)) is None
    assert shelf.get(5, ("page",))

    shelf.begin(3)
    shelf.put(5, ("other",), page())

    assert list(shelf.pages) == [("other",)]


def test_page_of_a_database_that_was_put_back_never_returns(site, published):
    earlier = number()
    Network.objects.update(name="The Lost")
    assert "The Lost" in site.text("/about/")

    Edition.objects.update(number=earlier)
    Network.objects.update(name="The Noise")

    assert "The Noise" in site.text("/about/")


class Turn:
    """A lock that knows how many have come to it."""

    def __init__(self):
        self.lock, self.came = Lock(), 0

    def __enter__(self):
        self.came += 1
        self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_threads_that_ask_at_once_share_a_statement_begun_after_they_asked(monkeypatch):
    counter, numbers, may_answer = edition.Counter(), iter((1, 2, 3)), Event()
    counter.turn = Turn()
    monkeypatch.setattr(edition.Counter, "_ask", lambda counter: may_answer.wait(10) and next(numbers))

    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(counter.newest)
        _wait_until(lambda: counter.begun == 1)
        later = [threads.submit(counter.newest) for _ in range(4)]
        _wait_until(lambda: counter.turn.came == 5)
        may_answer.set()

    assert first.result() == 1
    assert [one.result() for one in later] == [2] * 4
    assert counter.newest() == 3


def _wait_until(is_so) -> None:
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_thread_that_read_the_number_before_another_empties_nothing(site, published, monkeypatch):
    site.text("/about/")
    late = iter([number() - 1])
    newest = site.edition.counter.newest
    monkeypatch.setattr(type(site.edition.counter), "newest", lambda counter: next(late, None) or newest())

    assert site.get("/about/")[0] == 200
    assert site.made == 1


def test_what_changed_without_triggers_is_counted_when_they_return(site, published):
    site.text("/about/")

    safeguards.remove(connection)
    Network.objects.update(name="The Noise")
    call_command("install_safeguards")

    assert "The Noise" in site.text("/about/")


@pytest.fixture
def machine(site):
    """A function that starts a machine: two web processes on one database, with a clock that may be ahead."""
    started = []

    def start(ahead: float = 0) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        name, vendor = connection.settings_dict["NAME"], connection.vendor
        address = (
            f"sqlite:///{name}" if vendor == "sqlite" else os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
        )
        command = [sys.executable, "-m", "gunicorn", "tests.edition_site:application", "--no-control-socket"]
        options = [
            "--workers",
            "2",
            "--worker-class",
            "network.web_worker.Worker",
            "--threads",
            "2",
            "--bind",
            f"127.0.0.1:{port}",
        ]
        environment = os.environ | {"DATABASE_URL": address, "DEBUG": "1", "CLOCK_AHEAD": str(ahead)}
        started.append(subprocess.Popen([*command, *options], env=environment, stderr=subprocess.DEVNULL))
        until = time.monotonic() + 30
        while not _answers(port):
            assert time.monotonic() < until
            time.sleep(0.1)
        return port

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        return bool(asked(port, "/"))
    except OSError:
        return False


def asked(port: int, path: str) -> str:
    """Over a connection of its own, so that either process may answer."""
    conversation = HTTPConnection("127.0.0.1", port, timeout=10)
    conversation.request("GET", path)
    text = conversation.getresponse().read().decode()
    conversation.close()
    return text


def test_every_process_of_every_machine_shows_a_change_at_once(site, published, cast, machine):
    ports = [machine(), machine(ahead=1)]
    path = published.get_absolute_url()
    for port in ports * 8:
        assert "loud" not in asked(port, path)

    corrected(cast)

    assert all("loud" in asked(port, path) for port in ports * 8)
    piece = factories.make_piece_at("ready", cast, headline="In a moment")
    piece = workflow.take("schedule", piece, by=cast.pia, at=timezone.now() + timedelta(seconds=2.5))
    shown = set()
    while timezone.now() < piece.scheduled_for + timedelta(seconds=1):
        for port in ports * 2:
            is_there = "In a moment" in asked(port, "/")
            assert is_there or port not in shown, "an old page came back"
            shown |= {port} if is_there else set()
        time.sleep(0.05)
    assert shown == set(ports)
