"""Sending letters: a task for at once, and a sweep for whatever a dead mail server or a killed worker left behind.

No letter is lost, and none goes out twice by itself: it counts as sent only once the server has said so, and who sends
it has it for themselves for LEASE, which is longer than a send can take. One moment is nobody's to close (RFC 1047):
the server has taken the letter, and the worker, or the line between them, dies before that is on record here. So it is
on record before the text goes (`handed_over_at`), and a letter of which no more is known when LEASE is over waits for a
person, who counts it as sent or sends it again, then under the same Message-ID (docs/adr/0036).
"""

from contextlib import suppress
from datetime import timedelta
from email.utils import formataddr

from allauth.account.forms import default_token_generator
from allauth.account.utils import filter_users_by_email, user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django_tasks import task

from editorial.models import Letter, Side
from network import clock, smtp
from network.models import Network

MOST_TRIES = 10
FIRST_PAUSE = timedelta(seconds=30)
ANSWERS = 12  # that a mail server gives for one letter at most, each within EMAIL_TIMEOUT
LEASE = timedelta(seconds=ANSWERS * settings.EMAIL_TIMEOUT)
ANSWERED_BY_MAIL = ("letter_relayed", "letter_answered")
KEY = "{key}"  # in a letter that opens an account: where the address with its key goes


@task
def deliver(letter_id: int) -> bool:
    """Send one letter if it is still owed and its time has come. True if it went out now.

    The try is counted before the mail server is asked, so that a worker killed in the middle tries again later, and
    never in a tight loop.
    """
    mine = _due().filter(pk=letter_id)
    if not mine.update(tries=F("tries") + 1, next_try_at=clock.now() + LEASE):
        return False
    letter = Letter.objects.select_related("to", "invitation", "correspondence").get(pk=letter_id)
    row = Letter.objects.filter(pk=letter_id)
    server = get_connection(before_text=lambda: row.update(handed_over_at=clock.now(), last_error=""))
    try:
        message = _message(letter)
        server.open()
        server.send_messages([message])
        row.update(sent_at=clock.now(), last_error="")
    except (OSError, ValueError) as error:  # of smtplib, the network, the disk; of a letter that makes no message
        pause = FIRST_PAUSE * 2**letter.tries
        known = {"handed_over_at": None} if smtp.is_refusal(error) else {}
        row.update(next_try_at=clock.now() + pause, last_error=str(error)[:300], **known)
        row.exclude(handed_over_at=None).update(next_try_at=clock.now())  # it is in doubt, and nobody sends it any more
        return False
    finally:
        _leave(server)
    return True


def _due() -> QuerySet[Letter]:
    return Letter.objects.waiting().filter(next_try_at__lte=clock.now(), tries__lt=MOST_TRIES)


def _leave(server: BaseEmailBackend) -> None:
    """Say goodbye; whatever comes of it, the letter's fate is on record."""
    with suppress(OSError):
        server.close()


def _message(letter: Letter) -> EmailMultiAlternatives:
    """As text and as HTML, from the same words. A key is put in here, and rests in no row."""
    network = Network.load()
    host = network.contact.partition("@")[2]
    words = letter.body
    if opens := _opens(letter):
        words = words.replace(KEY, settings.SITE_URL + opens)
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=words,
        from_email=formataddr((network.name, network.contact)),
        to=[letter.to.email if letter.to else letter.address],
        reply_to=_answer_to(letter),
        headers={"Message-ID": f"<letter-{letter.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    shown = {"subject": letter.subject, "words": words, "network": network}
    message.attach_alternative(render_to_string("emails/letter.html", shown), "text/html")
    return message


def _opens(letter: Letter) -> str:
    """The path with a key that a letter carries, or nothing."""
    if letter.invitation:
        return reverse("join", args=[letter.invitation.key()])
    if letter.kind != "password_reset":
        return ""
    people = [letter.to] if letter.to else filter_users_by_email(letter.address, is_active=True, prefer_verified=True)
    if not people:
        raise ValueError("Nobody has an account with this address any more.")
    key = default_token_generator.make_token(people[0])
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(people[0]), key])


def _answer_to(letter: Letter) -> list[str]:
    """Where an answer to a letter between a reader and somebody else goes: to an address of its own, which says
    nothing of theirs. Without EMAIL_REPLY nobody would read it, and none is given."""
    if not settings.EMAIL_REPLY or letter.correspondence is None or letter.kind not in ANSWERED_BY_MAIL:
        return []
    side = Side.AUTHOR if letter.to else Side.READER
    return [alias(letter.correspondence.key_of(side))]


def alias(key: str) -> str:
    """`reply+<key>@…`: which correspondence a mail is for, and whose side it speaks for."""
    local, _, domain = settings.EMAIL_REPLY.partition("@")
    return f"{local}+{key}@{domain}"


def sweep() -> int:
    """Send every letter that is overdue. Returns how many went out."""
    return sum(deliver.call(pk) for pk in _due().values_list("pk", flat=True))


def send_again(letter: Letter) -> bool:
    """Of one that may have arrived: it goes out once more, and is tried as often as a new one. False for any other."""
    found = Letter.objects.unsure().filter(pk=letter.pk)
    return bool(found.update(handed_over_at=None, next_try_at=clock.now(), tries=0))


def count_as_sent(letter: Letter) -> bool:
    """Of one that may have arrived: it did. False for any other."""
    return bool(Letter.objects.unsure().filter(pk=letter.pk).update(sent_at=F("handed_over_at"), last_error=""))
