"""Every text that a piece has had, for the desk: any two beside each other, and what changed since it was published."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Article, Revision
from editorial import diff
from editorial.desk import on_piece
from network import limits
from network.listing import page_of

PER_PAGE = 30
COMPARISONS_A_MINUTE = 20  # of one person; each may take some seconds where two long texts have little in common


@on_piece
def revisions(request: HttpRequest, article: Article) -> HttpResponse:
    """The list, newest first; above it the difference between `?from=` and `?to=`, in line or side by side."""
    rows = article.revisions.defer("html").select_related("created_by")
    numbers = list(article.revisions.order_by("-number").values_list("number", flat=True))
    newer = _number(request, "to", numbers) or (numbers[0] if numbers else 0)
    older = _number(request, "from", numbers) or _usual(article, numbers, newer)
    old, new = (_package(article, number) for number in (older, newer))
    is_often = older != newer and limits.is_over("compare", request.user.pk, most=COMPARISONS_A_MINUTE, seconds=60)
    page = page_of(request, rows.order_by("-number"), PER_PAGE)
    is_side_by_side = request.GET.get("as") == "columns"
    context = admin.site.each_context(request) | {
        "title": f"Revisions: {article.headline}",
        "article": article,
        "opts": Article._meta,
        "numbers": numbers,
        "older": older,
        "newer": newer,
        "published": _published(article),
        "is_side_by_side": is_side_by_side,
        "changes": [] if is_often or not (old and new) else diff.columns(old, new),
        "is_often": is_often,
        "page": page,
    }
    return render(request, "desk/revisions.html", context)


def _number(request: HttpRequest, name: str, numbers: list[int]) -> int | None:
    """A revision that the address names; nothing where it names none, 404 where there is none of that number."""
    typed = request.GET.get(name, "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()) or int(typed[:9]) not in numbers:
        raise Http404
    return int(typed[:9])


def _usual(article: Article, numbers: list[int], newer: int) -> int:
    """Since publication where the piece is published, else the text before."""
    published = _published(article)
    before = (number for number in numbers if number < newer)
    return published if published and published != newer else next(before, newer)


def _published(article: Article) -> int:
    return article.live.revision.number if article.live else 0


def _package(article: Article, number: int):
    return get_object_or_404(Revision, article=article, number=number).package() if number else None
