"""The pieces as feeds."""

import json
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.feeds import PER_PAGE
from articles.models import Article, Section
from articles.models.publication import Kind
from authors.models import Author
from editorial import repinning, writing
from editorial.workflow import take
from network import clock
from network.models import Network
from tests import factories
from tests.articles.test_views import corrected, published  # noqa: F401 - the same pieces
from tests.editorial.test_aftermath import removed, retracted

SITE = "https://signal.example"
FORMS = ("rss.xml", "atom.xml", "feed.json")
PREFIXES = ("/feeds/", "/sections/opinion/feeds/", "/authors/ana-ruiz/feeds/")
ATOM = "{http://www.w3.org/2005/Atom}"
RSS_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
HOSTILE = "A & B <script>alert(1)</script> ]]> مرحبا 🦔 \u2028"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


def rss(client, path: str = "/feeds/rss.xml"):
    return ElementTree.fromstring(client.get(path).content).find("channel")


def atom(client, path: str = "/feeds/atom.xml"):
    return ElementTree.fromstring(client.get(path).content)


def items(client, form: str, prefix: str = "/feeds/", query: str = "") -> list[tuple[str, str]]:
    """The name and the headline of each item."""
    path = f"{prefix}{form}{query}"
    if form == "rss.xml":
        return [(item.findtext("guid"), item.findtext("title")) for item in rss(client, path).iter("item")]
    if form == "atom.xml":
        entries = atom(client, path).iter(f"{ATOM}entry")
        return [(entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title")) for entry in entries]
    return [(item["id"], item["title"]) for item in client.get(path).json()["items"]]


def publish_many(cast, count: int) -> None:
    for number in range(count):
        factories.make_piece_at("published", cast, headline=f"Piece number {number}")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_three_forms_hold_the_same_pieces_by_the_same_names(client, cast, published, prefix):  # noqa: F811
    publish_many(cast, 2)

    found = [items(client, form, prefix) for form in FORMS]

    assert found[0] == found[1] == found[2]
    assert [title for _, title in found[0]] == ["Piece number 1", "Piece number 0", "Gulls at six"]
    assert len({name for name, _ in found[0]}) == 3


@pytest.mark.parametrize("form", FORMS)
def test_name_of_a_piece_stays_when_its_address_or_the_sites_changes(client, cast, settings, published, form):  # noqa: F811
    before = items(client, form)
    writing.set_details(published, by=cast.edda, slug="a-new-address")
    settings.SITE_URL = "https://other.example"

    assert items(client, form) == before


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("rss.xml", "application/rss+xml; charset=utf-8"),
        ("atom.xml", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
    ],
)
def test_feed_says_what_it_is_and_sets_no_cookie(client, published, form, kind):  # noqa: F811
    response = client.get(f"/feeds/{form}")

    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_rss_names_each_author_and_never_by_mail(client, cast):
    publish_with_two(cast)

    item = rss(client).find("item")

    assert [creator.text for creator in item.findall(CREATOR)] == ["Ana Ruiz", "Bo Lindqvist"]
    assert item.find("author") is None
    entry = atom(client).find(f"{ATOM}entry")
    assert [name.text for name in entry.iter(f"{ATOM}name")] == ["Ana Ruiz", "Bo Lindqvist"]
    authors = client.get("/feeds/feed.json").json()["items"][0]["authors"]
    assert authors == [
        {"name": "Ana Ruiz", "url": f"{SITE}/authors/ana-ruiz/"},
        {"name": "Bo Lindqvist", "url": f"{SITE}/authors/bo-lindqvist/"},
    ]


def publish_with_two(cast) -> Article:
    """A piece of Ana's and Bo's, taken to readers."""
    piece = factories.advance(factories.make_piece(cast.ana, cast.section, cast.bo), "in_review", cast)
    piece = factories.approve(piece, cast.edda)
    if piece.stage == "proof":
        piece = take("sign", piece, by=cast.bo)
    return take("publish", piece, by=cast.pia)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_feed_knows_itself_and_its_page(client, published, prefix):  # noqa: F811
    page = SITE + prefix.removesuffix("feeds/")

    channel, feed = rss(client, f"{prefix}rss.xml"), atom(client, f"{prefix}atom.xml")
    shown = client.get(f"{prefix}feed.json").json()

    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert channel.findtext("link") == shown["home_page_url"] == links["alternate"] == page
    assert channel.find(f"{ATOM}link").get("href") == f"{SITE}{prefix}rss.xml"
    assert links["self"] == f"{SITE}{prefix}atom.xml"
    assert shown["feed_url"] == f"{SITE}{prefix}feed.json"


def test_every_address_in_a_feed_is_whole(client, cast):
    piece = factories.make_piece(cast.ana, cast.section)
    picture = factories.make_picture(piece, cast.ana)
    body = f"See[^1] [the list](/articles/).\n\n![](picture:{picture.reference})\n\n[^1]: A note.\n"
    writing.save(piece, {"body": body, "lead": picture}, by=cast.ana)
    piece = factories.advance(Article.objects.get(), "published", cast)

    for text in (
        rss(client).find("item").findtext(RSS_CONTENT),
        atom(client).find(f"{ATOM}entry").findtext(f"{ATOM}content"),
        client.get("/feeds/feed.json").json()["items"][0]["content_html"],
    ):
        assert f'src="{SITE}/pictures/{picture.reference}/"' in text
        assert f'href="{SITE}{piece.get_absolute_url()}#fn-' in text
        assert 'href="/' not in text
        assert 'src="/' not in text
        assert 'href="#' not in text


def test_correction_travels_with_its_time_under_the_same_name(client, published, corrected):  # noqa: F811
    entry = atom(client).find(f"{ATOM}entry")
    item = client.get("/feeds/feed.json").json()["items"][0]

    newest = corrected.publications.get(kind=Kind.CORRECTION)
    assert entry.findtext(f"{ATOM}id") == published.urn
    assert entry.findtext(f"{ATOM}updated") == item["date_modified"]
    assert item["date_modified"] == newest.published_at.replace(microsecond=0).isoformat()
    for text in (
        entry.findtext(f"{ATOM}content"),
        item["content_html"],
        rss(client).find("item").findtext(RSS_CONTENT),
    ):
        assert "The harbour was loud, not quiet." in text
        assert "<strong>Correction</strong>" in text


@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_listed_is_in_no_feed(client, cast, published, form):  # noqa: F811
    factories.make_piece_at("scheduled", cast, headline="Not yet")
    assert len(items(client, form)) == 1

    take("challenge", published, by=cast.sten, notice="A figure is being checked.")
    assert items(client, form) == []

    take("clear", published, by=cast.sten, notice="The figure is right.")
    assert len(items(client, form)) == 1

    retracted(published, cast)
    assert items(client, form) == []


@pytest.mark.parametrize("form", FORMS)
def test_removed_piece_is_in_no_feed_and_its_author_keeps_an_empty_one(client, cast, published, form):  # noqa: F811
    removed(published, cast)

    assert items(client, form, "/authors/ana-ruiz/feeds/") == []


def test_empty_feed_is_a_feed_and_does_not_change(client, cast):
    with clock.at(clock.now() + timedelta(hours=1)):
        first = [client.get(f"/feeds/{form}").content for form in FORMS]

    assert first == [client.get(f"/feeds/{form}").content for form in FORMS]
    assert json.loads(first[2])["items"] == []


@pytest.mark.parametrize("form", FORMS)
def test_feed_is_not_sent_twice_to_who_has_it(client, cast, published, form):  # noqa: F811
    first = client.get(f"/feeds/{form}")

    by_tag = client.get(f"/feeds/{form}", headers={"If-None-Match": first["ETag"]})
    by_time = client.get(f"/feeds/{form}", headers={"If-Modified-Since": first["Last-Modified"]})

    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert (by_time.status_code, by_time.content) == (304, b"")


@pytest.mark.parametrize("change", ["publish", "retract", "repin", "rename"])
def test_feed_is_sent_again_once_it_has_changed(client, cast, published, change):  # noqa: F811
    first = client.get("/feeds/atom.xml")
    later = parsedate_to_datetime(first["Last-Modified"]) + timedelta(minutes=5)

    with clock.at(later):
        if change == "publish":
            publish_many(cast, 1)
        elif change == "retract":
            retracted(published, cast)
        elif change == "repin":
            repinning.apply(factories.make_disclaimer(text="Newer words of {network}."), by=cast.sten)
        else:
            Network.objects.update(name="The Noise")

    again = client.get("/feeds/atom.xml", headers={"If-None-Match": first["ETag"]})
    by_time = client.get("/feeds/atom.xml", headers={"If-Modified-Since": first["Last-Modified"]})
    assert again.status_code == 200
    assert again.content != first.content
    assert by_time.status_code == (304 if change == "rename" else 200)


def test_older_pieces_have_addresses_of_their_own_which_name_each_other(client, cast):
    publish_many(cast, 1)
    factories.copies(Article.objects.get(), PER_PAGE)

    for form in FORMS:
        pages = [items(client, form), items(client, form, query="?page=2")]
        assert [len(page) for page in pages] == [PER_PAGE, 1]
        assert client.get(f"/feeds/{form}?page=3").headers["Location"] == f"/feeds/{form}?page=2"
    second = atom(client, "/feeds/atom.xml?page=2")
    links = {link.get("rel"): link.get("href") for link in second.findall(f"{ATOM}link")}
    assert links["self"] == links["last"] == f"{SITE}/feeds/atom.xml?page=2"
    assert links["previous"] == links["first"] == f"{SITE}/feeds/atom.xml"
    assert "next" not in links
    assert client.get("/feeds/feed.json").json()["next_url"] == f"{SITE}/feeds/feed.json?page=2"
    assert "next_url" not in client.get("/feeds/feed.json?page=2").json()


def test_feeds_take_as_many_queries_for_one_piece_as_for_thirty(client, cast):
    paths = [prefix + form for prefix in PREFIXES for form in FORMS]
    publish_many(cast, 1)
    client.get(paths[0])
    one = [count_queries(client, path) for path in paths]
    factories.copies(Article.objects.get(), 29)

    assert [count_queries(client, path) for path in paths] == one


def count_queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_hostile_words_break_no_feed(client, cast, prefix):
    piece = factories.make_piece(cast.ana, cast.section, headline=HOSTILE, dek=HOSTILE, body=HOSTILE + "\n\n    ]]>\n")
    factories.advance(piece, "published", cast)

    titles = [items(client, form, prefix)[0][1] for form in FORMS]

    assert titles == [Article.objects.get().live.revision.headline] * 3
    for text in (
        rss(client).find("item").findtext(RSS_CONTENT),
        client.get("/feeds/feed.json").json()["items"][0]["content_html"],
    ):
        assert "<script" not in text


def test_characters_that_xml_cannot_hold_break_no_feed(client, cast, published):  # noqa: F811
    Network.objects.update(name="The \x08Signal", tagline="\x0c")
    Author.objects.filter(slug="ana-ruiz").update(name="Ana\x01 Ruiz", bio="\x02")
    Section.objects.update(name="Opin\x0bion", description="\x1f\ufffe")

    for prefix in PREFIXES:
        for form in FORMS:
            assert len(items(client, form, prefix)) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/rss",
        "/feeds/x" + "y" * 2_000,
        "/feeds/rss.xml?page=0",
        "/feeds/rss.xml?page=%00",
        "/sections/nothing/feeds/rss.xml",
        "/sections/opinion/feeds/nothing",
        "/authors/nobody/feeds/rss.xml",
    ],
)
def test_feed_that_does_not_exist_is_404(client, cast, published, path):  # noqa: F811
    assert client.get(path).status_code == 404


