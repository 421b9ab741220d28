"""The editors' desk with 50 and with 5,000 open pieces: how long each page takes, and how many queries (README.md)."""

import copy
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment

from articles.models import Article, Byline, Revision
from editorial import permissions, safeguards
from editorial.models import Comment, Disclosure, Event, Review, SignOff, Submission, Tick
from network import clock
from tests import factories

SIZES = (50, 5_000)
TIMES = 15
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


def measured(client: Client, address: str) -> tuple[float, int, int]:
    """Milliseconds, queries, and how many pieces the page leads to."""
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
    return min(times), queries, len(set(re.findall(r"/article/(\d+)/change/", answer.text)))


def main() -> None:
    found: dict[str, list[tuple[float, int, int]]] = {name: [] for name in PAGES}
    with database():
        cast = people()
        pieces = originals(cast)
        client = Client()
        client.force_login(cast.edda)
        next_month = f"{clock.now().replace(day=1) + timedelta(days=32):%Y-%m}"
        for size in SIZES:
            grow(pieces, size, cast.edda)
            for name, address in PAGES.items():
                found[name].append(measured(client, address.replace("%s", next_month)))
    print(f"{connection.vendor}, milliseconds\n")
    print(f"{'page':<24}" + "".join(f"{size:>9,}" for size in SIZES) + "    times  queries    pieces shown")
    for name, ((few, asked, shown), (many, asked_then, shown_then)) in found.items():
        queries = f"{asked} and {asked_then}"
        print(f"{name:<24}{few:>9.1f}{many:>9.1f}{many / few:>9.2f}  {queries:<11}{shown} and {shown_then}")


if __name__ == "__main__":
    main()
