"""Search: whatever is typed is answered, at an address of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Article, Section
from articles.search import Asked, Found
from articles.search.asked import LONGEST
from network.listing import page_of

ORDERS = {"": "Relevance", "date": "Newest first"}


def search(request: HttpRequest) -> HttpResponse:
    sections, years = list(Section.objects.all()), Article.objects.years()
    asked = _asked(request, sections, years)
    found = Found(asked)
    context = {
        "asked": asked,
        "is_asked": bool(asked.typed.strip() or asked.author.strip()),
        "found": found,
        "page": page_of(request, found),
        "sections": sections,
        "years": years,
        "orders": ORDERS.items(),
    }
    return render(request, "articles/search.html", context)


def _asked(request: HttpRequest, sections: list[Section], years: list[int]) -> Asked:
    """What the address asks for. A section or a year that there is not narrows nothing down."""
    chosen = {section.slug: section.pk for section in sections}
    named = {str(year): year for year in years}
    return Asked(
        typed=_typed(request, "q"),
        author=_typed(request, "author"),
        section=chosen.get(request.GET.get("section", "")),
        year=named.get(request.GET.get("year", "")),
        is_by_date=request.GET.get("sort") == "date",
    )


def _typed(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", " ")[:LONGEST]
