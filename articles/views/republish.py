"""The text of a piece for other sites to copy, with all that has to go with it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles import sent
from articles.models import Article
from articles.views.gone import moved_or_gone
from network.abroad import whole


def republish(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the network allows it. A piece that is not listed, or whose original is elsewhere, is not ours to give."""
    network = request.network  # type: ignore[attr-defined]
    if not network.allows_republishing:
        raise Http404
    article = Article.objects.live().as_sent().filter(slug=slug).first()
    if article is None:
        return moved_or_gone(request, slug, "articles:republish")
    if article.original_address or article not in Article.objects.listed():
        return redirect(article)
    context = {
        "article": article,
        "revision": article.live.revision,
        "page_address": whole(article.get_absolute_url()),
        "html": sent.snippet(article, network),
        "text": sent.text(article, network),
    }
    return render(request, "articles/republish.html", context)
