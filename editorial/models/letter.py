from django.conf import settings
from django.db import models

from articles.models import Article
from authors.models import Invitation
from editorial.models.correspondence import Correspondence
from network import clock


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
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    last_error = models.CharField(max_length=300, blank=True)

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
    def occasion(self) -> str:
        """Its kind in words, as in “Changes asked”."""
        return self.kind.replace("_", " ").capitalize()
