"""Every piece by its month."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Disclaimer
from editorial import seeding, workflow
from network import clock
from tests import factories

MAY = datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
AUGUST = datetime(2026, 8, 9, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _autumn():
    with clock.at(datetime(2026, 10, 1, tzinfo=UTC)):
        yield


@pytest.fixture
def summer(cast):
    """A piece at the very end of May, one at the very start of June, none in July, two in August."""
    Disclaimer.objects.update(in_force_from=MAY)
    pieces = []
    for number, moment in enumerate((MAY, JUNE, AUGUST, AUGUST)):
        with clock.at(moment):
            pieces.append(factories.make_piece_at("published", cast, headline=f"Piece {number}"))
    return pieces


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_archive_counts_each_month_once(client, summer):
    page = text_of(client.get("/archive/"))

    assert '<a href="/archive/2026/">2026</a> <span class="count">4 pieces</span>' in page
    for month, count in (("08", 2), ("06", 1), ("05", 1)):
        assert f'<a href="/archive/2026/{month}/">' in page
        assert page.split(f"/archive/2026/{month}/")[1].split('class="count">')[1][0] == str(count)
    assert "/archive/2026/07/" not in page


def test_month_begins_and_ends_at_midnight_utc_and_names_its_neighbours(client, summer):
    june = text_of(client.get("/archive/2026/06/"))

    assert "Piece 1" in june
    assert "Piece 0" not in june
    assert '<a rel="prev" href="/archive/2026/08/">August 2026</a>' in june
    assert '<a rel="next" href="/archive/2026/05/">May 2026</a>' in june


def test_empty_month_between_others_is_a_page(client, summer):
    july = client.get("/archive/2026/07/")

    assert july.status_code == 200
    assert "No piece of this month is listed." in text_of(july)
    assert '<a rel="prev" href="/archive/2026/08/">' in text_of(july)
    assert '<a rel="next" href="/archive/2026/06/">' in text_of(july)


def test_month_stays_when_nothing_of_it_is_listed_any_more(client, cast, summer):
    workflow.take("challenge", summer[0], by=cast.sten, notice="We are looking at it.")

    assert client.get("/archive/2026/05/").status_code == 200
    assert "/archive/2026/05/" not in text_of(client.get("/archive/"))
    assert client.get("/archive/2026/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "2026/04/",
        "2026/11/",
        "2026/13/",
        "2026/00/",
        "2025/",
        "2027/",
        "0/1/",
        "9999/12/",
        "99999999/1/",
        "9" * 5_000 + "/",
    ],
)
def test_what_never_was_or_has_not_come_is_a_404(client, summer, path):
    assert client.get(f"/archive/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/archive/2026/05/", "/archive/2026/"])
def test_nothing_published_is_a_404_by_month_and_a_promise_in_the_archive(client, cast, path):
    assert client.get(path).status_code == 404
    assert "from the day the first piece is out" in text_of(client.get("/archive/"))


@pytest.mark.parametrize(
    "path, address",
    [
        ("/archive/2026/6/", "/archive/2026/06/"),
        ("/archive/02026/006/", "/archive/2026/06/"),
        ("/archive/02026/", "/archive/2026/"),
    ],
)
def test_other_spellings_lead_to_the_one_address(client, summer, path, address):
    response = client.get(path)

    assert (response.status_code, response["Location"]) == (301, address)


def test_year_lists_its_months_and_its_neighbours(client, summer, cast):
    with clock.at(datetime(2027, 2, 1, tzinfo=UTC)):
        factories.make_piece_at("published", cast, headline="Next year")
        page = text_of(client.get("/archive/2027/"))

    assert "/archive/2027/02/" in page
    assert "/archive/2026/08/" not in page
    assert '<a rel="next" href="/archive/2026/">2026</a>' in page


def test_archive_pages_take_as_many_queries_for_one_piece_as_for_thirty(monkeypatch, client, network):
    monkeypatch.setattr("editorial.seeding.rows.YEARS", 0.05)  # all in September
    paths = ("/archive/", "/archive/2026/", "/archive/2026/09/")
    with clock.at(datetime(2026, 10, 1, tzinfo=UTC)):
        seeding.seed(1, 1)
        few = [queries_of(client, path) for path in paths]
        seeding.seed(29, 3)
        many = [queries_of(client, path) for path in paths]

    assert Article.objects.listed().count() == 30
    assert few == many
    assert max(few) <= 6


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
