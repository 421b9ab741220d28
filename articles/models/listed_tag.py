from django.db import models


class ListedTagQuerySet(models.QuerySet["ListedTag"]):
    def of(self, tag: int) -> "ListedTagQuerySet":
        """The listed pieces that have a tag, the newest first: one stretch of an index."""
        return self.filter(tag=tag).order_by("-published_at", "-article")


class ListedTag(models.Model):
    """A tag of a listed piece, beside the moment by which lists are ordered, so that one index serves them: the
    database keeps it, whoever writes (docs/adr/0035)."""

    tag = models.PositiveBigIntegerField()
    article = models.PositiveBigIntegerField()
    published_at = models.DateTimeField()

    objects = ListedTagQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "tag"], name="listed_tag_once")]
        indexes = [models.Index(fields=["tag", "-published_at", "-article"], name="listed_tag_by_day")]

    def __str__(self) -> str:
        return f"{self.tag} of {self.article}"
