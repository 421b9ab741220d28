"""A worker killed in the middle of many letters: none is lost, and none goes out twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from editorial import post
from editorial.models import Letter
from network import clock
from tests.editorial.test_post import free_port
from tests.editorial.test_run_worker import environment, soon

LETTERS, KILLS = 60, 20
WORKERS = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from editorial.management.commands import run_worker
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in sys.stdin:
    if (worker := os.fork()) == 0:
        call_command(run_worker.Command())
        os._exit(0)
    print(worker, flush=True)
"""


class Workers:
    """The command `run_worker`, each time in a process of its own: forked where everything is loaded, so that twenty
    of them do not load it twenty times."""

    def __init__(self, url: str):
        more = {"EMAIL_URL": url, "DJANGO_SETTINGS_MODULE": "network.settings"}
        self.source = subprocess.Popen(
            [sys.executable, "-c", WORKERS],
            env=environment(**more),
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def one(self):
        """A worker that is killed at the end, in the middle of whatever it does."""
        self.source.stdin.write("\n")
        self.source.stdin.flush()
        worker = int(self.source.stdout.readline())
        try:
            yield
        finally:
            os.kill(worker, signal.SIGKILL)
            assert soon(lambda: not _is_alive(worker))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class SlowPostbox:
    """A mail server that thinks for a while over each letter, and counts it once it has said that it takes it. One
    that is cut off while it thinks has taken nothing."""

    def __init__(self):
        self.taken: list[str] = []

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(random.uniform(0, 0.12))
        self.taken.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 Taken"


@pytest.fixture
def slow():
    box = SlowPostbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    box.workers = Workers(f"smtp://127.0.0.1:{server.port}")
    yield box
    box.workers.source.kill()
    box.workers.source.wait()
    server.stop()


def owe_many(person) -> set[str]:
    """Letters as a step owes them. Returns the Message-IDs by which they go out."""
    for number in range(LETTERS):
        letter = Letter.objects.create(to=person, kind="receipt", subject=f"Letter {number}", body="Hello.\n")
        post.deliver.enqueue(letter.pk)
    return {name_of(letter) for letter in Letter.objects.all()}


def name_of(letter: Letter) -> str:
    return f"<letter-{letter.pk}@signal.example>"


def is_on_its_way(box: SlowPostbox, more: int) -> bool:
    return len(box.taken) >= more or not Letter.objects.waiting().exists()


def decide(box: SlowPostbox) -> int:
    """As a person does who looks into the mail server's log. Returns how many letters go out again."""
    again = [letter for letter in Letter.objects.unsure() if name_of(letter) not in box.taken]
    for letter in Letter.objects.unsure():
        (post.send_again if letter in again else post.count_as_sent)(letter)
    return len(again)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_again_and_again_sends_every_letter_once(cast, slow):
    owed = owe_many(cast.ana)
    moments = random.Random(7)
    kills = 0

    while kills < KILLS and Letter.objects.waiting().exists():
        before = len(slow.taken)
        with slow.workers.one():
            assert soon(lambda before=before: is_on_its_way(slow, before + 1))
            time.sleep(moments.uniform(0, 0.15))
        kills += 1
        Letter.objects.filter(sent_at=None).update(next_try_at=clock.now())  # its hold on the letter is over
    with slow.workers.one():
        assert soon(lambda: Letter.objects.filter(sent_at=None).count() == Letter.objects.unsure().count())

    # Whatever was not in a mail server's hands when a worker died has gone out; of the rest somebody can tell.
    unsure = {name_of(letter) for letter in Letter.objects.unsure()}
    assert owed - set(slow.taken) <= unsure
    assert 0 < len(unsure) <= kills
    assert max(Counter(slow.taken).values()) == 1
    assert kills >= KILLS // 2

    assert decide(slow) > 0
    with slow.workers.one():
        assert soon(lambda: not Letter.objects.filter(sent_at=None).exists())
    assert Counter(slow.taken) == Counter(owed)
