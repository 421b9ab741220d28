"""The worker: letters and time in a process of its own, several side by side, ended by a signal."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from articles.models import Article
from editorial import trail
from editorial.models import Letter
from editorial.workflow import take
from network import clock
from tests import factories

PATIENCE = 30.0  # seconds a busy machine may take over what takes two


def once() -> None:
    """One round of the worker in this process, which keeps its own answers to signals. It drops a connection that is
    inside a transaction, as Django does after a request, so the test needs real ones."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        call_command("run_worker", "--once")
    finally:
        for number, answer in kept.items():
            signal.signal(number, answer)


def environment(**more: str) -> dict[str, str]:
    """What a process of its own needs to work on this test's database."""
    at = connection.settings_dict
    place = f"{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}" if connection.vendor == "postgresql" else ""
    url = f"postgres://{place}/{at['NAME']}" if place else f"sqlite:///{at['NAME']}"
    return {**os.environ, "DEBUG": "1", "DATABASE_URL": url} | more


@contextmanager
def a_worker(**more: str):
    """`manage.py run_worker` in a process of its own. It is killed at the end where it has not ended by itself."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_worker"]
    process = subprocess.Popen(command, env=environment(**more), cwd=settings.BASE_DIR)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def soon(happens) -> bool:
    """Whether it happens before patience ends."""
    end = time.monotonic() + PATIENCE
    while not happens() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(happens())


@pytest.mark.django_db(transaction=True)
def test_run_worker_once_sends_publishes_and_ends(at_stage, mailoutbox):
    piece = at_stage("scheduled")

    with clock.at(piece.scheduled_for):
        once()
        once()

    assert Article.objects.get(pk=piece.pk).standing == "live"
    assert [message.subject.partition(":")[0] for message in mailoutbox] == [
        "We have your piece",
        "Accepted",
        "Published",
    ]


@pytest.mark.django_db(transaction=True)
def test_run_worker_once_leaves_what_is_not_due(at_stage):
    piece = at_stage("scheduled")

    once()

    assert Article.objects.get(pk=piece.pk).stage == "scheduled"


@pytest.mark.django_db(transaction=True)
def test_run_worker_once_tells_the_desk_of_a_piece_that_was_held(cast, at_stage, mailoutbox):
    piece = at_stage("scheduled")
    Article.objects.filter(pk=piece.pk).update(is_on_legal_hold=True)

    with clock.at(piece.scheduled_for):
        once()
        once()

    held = [message for message in mailoutbox if message.subject == "Not published on time: Gulls at six"]
    assert sorted(message.to for message in held) == [["axel@people.example"], ["pia@people.example"]]


@pytest.mark.django_db(transaction=True)
def test_run_worker_once_sends_what_an_earlier_try_left_behind(at_stage, mailoutbox):
    letter = at_stage("submitted").letters.get()
    once()
    Letter.objects.update(sent_at=None, tries=1)
    mailoutbox.clear()

    with clock.at(letter.next_try_at + timedelta(minutes=5)):
        once()
        once()

    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_run_worker_does_its_work_and_ends_by_itself_when_told(cast, at_stage, tmp_path):
    piece = take("schedule", at_stage("ready"), by=cast.pia, at=clock.now() + timedelta(seconds=1))

    with a_worker(EMAIL_URL=f"file://{tmp_path}") as process:
        is_live = soon(lambda: Article.objects.get(pk=piece.pk).standing == "live")
        is_sent = soon(lambda: not Letter.objects.filter(sent_at=None).exists())
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE)

    assert (is_live, is_sent, code) == (True, True, 0)
    assert sum(file.read_text().count("\nSubject: ") for file in tmp_path.iterdir()) == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_every_letter_once(cast, tmp_path):
    for number in range(6):
        by = (cast.ana, cast.bo)[number % 2]
        take("submit", factories.make_piece(by, cast.section, headline=f"Piece {number}"), by=by)
    mail = f"file://{tmp_path}"

    with a_worker(EMAIL_URL=mail), a_worker(EMAIL_URL=mail):
        is_sent = soon(lambda: not Letter.objects.filter(sent_at=None).exists())

    assert is_sent
    assert sum(file.read_text().count("\nSubject: We have your piece: Piece") for file in tmp_path.iterdir()) == 6
    assert set(Letter.objects.values_list("tries", flat=True)) == {1}
    assert list(trail.verify()) == []
