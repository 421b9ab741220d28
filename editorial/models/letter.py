from django.conf import settings
from django.db import models

from articles.models import Article
from authors.models import Invitation
from editorial.models.correspondence import Correspondence
from network import clock


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> "LetterQuerySet":
        """Those that certainly have not gone out."""
        return self.filter(sent_at=None, handed_over_at=None)

    def unsure(self) -> "LetterQuerySet":
        """Those that may have arrived: the mail server got the text, its answer is not on record, and nobody has the
        letter for themselves any more, so that none is decided about while it is being sent."""
        return self.filter(sent_at=None, next_try_at__lte=clock.now()).exclude(handed_over_at=None)


class Letter(models.Model):
    """Mail that the desk owes a person: written in the transaction of its step, so that it exists exactly if the step
    does, and sent afterwards by the worker."""

    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="letters")
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    address = models.EmailField(blank=True, help_text="For somebody who has no account.")
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="letters")
    correspondence = models.ForeignKey(
        Correspondence,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="letters",
        help_text="With a reader: the letter goes when that is deleted.",
    )
    key = models.CharField(
        max_length=80,
        null=True,
        blank=True,
        unique=True,
        help_text="What this letter is about, where it is owed only once.",
    )
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField(default=clock.now)
    handed_over_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When its text began to go to the mail server. Without an answer from there it may have arrived.",
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    last_error = models.CharField(max_length=300, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to__isnull=False, address="") | (models.Q(to=None) & ~models.Q(address="")),
                name="letter_has_one_reader",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(sent_at=None), name="letter_waiting"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def may_have_arrived(self) -> bool:
        """As in `unsure`."""
        return self.handed_over_at is not None and self.sent_at is None and self.next_try_at <= clock.now()

    @property
    def occasion(self) -> str:
        """Its kind in words, as in “Changes asked”."""
        return self.kind.replace("_", " ").capitalize()
