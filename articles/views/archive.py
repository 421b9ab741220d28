"""Every piece by the month in which it was published, in UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from articles.long_list import LongList
from articles.models import Article, ListedCount, Publication
from network import clock
from network.edition import kept
from network.listing import page_of

LAST_YEAR = 9998


@dataclass(frozen=True)
class Month:
    first: date
    count: int

    def get_absolute_url(self) -> str:
        return month_url(self.first)


def month_url(first: date) -> str:
    return reverse("articles:archive_month", args=[first.year, f"{first.month:02}"])


@kept()
def archive(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/archive.html", {"years": _by_year(_months())})


@kept()
def year(request: HttpRequest, year: int) -> HttpResponse:
    _refuse_never(year, 1, until_month=12)
    if moved := _moved(request, reverse("articles:archive_year", args=[year])):
        return moved
    months = _months()
    years = sorted({month.first.year for month in months})
    context = {
        "year": year,
        "months": [month for month in months if month.first.year == year],
        "before": next((other for other in reversed(years) if other < year), None),
        "after": next((other for other in years if other > year), None),
    }
    return render(request, "articles/archive_year.html", context)


@kept("page")
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    _refuse_never(year, month, until_month=month)
    first = date(year, month, 1)
    if moved := _moved(request, month_url(first)):
        return moved
    start, end = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (first, _next(first)))
    months = _months()
    count = sum(other.count for other in months if other.first == first)
    pieces = LongList(Article.objects.listed().published_between(start, end), Article.objects.as_card())
    context = {
        "first": first,
        "page": page_of(request, pieces, count=count),
        "before": next((other for other in months if other.first < first), None),
        "after": next((other for other in reversed(months) if other.first > first), None),
    }
    return render(request, "articles/archive_month.html", context)


def _months() -> list[Month]:
    """The months in which something that is listed was published, the newest first."""
    counted = ListedCount.objects.by_month()
    return [Month(date(int(month[:4]), int(month[5:]), 1), count) for month, count in counted]


def _by_year(months: list[Month]) -> list[tuple[int, int, list[Month]]]:
    """Each year with how many pieces it has, and its months."""
    years = [(year, list(own)) for year, own in groupby(months, key=lambda month: month.first.year)]
    return [(year, sum(month.count for month in own), own) for year, own in years]


def _next(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _refuse_never(year: int, month: int, *, until_month: int) -> None:
    """A 404 for a month that has not come, or that was over before anything was ever published. All others stay for
    good, also when nothing of them is listed any more."""
    first = Publication.objects.first_moment()
    if not (1 <= month <= 12 and 1 <= year <= LAST_YEAR) or first is None:
        raise Http404
    now = clock.now()
    if (year, until_month) < (first.year, first.month) or (year, month) > (now.year, now.month):
        raise Http404


def _moved(request: HttpRequest, address: str) -> HttpResponse | None:
    """/archive/2026/3/ leads to /archive/2026/03/."""
    return None if request.path == address else redirect(address, permanent=True)
