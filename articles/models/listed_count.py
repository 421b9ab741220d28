from django.db import models
from django.db.models import Sum


class ListedCountQuerySet(models.QuerySet["ListedCount"]):
    def total(self) -> int:
        return self.aggregate(total=Sum("number", default=0))["total"]

    def by_section(self) -> dict[int, int]:
        """By the section's number, without those that are empty."""
        return dict(self.values_list("section").annotate(total=Sum("number")).filter(total__gt=0).order_by("section"))

    def by_month(self) -> list[tuple[str, int]]:
        """As (“2026-03”, 12), the newest first, without months that are empty by now."""
        return list(self.values_list("month").annotate(total=Sum("number")).filter(total__gt=0).order_by("-month"))


class ListedCount(models.Model):
    """How many pieces are listed, for each month in UTC and section, so that nobody counts them for a page: the
    database keeps it, whoever writes (docs/adr/0035). No piece's page depends on it."""

    month = models.CharField(max_length=7)
    section = models.PositiveBigIntegerField(help_text="Its number; 0 for pieces in none.")
    number = models.IntegerField()

    objects = ListedCountQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "section"], name="listed_count_once")]
        indexes = [models.Index(fields=["month", "section", "number"], name="listed_count_by_month")]

    def __str__(self) -> str:
        return f"{self.number} in {self.month}"
