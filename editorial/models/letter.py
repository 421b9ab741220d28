from django.conf import settings
from django.db import models

from articles.models import Article
from network import clock


class Letter(models.Model):
    """Mail that the desk owes a person: written in the transaction of its step, so that it exists exactly if the step
    does, and sent afterwards by the worker."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="letters")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="letters")
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
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(sent_at=None), name="letter_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.kind})"
