from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models import Article
from network import clock


class Priority(models.IntegerChoices):
    """How soon the desk means to look at a piece. The promise to its author stands whatever it is."""

    HIGH = 1, "High"
    NORMAL = 2, "Normal"
    LOW = 3, "Low"


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
    proof_due_at = models.DateTimeField(
        null=True, blank=True, help_text="By when the proof that is with the authors should be signed."
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    due_on = models.DateField(null=True, blank=True, help_text="The day by which the desk means to be done with it.")
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
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="submission_priority_known"),
        ]
        indexes = [
            models.Index(fields=["promised_by"], condition=Q(closed_at=None), name="submission_queue"),
            models.Index(fields=["submitted_at"], condition=Q(closed_at=None), name="submission_submitted"),
            models.Index(fields=["claimed_at"], condition=Q(closed_at=None), name="submission_claimed"),
            models.Index(fields=["answered_at"], condition=Q(closed_at=None), name="submission_answered"),
        ]

    def __str__(self) -> str:
        return f"Submission {self.number} of {self.article_id}"

    @property
    def is_late(self) -> bool:
        """The day has passed by which its author was to hear."""
        return self.answered_at is None and self.promised_by < clock.now()

    @property
    def is_proof_late(self) -> bool:
        return self.proof_due_at is not None and self.proof_due_at < clock.now()
