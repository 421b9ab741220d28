"""For readers: to write to an author or to the desk, and to ask for a correction.

No page sets a cookie. These forms carry no proof against forgery: docs/adr/0022 says why that is safe.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from articles.models import Article
from articles.views.gone import moved_or_gone
from authors.models import Author
from editorial import correspondence, intake
from editorial.forms.correspondence import (
    DESK,
    AuthorLetterForm,
    ContactForm,
    CorrectionForm,
    ReaderAnswerForm,
    SignedForm,
)
from editorial.models import CorrectionRequest, Correspondence, Side
from editorial.models.correspondence import To, Topic
from editorial.refusal import Refused

GONE = 410
OK = 200


def with_key(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page whose address is a key: kept by nobody on the way, and told to no other site."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"  # with less, a browser hides that its own form sent what it sends
        response["X-Robots-Tag"] = "noindex"
        return response

    return never_cache(wrapped)


@csrf_exempt
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Where “the author” in the disclaimer leads: a letter to one of them, or to the desk where none takes it."""
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return moved_or_gone(request, slug, "articles:contact")
    revision = article.live.revision
    reachable = {str(author.pk): author for author in Author.objects.reachable().filter(pk__in=revision.author_ids)}
    choices = _choices(revision.byline, set(reachable))
    form = AuthorLetterForm(request.POST or None, room=f"author-{article.pk}", choices=choices)
    status = _refusal(request, form, article)
    if status is None:
        chosen = reachable.get(form.cleaned_data.get("author") or choices[0][0])
        words = {name: form.cleaned_data[name] for name in ("name", "email", "text", "may_be_published")}
        to, topic = (To.AUTHOR, Topic.GENERAL) if chosen else (To.DESK, Topic.PIECE)
        correspondence.begin(to, article=article, author=chosen, topic=topic, **words)
        return redirect("letter_sent")
    context = {"article": article, "revision": revision, "form": form, "is_to_desk": choices[0][0] == DESK}
    return render(request, "correspondence/author.html", context, status=status)


def _choices(byline: list[dict[str, Any]], reachable: set[str]) -> list[tuple[str, str]]:
    """To whom a letter about a piece can go, as printed. For those who are not reached, the desk."""
    authors = [(str(printed["author"]), printed["name"]) for printed in byline]
    others = " and ".join(name for number, name in authors if number not in reachable)
    return [row for row in authors if row[0] in reachable] + ([(DESK, f"The desk, for {others}")] if others else [])


@csrf_exempt
def to_desk(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST or None, room="desk")
    status = _refusal(request, form)
    if status is None:
        said = {name: form.cleaned_data[name] for name in ("name", "email")} | form.said()
        correspondence.begin(To.DESK, may_be_published=said["topic"] == Topic.PUBLICATION, **said)
        return redirect("letter_sent")
    return render(request, "correspondence/contact.html", {"form": form}, status=status)


@csrf_exempt
def ask_for_correction(request: HttpRequest, slug: str) -> HttpResponse:
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return moved_or_gone(request, slug, "ask_for_correction")
    form = CorrectionForm(request.POST or None, room=f"correction-{article.pk}")
    status = _refusal(request, form, article)
    if status is None:
        said = {name: form.cleaned_data[name] for name in ("name", "email")}
        asked = form.said()
        correspondence.begin(To.CORRECTION, article=article, text=asked["wrong"], correction=asked, **said)
        return redirect("letter_sent")
    context = {"article": article, "revision": article.live.revision, "form": form}
    return render(request, "correspondence/correction.html", context, status=status)


def _refusal(request: HttpRequest, form: SignedForm, article: Article | None = None) -> int | None:
    """The status of the form's page; None where the letter is to be taken in."""
    if request.method != "POST" or not form.is_valid():
        return OK
    found = intake.refusal(request, email=form.cleaned_data["email"], piece=article.pk if article else None)
    if found is None:
        return None
    form.add_error(None, found.sentence)
    return found.status


def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "correspondence/sent.html")


@csrf_exempt
@with_key
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Looking confirms nothing: programs open every address in a mail. The button does, once."""
    begun = Correspondence.objects.by_confirmation(key)
    if begun is None:
        return render(request, "correspondence/closed.html", status=GONE)
    is_done = begun.confirmed_at is not None
    if request.method == "POST" and not is_done and not intake.is_from_elsewhere(request):
        is_done = correspondence.confirm(begun)
        if not is_done:
            return render(request, "correspondence/closed.html", status=GONE)
    context = {"begun": begun, "is_done": is_done, "correction": CorrectionRequest.objects.filter(correspondence=begun)}
    return render(request, "correspondence/confirm.html", context)


@csrf_exempt
@with_key
def thread(request: HttpRequest, key: str) -> HttpResponse:
    """A reader's own page of what they wrote: to read the answers, to write again, and to delete it all."""
    rows = Correspondence.objects.confirmed().select_related("article__live__revision", "author")
    between = rows.filter(reader_key=key).first()
    if between is None:
        return render(request, "correspondence/closed.html", status=GONE)
    form = ReaderAnswerForm(request.POST or None, room=f"answer-{between.pk}")
    if request.method == "POST" and not intake.is_from_elsewhere(request):
        if "delete" in request.POST:
            return _deleted(request, between)
        if form.is_valid() and _answered(form, between):
            return redirect("letter_thread", key)
    context = {"between": between, "form": form, "said": between.messages.all()}
    return render(request, "correspondence/thread.html", context)


def _answered(form: forms.Form, between: Correspondence) -> bool:
    try:
        correspondence.say(between, Side.READER, form.cleaned_data["text"])
    except Refused as refusal:
        form.add_error(None, refusal.sentences)
        return False
    return True


def _deleted(request: HttpRequest, between: Correspondence) -> HttpResponse:
    """Not while the desk looks at it: what an author has reported is the author's word against the reader's."""
    if between.reported_at is None or not between.is_open:
        between.delete()
    return redirect("letter_thread", between.reader_key)


@with_key
def correction_request(request: HttpRequest, key: str) -> HttpResponse:
    """How far a request for a correction is, for whoever has its address."""
    rows = CorrectionRequest.objects.select_related("correspondence__article__live__revision", "publication")
    found = rows.filter(key=key, correspondence__in=Correspondence.objects.confirmed()).first()
    if found is None:
        return render(request, "correspondence/closed.html", status=GONE)
    return render(request, "correspondence/request.html", {"asked": found, "article": found.correspondence.article})
