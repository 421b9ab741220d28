"""What is scheduled and what is under embargo, a month at a time: as a calendar, and as a list that says the same."""

from calendar import Calendar
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from editorial import permissions, queues
from network import clock

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PAGE = "admin:articles_article_change"
EARLIEST, LATEST = 1970, 2999
MOST = 3  # moments of one day that the calendar shows; the list of pieces has them all


@dataclass(frozen=True)
class Moment:
    """One piece at one moment: it goes out, or its embargo ends."""

    at: datetime
    piece: int
    headline: str
    is_embargo: bool
    held_up: str = ""
    address: str = ""

    @property
    def hour(self) -> str:
        return f"{self.at:%H:%M %Z}"

    @property
    def stamp(self) -> str:
        return self.at.isoformat()


@dataclass(frozen=True)
class Day:
    day: date
    is_outside: bool
    is_today: bool
    moments: list[Moment] = field(default_factory=list)
    more: int = 0


def calendar(request: HttpRequest) -> HttpResponse:
    """The month that `?month=2026-12` names, or this one, in the time zone of whoever looks."""
    if not permissions.is_on_desk(request.user):
        raise PermissionDenied
    first = _month(request.GET.get("month", ""))
    weeks = [[*week] for week in Calendar().monthdatescalendar(first.year, first.month)]
    moments = sorted(_moments(request.user, weeks[0][0], weeks[-1][-1]), key=lambda one: (one.at, one.piece))
    by_day = {day: list(each) for day, each in groupby(moments, key=lambda one: one.at.date())}
    held = queues.held_up(one.piece for each in by_day.values() for one in each[:MOST])
    days = [[_shown(day, first, by_day.get(day, []), held) for day in week] for week in weeks]
    title = f"{first:%B %Y}"
    context = admin.site.each_context(request) | {
        "title": f"Calendar: {title}",
        "month": title,
        "opts": Article._meta,
        "weekdays": WEEKDAYS,
        "weeks": days,
        "listed": [day for week in days for day in week if day.moments],
        "before": first - timedelta(days=1),
        "after": (first + timedelta(days=31)).replace(day=1),
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "desk/calendar.html", context)


def _month(typed: str) -> date:
    """The first day of the month; a month that is none is a 404."""
    if not typed:
        return _day(clock.now()).replace(day=1)
    try:
        first = datetime.strptime(typed, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise Http404 from None
    if not EARLIEST <= first.year <= LATEST:
        raise Http404
    return first


def _moments(user, first: date, last: date) -> Iterator[Moment]:
    """All between two days, in the zone of whoever looks: one question to the database, which tells no more than the
    calendar shows."""
    start, end = _span(first, last)
    zone = timezone.get_current_timezone()
    rows = Article.objects.on_desk_of(user).filter(_between(start, end)).order_by()
    for pk, headline, scheduled, embargo in rows.values_list("pk", "headline", "scheduled_for", "embargo_until"):
        if scheduled and start <= scheduled < end:
            yield Moment(scheduled.astimezone(zone), pk, headline, is_embargo=False)
        if embargo and start <= embargo < end:
            yield Moment(embargo.astimezone(zone), pk, headline, is_embargo=True)


def on(day: date) -> Q:
    """The condition that a piece goes out on this day, or that its embargo ends."""
    return _between(*_span(day, day))


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of a day to the first after another, in the zone of whoever looks."""
    zone = timezone.get_current_timezone()
    start, end = datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def _between(start: datetime, end: datetime) -> Q:
    return Q(scheduled_for__gte=start, scheduled_for__lt=end) | Q(embargo_until__gte=start, embargo_until__lt=end)


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _shown(day: date, first: date, moments: list[Moment], held: dict[int, list[str]]) -> Day:
    is_outside, is_today = (day.year, day.month) != (first.year, first.month), day == _day(clock.now())
    shown = [
        replace(one, held_up=" and ".join(held.get(one.piece, [])), address=reverse(PAGE, args=[one.piece]))
        for one in moments[:MOST]
    ]
    return Day(day, is_outside, is_today, shown, max(0, len(moments) - MOST))
