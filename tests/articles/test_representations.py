"""The disclaimer travels: every form in which a published piece reaches somebody carries its label, and the words pinned
to it exactly once, where they can be read without hovering. What only names a piece carries them not at all.

A new address for readers, feed or sitemap has to be entered in one of three lists here, or the suite fails:
CARRYING, NAMING, or WITHOUT_A_PIECE.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import URLPattern, get_resolver

from articles import feeds, sitemaps
from articles.models import Article, Section, Tag
from editorial import repinning
from editorial.models import Letter
from network import clock
from network.models import Network
from tests import factories
from tests.articles.test_feeds import RSS_CONTENT, publish_with_two
from tests.articles.test_sitemaps import change

TODAY = clock.now()
BEHIND_A_DOOR = ("admin/", "contribute/", "accounts/", "markdownx/")
NEWER = "Newer words of {network}. {host} answers for none of it. Write to {author} or to {contact}."
OF_THE_SECTION = "In this section {author} speaks for nobody. Neither {host} nor {network} agrees. Write to {contact}."
ATOM = "{http://www.w3.org/2005/Atom}"


def words_in(html: str) -> str:
    """What somebody reads of a page: no head, no script, nothing hidden, nothing that needs a pointer over it."""
    soup = BeautifulSoup(html, "html.parser")
    for unseen in soup.select(
        "head, script, style, template, noscript, [hidden], [popover], dialog, details:not([open])"
    ):
        unseen.decompose()
    return squeezed(soup.get_text())


def squeezed(text: str) -> str:
    return " ".join(text.split())


def of_piece(more: str = "") -> Callable[[Client, Article], str]:
    return lambda client, piece: words_in(client.get(piece.get_absolute_url() + more).text)


def of_rss(prefix: str) -> Callable[[Client, Article], str]:
    def read(client: Client, piece: Article) -> str:
        root = ElementTree.fromstring(client.get(f"{prefix}feeds/rss.xml").content)
        return words_in(
            one(item.findtext(RSS_CONTENT) for item in root.iter("item") if item.findtext("guid") == piece.urn)
        )

    return read


def of_atom(prefix: str) -> Callable[[Client, Article], str]:
    def read(client: Client, piece: Article) -> str:
        root = ElementTree.fromstring(client.get(f"{prefix}feeds/atom.xml").content)
        entries = (entry for entry in root.iter(f"{ATOM}entry") if entry.findtext(f"{ATOM}id") == piece.urn)
        return words_in(one(entry.findtext(f"{ATOM}content") for entry in entries))

    return read


def of_json(prefix: str) -> Callable[[Client, Article], str]:
    def read(client: Client, piece: Article) -> str:
        items = client.get(f"{prefix}feeds/feed.json").json()["items"]
        return words_in(one(item["content_html"] for item in items if item["id"] == piece.urn))

    return read


def of_snippet(kind: str) -> Callable[[Client, Article], str]:
    def read(client: Client, piece: Article) -> str:
        Network.objects.update(allows_republishing=True)
        page = BeautifulSoup(client.get(f"{piece.get_absolute_url()}republish/").text, "html.parser")
        text = page.select_one(f"textarea#{kind}").string
        return words_in(text) if kind == "html" else squeezed(re.sub(r" \(https?://[^)]*\)", "", text))

    return read


def one(texts: Iterator[str | None]) -> str:
    [text] = texts
    return text or ""


def pinned_now(piece: Article):
    return piece.repin or piece.live


def pinned_then(piece: Article):
    return piece.live


@dataclass(frozen=True)
class Representation:
    """One form of a piece: the address that gives it, how its words are read, whose disclaimer it carries."""

    name: str
    route: str
    read: Callable[[Client, Article], str]
    pinned: Callable = pinned_now


CARRYING = (
    Representation("page", "articles:detail", of_piece()),
    Representation("version page", "articles:version", of_piece("versions/1/"), pinned_then),
    *(
        Representation(f"{form} of {what}", route, reader(prefix))
        for what, route, prefix in (
            ("the site", "articles:feed", "/"),
            ("a section", "articles:section_feed", "/sections/opinion/"),
            ("an author", "articles:author_feed", "/authors/ana-ruiz/"),
        )
        for form, reader in (("rss.xml", of_rss), ("atom.xml", of_atom), ("feed.json", of_json))
    ),
    Representation("snippet as HTML", "articles:republish", of_snippet("html")),
    Representation("snippet as text", "articles:republish", of_snippet("text")),
)
# And the page on paper, read in a browser: test_page_on_paper_carries_the_words.

NAMING = {
    "home": "/",
    "articles:index": "/articles/",
    "articles:section": "/sections/opinion/",
    "articles:tag": "/tags/gulls/",
    "articles:corrections": "/corrections/",
    "articles:search": "/search/?q=gulls",
    "articles:sections": "/sections/",
    "articles:tags": "/tags/",
    "articles:archive": "/archive/",
    "articles:archive_year": f"/archive/{TODAY:%Y}/",
    "articles:archive_month": f"/archive/{TODAY:%Y/%m}/",
    "articles:contact": "{piece}write-to-the-author/",
    "ask_for_correction": "{piece}ask-for-a-correction/",
    "authors:index": "/authors/",
    "authors:detail": "/authors/ana-ruiz/",
    "how": "{piece}how/",
    "version_changes": "{piece}versions/2/changes/",
    "sitemap": "/sitemap.xml",
    "sitemap_part": "{sitemap_file}",
    "news_sitemap": "/news-sitemap.xml",
}
WITHOUT_A_PIECE = {
    "articles:disclaimer": "/disclaimer/",
    "articles:disclaimer_version": "/disclaimer/1/",
    "articles:about": "/about/",
    "articles:privacy": "/about/privacy/",
    "articles:picture": "",
    "articles:rendition": "",
    "articles:share": "",
    "authors:portrait": "",
    "write_for_us": "/write-for-us/",
    "applied": "",
    "join": "",
    "robots": "/robots.txt",
    "contact": "/contact/",
    "letter_sent": "",
    "letter_confirm": "",
    "letter_thread": "",
    "correction_request": "",
}
LISTS_AND_PAGES = [
    path
    for path in [*NAMING.values(), "/disclaimer/", "/disclaimer/1/", "/write-for-us/"]
    if not path.startswith("{") and not path.endswith(".xml")
]


# What a piece may have been through


def as_published(cast) -> Article:
    return factories.make_piece_at("published", cast)


def with_older_words(cast) -> Article:
    """A newer version is in force; the piece keeps the one of its day."""
    piece = as_published(cast)
    factories.make_disclaimer(text=NEWER, line="Newer line.")
    return piece


def repinned(cast) -> Article:
    piece = with_older_words(cast)
    repinning.apply(piece.live.disclaimer.__class__.objects.in_force(), by=cast.sten)
    return piece


def in_a_section_with_its_own_words(cast) -> Article:
    factories.make_disclaimer(text=OF_THE_SECTION, line="This section's line.", section=cast.section)
    return as_published(cast)


def by_two_authors(cast) -> Article:
    return publish_with_two(cast)


def renamed_since(cast) -> Article:
    """The network has another name by now; the words keep the one they were pinned with."""
    piece = as_published(cast)
    Network.objects.update(name="The Noise", host="Noise House")
    return piece


def as_corrected(cast) -> Article:
    piece = as_published(cast)
    change(cast, piece, "quiet", "loud in 1961", kind="correction", notice="It was loud.")
    return piece


SITUATIONS = {
    as_published: "Reach out to the author or to us at desk@signal.example.",
    with_older_words: "place for thought",
    repinned: "Newer words of The Signal.",
    in_a_section_with_its_own_words: "In this section the author speaks for nobody.",
    by_two_authors: "Reach out to the authors or to us at desk@signal.example.",
    renamed_since: "those of Signal House or The Signal",
    as_corrected: "Reach out to the author or to us at desk@signal.example.",
}


@pytest.fixture(params=SITUATIONS, ids=lambda situation: situation.__name__)
def piece(request, cast) -> Article:
    """A public piece whose label is not also the name of its section."""
    Section.objects.update(name="Harbour")
    cast.section.refresh_from_db()
    found = Article.objects.get(pk=request.param(cast).pk)
    assert SITUATIONS[request.param] in pinned_now(found).disclaimer_words
    found.tags.add(Tag.objects.create(name="Gulls", slug="gulls"))
    return found


def test_every_representation_carries_label_and_words_once(client, piece):
    for representation in CARRYING:
        text = representation.read(client, piece)
        words = squeezed(representation.pinned(piece).disclaimer_words)
        others = {squeezed(pinned.disclaimer_words) for pinned in (pinned_now(piece), pinned_then(piece))} - {words}

        assert text.count(words) == 1, representation.name
        assert not any(other in text for other in others), representation.name
        assert re.search(r"\bOpinion\b", text), representation.name
        assert squeezed(piece.live.revision.disclosure) in text, representation.name


def test_words_stand_in_no_attribute_and_no_head(client, piece):
    """Nothing to hover over, and no second copy for machines beside the one that people read."""
    for path in (piece.get_absolute_url(), f"{piece.get_absolute_url()}versions/1/"):
        soup = BeautifulSoup(client.get(path).text, "html.parser")
        values = [str(value) for tag in soup.find_all(True) for value in tag.attrs.values()]
        assert not [value for value in values if says_it(value, piece)]
        assert not says_it(str(soup.head), piece)


def test_descriptions_in_feeds_carry_no_words(client, piece):
    item = ElementTree.fromstring(client.get("/feeds/rss.xml").content).find("channel/item")
    entry = ElementTree.fromstring(client.get("/feeds/atom.xml").content).find(f"{ATOM}entry")
    shown = client.get("/feeds/feed.json").json()["items"][0]

    for text in (item.findtext("description"), entry.findtext(f"{ATOM}summary"), shown["summary"]):
        assert text
        assert not says_it(text, piece)


def test_what_only_names_a_piece_carries_no_words(client, piece):
    for route, pattern in NAMING.items():
        path = pattern.format(piece=piece.get_absolute_url(), sitemap_file=factories.sitemap_file(piece))
        response = client.get(path)
        if route == "version_changes" and piece.live.number == 1:
            assert response.status_code == 404
            continue
        assert response.status_code == 200, path
        assert not says_it(response.text, piece), path


def test_pages_without_a_piece_show_none(client, piece):
    for path in filter(None, WITHOUT_A_PIECE.values()):
        response = client.get(path)
        assert response.status_code == 200, path
        assert "nobody had told the gulls" not in response.text, path


def test_letters_about_a_piece_carry_neither_its_text_nor_the_words(piece):
    letters = list(Letter.objects.filter(article=piece))

    assert letters
    for letter in letters:
        assert "nobody had told the gulls" not in letter.body
        assert not says_it(letter.body, piece)


def says_it(text: str, piece: Article) -> bool:
    """Whether a sentence of the words that were ever pinned to the piece stands in a text, however it is marked up."""
    bare = squeezed(re.sub(r"<[^>]*>", " ", text))
    sentences = {
        sentence
        for pinned in (pinned_now(piece), pinned_then(piece))
        for sentence in re.split(r"(?<=\.) ", squeezed(pinned.disclaimer_words))
        if len(sentence) > 20
    }
    return any(sentence in bare or sentence in squeezed(text) for sentence in sentences)


# Nothing is forgotten


def reader_routes(resolver=None, route: str = "", namespace: str = "") -> Iterator[str]:
    """The name of every address that is not behind a door."""
    for entry in (resolver or get_resolver()).url_patterns:
        whole = route + str(entry.pattern)
        if whole.startswith(BEHIND_A_DOOR):
            continue
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or whole}"
        else:
            yield from reader_routes(entry, whole, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


def test_every_address_for_readers_is_in_one_list():
    lists = [{representation.route for representation in CARRYING}, set(NAMING), set(WITHOUT_A_PIECE)]
    registered = set().union(*lists)

    assert set(reader_routes()) == registered, "Enter it in CARRYING, NAMING or WITHOUT_A_PIECE."
    assert sum(map(len, lists)) == len(registered)


def test_every_form_of_feed_and_part_of_the_sitemap_is_walked():
    walked = {representation.name.partition(" ")[0] for representation in CARRYING}

    assert set(feeds.FORMS) <= walked
    assert set(sitemaps.ROWS) == {"pages", "authors", "pieces"}


def test_walker_sees_what_is_missing_twice_or_hidden():
    words = "Opinions here are their authors' own."

    assert words_in(f"<p>{words}</p>").count(words) == 1
    assert words_in(f"<p>{words}</p><p>Opinions <a href='/'>here</a>\nare their authors' own.</p>").count(words) == 2
    for unseen in (
        f'<p title="{words}"></p>',
        f"<p hidden>{words}</p>",
        f"<details><summary>More</summary>{words}</details>",
        f"<script>{words}</script>",
        f"<head><title>{words}</title></head>",
    ):
        assert words not in words_in(unseen)


# On paper


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_page_on_paper_carries_the_words(browser, live_server, settings, cast):
    """And the browser complains of nothing: a data block is no script to its content policy."""
    settings.SITE_URL = live_server.url
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    for situation in (by_two_authors, repinned):
        found = Article.objects.get(pk=situation(cast).pk)
        page.emulate_media(media="print")
        page.goto(live_server.url + found.get_absolute_url())
        text = squeezed(page.locator("body").inner_text())

        assert text.count(squeezed(pinned_now(found).disclaimer_words)) == 1
        assert re.search(r"\b(Opinion|OPINION)\b", text)
    assert page.locator('script[type="application/ld+json"]').count() == 2
    page.close()
    assert complaints == []
