"""The pieces as feeds: RSS 2.0, Atom 1.0 and JSON Feed 1.1 of the site, of a section, of an author.

The same pieces in all three, whole, newest first, by names that never change (`Article.urn`). What a feed holds is
what listings hold; older pages have addresses of their own (RFC 5005, `next_url`).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Page
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.html import escape
from django.utils.http import http_date
from django.views.decorators.http import conditional_page

from articles import sent
from articles.long_list import LongList
from articles.models import Article, ListedCount, Notice, Publication, Repinning, Section
from authors.models import Author, OldAuthorSlug
from network.abroad import whole, xml_text
from network.edition import kept
from network.listing import page_of
from network.models import Network

PER_PAGE = 30
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # when a feed that never held anything last changed
DUBLIN_CORE = {"xmlns:dc": "http://purl.org/dc/elements/1.1/", "xmlns:dcterms": "http://purl.org/dc/terms/"}
CONTENT = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}


class _Changed:
    """A feed that says when it last changed, rather than what time it is."""

    feed: dict[str, Any]

    def latest_post_date(self) -> datetime:
        return self.feed["changed_at"]


class Rss(_Changed, Rss201rev2Feed):
    def rss_attributes(self):
        return super().rss_attributes() | DUBLIN_CORE | CONTENT

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for rel, address in self.feed["pages"].items():
            handler.addQuickElement("atom:link", None, {"rel": rel, "href": address})

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", author["name"])
        handler.addQuickElement("dcterms:modified", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["html"])


class Atom(_Changed, Atom1Feed):
    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for rel, address in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": rel, "href": address})

    def item_attributes(self, item):
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author["name"])
            if author.get("url"):
                handler.addQuickElement("uri", author["url"])
            handler.endElement("author")
        handler.addQuickElement("content", item["html"], {"type": "html"})


class Json(_Changed, SyndicationFeed):
    """https://www.jsonfeed.org/version/1.1/"""

    content_type = "application/feed+json"

    def write(self, outfile, encoding):
        shown = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
        }
        shown |= {"next_url": self.feed["pages"]["next"]} if "next" in self.feed["pages"] else {}
        shown["items"] = [self._item(item) for item in self.items]
        outfile.write(json.dumps(shown, ensure_ascii=False))

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        optional = {"summary": item["plain"], "image": item["image"]}
        return {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["html"],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": item["authors"],
            "tags": list(item["categories"]),
            "language": item["language"],
            **{name: value for name, value in optional.items() if value},
        }


FORMS: dict[str, Any] = {"rss.xml": Rss, "atom.xml": Atom, "feed.json": Json}


@dataclass(frozen=True)
class Channel:
    """What one feed is about: its words, the page it follows, its permanent name, its address in each form."""

    title: str
    description: str
    page: str
    name: str
    address: Callable[[str], str]


@kept("page")
@conditional_page
def site(request: HttpRequest, form: str) -> HttpResponse:
    network = request.network  # type: ignore[attr-defined]
    words = network.tagline or f"Every piece in {network.name}, newest first."
    channel = Channel(network.name, words, reverse("home"), "site", lambda form: reverse("articles:feed", args=[form]))
    counts = ListedCount.objects.all()
    pieces = LongList(Article.objects.listed(), Article.objects.as_sent(), counts.by_month)
    return _answer(request, form, channel, pieces, counts.total())


