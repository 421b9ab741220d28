"""Lists of pieces whose pages cost the same wherever they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from articles.querysets import ArticleQuerySet

NEAR = 1_000  # so many rows of an index are sooner passed over than the months are asked for


class LongList:
    """Pieces for a Paginator, in the order of lists: a page is found by an index alone, and only its own pieces are
    loaded, in a second query: in one of many tables PostgreSQL would load them all and then look for those. `found` has
    the number of each and its moment, the newest first; `shown` says what is loaded. Where `by_month` says how many
    there are in each month, nothing that is far behind is counted up to."""

    def __init__(
        self,
        found: QuerySet[Any],
        shown: ArticleQuerySet,
        by_month: Callable[[], list[tuple[str, int]]] | None = None,
        number: str = "pk",
    ):
        self.found, self.shown, self.by_month, self.number = found, shown, by_month, number

    def __getitem__(self, which: slice) -> ArticleQuerySet:
        found, passed = self.found, 0
        if self.by_month and which.start > NEAR:
            until, passed = _passed(self.by_month(), which.start)
            found = found.filter(published_at__lt=until)
        numbers = found.values_list(self.number, flat=True)[which.start - passed : which.stop - passed]
        return self.shown.filter(pk__in=list(numbers)).order_by("-published_at", "-pk")


def _passed(months: list[tuple[str, int]], start: int) -> tuple[datetime, int]:
    """The moment from which on everything stands before the piece at `start`, and how many that are; as many whole
    months as there are."""
    until, passed = datetime.max.replace(tzinfo=UTC), 0
    for month, number in months:
        if passed + number > start:
            break
        until, passed = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC), passed + number
    return until, passed
