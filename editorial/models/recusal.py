from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models import Article
from network import clock


class Recusal(models.Model):
    """Somebody on the desk says that they cannot judge a piece. Never changes, and is never taken back."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recusals")
    reason = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["article", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "user"], name="recused_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="recusal_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.article_id}"


class BrokenGlass(models.Model):
    """The last editor left judges a piece in spite of a conflict, with a reason that readers see. Never changes."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="broken_glass")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="broken_glass")
    reason = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["article", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "user"], name="glass_broken_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="broken_glass_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.article_id}"
