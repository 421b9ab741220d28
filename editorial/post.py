"""Sending letters: a task for at once, and a sweep for whatever a dead mail server or a killed worker left behind."""

from datetime import timedelta
from email.utils import formataddr

from django.core.mail import EmailMessage
from django.db.models import F
from django_tasks import task

from editorial.models import Letter
from network import clock
from network.models import Network

MOST_TRIES = 10
FIRST_PAUSE = timedelta(seconds=30)


@task
def deliver(letter_id: int) -> bool:
    """Send one letter if it is still owed and its time has come. True if it went out now.

    The try is counted before the mail server is asked, so that a worker killed in the middle tries again later, with
    the same Message-ID, and never in a tight loop.
    """
    mine = Letter.objects.filter(pk=letter_id, sent_at=None, next_try_at__lte=clock.now(), tries__lt=MOST_TRIES)
    if not mine.update(tries=F("tries") + 1, next_try_at=clock.now() + FIRST_PAUSE):
        return False
    letter = Letter.objects.select_related("to").get(pk=letter_id)
    try:
        _message(letter).send()
    except (OSError, ValueError) as error:  # of smtplib, the network, the disk; of a letter that makes no message
        pause = FIRST_PAUSE * 2**letter.tries
        Letter.objects.filter(pk=letter_id).update(next_try_at=clock.now() + pause, last_error=str(error)[:300])
        return False
    Letter.objects.filter(pk=letter_id).update(sent_at=clock.now(), last_error="")
    return True


def _message(letter: Letter) -> EmailMessage:
    network = Network.load()
    host = network.contact.partition("@")[2]
    return EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=formataddr((network.name, network.contact)),
        to=[letter.to.email],
        headers={"Message-ID": f"<letter-{letter.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def sweep() -> int:
    """Send every letter that is overdue. Returns how many went out."""
    overdue = Letter.objects.filter(sent_at=None, next_try_at__lte=clock.now(), tries__lt=MOST_TRIES)
    return sum(deliver.call(pk) for pk in overdue.values_list("pk", flat=True))
