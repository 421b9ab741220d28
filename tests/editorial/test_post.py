"""Letters on their way: to a real mail server, in its own process's time, with the server dead, and never twice."""

import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from editorial import post
from editorial.models import Letter
from editorial.workflow import take
from network import clock
from network.models import Network
from tests import factories
from tests.editorial.test_run_worker import once

SMTP = "network.smtp.EmailBackend"
FILES = "django.core.mail.backends.filebased.EmailBackend"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Postbox:
    """What a mail server has taken in; `refuses` is what it says instead."""

    def __init__(self):
        self.letters: list[SimpleNamespace] = []
        self.refuses = ""

    async def handle_DATA(self, server, session, envelope):
        if self.refuses:
            return self.refuses
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(SimpleNamespace(message=message, to=envelope.rcpt_tos, sender=envelope.mail_from))
        return "250 Taken"

    @property
    def subjects(self) -> list[str]:
        return [letter.message["Subject"] for letter in self.letters]


@pytest.fixture
def mail_to(settings):
    """A function: from now on mail goes to this port of this machine."""

    def aim(port: int) -> None:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False

    return aim


@contextmanager
def served(box: Postbox, **options):
    """A real mail server before a box, at a port of this machine."""
    server = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@pytest.fixture
def postbox(mail_to):
    """A real mail server, and what it has taken in."""
    box = Postbox()
    with served(box) as port:
        mail_to(port)
        yield box


@pytest.fixture
def letter(at_stage) -> Letter:
    return at_stage("submitted").letters.get()


