"""What the site tells those who crawl it."""

from datetime import timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import sitemaps
from articles.models import Article
from articles.models.sitemap_part import PER_PART
from authors.models import Author
from editorial import writing
from editorial.workflow import take
from network import clock
from network.crawlers import CRAWLERS
from network.models import Network
from tests import factories
from tests.articles.test_feeds import publish_many
from tests.articles.test_views import corrected, published  # noqa: F401 - the same pieces
from tests.editorial.test_aftermath import removed, retracted
from tests.factories import sitemap_file

SITE = "https://signal.example"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


def rows(client, path: str) -> dict[str, str | None]:
    """Each address and its moment."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    root = ElementTree.fromstring(response.content)
    return {row.findtext(f"{MAP}loc"): row.findtext(f"{MAP}lastmod") for row in root}


def number_next(model, number: int) -> None:
    """Give the next row this number."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [number - 1, table])
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, number - 1])


def news(client, path: str = "/news-sitemap.xml"):
    return ElementTree.fromstring(client.get(path).content).findall(f"{MAP}url")


def robots(client) -> RobotFileParser:
    read = RobotFileParser()
    read.parse(client.get("/robots.txt").text.splitlines())
    return read


def test_index_names_every_part_and_every_part_is_there(client, cast, published):  # noqa: F811
    parts = rows(client, "/sitemap.xml")

    there = {"/sitemap-pages-1.xml", sitemap_file(published), sitemap_file(cast.ana.author)}
    assert {address.removeprefix(SITE) for address in parts} == there
    for path in there:
        for address in rows(client, path):
            assert client.get(address.removeprefix(SITE)).status_code == 200


def test_pages_sections_authors_and_pieces_are_in_the_map(client, cast, published):  # noqa: F811
    pages = rows(client, "/sitemap-pages-1.xml")

    assert {f"{SITE}/", f"{SITE}/articles/", f"{SITE}/sections/opinion/", f"{SITE}/disclaimer/1/"} <= set(pages)
    assert set(rows(client, sitemap_file(cast.ana.author))) == {f"{SITE}/authors/ana-ruiz/"}
    assert set(rows(client, sitemap_file(published))) == {SITE + published.get_absolute_url()}


def test_lastmod_is_the_last_change_that_readers_were_told_of(client, cast):
    piece = factories.make_piece_at("published", cast, body=factories.BODY + "The gulls went on and on. " * 20)
    address, path = SITE + piece.get_absolute_url(), sitemap_file(piece)
    first = rows(client, path)[address]
    with clock.at(piece.published_at + timedelta(hours=2)):
        change(cast, piece, "that morning", "this morning", kind="minor")
    assert piece.publications.latest("number").kind == "minor"
    assert rows(client, path)[address] == rows(client, "/sitemap.xml")[SITE + path] == first

    with clock.at(piece.published_at + timedelta(hours=5)):
        change(cast, piece, "quiet", "loud in 1961", kind="correction", notice="It was loud.")

    last = piece.publications.latest("number").published_at
    assert rows(client, path)[address] == rows(client, "/sitemap.xml")[SITE + path] == f"{last:%Y-%m-%dT%H:%M:%SZ}"
    assert rows(client, path)[address] > first


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
    assert set(rows(client, sitemap_file(published))) == {SITE + published.get_absolute_url()}
    assert len(news(client)) == 1

    retracted(published, cast)

    assert client.get(sitemap_file(published)).status_code == 404
    assert news(client) == []
    assert f"{SITE}{sitemap_file(published)}" not in rows(client, "/sitemap.xml")


def test_removed_piece_is_in_no_map(client, cast, published):  # noqa: F811
    removed(published, cast)

    assert "sitemap-pieces" not in client.get("/sitemap.xml").text
    assert "sitemap-authors" not in client.get("/sitemap.xml").text


def test_each_piece_stands_in_one_part_for_good_also_where_others_are_drafts_or_gone(client, cast, at_stage):
    at_stage("draft")
    number_next(Article, (Article.objects.latest("pk").pk // PER_PART + 2) * PER_PART)  # the last of its part
    publish_many(cast, 4)
    first, *others = pieces = list(Article.objects.listed().order_by("pk"))
    at_stage("scheduled", headline="Not yet")

    found = {path: rows(client, path) for path in (sitemap_file(first), sitemap_file(others[0]))}
    index = rows(client, "/sitemap.xml")

    assert [len(each) for each in found.values()] == [1, 3]
    assert {address for each in found.values() for address in each} == {SITE + one.get_absolute_url() for one in pieces}
    for path, each in found.items():
        assert index[SITE + path] == max(each.values())
    retracted(others[-1], cast)
    assert set(rows(client, sitemap_file(first))) == set(found[sitemap_file(first)])
    assert list(rows(client, sitemap_file(others[0]))) == [SITE + one.get_absolute_url() for one in others[:2]]


def test_each_author_stands_in_one_part(client, cast, published):  # noqa: F811
    number_next(Author, (Author.objects.latest("pk").pk // PER_PART + 3) * PER_PART + 1)
    bo, hidden = factories.make_author("Bo Quiet"), factories.make_author("Cy Unread")
    published.bylines.create(author=bo, printed_name="Bo Quiet", position=1)

    paths = [path for path in rows(client, "/sitemap.xml") if "authors" in path]

    assert paths == [SITE + sitemap_file(cast.ana.author), SITE + sitemap_file(bo)]
    assert sitemap_file(hidden) == sitemap_file(bo)
    assert list(rows(client, sitemap_file(bo))) == [SITE + bo.get_absolute_url()]


def test_news_are_split_where_they_are_many(client, cast, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_FILE", 2)
    publish_many(cast, 5)

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
    publish_many(cast, 1)
    of_rows = [sitemap_file(Article.objects.get()), sitemap_file(cast.ana.author)]
    paths = ["/sitemap.xml", "/sitemap-pages-1.xml", *of_rows, "/news-sitemap.xml", "/robots.txt"]
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
