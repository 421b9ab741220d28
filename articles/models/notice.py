from django.db import models
from django.db.models import Q

from network import clock


class NoticeKind(models.TextChoices):
    """What the network says about a piece as a whole. What it says about one change stands on that publication."""

    CHALLENGE = "challenge", "Under review"
    CLEAR = "clear", "Review closed"
    RETRACTION = "retraction", "Retracted"
    REINSTATEMENT = "reinstatement", "Reinstated"
    REMOVAL = "removal", "Removed"
    MERGE = "merge", "Merged into another piece"


class Basis(models.TextChoices):
    """For what a public piece may be taken away altogether."""

    LEGAL = "legal", "A legal order"
    SAFETY = "safety", "Somebody's safety"
    PRIVACY = "privacy", "Somebody's privacy"


class Notice(models.Model):
    """A dated public note on what a piece is worth: under review, retracted, removed. Never changes."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=14, choices=NoticeKind)
    text = models.TextField()
    says = models.CharField(max_length=200, blank=True, help_text="Who retracts it: the author, the network, both.")
    basis = models.CharField(max_length=8, choices=Basis, blank=True)
    keeps_text = models.BooleanField(default=True)
    into = models.ForeignKey(
        "articles.Article", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_notices"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["article", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_known"),
            models.CheckConstraint(condition=~Q(text=""), name="notice_has_text"),
            models.CheckConstraint(
                condition=Q(kind="removal", basis__in=Basis.values) | (~Q(kind="removal") & Q(basis="")),
                name="notice_removal_has_basis",
            ),
            models.CheckConstraint(
                condition=Q(kind="merge", into__isnull=False) | (~Q(kind="merge") & Q(into=None)),
                name="notice_merge_has_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"
