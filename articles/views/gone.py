"""Where a piece was once, and what does not exist."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles.models import Article, OldSlug
from articles.models.notice import Basis
from network.listing import PastTheEnd

GONE, UNAVAILABLE_FOR_LEGAL_REASONS = 410, 451


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A list that has become shorter leads to its last page: what was public once is never just gone."""
    if isinstance(exception, PastTheEnd):
        return redirect(exception.last)
    return render(request, "404.html", status=404)


def moved_or_gone(request: HttpRequest, slug: str, name: str = "articles:detail", *more: int) -> HttpResponse:
    """To the same page at the piece's address of today, in one hop; what was removed says so; else a 404."""
    if removed := Article.objects.gone().filter(Q(slug=slug) | Q(old_slugs__slug=slug)).first():
        return tombstone(request, removed)
    old = OldSlug.objects.filter(slug=slug).select_related("article").first()
    if old is None or not old.article.is_public:
        raise Http404
    return redirect(name, old.article.slug, *more, permanent=True)


def tombstone(request: HttpRequest, removed: Article) -> HttpResponse:
    """410, or 451 for a legal order, with the public note; or on to the piece into which this one was merged."""
    notice = removed.notices.select_related("into").latest("pk")
    if notice.into:
        return redirect(notice.into, permanent=True)
    status = UNAVAILABLE_FOR_LEGAL_REASONS if notice.basis == Basis.LEGAL else GONE
    return render(request, "articles/gone.html", {"article": removed, "notice": notice}, status=status)
