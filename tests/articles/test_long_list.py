"""Pages of long lists are the same ones wherever they are looked for."""

from datetime import UTC, datetime, timedelta

import pytest

from articles import long_list
from articles.long_list import LongList
from articles.models import Article, ListedCount, Section
from editorial import seeding
from tests import factories

PER_PAGE = 3


@pytest.fixture
def pieces(cast):
    """Fifteen in five months, some at one moment, among them one that nobody reads."""
    factories.make_piece(cast.ana, cast.section)
    factories.copies(factories.make_piece_at("published", cast), 14)
    for number, piece in enumerate(Article.objects.listed().order_by("pk")):
        day = datetime(2026, number // 3 + 1, 1, tzinfo=UTC) + timedelta(days=number % 2)
        Article.objects.filter(pk=piece.pk).update(published_at=day)
    return list(Article.objects.listed())


@pytest.mark.parametrize("near", [0, 4, 1_000])
def test_page_is_the_same_whether_it_is_counted_up_to_or_found_by_its_month(pieces, monkeypatch, near):
    monkeypatch.setattr(long_list, "NEAR", near)
    found = LongList(Article.objects.listed(), Article.objects.as_card(), ListedCount.objects.by_month)

    shown = [list(found[start : start + PER_PAGE]) for start in range(0, len(pieces), PER_PAGE)]

    assert [piece for page in shown for piece in page] == pieces
    assert list(found[14:30]) == pieces[14:]


@pytest.mark.parametrize("path", ["/articles/", "/sections/opinion/"])
def test_far_page_has_its_pieces_each_once(client, network, monkeypatch, path):
    monkeypatch.setattr(long_list, "NEAR", 0)
    monkeypatch.setattr("editorial.seeding.words.SECTIONS", (("opinion", "Opinion"),))
    seeding.seed(40, 3)
    assert Section.objects.get().slug == "opinion"

    pages = [client.get(f"{path}?page={number}").context["page"].object_list for number in range(1, 5)]

    assert [piece.pk for page in pages for piece in page] == list(Article.objects.listed().values_list("pk", flat=True))


def test_far_page_of_a_feed_has_its_pieces(client, network, monkeypatch):
    monkeypatch.setattr(long_list, "NEAR", 0)
    seeding.seed(40, 3)

    items = [len(client.get(f"/feeds/feed.json?page={number}").json()["items"]) for number in (1, 2)]

    assert items == [30, 10]
