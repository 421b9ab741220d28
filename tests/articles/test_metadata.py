"""The head of a reader's page, and the moments that every machine is told."""

import json
import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from articles.models import Article, Tag
from editorial import writing
from editorial.workflow import take
from network import clock
from network.markup import script_data
from network.models import Network
from tests import factories
from tests.articles.test_feeds import publish_with_two
from tests.articles.test_representations import LISTS_AND_PAGES
from tests.articles.test_sitemaps import change
from tests.articles.test_views import corrected, published  # noqa: F401 - the same pieces
from tests.editorial.test_aftermath import retracted

SITE = "https://signal.example"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


def page(client, path: str) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def canonical(client, path: str) -> str:
    [link] = page(client, path).select("link[rel=canonical]")
    return link["href"]


def said(soup: BeautifulSoup, name: str) -> list[str]:
    return [meta["content"] for meta in soup.select(f'meta[property="{name}"], meta[name="{name}"]')]


def data(soup: BeautifulSoup) -> list[dict]:
    return [json.loads(block.string) for block in soup.select('script[type="application/ld+json"]')]


# One address for each page


def test_piece_is_its_own_original_unless_its_author_says_another_is(client, published):  # noqa: F811
    path = published.get_absolute_url()
    assert canonical(client, path) == canonical(client, f"{path}versions/1/") == SITE + path

    Article.objects.filter(pk=published.pk).update(
        prior="elsewhere", canonical="elsewhere", prior_url="https://first.example/gulls?a=1&b=2"
    )

    assert canonical(client, path) == canonical(client, f"{path}versions/1/") == "https://first.example/gulls?a=1&b=2"
    assert said(page(client, path), "og:url") == [SITE + path]


@pytest.mark.parametrize("more", [{"canonical": "here"}, {"prior": "exclusive"}, {"prior_url": "ftp://first.example/"}])
def test_piece_that_was_elsewhere_before_may_be_the_original_all_the_same(client, published, more):  # noqa: F811
    values = {"prior": "elsewhere", "canonical": "elsewhere", "prior_url": "https://first.example/"} | more
    Article.objects.filter(pk=published.pk).update(**values)

    assert canonical(client, published.get_absolute_url()) == SITE + published.get_absolute_url()


def test_version_is_not_indexed(client, published):  # noqa: F811
    assert said(page(client, f"{published.get_absolute_url()}versions/1/"), "robots") == ["noindex"]


def test_page_of_a_listing_is_a_page_of_its_own_and_names_its_neighbours(client, cast):
    for number in range(25):
        factories.make_piece_at("published", cast, headline=f"Piece number {number}")

    for path in ("/articles/", "/sections/opinion/", "/authors/ana-ruiz/"):
        first, second, third = (page(client, f"{path}?page={number}") for number in (1, 2, 3))
        assert first.select_one("link[rel=canonical]")["href"] == SITE + path
        assert second.select_one("link[rel=canonical]")["href"] == f"{SITE}{path}?page=2"
        assert [link["href"] for link in second.select("link[rel=prev]")] == [SITE + path]
        assert [link["href"] for link in second.select("link[rel=next]")] == [f"{SITE}{path}?page=3"]
        assert not first.select("link[rel=prev]")
        assert not third.select("link[rel=next]")


def test_canonical_address_ignores_what_else_is_asked_for(client, published):  # noqa: F811
    assert canonical(client, "/articles/?utm_source=x&page=1") == f"{SITE}/articles/"
    assert canonical(client, published.get_absolute_url() + "?fbclid=1") == SITE + published.get_absolute_url()


@pytest.mark.parametrize("path", LISTS_AND_PAGES)
def test_every_page_of_readers_says_its_one_address(client, published, path):  # noqa: F811
    Article.objects.get().tags.add(Tag.objects.create(name="Gulls", slug="gulls"))

    assert canonical(client, path) == SITE + path.partition("?")[0]  # what was searched for is no page of its own


def test_page_that_does_not_exist_has_no_address(client, cast):
    assert b"canonical" not in client.get("/articles/nothing/").content


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/", ""),
        ("/articles/", ""),
        ("/sections/opinion/", "/sections/opinion"),
        ("/authors/ana-ruiz/", "/authors/ana-ruiz"),
    ],
)
def test_feeds_can_be_found_from_the_page_they_follow(client, published, path, own):  # noqa: F811
    found = {link["href"]: link["type"] for link in page(client, path).select("link[rel=alternate]")}

    for form, kind in (("rss.xml", "rss+xml"), ("atom.xml", "atom+xml"), ("feed.json", "feed+json")):
        assert found[f"{SITE}{own}/feeds/{form}"] == f"application/{kind}"
        assert found[f"{SITE}/feeds/{form}"] == f"application/{kind}"
    for address in found:
        assert client.get(address.removeprefix(SITE)).status_code == 200


# What a link to it shows