def reread(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


def later(**pause):
    return clock.at(clock.now() + timedelta(**pause))


# A letter arrives


def test_deliver_sends_a_letter_as_text_and_as_html(letter, postbox):
    sent = post.deliver.call(letter.pk)

    assert sent
    (taken,) = postbox.letters
    assert taken.to == ["ana@people.example"]
    assert taken.sender == "desk@signal.example"
    assert taken.message["From"] == "The Signal <desk@signal.example>"
    assert taken.message["To"] == "ana@people.example"
    assert taken.message["Subject"] == "We have your piece: Gulls at six"
    text, html = taken.message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n").strip() == letter.body.strip()
    assert "<p>Hello Ana,</p>" in html.get_content()
    assert f'/contribute/{letter.article_id}/"' in html.get_content()
    assert taken.message["Auto-Submitted"] == "auto-generated"
    assert reread(letter).sent_at is not None


def test_deliver_twice_sends_once(letter, postbox):
    answers = [post.deliver.call(letter.pk) for _ in range(3)]

    assert answers == [True, False, False]
    assert len(postbox.letters) == 1


def test_deliver_keeps_letters_beyond_ascii_whole(cast, at_stage, postbox):
    Network.objects.update(name="Le „Signal“, Zürich")
    piece = at_stage("submitted", headline="Möwen – “um sechs”")

    post.deliver.call(piece.letters.get().pk)

    (taken,) = postbox.letters
    assert taken.message["Subject"].strip() == "We have your piece: Möwen – “um sechs”"  # a folded line leaves a blank
    assert taken.message["From"].addresses[0].display_name == "Le „Signal“, Zürich"
    assert all("“Möwen – “um sechs””" in part.get_content() for part in taken.message.iter_parts())


def test_deliver_sends_from_a_name_with_quotes(letter, postbox):
    Network.objects.update(name='The "First" \\ Signal')

    assert post.deliver.call(letter.pk)
    assert postbox.letters[0].message["From"].addresses[0].display_name == 'The "First" \\ Signal'


@pytest.mark.django_db(transaction=True)
def test_run_worker_once_delivers_what_is_waiting(cast, at_stage, postbox):
    at_stage("published")

    once()

    names = ["We have your piece", "Accepted", "Published"]
    assert sorted(postbox.subjects) == sorted(f"{name}: Gulls at six" for name in names)
    assert not Letter.objects.filter(sent_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_the_letters_of_two_authors_arrive_with_each(cast, postbox):
    take("submit", factories.make_piece(cast.ana, cast.section, cast.bo), by=cast.ana)

    once()

    assert sorted(letter.to for letter in postbox.letters) == [["ana@people.example"], ["bo@people.example"]]
    ids = {letter.message["Message-ID"] for letter in postbox.letters}
    assert len(ids) == 2


def test_letters_go_into_a_folder_by_default(letter, settings, tmp_path):
    from network import settings as ours

    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILES, str(tmp_path)

    post.deliver.call(letter.pk)

    (file,) = tmp_path.iterdir()
    assert "Subject: We have your piece: Gulls at six" in file.read_text()
    assert (ours.EMAIL_BACKEND, str(ours.EMAIL_FILE_PATH)) == (FILES, str(ours.VAR / "mail"))


# The mail server is away


def test_deliver_to_a_dead_server_keeps_the_letter_for_later(letter, mail_to):
    mail_to(free_port())

    assert not post.deliver.call(letter.pk)

    kept = reread(letter)
    assert (kept.sent_at, kept.tries) == (None, 1)
    assert "refused" in kept.last_error
    assert kept.next_try_at > clock.now() + timedelta(seconds=50)


def test_a_letter_is_not_tried_again_before_its_pause_is_over(letter, mail_to, postbox):
    mail_to(free_port())
    post.deliver.call(letter.pk)

    assert post.sweep() == 0
    assert not post.deliver.call(letter.pk)
    assert reread(letter).tries == 1


def test_the_sweep_sends_what_a_dead_server_left_behind_once(letter, settings, postbox, mail_to):
    port = settings.EMAIL_PORT
    mail_to(free_port())
    post.deliver.call(letter.pk)
    mail_to(port)

    with later(minutes=2):
        assert post.sweep() == 1
        assert post.sweep() == 0

    assert len(postbox.letters) == 1
    assert (reread(letter).tries, reread(letter).last_error) == (2, "")


def test_the_pauses_grow_and_end_after_ten_tries(letter, mail_to):
    mail_to(free_port())
    moment, pauses = clock.now(), []

    for _ in range(12):
        with clock.at(moment):
            post.sweep()
        pauses.append((reread(letter).next_try_at - moment).total_seconds())
        moment = max(moment, reread(letter).next_try_at)

    assert pauses[:10] == [60 * 2**number for number in range(10)]
    assert (reread(letter).tries, reread(letter).sent_at) == (10, None)


def test_a_server_that_refuses_the_letter_gets_it_again_later(letter, postbox):
    postbox.refuses = "451 Come back later"

    assert not post.deliver.call(letter.pk)
    assert "Come back later" in reread(letter).last_error

    postbox.refuses = ""
    with later(minutes=2):
        assert post.sweep() == 1


def test_a_worker_killed_in_the_middle_leaves_a_letter_that_goes_out_later(letter, postbox):
    """The try is on record before the mail server is asked; here nothing happened after that."""
    Letter.objects.update(tries=1, next_try_at=clock.now() + post.FIRST_PAUSE)

    assert post.sweep() == 0
    with later(minutes=1):
        assert post.sweep() == 1

    assert postbox.letters[0].message["Message-ID"] == f"<letter-{letter.pk}@signal.example>"


@pytest.mark.django_db(transaction=True)
def test_one_letter_that_cannot_be_sent_keeps_no_other_back(cast, at_stage, postbox):
    """Such a letter cannot be written by a step; a shell could leave one."""
    bad, good = at_stage("submitted").letters.get(), at_stage("submitted", headline="Terns").letters.get()
    Letter.objects.filter(pk=bad.pk).update(subject="Gulls\nBcc: all@people.example")

    once()
    with later(minutes=5):
        once()

    assert postbox.subjects == ["We have your piece: Terns"]
    assert reread(bad).sent_at is None
    assert "newlines" in reread(bad).last_error
    assert reread(good).sent_at is not None


# Several workers


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_a_letter_once(letter, postbox):
    workers, sent = 4, []
    start = threading.Barrier(workers)

    def work():
        start.wait()
        try:
            sent.append(post.sweep())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(sent) == [0, 0, 0, 1]
    assert len(postbox.letters) == 1
