"""The editors' desk with 50 and with 5,000 open pieces, and the pages of a contributor with 50 and with 500: how long
each takes, and how many queries (README.md)."""

import copy
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment

from articles.models import Article, Byline, Revision
from editorial import permissions, safeguards
from editorial.models import Comment, Disclosure, Event, Review, SignOff, Submission, Tick
from network import clock
from tests import factories

FEW, OF_ONE, MANY = 50, 500, 5_000  # open pieces: all of them are one contributor's
BAR = 1.3
TIMES = 15
PIECE = re.compile(r"/article/(\d+)/change/|/contribute/(\d+)/")
STAGES = ("submitted", "in_review", "changes_requested", "proof", "ready", "scheduled")
LIST = "/admin/articles/article/"
PAGES = {
    "index": "/admin/",
    "list": LIST,
    "list, page 2": f"{LIST}?p=2",
    "unclaimed": f"{LIST}?queue=unclaimed",
    "mine": f"{LIST}?queue=mine",
    "waiting on the author": f"{LIST}?queue=author",
    "blocked": f"{LIST}?queue=blocked",
    "one section": f"{LIST}?section__id__exact=1",
    "search, all found": f"{LIST}?q=gulls",
    "search, one found": f"{LIST}?q=harmonium",
    "search, none found": f"{LIST}?q=zeppelin",
    "everything": f"{LIST}?queue=everything",
    "calendar": f"{LIST}calendar/",
    "calendar, next month": f"{LIST}calendar/?month=%s",
}
OF_AN_AUTHOR = {
    "list": "/contribute/",
    "list, page 2": "/contribute/?page=2",
    "scheduled": "/contribute/?where=scheduled",
    "search, all found": "/contribute/?q=gulls",
    "search, none found": "/contribute/?q=zeppelin",
    "bylines": "/contribute/bylines/",
    "letters": "/contribute/letters/",
    "profile": "/contribute/profile/",
}
OF_PIECE = (Byline, Disclosure, Submission, Revision, Event)
OF_REVISION = (Review, SignOff, Tick)
MOMENTS = ("submitted_at", "promised_by", "claimed_at", "answered_at", "closed_at")
YEAR = 365


@contextmanager
def database() -> Iterator[None]:
    """A database of its own, beside the one that tests use."""
    setup_test_environment()
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.VAR / "bench.sqlite3")
    else:
        connection.settings_dict["TEST"]["NAME"] = "bench_desk"
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def people() -> SimpleNamespace:
    factories.make_network()
    factories.make_disclaimer()
    factories.make_agreement()
    return SimpleNamespace(
        ana=factories.make_contributor("ana", "Ana Ruiz"),
        edda=factories.make_desk("edda", permissions.EDITORS),
        emil=factories.make_desk("emil", permissions.EDITORS),
        pia=factories.make_desk("pia", permissions.PUBLISHERS),
        section=factories.make_section(),
    )


def originals(cast) -> list[Article]:
    """One piece at each stage, led there by the steps; the first is public, so that no limit holds for its author."""
    factories.make_piece_at("published", cast)
    return [factories.make_piece_at(stage, cast, body="Word " * 900) for stage in STAGES]


def grow(pieces: list[Article], total: int, editor) -> None:
    """Copies of the pieces with their rows, until so many are open. No step made them, so the safeguards rest."""
    safeguards.remove(connection)
    first = Article.objects.open().count()
    for start in range(first, total, 500):
        numbers = range(start, min(start + 500, total))
        made = [_piece(pieces[number % len(pieces)], number) for number in numbers]
        Article.objects.bulk_create(made)
        _rows_of([(pieces[number % len(pieces)], piece) for number, piece in zip(numbers, made, strict=True)])
        words = {"writer": editor, "is_from_desk": True, "text": "Who says so?"}
        Comment.objects.bulk_create(
            Comment(article=piece, is_blocking=number % 7 == 0, **words)
            for number, piece in zip(numbers, made, strict=True)
        )
    safeguards.install(connection)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _piece(original: Article, number: int) -> Article:
    piece = _copied(original)
    piece.slug = f"piece-{number}"
    piece.headline = "A harmonium in the rain" if number == 7 else f"What the gulls said, part {number}"
    if piece.scheduled_for:
        piece.scheduled_for += timedelta(minutes=number * 37 % (24 * 60 * 20))
    return piece


def _copied(row):
    made = copy.copy(row)
    made._state = copy.copy(row._state)
    made.pk, made._state.adding = None, True
    return made


