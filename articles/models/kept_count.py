from django.db import models


class KeptCountQuerySet(models.QuerySet["KeptCount"]):
    def by_tag(self) -> dict[int, int]:
        """How many listed pieces each tag has, by its number, without those that lead to nothing."""
        return dict(self.filter(kind="tag", number__gt=0).order_by("subject").values_list("subject", "number"))

    def of_tag(self, tag: int) -> int:
        return self._one("tag", tag)

    def notes(self) -> int:
        """How many changes readers were told of, of pieces that they can still read."""
        return self._one("note", 0)

    def _one(self, kind: str, subject: int) -> int:
        return self.filter(kind=kind, subject=subject).values_list("number", flat=True).first() or 0


class KeptCount(models.Model):
    """How many there are of something, by its subject. Like ListedCount the database keeps it, whoever writes
    (docs/adr/0035)."""

    kind = models.CharField(max_length=4)
    subject = models.PositiveBigIntegerField(help_text="The number of a tag; 0 for what is of nothing.")
    number = models.IntegerField()

    objects = KeptCountQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="kept_count_once")]

    def __str__(self) -> str:
        return f"{self.number} of {self.kind} {self.subject}"
