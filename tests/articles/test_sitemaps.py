"""What the site tells those who crawl it."""

from datetime import timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import sitemaps
from articles.models import Article
from editorial import writing
from editorial.workflow import take
from network import clock
from network.crawlers import CRAWLERS
from network.models import Network
from tests import factories
from tests.articles.test_feeds import publish_many
from tests.articles.test_views import corrected, published  # noqa: F401 - the same pieces
from tests.editorial.test_aftermath import removed, retracted

SITE = "https://signal.example"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
PIECES = "/sitemap-pieces-1.xml"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


def rows(client, path: str) -> dict[str, str | None]:
    """Each address and its moment."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    root = ElementTree.fromstring(response.content)
    return {row.findtext(f"{MAP}loc"): row.findtext(f"{MAP}lastmod") for row in root}


def news(client, path: str = "/news-sitemap.xml"):
    return ElementTree.fromstring(client.get(path).content).findall(f"{MAP}url")


def robots(client) -> RobotFileParser:
    read = RobotFileParser()
    read.parse(client.get("/robots.txt").text.splitlines())
    return read


def test_index_names_every_part_and_every_part_is_there(client, published):  # noqa: F811
    parts = rows(client, "/sitemap.xml")

    assert {part.removeprefix(SITE) for part in parts} == {"/sitemap-pages-1.xml", PIECES, "/sitemap-authors-1.xml"}
    for part in parts:
        for address in rows(client, part.removeprefix(SITE)):
            assert client.get(address.removeprefix(SITE)).status_code == 200


def test_pages_sections_authors_and_pieces_are_in_the_map(client, published):  # noqa: F811
    pages = rows(client, "/sitemap-pages-1.xml")

    assert {f"{SITE}/", f"{SITE}/articles/", f"{SITE}/sections/opinion/", f"{SITE}/disclaimer/1/"} <= set(pages)
    assert set(rows(client, "/sitemap-authors-1.xml")) == {f"{SITE}/authors/ana-ruiz/"}
    assert set(rows(client, PIECES)) == {SITE + published.get_absolute_url()}


def test_lastmod_is_the_last_change_that_readers_were_told_of(client, cast):
    piece = factories.make_piece_at("published", cast, body=factories.BODY + "The gulls went on and on. " * 20)
    address = SITE + piece.get_absolute_url()
    first = rows(client, PIECES)[address]
    with clock.at(piece.published_at + timedelta(hours=2)):
        change(cast, piece, "that morning", "this morning", kind="minor")
    assert piece.publications.latest("number").kind == "minor"
    assert rows(client, PIECES)[address] == first

    with clock.at(piece.published_at + timedelta(hours=5)):
        change(cast, piece, "quiet", "loud in 1961", kind="correction", notice="It was loud.")

    last = piece.publications.latest("number").published_at
    assert rows(client, PIECES)[address] == rows(client, "/sitemap.xml")[SITE + PIECES] == f"{last:%Y-%m-%dT%H:%M:%SZ}"
    assert rows(client, PIECES)[address] > first


def change(cast, piece: Article, old: str, new: str, **said) -> None:
    piece = take("amend", Article.objects.get(pk=piece.pk), by=cast.ana)
    piece = writing.save(piece, {"body": piece.body.replace(old, new)}, by=cast.ana)
    for step, who in (("submit", cast.ana), ("claim", cast.edda)):
        piece = take(step, piece, by=who)
    piece = factories.approve(piece, cast.edda)
    if said["kind"] == "correction":
        take("announce", piece, by=cast.edda, **said)
    take("publish", piece, by=cast.pia, **said)


def test_what_is_not_listed_or_first_stood_elsewhere_is_in_no_map(client, cast, published):  # noqa: F811
    elsewhere = factories.make_piece_at("published", cast, headline="From elsewhere")
    Article.objects.filter(pk=elsewhere.pk).update(
        prior="elsewhere", canonical="elsewhere", prior_url="https://first.example/"
    )
    factories.make_piece_at("scheduled", cast, headline="Not yet")
    assert set(rows(client, PIECES)) == {SITE + published.get_absolute_url()}
    assert len(news(client)) == 1

    retracted(published, cast)

    assert client.get(PIECES).status_code == 404
    assert news(client) == []
    assert f"{SITE}{PIECES}" not in rows(client, "/sitemap.xml")


def test_removed_piece_is_in_no_map(client, cast, published):  # noqa: F811
    removed(published, cast)

    assert "sitemap-pieces" not in client.get("/sitemap.xml").text
    assert "sitemap-authors" not in client.get("/sitemap.xml").text


def test_map_is_split_where_it_is_long_and_each_piece_stands_in_one_part(client, cast, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_FILE", 2)
    publish_many(cast, 5)

    parts = [rows(client, f"/sitemap-pieces-{number}.xml") for number in (1, 2, 3)]

    assert [len(part) for part in parts] == [2, 2, 1]
    assert len({address for part in parts for address in part}) == 5
    assert SITE + "/sitemap-pieces-3.xml" in rows(client, "/sitemap.xml")
    assert client.get("/sitemap-pieces-4.xml").status_code == 404
    assert [len(news(client, f"/news-sitemap.xml?page={number}")) for number in (1, 2, 3)] == [2, 2, 1]
    assert f"Sitemap: {SITE}/news-sitemap.xml?page=3" in client.get("/robots.txt").text


@pytest.mark.parametrize("path", ["/sitemap-pages-0.xml", "/sitemap-nothing-1.xml", f"/sitemap-pieces-{10**40}.xml"])
def test_part_that_does_not_exist_is_404(client, published, path):  # noqa: F811
    assert client.get(path).status_code == 404


def test_news_are_two_days_old_at_most(client, cast, published):  # noqa: F811
    [row] = news(client)

    assert row.findtext(f"{MAP}loc") == SITE + published.get_absolute_url()
    assert row.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}name") == "The Signal"
    assert row.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}language") == "en"
    assert row.findtext(f"{NEWS}news/{NEWS}title") == "Gulls at six"
    assert row.findtext(f"{NEWS}news/{NEWS}publication_date") == f"{published.published_at:%Y-%m-%dT%H:%M:%SZ}"
    with clock.at(published.published_at + timedelta(hours=48, seconds=1)):
        assert news(client) == []
    with clock.at(published.published_at + timedelta(hours=47, minutes=59)):
        assert len(news(client)) == 1


def test_hostile_words_break_no_map(client, cast):
    factories.make_piece_at("published", cast, headline="A & B <c> ]]> مرحبا 🦔")
    Network.objects.update(name="The \x08Signal & <co>")

    [row] = news(client)

    assert row.findtext(f"{NEWS}news/{NEWS}title") == Article.objects.get().live.revision.headline
    assert row.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}name") == "The Signal & <co>"


def test_empty_site_has_maps(client, cast):
    assert [part.removeprefix(SITE) for part in rows(client, "/sitemap.xml")] == ["/sitemap-pages-1.xml"]
    assert news(client) == []


def test_maps_take_as_many_queries_for_one_piece_as_for_thirty(client, cast):
    paths = [
        "/sitemap.xml",
        "/sitemap-pages-1.xml",
        PIECES,
        "/sitemap-authors-1.xml",
        "/news-sitemap.xml",
        "/robots.txt",
    ]
    publish_many(cast, 1)
    client.get("/")
    one = [count(client, path) for path in paths]
    factories.copies(Article.objects.get(), 29)

    assert [count(client, path) for path in paths] == one


def count(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_robots_lets_everybody_read_what_readers_may(client, published):  # noqa: F811
    read = robots(client)

    for path in ("/", published.get_absolute_url(), "/feeds/rss.xml", "/authors/", "/sitemap.xml"):
        assert read.can_fetch("Googlebot", path), path
        assert read.can_fetch("GPTBot", path), path
    for path in ("/admin/", "/contribute/new/", "/accounts/login/", "/search/?q=gulls"):
        assert not read.can_fetch("Googlebot", path), path
    assert "\nDisallow: /search/?\n" in client.get("/robots.txt").text
    assert set(read.site_maps()) == {f"{SITE}/sitemap.xml", f"{SITE}/news-sitemap.xml"}


def test_robots_asks_a_refused_crawler_to_stay_away(client, published):  # noqa: F811
    Network.objects.update(crawlers_refused=["GPTBot", "CCBot"])

    read = robots(client)

    for name in ("GPTBot", "CCBot"):
        assert not read.can_fetch(name, published.get_absolute_url())
    for name in ("Googlebot", "ClaudeBot"):
        assert read.can_fetch(name, published.get_absolute_url())


@pytest.mark.parametrize(
    "said", [["Nobody\nUser-agent: *\nDisallow: /"], [1, None, {"a": "b"}], "GPTBot", {"GPTBot": 1}]
)
def test_robots_writes_no_name_that_is_not_in_the_table(client, network, said):
    Network.objects.update(crawlers_refused=said)

    text = client.get("/robots.txt").text

    assert text.count("User-agent:") == (2 if "GPTBot" in said else 1)
    assert robots(client).can_fetch("Googlebot", "/")


def test_table_of_crawlers_says_of_each_who_runs_it_why_and_where_it_says_so():
    tokens = [crawler.token for crawler in CRAWLERS]

    assert len(set(tokens)) == len(tokens) >= 15
    for crawler in CRAWLERS:
        assert all((crawler.operator, crawler.purpose))
        assert crawler.source.startswith("https://")
        assert not set(crawler.token) & set(" \n:#")


def test_desk_refuses_crawlers_by_boxes(client, cast):
    client.force_login(cast.root)
    address = "/admin/network/network/1/change/"
    form = client.get(address).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value not in (None, False)}

    response = client.post(address, data | {"crawlers_refused": ["GPTBot", "CCBot"]})

    assert response.status_code == 302
    assert Network.objects.get().crawlers_refused == ["GPTBot", "CCBot"]
    refused = client.post(address, data | {"crawlers_refused": ["Nobody"]})
    assert refused.status_code == 200
    assert len(Network.objects.get().crawlers_refused) == 2
