"""What the network is, what it does about its readers' privacy, and who answers for it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import KeptCount, ListedCount, Publication
from authors.models import LetterCount
from network import markup, served
from network.edition import kept


@kept()
def about(request: HttpRequest) -> HttpResponse:
    network = request.network  # type: ignore[attr-defined]
    policies = served.text(markup.render(network.policies, doc_id="policies"), has_reviewed_links=True)
    context = {
        "about": markup.render(network.about, doc_id="about"),
        "masthead": markup.render(network.masthead, doc_id="masthead"),
        "policies": policies,
        "since": Publication.objects.first_moment(),
        "pieces": ListedCount.objects.total(),
        "authors": LetterCount.objects.total(),
        "noted": KeptCount.objects.notes(),
    }
    return render(request, "articles/about.html", context)


@kept()
def privacy(request: HttpRequest) -> HttpResponse:
    """What the site does, and under it what the people who run it add."""
    added = markup.render(request.network.privacy, doc_id="privacy")  # type: ignore[attr-defined]
    return render(request, "articles/privacy.html", {"added": added, "kept_days": settings.LETTERS_KEPT_DAYS})
