from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.models import Article
from articles.models.notice import Basis
from network import clock


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> "ProposalQuerySet":
        return self.filter(closed_at=None)


class Proposal(models.Model):
    """What one person wants done with a published piece, until a second one does it: nobody retracts alone."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="proposals")
    step = models.CharField(max_length=12)
    notice = models.TextField()
    says = models.CharField(max_length=200, blank=True)
    basis = models.CharField(max_length=8, choices=Basis, blank=True)
    keeps_text = models.BooleanField(default=True)
    into = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name="proposal_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(closed_at__isnull=False), name="proposal_confirmed_is_closed"
            ),
            models.UniqueConstraint(fields=["article"], condition=Q(closed_at=None), name="one_open_proposal"),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.article_id}"