def _rows_of(pairs: list[tuple[Article, Article]]) -> None:
    for model in OF_PIECE:
        rows = []
        for original, piece in pairs:
            for row in _rows(model, original):
                rows.append(_copied(row))
                rows[-1].article_id = piece.pk
                _spread(rows[-1], piece.pk)
        model.objects.bulk_create(rows)
    pieces = [piece.pk for _, piece in pairs]
    pks = {(row.article_id, row.number): row.pk for row in Revision.objects.filter(article__in=pieces)}
    for model in OF_REVISION:
        rows = []
        for original, piece in pairs:
            for row in _rows(model, original):
                rows.append(_copied(row))
                rows[-1].article_id, rows[-1].revision_id = piece.pk, pks[piece.pk, row.revision.number]
        model.objects.bulk_create(rows)


CACHE: dict = {}


def _rows(model, original: Article) -> list:
    key = model, original.pk
    if key not in CACHE:
        CACHE[key] = list(model.objects.filter(article=original).order_by("pk"))
        if model in OF_REVISION:
            for row in CACHE[key]:
                row.revision = Revision.objects.get(pk=row.revision_id)
    return CACHE[key]


def _spread(row, number: int) -> None:
    """A desk's moments are not all one: over a year, in no order of their numbers."""
    back = timedelta(hours=number * 7919 % (YEAR * 24))
    for name in MOMENTS if isinstance(row, Submission) else ():
        if moment := getattr(row, name):
            setattr(row, name, moment - back)


class Measure(NamedTuple):
    """Milliseconds, queries, and how many pieces the page leads to."""

    time: float
    queries: int
    shown: int


def measured(client: Client, address: str) -> Measure:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    queries = len(asked)
    if answer.status_code != 200:
        sys.exit(f"{address} answers {answer.status_code}.")
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - start) * 1_000)
    return Measure(min(times), queries, len(set(PIECE.findall(answer.text))))


def main() -> None:
    with database():
        cast = people()
        pieces = originals(cast)
        next_month = f"{clock.now().replace(day=1) + timedelta(days=32):%Y-%m}"
        at_desk = {name: address.replace("%s", next_month) for name, address in PAGES.items()}
        found: dict[tuple[User, int], list[Measure]] = {}
        for size in (FEW, OF_ONE, MANY):
            grow(pieces, size, cast.edda)
            for person, addresses, most in ((cast.edda, at_desk, MANY), (cast.ana, OF_AN_AUTHOR, OF_ONE)):
                if size in (FEW, most):
                    found[person, size] = measured_for(person, addresses)
    desk = found[cast.edda, FEW], found[cast.edda, MANY]
    author = found[cast.ana, FEW], found[cast.ana, OF_ONE]
    show(f"The desk, {FEW} and {MANY:,} open pieces", PAGES, *desk)
    show(f"A contributor, {FEW} and {OF_ONE} pieces", OF_AN_AUTHOR, *author)
    if "--json" in sys.argv:
        print(
            json.dumps([figure(f"the desk, {MANY:,} open", *desk), figure(f"a contributor's pages, {OF_ONE}", *author)])
        )


def measured_for(person: User, addresses: dict[str, str]) -> list[Measure]:
    client = Client()
    client.force_login(person)
    return [measured(client, address) for address in addresses.values()]


def show(words: str, names: Iterable[str], few: list[Measure], many: list[Measure]) -> None:
    print(f"\n{words}: {connection.vendor}, milliseconds\n")
    print(f"{'page':<24}{'few':>9}{'many':>9}    times  queries    pieces shown")
    for name, one, other in zip(names, few, many, strict=True):
        queries, shown = f"{one.queries} and {other.queries}", f"{one.shown} and {other.shown}"
        times = f"{one.time:>9.1f}{other.time:>9.1f}{other.time / one.time:>9.2f}"
        print(f"{name:<24}{times}  {queries:<11}{shown}")


def figure(name: str, few: list[Measure], many: list[Measure]) -> dict[str, object]:
    """All of somebody's pages, beside the same with few pieces."""
    ours, floor = (sum(one.time for one in measures) for measures in (many, few))
    words = {"name": f"{name}, beside {FEW}", "unit": "ms", "bar": f"{BAR:.2f} ×"}
    return words | {"ours": ours, "floor": floor, "passes": ours <= BAR * floor}


if __name__ == "__main__":
    main()