def test_author_whom_readers_do_not_know_has_no_feed(client, cast, published):  # noqa: F811
    assert client.get("/authors/bo-lindqvist/feeds/rss.xml").status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_old_address_of_an_author_leads_to_todays_feed(client, cast, published, form):  # noqa: F811
    cast.ana.author.move("ana-maria-ruiz")

    response = client.get(f"/authors/ana-ruiz/feeds/{form}")

    assert (response.status_code, response["Location"]) == (301, f"/authors/ana-maria-ruiz/feeds/{form}")


# What the W3C's feed validator asks of a feed

RFC822 = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000"
RFC3339 = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})"
UUID = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_rss_keeps_its_rules(client, cast, corrected, prefix):  # noqa: F811
    publish_many(cast, 2)
    channel = rss(client, f"{prefix}rss.xml")

    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert len(channel.findall(name)) == 1, name
        assert channel.findtext(name).strip(), name
    assert re.fullmatch(RFC822, channel.findtext("lastBuildDate"))
    assert len({item.findtext("guid") for item in channel.iter("item")}) == 3
    for item in channel.iter("item"):
        tags = [child.tag for child in item if child.tag not in ("category", CREATOR)]
        assert len(tags) == len(set(tags))
        assert item.find("guid").get("isPermaLink") == "false"
        assert re.fullmatch(RFC822, item.findtext("pubDate"))
        assert re.fullmatch(RFC3339, item.findtext("{http://purl.org/dc/terms/}modified"))
        assert item.findtext("link").startswith(f"{SITE}/articles/")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_atom_keeps_its_rules(client, cast, corrected, prefix):  # noqa: F811
    publish_many(cast, 2)
    feed = atom(client, f"{prefix}atom.xml")

    for name in ("title", "id", "updated", "subtitle"):
        assert len(feed.findall(ATOM + name)) == 1, name
    assert feed.findtext(f"{ATOM}id").startswith(f"{SITE}/feeds/#")
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == 3
    for entry in feed.iter(f"{ATOM}entry"):
        assert re.fullmatch(UUID, entry.findtext(f"{ATOM}id"))
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
        assert entry.find(f"{ATOM}author/{ATOM}name") is not None
        for name in ("published", "updated"):
            assert re.fullmatch(RFC3339, entry.findtext(ATOM + name))
        assert entry.findtext(f"{ATOM}updated") >= entry.findtext(f"{ATOM}published")
        assert entry.find(f"{ATOM}content").get("type") == "html"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_json_feed_keeps_its_rules(client, cast, corrected, prefix):  # noqa: F811
    publish_many(cast, 2)
    feed = client.get(f"{prefix}feed.json").json()

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert len({item["id"] for item in feed["items"]}) == 3
    for item in feed["items"]:
        assert {"id", "url", "title", "content_html", "date_published", "date_modified", "authors", "tags"} <= set(item)
        assert "author" not in item
        assert re.fullmatch(RFC3339, item["date_published"])
        assert item["tags"][0] == "Opinion"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_feed_shows_no_moment_of_the_future(client, cast, published, prefix):  # noqa: F811
    scheduled = factories.make_piece_at("scheduled", cast, headline="Tomorrow")
    now = client.get(f"{prefix}feed.json").json()["items"]

    with clock.at(scheduled.scheduled_for + timedelta(seconds=1)):
        then = client.get(f"{prefix}feed.json").json()["items"]

    assert [item["title"] for item in now] == ["Gulls at six"]
    assert [item["title"] for item in then] == ["Tomorrow", "Gulls at six"]
    assert then[0]["date_published"] == scheduled.scheduled_for.replace(microsecond=0).isoformat()
