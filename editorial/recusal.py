"""The desk's answer to somebody who must not judge a piece: no text and no step, and each try stands in the trail."""

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from articles.models import Article
from editorial import permissions, trail, workflow
from editorial.forms.conversation import NoteForm
from editorial.refusal import Refused
from editorial.waiting import posted
from network import clock, limits

TRIES_AN_HOUR = 20  # that are written down; whoever goes on is refused all the same


def answer(request: HttpRequest, piece: Article) -> HttpResponse:
    """403 with the reason, the piece's number and nothing else of it; for the last editor left, a way through."""
    if permissions.is_author(request.user, piece):
        messages.info(request, "You are an author of this piece, so another editor decides on it.")
        return redirect("editorial:piece", piece.pk)
    form = NoteForm(**posted(request))
    refusals = ["The step was refused, and the trail says so."] if request.method == "POST" else []
    if "break_glass" in request.POST and form.is_valid():
        try:
            workflow.take("break_glass", piece, by=request.user, note=form.cleaned_data["note"])
            return redirect("admin:articles_article_change", piece.pk)
        except Refused as refusal:
            refusals = refusal.sentences
    elif request.method == "POST" and not _is_of_an_open_page(request):
        _write_down(request, piece)
    context = {"title": "You are recused", "number": piece.pk, "form": form, "refusals": refusals}
    context["may_break"] = permissions.can_break_glass(request.user, piece)
    context["address"] = reverse("admin:articles_article_change", args=[piece.pk])
    return render(request, "desk/recused.html", admin.site.each_context(request) | context, status=403)


def _is_of_an_open_page(request: HttpRequest) -> bool:
    """The page that somebody had open says by itself that it is still open: nobody tried anything."""
    return request.resolver_match is not None and request.resolver_match.url_name == "desk_beat"


def _write_down(request: HttpRequest, piece: Article) -> None:
    if limits.is_over("refused", f"{request.user.pk}:{piece.pk}", most=TRIES_AN_HOUR, seconds=3600):
        return
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        trail.append(
            current,
            actor=request.user,
            role=permissions.role_of(request.user, current),
            step="refused",
            from_stage=current.stage,
            to_stage=current.stage,
            from_standing=current.standing,
            to_standing=current.standing,
            note=f"A request to {request.path} while recused.",
            at=clock.now(),
        )
