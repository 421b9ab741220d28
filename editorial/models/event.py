from django.conf import settings
from django.db import models

from articles.models import Article, Revision
from articles.status import Stage, Standing
from network import clock
from network.fingerprint import fingerprint


class Event(models.Model):
    """One line of a piece's trail, with the hash of the one before. Never changes; written by `editorial.trail`."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="trail")
    seq = models.PositiveIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    step = models.CharField(max_length=20)
    from_stage = models.CharField(max_length=20, choices=Stage)
    to_stage = models.CharField(max_length=20, choices=Stage)
    from_standing = models.CharField(max_length=12, choices=Standing)
    to_standing = models.CharField(max_length=12, choices=Standing)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    checks = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["article", "seq"]
        constraints = [models.UniqueConstraint(fields=["article", "seq"], name="event_seq_once")]

    def __str__(self) -> str:
        return f"{self.article_id}#{self.seq} {self.step}"

    def fingerprint(self) -> str:
        return fingerprint(
            {
                "article": self.article_id,
                "seq": self.seq,
                "actor": self.actor_id,
                "role": self.role,
                "step": self.step,
                "stages": [self.from_stage, self.to_stage],
                "standings": [self.from_standing, self.to_standing],
                "revision": self.revision.package_hash if self.revision else "",
                "note": self.note,
                "checks": self.checks,
                "at": self.at,
                "previous": self.previous_hash,
            }
        )
