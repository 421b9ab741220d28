from django.conf import settings
from django.db import models

from articles.models import Article
from articles.models.publication import SILENT, Kind, severity_of
from editorial.models.submission import Submission
from editorial.refusal import Refused
from network import clock


def one_form(notice: str) -> str:
    """The same words are the same, though a browser ends a line otherwise than a shell does."""
    return "\n".join(notice.strip().splitlines())


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def standing(self) -> "Announcement | None":
        """What holds now: the newest of the trip that is open."""
        return self.filter(submission__closed_at=None).order_by("-pk").first()


class Announcement(models.Model):
    """What an author was told that readers will be told of a change, before it is published. A newer one of the same
    trip takes its place."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="announcements")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="announcements")
    kind = models.CharField(max_length=14, choices=Kind)
    notice = models.TextField()
    correction = models.JSONField(default=dict, blank=True)
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(default=clock.now)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.notice[:60]}"

    @property
    def is_silent(self) -> bool:
        """What was announced before is taken back, and readers are told nothing."""
        return self.kind in SILENT

    @property
    def severity(self) -> str:
        return severity_of(self.correction)

    def bind(self, kind: str, notice: str, correction: dict[str, str] | None) -> tuple[str, str, dict[str, str]]:
        """Exactly what the author was told: the same words, or none, which means them."""
        words = self.kind, self.notice, self.correction
        if (kind or self.kind, notice or self.notice, correction or self.correction) != words:
            raise Refused("The author was told other words. Tell them these first, or publish it as announced.")
        return words
