from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from articles.models import Article
from network import clock

LASTS = timedelta(minutes=15)  # without a sign of life from whoever has the text


class CheckOutQuerySet(models.QuerySet["CheckOut"]):
    def live(self) -> "CheckOutQuerySet":
        return self.filter(beat_at__gt=clock.now() - LASTS)


class CheckOut(models.Model):
    """Somebody at the desk has a piece's text for changing, and nobody else there changes it meanwhile.

    The row is there as long as they have it, one for each piece. `beat_at` is the last sign of life from them; where
    that is too long ago the row counts for nothing, and the next person who takes the text takes its place.
    """

    article = models.OneToOneField(Article, on_delete=models.PROTECT, related_name="check_out")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="check_outs")
    taken_at: datetime = models.DateTimeField(default=clock.now)  # type: ignore[assignment]
    beat_at: datetime = models.DateTimeField(default=clock.now)  # type: ignore[assignment]

    objects = CheckOutQuerySet.as_manager()

    class Meta:
        ordering = ["article"]

    def __str__(self) -> str:
        return f"{self.holder} has {self.article_id}"

    @property
    def name(self) -> str:
        return self.holder.get_full_name() or self.holder.get_username()

    @property
    def until(self) -> datetime:
        """When it ends by itself, if nothing more is heard of its holder."""
        return self.beat_at + LASTS

    @property
    def is_live(self) -> bool:
        return self.until > clock.now()

    def sentence(self) -> str:
        """Why somebody else does not get the text now."""
        return (
            f"{self.name} has the text checked out since {self.taken_at:%-d %B, %H:%M} UTC. It is free once they are "
            f"done, or after {LASTS.seconds // 60} minutes without a sign of life from them."
        )
