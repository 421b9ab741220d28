from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models import Article
from network import clock


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def open(self) -> "SubmissionQuerySet":
        return self.filter(closed_at=None)


class Submission(models.Model):
    """One trip of a piece through the desk, from submit to the end of it, with the day by which its author will hear.

    A piece has an open submission exactly while its stage is at the desk (`articles.status.AT_DESK`).
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=clock.now)
    promised_by = models.DateTimeField()
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When the author first heard a decision.")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="submission_number_once"),
            models.UniqueConstraint(fields=["article"], condition=Q(closed_at=None), name="one_open_submission"),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None) | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="submission_claim_has_time",
            ),
        ]
        indexes = [models.Index(fields=["promised_by"], condition=Q(closed_at=None), name="submission_queue")]

    def __str__(self) -> str:
        return f"Submission {self.number} of {self.article_id}"
