"""What the site tells those who crawl it: where everything is, what is new, what they may read.

`lastmod` is the last change that readers were told of, because a crawler that finds nothing new stops believing it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape

from articles.models import Article, Disclaimer, Section, SitemapPart
from articles.models.sitemap_part import PER_PART
from authors.models import Author
from network import clock
from network.abroad import stamp, whole, xml_text
from network.crawlers import CRAWLERS
from network.edition import ends, kept
from network.listing import page_of

PER_FILE = 1_000
MOST_FILES = 50_000  # that an index may name: sitemaps.org
NEWS_FOR = timedelta(hours=48)  # and at most 1,000 a file: Google's documentation of news sitemaps
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
XML = "application/xml; charset=utf-8"
PLAIN_PAGES = (
    "home",
    "articles:index",
    "articles:sections",
    "articles:tags",
    "articles:archive",
    "authors:index",
    "articles:corrections",
    "articles:disclaimer",
    "articles:about",
    "articles:privacy",
    "contact",
    "write_for_us",
)
CLOSED = ("/admin/", "/contribute/", "/accounts/", "/join/", "/letters/", "/markdownx/", "/search/?")

Rows = list[tuple[str, datetime | None]]  # the path of a page, and when readers were last told of a change


@kept()
def index(request: HttpRequest) -> HttpResponse:
    """Every part of the sitemap, each with the newest change in it."""
    pieces = SitemapPart.objects.filter(pieces__gt=0).values_list("number", "changed_at")
    authors = ((number, None) for number in Article.objects.parts_of_authors(PER_PART))
    rows = [*_parts("pages", [(1, None)]), *_parts("pieces", pieces), *_parts("authors", authors)]
    return _written("sitemapindex", "sitemap", rows)


@kept()
def part(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One file of the sitemap: `pages`, `authors` or `pieces`."""
    if kind not in ROWS or not 1 <= number <= MOST_FILES:
        raise Http404
    rows = ROWS[kind](number)
    if not rows:
        raise Http404
    return _written("urlset", "url", rows)


@kept("page")
def news(request: HttpRequest) -> HttpResponse:
    """The pieces of the last two days. One that had its first day elsewhere is no news here."""
    page = page_of(request, _news(), per_page=PER_FILE)
    for article in page:
        ends(request, article.published_at + NEWS_FOR)
    rows = [
        {
            "address": whole(article.get_absolute_url()),
            "language": article.live.revision.language,
            "at": article.published_at,
            "title": xml_text(article.live.revision.headline),
        }
        for article in page
    ]
    name = xml_text(request.network.name)  # type: ignore[attr-defined]
    return render(request, "articles/news_sitemap.xml", {"rows": rows, "name": name}, content_type=XML)


def robots(request: HttpRequest) -> HttpResponse:
    """Everybody may read what readers may; a crawler the network refuses is asked to read nothing."""
    refused = request.network.crawlers_refused  # type: ignore[attr-defined]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    for crawler in CRAWLERS:
        if crawler.token in refused:
            lines += [f"# {crawler.operator}, for {crawler.purpose}", f"User-agent: {crawler.token}", "Disallow: /", ""]
    files = max(1, ceil(_news().count() / PER_FILE))
    news_files = [
        whole(reverse("news_sitemap")) + (f"?page={number}" if number > 1 else "") for number in range(1, files + 1)
    ]
    lines += [f"Sitemap: {address}" for address in (whole(reverse("sitemap")), *news_files)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _news() -> QuerySet:
    recent = Article.objects.listed().original().as_card()
    return recent.filter(published_at__gt=clock.now() - NEWS_FOR)


def _authors() -> QuerySet[Author]:
    """Those of whom something is listed, in the order in which they came, so that each stays in its file."""
    return (
        Author.objects.public().filter(Exists(Article.objects.listed().filter(authors=OuterRef("pk")))).order_by("pk")
    )


def _in_part(rows: QuerySet, number: int) -> QuerySet:
    return rows.filter(pk__gt=(number - 1) * PER_PART, pk__lte=number * PER_PART)


def _piece_rows(number: int) -> Rows:
    pieces = _in_part(Article.objects.listed().original().with_moments(), number).only("slug", "published_at")
    return [(article.get_absolute_url(), article.modified_at) for article in pieces.order_by("pk")]


def _author_rows(number: int) -> Rows:
    return [(author.get_absolute_url(), None) for author in _in_part(_authors(), number).only("slug")]


def _page_rows(number: int) -> Rows:
    paths = [reverse(name) for name in PLAIN_PAGES]
    paths += [section.get_absolute_url() for section in Section.objects.all()]
    paths += [version.get_absolute_url() for version in Disclaimer.objects.ever_in_force()]
    return [(path, None) for path in paths[(number - 1) * PER_PART : number * PER_PART]]


ROWS = {"pages": _page_rows, "authors": _author_rows, "pieces": _piece_rows}


def _parts(kind: str, numbers: Iterable[tuple[int, datetime | None]]) -> Rows:
    before, _, after = reverse("sitemap_part", args=[kind, 0]).rpartition("0")
    return [(f"{before}{number}{after}", changed_at) for number, changed_at in numbers]


def _written(name: str, of_row: str, rows: Rows) -> HttpResponse:
    """Without a template, which takes ten times as long for a thousand rows."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{name} xmlns="{SCHEMA}">']
    for path, changed_at in rows:
        told = f"<lastmod>{stamp(changed_at)}</lastmod>" if changed_at else ""
        lines.append(f"<{of_row}><loc>{escape(whole(path))}</loc>{told}</{of_row}>")
    return HttpResponse("\n".join([*lines, f"</{name}>", ""]), content_type=XML)
