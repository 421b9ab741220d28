"""The head of a reader's page: its one address, its feeds, and what it says to those who link to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page
from django.urls import reverse

from articles import structured
from articles.models import Article, Publication, Section
from authors.models import Author
from network import markup, share_image
from network.abroad import stamp, whole
from network.models import Network

FEED_TYPES = {
    "rss.xml": ("application/rss+xml", "RSS"),
    "atom.xml": ("application/atom+xml", "Atom"),
    "feed.json": ("application/feed+json", "JSON Feed"),
}
LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT", "nl": "nl_NL", "ar": "ar_AR"}
LARGE, SMALL = "summary_large_image", "summary"

Words = list[tuple[str, str]]


@dataclass(frozen=True)
class Feed:
    kind: str
    title: str
    address: str


@dataclass
class Head:
    """What stands in the head: `properties` are Open Graph's, `names` those of X and of the fediverse."""

    canonical: str
    previous: str = ""
    next: str = ""
    feeds: list[Feed] = field(default_factory=list)
    properties: Words = field(default_factory=list)
    names: Words = field(default_factory=list)
    data: list[Any] = field(default_factory=list)


def of_home(network: Network) -> Head:
    return Head(
        canonical=whole(reverse("home")),
        feeds=feeds_of(network),
        properties=_properties(network, "website", network.name, network.tagline, reverse("home")),
        names=[("twitter:card", SMALL)],
        data=[_block(structured.home(network))],
    )


def of_listing(network: Network, path: str, title: str, description: str, page: Page | None = None) -> Head:
    """A list of pieces, or any plain page: the second page of a list is a page of its own."""
    number = page.number if page else 1
    return Head(
        canonical=_numbered(path, number),
        previous=_numbered(path, number - 1) if page and page.has_previous() else "",
        next=_numbered(path, number + 1) if page and page.has_next() else "",
        feeds=feeds_of(network),
        properties=_properties(network, "website", title, description, path),
        names=[("twitter:card", SMALL)],
        data=[_block(structured.breadcrumbs(network, (title, path)))],
    )


def of_section(network: Network, section: Section, page: Page) -> Head:
    head = of_listing(network, section.get_absolute_url(), section.name, section.description, page)
    head.feeds = [*feeds_of(network, section.name, "articles:section_feed", section.slug), *head.feeds]
    return head


def of_author(network: Network, author: Author, page: Page) -> Head:
    head = of_listing(network, author.get_absolute_url(), author.name, author.bio, page)
    head.feeds = [*feeds_of(network, author.name, "articles:author_feed", author.slug), *head.feeds]
    head.properties = _properties(network, "profile", author.name, author.bio, author.get_absolute_url())
    head.names += [("fediverse:creator", handle) for handle in _handles(author.follow_links(), "Mastodon")]
    way = structured.breadcrumbs(
        network, ("Authors", reverse("authors:index")), (author.name, author.get_absolute_url())
    )
    head.data = [_block(structured.profile(author))] * (page.number == 1) + [_block(way)]
    return head


def of_piece(page: Mapping[str, Any]) -> Head:
    """A piece, from what its page shows. Where its author says that an earlier page is the original, that is it."""
    network, article, revision = page["network"], page["article"], page["revision"]
    share = {} if page["is_text_dropped"] else share_picture(article, page["publication"])
    path = article.get_absolute_url()
    properties = _properties(network, "article", revision.headline, revision.dek or revision.headline, path)
    section = [(revision.section.name, revision.section.get_absolute_url())] if revision.section else []
    return Head(
        canonical=article.original_address or whole(path),
        feeds=feeds_of(network),
        properties=[*properties, *_about_piece(page), *share.items()],
        names=[("twitter:card", LARGE if share else SMALL), *_creators(page["authors"])],
        data=[
            _block(structured.piece(page)),
            _block(structured.breadcrumbs(network, *section, (revision.headline, path))),
        ],
    )


def of_version(article: Article) -> Head:
    """An earlier version is no page of its own to those who search."""
    return Head(canonical=article.original_address or whole(article.get_absolute_url()))


def share_picture(article: Article, publication: Publication) -> dict[str, str]:
    """The picture that a link to the piece is shown with, drawn from its headline, label and byline."""
    revision = publication.revision
    return {
        "og:image": f"{whole(reverse('articles:share', args=[article.slug]))}?v={publication.hash[:12]}",
        "og:image:type": "image/png",
        "og:image:width": str(share_image.SIZE[0]),
        "og:image:height": str(share_image.SIZE[1]),
        "og:image:alt": f"{revision.headline}. {revision.get_label_display()} by {revision.names}.",
    }


def feeds_of(network: Network, of: str = "", name: str = "articles:feed", slug: str = "") -> list[Feed]:
    """The three feeds of the site, or of what has this slug."""
    title = f"{of} – {network.name}" if of else network.name
    arguments = [slug] if slug else []
    return [
        Feed(kind, f"{title} ({words})", whole(reverse(name, args=[*arguments, form])))
        for form, (kind, words) in FEED_TYPES.items()
    ]


def _properties(network: Network, kind: str, title: str, description: str, path: str) -> Words:
    words = [
        ("og:type", kind),
        ("og:site_name", network.name),
        ("og:title", title),
        ("og:description", description),
        ("og:url", whole(path)),
    ]
    return [(name, value) for name, value in words if value]


def _about_piece(page: Mapping[str, Any]) -> Words:
    """When, by whom, where: the time of a change only where readers were told of one."""
    article, revision = page["article"], page["revision"]
    words = [("article:published_time", stamp(article.published_at))]
    if article.modified_at != article.published_at:
        words.append(("article:modified_time", stamp(article.modified_at)))
    records = [author["record"] for author in page["authors"] if author["record"]]
    words += [("article:author", whole(record.get_absolute_url())) for record in records]
    words += [("article:section", revision.section.name)] if revision.section else []
    words += [("article:tag", tag.name) for tag in page["tags"]]
    return words + ([("og:locale", LOCALES[revision.language])] if revision.language in LOCALES else [])


def _creators(authors: list[dict[str, Any]]) -> Words:
    """Whose account a link to the piece names, from the follow line as it is printed."""
    links = [link for author in authors for link in author["links"]]
    fediverse = [("fediverse:creator", handle) for handle in _handles(links, "Mastodon")]
    return [*fediverse, *[("twitter:creator", handle) for handle in _handles(links, "Twitter")[:1]]]


def _handles(links: list[dict[str, str]], site: str) -> list[str]:
    return [link["handle"] for link in links if link["site"] == site]


def _numbered(path: str, number: int) -> str:
    return whole(path) if number == 1 else whole(f"{path}?page={number}")


def _block(data: dict[str, Any]):
    return markup.script_data(data)