def test_open_graph_of_a_piece(client, cast):
    cast.ana.author.links.create(site="mastodon", handle="ana@tidal.example")
    piece = factories.make_piece(cast.ana, cast.section, headline="A & B <c>")
    picture = factories.make_picture(piece, cast.ana)
    writing.save(piece, {"lead": picture}, by=cast.ana)
    piece = factories.advance(Article.objects.get(), "published", cast)
    piece.tags.add(Tag.objects.create(name="Gulls", slug="gulls"))

    soup = page(client, piece.get_absolute_url())

    assert said(soup, "og:type") == ["article"]
    assert said(soup, "og:title") == ["A & B <c>"]
    assert said(soup, "og:description") == ["A morning in the harbour."]
    assert said(soup, "og:site_name") == ["The Signal"]
    assert said(soup, "article:published_time") == [f"{piece.published_at:%Y-%m-%dT%H:%M:%SZ}"]
    assert said(soup, "article:modified_time") == []
    assert said(soup, "article:author") == [f"{SITE}/authors/ana-ruiz/"]
    assert said(soup, "article:section") == ["Opinion"]
    assert said(soup, "article:tag") == ["Gulls"]
    assert said(soup, "og:image") == [f"{SITE}{piece.get_absolute_url()}share.png?v={piece.live.hash[:12]}"]
    assert said(soup, "og:image:alt") == ["A & B <c>. Opinion by Ana Ruiz."]
    assert said(soup, "twitter:card") == ["summary_large_image"]
    assert said(soup, "twitter:creator") == ["@ana"]
    assert said(soup, "fediverse:creator") == ["@ana@tidal.example"]


def test_change_that_nobody_is_told_of_moves_no_time(client, cast):
    piece = factories.make_piece_at("published", cast, body=factories.BODY + "The gulls went on and on. " * 20)
    with clock.at(piece.published_at + timedelta(hours=2)):
        change(cast, piece, "that morning", "this morning", kind="minor")

    soup = page(client, piece.get_absolute_url())

    assert said(soup, "article:modified_time") == []
    assert data(soup)[0]["dateModified"] == data(soup)[0]["datePublished"]


# The same instant everywhere


@pytest.mark.parametrize("is_corrected", [False, True])
def test_page_feeds_data_and_maps_tell_the_same_instants(client, cast, is_corrected):
    piece = factories.make_piece_at("published", cast)
    if is_corrected:
        with clock.at(piece.published_at + timedelta(hours=3, microseconds=7)):
            change(cast, piece, "quiet", "loud in 1961", kind="correction", notice="It was loud.")
    published_at = piece.published_at.replace(microsecond=0)
    modified_at = Article.objects.with_moments().get().modified_at.replace(microsecond=0)
    assert (modified_at > published_at) is is_corrected

    told = moments(client, piece)

    assert {source: pair[0] for source, pair in told.items() if pair[0]} == dict.fromkeys(
        [source for source, pair in told.items() if pair[0]], published_at
    )
    assert {source: pair[1] for source, pair in told.items()} == dict.fromkeys(told, modified_at)
    assert len(told) == 9 - (not is_corrected)


def moments(client, piece: Article) -> dict[str, tuple[datetime | None, datetime]]:
    """When each place says that the piece was published and last changed; where one says only the last, None."""
    path = piece.get_absolute_url()
    soup = page(client, path)
    dateline = [time["datetime"] for time in soup.select(".dateline time")]
    atom = "{http://www.w3.org/2005/Atom}"
    entry = ElementTree.fromstring(client.get("/feeds/atom.xml").content).find(f"{atom}entry")
    item = ElementTree.fromstring(client.get("/feeds/rss.xml").content).find("channel/item")
    shown = client.get("/feeds/feed.json").json()["items"][0]
    inside = [time["datetime"] for time in BeautifulSoup(shown["content_html"], "html.parser").select("time")]
    maps = [
        re.search("<lastmod>(.*?)</", client.get(address).text)[1]
        for address in ("/sitemap.xml", factories.sitemap_file(piece))
    ]
    about = data(soup)[0]
    told = {
        "page": (dateline[0], dateline[-1]),
        "atom": (entry.findtext(f"{atom}published"), entry.findtext(f"{atom}updated")),
        "rss": (None, item.findtext("{http://purl.org/dc/terms/}modified")),
        "json": (shown["date_published"], shown["date_modified"]),
        "in the feed": (inside[0], inside[1] if len(inside) > 1 else inside[0]),
        "data": (about["datePublished"], about["dateModified"]),
        "index": (None, maps[0]),
        "map": (None, maps[1]),
    }
    if changed := said(soup, "article:modified_time"):
        told["open graph"] = (said(soup, "article:published_time")[0], changed[0])
    return {source: tuple(text and datetime.fromisoformat(text) for text in pair) for source, pair in told.items()}


# What search engines are told


