from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from articles.models import Article, Revision
from network import clock


class BufferQuerySet(models.QuerySet["Buffer"]):
    def of(self, user, article: Article) -> "BufferQuerySet":
        """What this person has typed into a piece and not saved, the newest first."""
        return self.filter(writer=user, article=article).order_by("-kept_at", "-pk")


class Buffer(models.Model):
    """Text that somebody has typed into the sheet and not saved: no revision, seen by nobody else, gone once saved.

    One row for each tab of a browser, so that two tabs of one person never write over each other. `number` counts what
    a tab has sent; an older one that arrives late is left aside. An empty `typed` says that the tab has saved.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="buffers")
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="buffers")
    tab = models.CharField(max_length=36)
    number = models.PositiveIntegerField(default=0)
    typed: Any = models.JSONField(default=dict)
    save_number = models.PositiveIntegerField()
    opened = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="+")
    kept_at: datetime = models.DateTimeField(default=clock.now)  # type: ignore[assignment]

    objects = BufferQuerySet.as_manager()

    class Meta:
        ordering = ["-kept_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "writer", "tab"], name="one_buffer_per_tab")]

    def __str__(self) -> str:
        return f"{self.writer} in {self.article_id}"
