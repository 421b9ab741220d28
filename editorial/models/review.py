from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models import Article, Disclaimer, Revision
from authors.models import Author
from network import clock


class Decision(models.TextChoices):
    CLAIM = "claim", "Claimed"
    ASK_CHANGES = "ask_changes", "Asked for changes"
    DECLINE = "decline", "Declined"
    APPROVE = "approve", "Approved"


class Review(models.Model):
    """One editor's decision on one revision: it names the package hash and the disclaimer they saw. Never changes."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="reviews")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="reviews")
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=12, choices=Decision)
    package_hash = models.CharField(max_length=64)
    disclaimer = models.ForeignKey(Disclaimer, null=True, on_delete=models.PROTECT, related_name="reviews")
    checklist = models.JSONField(default=list)
    is_high_risk = models.BooleanField(null=True, help_text="As it was at an approval; said of nothing else.")
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["article", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="review_decision_known"),
            models.CheckConstraint(
                condition=~Q(decision="approve") | Q(disclaimer__isnull=False), name="approval_names_disclaimer"
            ),
        ]
        indexes = [
            models.Index(fields=["article", "decision", "-id", "package_hash", "disclaimer"], name="review_newest")
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} by {self.editor}"


class SignOff(models.Model):
    """One author's acceptance of one package hash; submitting is the first. Never changes."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="sign_offs")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="sign_offs")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="sign_offs")
    package_hash = models.CharField(max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["article", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "author", "package_hash"], name="signed_once_per_text"),
        ]

    def __str__(self) -> str:
        return f"{self.author} signed revision {self.revision_id}"
