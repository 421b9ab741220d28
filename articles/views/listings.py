"""The front page, and every list of pieces."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from articles.long_list import LongList
from articles.models import Article, KeptCount, ListedCount, ListedTag, Section, Tag
from network import markup
from network.edition import kept
from network.listing import page_of

NEWEST = 9
PER_SECTION = 4


@kept()
def home(request: HttpRequest) -> HttpResponse:
    newest = list(Article.objects.listed().as_card()[:NEWEST])
    sections: dict[Section, list[Article]] = {section: [] for section in Section.objects.all()}
    others = Article.objects.newest_of_each(sections, PER_SECTION, besides=[article.pk for article in newest])
    for article in others.as_card().order_by("-published_at", "-pk"):
        sections[article.live.revision.section].append(article)
    filled = {section: pieces for section, pieces in sections.items() if pieces}
    context = {"lead": newest[:1], "latest": newest[1:], "sections": filled, "about": _about(request)}
    return render(request, "articles/home.html", context)


@kept("page")
def index(request: HttpRequest) -> HttpResponse:
    counts = ListedCount.objects.all()
    pieces = LongList(Article.objects.listed(), Article.objects.as_card(), counts.by_month)
    page = page_of(request, pieces, count=counts.total())
    return render(request, "articles/index.html", {"page": page, "about": _about(request)})


@kept()
def sections(request: HttpRequest) -> HttpResponse:
    counts = ListedCount.objects.by_section()
    places = [(place, counts.get(place.pk, 0)) for place in Section.objects.all()]
    return render(request, "articles/sections.html", {"places": places})


@kept("page")
def section(request: HttpRequest, slug: str) -> HttpResponse:
    found = Section.objects.filter(slug=slug).first()
    if found is None:
        return moved(request, get_object_or_404(Section, old_slugs__slug=slug))
    counts = ListedCount.objects.filter(section=found.pk)
    pieces = LongList(Article.objects.listed().published_in(found), Article.objects.as_card(), counts.by_month)
    page = page_of(request, pieces, count=counts.total())
    return render(request, "articles/section.html", {"section": found, "page": page})


@kept()
def tags(request: HttpRequest) -> HttpResponse:
    """Those that lead to something."""
    counts = KeptCount.objects.by_tag()
    places = [(place, counts[place.pk]) for place in Tag.objects.all() if place.pk in counts]
    return render(request, "articles/tags.html", {"places": places})


@kept("page")
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = Tag.objects.filter(slug=slug).first()
    if found is None:
        return moved(request, get_object_or_404(Tag, old_slugs__slug=slug))
    pieces = LongList(ListedTag.objects.of(found.pk), Article.objects.as_card(), number="article")
    page = page_of(request, pieces, count=KeptCount.objects.of_tag(found.pk))
    return render(request, "articles/tag.html", {"tag": found, "page": page})


def moved(request: HttpRequest, place: Section | Tag) -> HttpResponse:
    """To the address of today, on the same page of the list."""
    asked = request.META.get("QUERY_STRING", "")
    return redirect(place.get_absolute_url() + (f"?{asked}" if asked else ""), permanent=True)


def _about(request: HttpRequest):
    """The standing paragraph about what the network is for."""
    return markup.render(request.network.about, doc_id="about")  # type: ignore[attr-defined]
