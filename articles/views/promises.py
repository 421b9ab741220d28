"""What the network stands by: its corrections and its disclaimer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Article, Disclaimer, KeptCount, Publication
from articles.models.publication import filled_html
from network.edition import kept
from network.listing import page_of


@kept("page")
def corrections(request: HttpRequest) -> HttpResponse:
    """Every public note on a piece that readers may still find, newest first, and what was retracted. The notes of a
    page are found by an index, and only those are loaded."""
    numbers = Publication.objects.with_notice().values_list("pk", flat=True)
    page = page_of(request, numbers, count=KeptCount.objects.notes())
    noted = Publication.objects.filter(pk__in=page.object_list).select_related("article", "revision")
    page.object_list = noted.order_by("-published_at", "-pk")
    retracted = Article.objects.retracted().as_card().prefetch_related("notices") if page.number == 1 else []
    return render(request, "articles/corrections.html", {"page": page, "retracted": retracted})


@kept()
def disclaimer(request: HttpRequest) -> HttpResponse:
    current = Disclaimer.objects.in_force()
    return render(request, "articles/disclaimer.html", _disclaimer(request, current))


@kept()
def disclaimer_version(request: HttpRequest, version: int) -> HttpResponse:
    """A version that is or was in force. One that only waits is nobody's yet."""
    shown = get_object_or_404(Disclaimer.objects.ever_in_force(), version=version)
    return render(request, "articles/disclaimer.html", _disclaimer(request, shown))


def _disclaimer(request: HttpRequest, shown: Disclaimer | None) -> dict[str, object]:
    network = request.network  # type: ignore[attr-defined]
    names = {"network": network.name, "host": network.host, "contact": network.contact}
    html = filled_html(shown.text, names, 1, "") if shown else ""
    return {"shown": shown, "html": html, "versions": Disclaimer.objects.ever_in_force()}