def test_data_of_a_piece_has_what_is_asked_for(client, cast):
    piece = publish_with_two(cast)
    piece.tags.add(Tag.objects.create(name="Gulls", slug="gulls"))

    about, way = data(page(client, piece.get_absolute_url()))

    assert about["@context"] == "https://schema.org"
    assert about["@type"] == ["OpinionNewsArticle", "NewsArticle"]
    assert about["headline"] == "Gulls at six"
    assert about["genre"] == about["articleSection"] == "Opinion"
    assert about["keywords"] == ["Gulls"]
    assert about["mainEntityOfPage"] == {"@type": "WebPage", "@id": SITE + piece.get_absolute_url()}
    assert about["wordCount"] == piece.live.revision.words
    assert about["inLanguage"] == "en"
    assert [(author["@type"], author["name"], author["url"]) for author in about["author"]] == [
        ("Person", "Ana Ruiz", f"{SITE}/authors/ana-ruiz/"),
        ("Person", "Bo Lindqvist", f"{SITE}/authors/bo-lindqvist/"),
    ]
    assert about["publisher"]["@type"] == "NewsMediaOrganization"
    assert about["publisher"]["name"] == "The Signal"
    for address in (
        about["publishingPrinciples"],
        about["publisher"]["correctionsPolicy"],
        about["publisher"]["url"],
        about["usageInfo"],
    ):
        assert client.get(address.removeprefix(SITE)).status_code == 200
    assert datetime.fromisoformat(about["datePublished"]).tzinfo is not None
    assert "correction" not in about
    assert way["@type"] == "BreadcrumbList"
    assert [step["name"] for step in way["itemListElement"]] == ["The Signal", "Opinion", "Gulls at six"]


@pytest.mark.parametrize(
    ("label", "first"),
    [
        ("opinion", "OpinionNewsArticle"),
        ("essay", "OpinionNewsArticle"),
        ("letter", "OpinionNewsArticle"),
        ("analysis", "AnalysisNewsArticle"),
    ],
)
def test_data_names_the_genre_by_the_label(client, cast, label, first):
    piece = factories.make_piece_at("published", cast, label=label)

    assert data(page(client, piece.get_absolute_url()))[0]["@type"] == [first, "NewsArticle"]


def test_data_holds_every_correction(client, corrected):  # noqa: F811
    about = data(page(client, corrected.get_absolute_url()))[0]

    assert about["correction"] == [
        {
            "@type": "CorrectionComment",
            "name": "Correction",
            "text": "The harbour was loud, not quiet.",
            "datePublished": about["dateModified"],
        }
    ]


def test_data_of_a_retracted_piece_says_so(client, cast, published):  # noqa: F811
    retracted(published, cast, keeps_text=False)

    about = data(page(client, published.get_absolute_url()))[0]

    assert about["creativeWorkStatus"] == "Retracted"
    assert about["correction"][0]["text"] == "Two of its figures were made up."
    assert not {"wordCount", "image"} & set(about)


def test_data_of_a_response_names_what_it_answers(client, cast, published):  # noqa: F811
    response = factories.make_piece_at("published", cast, headline="Not so", label="response", responds_to=published)

    about = data(page(client, response.get_absolute_url()))[0]

    assert about["isBasedOn"] == about["citation"]["url"] == SITE + published.get_absolute_url()
    assert about["citation"]["headline"] == "Gulls at six"


def test_data_of_an_author_is_a_profile(client, cast, published):  # noqa: F811
    about, way = data(page(client, "/authors/ana-ruiz/"))

    assert about["@type"] == "ProfilePage"
    assert about["mainEntity"] == {
        "@type": "Person",
        "name": "Ana Ruiz",
        "url": f"{SITE}/authors/ana-ruiz/",
        "description": "Ana Ruiz writes.",
        "sameAs": ["https://twitter.com/ana"],
    }
    assert [step["name"] for step in way["itemListElement"]] == ["The Signal", "Authors", "Ana Ruiz"]


def test_data_of_the_front_page_names_the_network(client, network):
    [about] = data(page(client, "/"))

    assert (about["@type"], about["name"], about["url"]) == ("WebSite", "The Signal", f"{SITE}/")
    assert about["publisher"]["parentOrganization"]["name"] == "Signal House"


@pytest.mark.parametrize(
    "words", ["</script><script>alert(1)</script>", "<!-- <script>", "]]> & \u2028 \u2029 \u202e 🦔", '"\\']
)
def test_no_words_end_a_data_block(client, cast, words):
    piece = factories.make_piece_at("published", cast, headline=f"Gulls {words}", dek=words)
    Network.objects.update(name=f"The Signal {words}"[:80])

    text = client.get(piece.get_absolute_url()).text
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)

    assert text.count("<script") == text.count("</script") == len(blocks) == 2
    assert json.loads(blocks[0])["headline"] == piece.live.revision.headline
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(blocks[0])


def test_script_data_is_the_same_data():
    told = {"a": ["<b>", "&amp;", "\u2028", None, 1.5, True], "ü": "🦔"}

    assert json.loads(script_data(told)) == told


def test_piece_under_review_keeps_its_head(client, cast, published):  # noqa: F811
    take("challenge", published, by=cast.sten, notice="A figure is being checked.")

    soup = page(client, published.get_absolute_url())

    assert said(soup, "robots") == ["noindex"]
    assert data(soup)[0]["creativeWorkStatus"] == "Under review"
