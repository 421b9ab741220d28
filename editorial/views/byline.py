"""Sharing a byline: a piece's own page for it, and the invitations that wait for an answer."""

import re

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from articles.models import Article
from editorial import byline as rules
from editorial import permissions
from editorial.byline import Place
from editorial.forms.byline import AskForm
from editorial.models import BylineInvitation
from editorial.refusal import Refused
from editorial.views.own import SignedIn, own
from editorial.waiting import posted, signed_in
from network import limits, markup
from network.listing import page_of

ASKINGS_A_DAY = 20
TOO_MANY = f"You have asked {ASKINGS_A_DAY} times within a day. Ask again tomorrow."
PER_PAGE = 10
PICTURE = re.compile(r"!\[([^\]\n]*)\]\(picture:[^)\n]*\)")


@signed_in
def byline(request: SignedIn, pk: int) -> HttpResponse:
    """The byline as it would be printed, who is still asked, and a form to ask somebody."""
    article = own(request, pk)
    form = AskForm(**posted(request))
    if request.method == "POST" and form.is_valid() and _asked(request, article, form):
        return redirect("editorial:byline", pk)
    invitations = article.byline_invitations.select_related("invited_by__author")
    context = {
        "article": article,
        "form": form,
        "rows": _rows(rules.places(article)),
        "may_arrange": rules.may_arrange(request.user, article),
        "is_author": permissions.is_author(request.user, article),
        "pending": invitations.pending(),
        "answered": invitations.answered(),
    }
    return render(request, "contribute/byline.html", context)


def _asked(request: SignedIn, article: Article, form: AskForm) -> bool:
    if limits.is_over("byline", request.user.pk, most=ASKINGS_A_DAY, seconds=24 * 3600):
        form.add_error(None, TOO_MANY)
        return False
    try:
        asked = rules.ask(article, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, refusal.sentences)
        return False
    messages.success(request, f"We have written to {asked.email}. Their name is printed once they have accepted.")
    return True


def _rows(places: list[Place]) -> list[dict[str, object]]:
    """Each author with the order that “Move up” and “Move down” would make, as the buttons send it."""
    ids = [place.byline.author_id for place in places]
    return [
        {"place": place, "up": _swapped(ids, at - 1) if at else "", "down": _swapped(ids, at)}
        for at, place in enumerate(places)
    ]


def _swapped(ids: list[int], at: int) -> str:
    """The order with the author at this place and the next one exchanged; nothing where there is no next one."""
    order = [*ids[:at], *reversed(ids[at : at + 2]), *ids[at + 2 :]]
    return ",".join(map(str, order)) if order != ids else ""


@signed_in
def order(request: SignedIn, pk: int) -> HttpResponse:
    """Set the order that a button names, and come back to the author who was moved."""
    article = own(request, pk)
    ids = [part for part in request.POST.get("order", "").split(",") if part.isascii() and part.isdigit()]
    moved = request.POST.get("moved", "")
    if request.method == "POST" and _did(request, rules.arrange, article, [int(part[:12]) for part in ids]):
        author = int(moved[:12]) if moved.isdecimal() else 0
        return redirect(f"{reverse('editorial:byline', args=[pk])}#author-{author}")
    return redirect("editorial:byline", pk)


@signed_in
def take_back(request: SignedIn, pk: int, number: int) -> HttpResponse:
    article = own(request, pk)
    invitation = get_object_or_404(article.byline_invitations.all(), pk=number)
    if request.method == "POST" and _did(request, rules.take_back, invitation):
        messages.success(request, f"The invitation of {invitation.name} is taken back.")
    return redirect("editorial:byline", pk)


@signed_in
def leave(request: SignedIn, pk: int) -> HttpResponse:
    """Leaving on a page of its own: what will happen, and one button."""
    article = own(request, pk)
    if not permissions.is_author(request.user, article):
        raise Http404
    if request.method == "POST" and _did(request, rules.leave, article):
        messages.success(request, f"You are no longer on the byline of “{article.headline}”.")
        return redirect("editorial:index")
    return render(request, "contribute/byline_leave.html", {"article": article})


@signed_in
def bylines(request: SignedIn) -> HttpResponse:
    """The invitations that went to this person's own addresses, each with the text it is about."""
    mine = BylineInvitation.objects.to_account(request.user).answerable()
    page = page_of(request, mine.select_related("article__section", "invited_by__author"), PER_PAGE)
    for invitation in page:
        words = PICTURE.sub(_in_words, invitation.article.body)
        invitation.text = markup.render(words, doc_id=f"asked-{invitation.pk}")
    return render(request, "contribute/bylines.html", {"page": page})


def _in_words(picture: re.Match[str]) -> str:
    return f"(Picture: {picture[1]})" if picture[1].strip() else "(Picture)"


@signed_in
def answer(request: SignedIn, number: int) -> HttpResponse:
    invitation = get_object_or_404(BylineInvitation.objects.to_account(request.user), pk=number)
    if request.method != "POST":
        return redirect("editorial:bylines")
    if "decline" in request.POST:
        if _did(request, rules.decline, invitation):
            messages.success(request, "You have declined. Your name is not printed.")
        return redirect("editorial:bylines")
    if not _did(request, rules.accept, invitation):
        return redirect("editorial:bylines")
    messages.success(request, "You share the byline. Answer your own questions next; they are about you alone.")
    return redirect("editorial:declarations", invitation.article_id)


def _did(request: SignedIn, act, *what) -> bool:
    """Do it as this person, or say why not."""
    try:
        act(*what, by=request.user)
    except Refused as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
        return False
    return True