@kept("page")
@conditional_page
def section(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Of a section; an address of before leads to today's."""
    found = Section.objects.filter(slug=slug).first()
    if found is None:
        had = get_object_or_404(Section, old_slugs__slug=slug)
        return redirect("articles:section_feed", had.slug, form, permanent=True)
    name = request.network.name  # type: ignore[attr-defined]
    channel = Channel(
        f"{found.name} – {name}",
        found.description or f"Pieces in {found.name}, newest first.",
        found.get_absolute_url(),
        f"section-{found.pk}",
        lambda form: reverse("articles:section_feed", args=[found.slug, form]),
    )
    counts = ListedCount.objects.filter(section=found.pk)
    pieces = LongList(Article.objects.listed().published_in(found), Article.objects.as_sent(), counts.by_month)
    return _answer(request, form, channel, pieces, counts.total())


@kept("page")
@conditional_page
def author(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Of an author whom readers know; an address of before leads to today's."""
    found = Author.objects.public().filter(slug=slug).first()
    if found is None:
        had = OldAuthorSlug.objects.filter(slug=slug).values("author")
        moved = get_object_or_404(Author.objects.public(), pk__in=had)
        return redirect("articles:author_feed", moved.slug, form, permanent=True)
    channel = Channel(
        f"{found.name} – {request.network.name}",  # type: ignore[attr-defined]
        found.bio or f"Pieces by {found.name}, newest first.",
        found.get_absolute_url(),
        f"author-{found.pk}",
        lambda form: reverse("articles:author_feed", args=[found.slug, form]),
    )
    return _answer(request, form, channel, found.articles.listed().as_sent())


def _answer(request: HttpRequest, form: str, channel: Channel, pieces, count: int | None = None) -> HttpResponse:
    if form not in FORMS:
        raise Http404
    page = page_of(request, pieces, PER_PAGE, count)
    changed_at = _changed_at()
    address = whole(channel.address(form))
    feed = FORMS[form](
        title=xml_text(channel.title),
        link=whole(channel.page),
        description=xml_text(channel.description),
        subtitle=xml_text(channel.description),
        language=settings.LANGUAGE_CODE,
        feed_url=address if page.number == 1 else f"{address}?page={page.number}",
        feed_guid=whole(f"/feeds/#{channel.name}"),
        changed_at=changed_at,
        pages=_pages(address, page),
    )
    for article in page:
        feed.add_item(**_item(article, request.network))  # type: ignore[attr-defined]
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    response["Last-Modified"] = http_date(changed_at.timestamp())
    return response


def _pages(address: str, page: Page) -> dict[str, str]:
    """The neighbours of a page of a feed, as RFC 5005 names them; none where there is one page."""
    count = page.paginator.num_pages
    numbers = {"first": 1, "last": count} if count > 1 else {}
    numbers |= {"previous": page.number - 1} if page.has_previous() else {}
    numbers |= {"next": page.number + 1} if page.has_next() else {}
    return {rel: address if number == 1 else f"{address}?page={number}" for rel, number in numbers.items()}


def _item(article: Article, network: Network) -> dict[str, Any]:
    revision = article.live.revision  # type: ignore[union-attr]
    people = {person.pk: person for person in article.authors.all()}
    lead = revision.lead
    return {
        "title": xml_text(revision.headline),
        "link": whole(article.get_absolute_url()),
        "description": escape(xml_text(revision.dek)) or None,
        "plain": revision.dek,
        "html": xml_text(sent.html(article, network)),
        "authors": [_author(printed, people.get(printed["author"])) for printed in revision.byline],
        "pubdate": article.published_at.replace(microsecond=0),  # type: ignore[union-attr]
        "updateddate": article.modified_at.replace(microsecond=0),  # type: ignore[attr-defined]
        "unique_id": article.urn,
        "unique_id_is_permalink": False,
        "categories": [xml_text(name) for name in _categories(article)],
        "language": revision.language,
        "image": whole(reverse("articles:picture", args=[lead["reference"]])) if lead else "",
    }


def _categories(article: Article) -> list[str]:
    """The label first: what it is, where it belongs, what it is about."""
    revision = article.live.revision  # type: ignore[union-attr]
    section = [revision.section.name] if revision.section else []
    return list(dict.fromkeys([revision.get_label_display(), *section, *(tag.name for tag in article.tags.all())]))


def _author(printed: dict[str, Any], record: Author | None) -> dict[str, str]:
    known = {"url": whole(record.get_absolute_url())} if record else {}
    return {"name": xml_text(printed["name"]), **known}


def _changed_at() -> datetime:
    """When any feed can last have changed: a publication however small, a public note, or newer standing words."""
    rows: tuple[tuple[Any, str], ...] = ((Publication, "published_at"), (Notice, "at"), (Repinning, "at"))
    moments = [model.objects.aggregate(newest=Max(column))["newest"] for model, column in rows]
    return max([LONG_AGO, *filter(None, moments)]).replace(microsecond=0)
