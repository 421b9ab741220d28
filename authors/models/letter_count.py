from django.db import models
from django.db.models import Sum


class LetterCountQuerySet(models.QuerySet["LetterCount"]):
    def total(self) -> int:
        return self.aggregate(total=Sum("number", default=0))["total"]

    def by_first(self) -> dict[str, int]:
        """By the letter with which the names begin, as it is written, without those with which none begins."""
        return dict(self.filter(number__gt=0).order_by("first").values_list("first", "number"))


class LetterCount(models.Model):
    """How many authors readers know whose names begin with a letter. The database keeps it, whoever writes
    (docs/adr/0035)."""

    first = models.CharField(max_length=1, unique=True)
    number = models.IntegerField()

    objects = LetterCountQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.number} with {self.first}"
