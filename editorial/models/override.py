from django.conf import settings
from django.db import models

from articles.models import Article, Revision
from authors.models import Author
from network import clock


class Override(models.Model):
    """A person in standards stands in for one author's signature under one text, with a reason that readers can see.
    Never changes."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="overrides")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="overrides")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="overrides")
    package_hash = models.CharField(max_length=64)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    taken_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["article", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "author", "package_hash"], name="overridden_once_per_text"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_reason"),
        ]

    def __str__(self) -> str:
        return f"Override for {self.author}"
