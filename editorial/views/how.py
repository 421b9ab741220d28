"""For readers: how a piece got here, and what changed from one published version to the next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Article
from articles.views.gone import moved_or_gone
from editorial import diff, provenance
from network.edition import kept


@kept()
def how(request: HttpRequest, slug: str) -> HttpResponse:
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return moved_or_gone(request, slug, "how")
    context = {
        "article": article,
        "revision": article.live.revision,
        "lines": provenance.lines(article),
        "publications": article.publications.select_related("disclaimer").order_by("number"),
        "notices": article.notices.order_by("pk"),
        **provenance.facts(article),
    }
    return render(request, "editorial/how.html", context)


@kept()
def changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Every word that published version `number` changed in the one before it."""
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return moved_or_gone(request, slug, "version_changes", number)
    shown = get_object_or_404(article.publications.select_related("revision"), number=number, number__gt=1)
    before = article.publications.select_related("revision").get(number=number - 1)
    notice = article.standing_notice()
    context = {
        "article": article,
        "publication": shown,
        "before": before,
        "changes": diff.shown(before.revision.package(), shown.revision.package()),
        "is_text_dropped": notice is not None and not notice.keeps_text,
    }
    return render(request, "editorial/changes.html", context)
