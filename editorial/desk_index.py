"""The first page of the admin: for the desk its queues, with what waits in each and for how long; below, the rest."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.models import Article
from authors.models import Application, Author
from editorial import permissions, queues
from editorial.models import CorrectionRequest, Correspondence, SavedFilter
from editorial.models.correspondence import State, To
from network import clock


def index(request: HttpRequest) -> HttpResponse:
    """Whoever is not on the desk gets the admin's usual first page."""
    if not permissions.is_on_desk(request.user):
        return admin.site.index(request)
    context = admin.site.each_context(request) | {
        "title": admin.site.index_title,
        "app_list": admin.site.get_app_list(request),
        "rows": [*_pieces(request.user), *_readers(request.user), *_people(request.user)],
        "most": queues.MOST,
        "filters": SavedFilter.objects.of(request.user),
        "opts": Article._meta,
    }
    return render(request, "desk/index.html", context)


def _pieces(user) -> list[dict[str, Any]]:
    address = reverse("admin:articles_article_changelist")
    return [
        {
            "title": counted.queue.title,
            "holds": counted.queue.holds,
            "number": counted.number,
            "said": counted.said,
            "is_part": counted.is_more and counted.queue is queues.BLOCKED,
            "since": counted.since,
            "address": f"{address}?queue={counted.queue.key}",
            "blocks": [
                {"words": words, "number": number, "address": f"{address}?queue=blocked:{key}"}
                for key, words, number in counted.blocks
            ],
        }
        for counted in queues.counted(user)
    ]


def _readers(user) -> list[dict[str, Any]]:
    """What readers wrote that waits for the desk."""
    address = reverse("admin:editorial_correspondence_changelist")
    letters = Correspondence.objects.at_desk_of(user).exclude(to=To.CORRECTION).filter(state=State.OPEN)
    holds = "To the desk, or reported by an author."
    rows = [_row("Letters from readers", holds, letters, "last_at", address)]
    address = reverse("admin:editorial_correctionrequest_changelist")
    asked = CorrectionRequest.objects.at_desk_of(user).waiting()
    holds = "What readers say is wrong, without an answer."
    return [*rows, _row("Correction requests", holds, asked, "correspondence__confirmed_at", address)]


def _people(user) -> list[dict[str, Any]]:
    """What waits about people, for those who may read it."""
    rows = []
    if user.has_perm("authors.view_application"):
        address = reverse("admin:authors_application_changelist")
        holds = "People who would like to write for the network."
        rows.append(_row("Applications", holds, Application.objects.pending(), "applied_at", address))
    if user.has_perm("authors.view_author"):
        address = f"{reverse('admin:authors_author_changelist')}?bio=due"
        due = Author.objects.bio_due(before=clock.now())
        holds = "Authors who have not confirmed theirs within 12 months."
        rows.append(_row("Bios due", holds, due, "bio_due_at", address))
    return rows


def _row(title: str, holds: str, found: QuerySet, since: str, address: str) -> dict[str, Any]:
    counted = found.order_by().aggregate(number=Count("pk", distinct=True), oldest=Min(since))
    row = {"title": title, "holds": holds, "address": address} | dict.fromkeys(("number", "said"), counted["number"])
    return row | {"since": counted["oldest"], "blocks": []}
