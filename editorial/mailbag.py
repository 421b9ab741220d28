"""What readers wrote to the desk, and what they ask to be corrected, in the admin: each list, and a page for each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from articles.models import Article
from editorial import correspondence, permissions
from editorial.forms.correspondence import LetterAnswerForm, OutcomeForm
from editorial.models import CorrectionRequest, Correspondence, Outcome, Side
from editorial.models.correspondence import State, To
from editorial.people import ReadOnly
from editorial.refusal import Refused
from network import clock

LETTER, REQUEST = "admin:editorial_correspondence_change", "admin:editorial_correctionrequest_change"


class ForTheDesk(ReadOnly):
    """Read by whoever is on the desk, but for what they must not judge."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    heading = ""
    looked_up: tuple[str, ...] = ()

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return super().changelist_view(request, {"title": self.heading, **(extra_context or {})})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the list offers: any other column can be guessed letter by letter, and some are keys."""
        return lookup.partition("__")[0] in self.looked_up and super().lookup_allowed(lookup, value, request)

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return permissions.is_on_desk(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.is_on_desk(request.user)


class StateFilter(admin.SimpleListFilter):
    """With nothing chosen: what waits for the desk."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("answered", "Answered"), ("closed", "Closed"), ("reported", "Reported by an author"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "reported":
            return queryset.exclude(reported_at=None)
        return queryset if self.value() == "all" else queryset.filter(state=self.value() or State.OPEN)

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": "Open"}
        yield from rest


class CorrespondenceAdmin(ForTheDesk):
    heading = "Letters from readers, oldest first"
    list_display = ["name", "kind", "state", "about", "assigned_to", "age"]
    looked_up = ("state", "topic", "assigned_to")
    list_filter = [StateFilter, "topic", ("assigned_to", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["article__live__revision", "assigned_to"]
    search_fields = ["name"]
    ordering = ["last_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Correspondence.objects.at_desk_of(request.user).exclude(to=To.CORRECTION)

    @admin.display(description="what")
    def kind(self, between: Correspondence) -> str:
        return "Reported by an author" if between.reported_at else between.get_topic_display()

    @admin.display(description="piece")
    def about(self, between: Correspondence) -> str:
        return between.article.headline if between.article else "none"

    @admin.display(description="last letter", ordering="last_at")
    def age(self, between: Correspondence) -> str:
        return f"{timesince(between.last_at, clock.now())} ago"

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None) -> HttpResponse:
        return letter(request, _number(object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        return letter(request, _number(object_id))

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/take/", wrap(take), name="letter_take"),
            path("<int:pk>/close/", wrap(close), name="letter_close"),
            *super().get_urls(),
        ]


class OutcomeFilter(admin.SimpleListFilter):
    """With nothing chosen: those without an answer."""

    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [*((value, label) for value, label in Outcome.choices if value), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset if self.value() == "all" else queryset.filter(outcome=self.value() or Outcome.WAITING)

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": "Waiting"}
        yield from rest


class CorrectionRequestAdmin(ForTheDesk):
    heading = "Correction requests, oldest first"
    list_display = ["__str__", "piece", "where", "editor", "age"]
    looked_up = ("outcome",)
    list_filter = [OutcomeFilter]
    list_select_related = ["correspondence__article", "correspondence__assigned_to"]
    search_fields = ["correspondence__article__headline", "quote"]
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return CorrectionRequest.objects.at_desk_of(request.user)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """A piece's page at the desk leads to its own requests."""
        return lookup == "correspondence__article" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="piece")
    def piece(self, asked: CorrectionRequest) -> str:
        return str(asked.correspondence.article)

    @admin.display(description="how far")
    def where(self, asked: CorrectionRequest) -> str:
        return asked.get_outcome_display() if asked.outcome else "being looked at" if asked.looked_at else "received"

    @admin.display(description="with")
    def editor(self, asked: CorrectionRequest) -> str:
        return str(asked.correspondence.assigned_to or "nobody yet")

    @admin.display(description="received")
    def age(self, asked: CorrectionRequest) -> str:
        return f"{timesince(asked.correspondence.last_at, clock.now())} ago"

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None) -> HttpResponse:
        return asked_for(request, _number(object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        return asked_for(request, _number(object_id))

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [path("<int:pk>/take-up/", wrap(take_up), name="request_take_up"), *super().get_urls()]


def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One correspondence with all its letters, and the form to answer it by mail."""
    between = _letter(request, pk)
    form = LetterAnswerForm(request.POST or None)
    answer = lambda said: correspondence.say(between, Side.DESK, said["text"], by=request.user)  # noqa: E731
    if _acted(request, form, answer, "Your answer is on its way."):
        return redirect(LETTER, pk)
    context = {"between": between, "form": form, "said": between.messages.all()}
    return _page(request, Correspondence, "desk/letter.html", between.name, context)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one looks after it."""
    between = _letter(request, pk)
    Correspondence.objects.filter(pk=between.pk).update(assigned_to=request.user)
    messages.success(request, "It is yours.")
    return redirect(LETTER, pk)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    between = _letter(request, pk)
    if request.method == "POST":
        try:
            correspondence.close(between)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Closed.")
        return redirect(LETTER, pk)
    return _page(request, Correspondence, "desk/letter_close.html", "Close this correspondence", {"between": between})


def asked_for(request: HttpRequest, pk: int) -> HttpResponse:
    """One request for a correction: what it says, how far it is, and the form that ends it."""
    asked = _asked(request, pk)
    piece: Article = asked.correspondence.article  # type: ignore[assignment]
    form = OutcomeForm(request.POST or None, piece=piece)
    decide = lambda said: correspondence.decide(  # noqa: E731
        asked, Outcome(said["outcome"]), said["words"], said["publication"], by=request.user
    )
    if _acted(request, form, decide, "Closed. The reader gets your answer by mail."):
        return redirect(REQUEST, pk)
    context = {"asked": asked, "piece": piece, "form": form}
    return _page(request, CorrectionRequest, "desk/request.html", f"Request {pk}", context)


@require_POST
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to look at it. The authors are told."""
    asked = _asked(request, pk)
    try:
        correspondence.take_up(asked, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is with you, and its authors are told.")
    return redirect(REQUEST, pk)


def _acted(request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], object], done: str) -> bool:
    """Whether the form was sent and carried out. A refusal stands above what was typed."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, refusal.sentences)
        return False
    messages.success(request, done)
    return True


def _letter(request: HttpRequest, pk: int) -> Correspondence:
    _refuse_others(request)
    rows = Correspondence.objects.at_desk_of(request.user).exclude(to=To.CORRECTION)
    return get_object_or_404(rows.select_related("article", "author", "assigned_to"), pk=pk)


def _asked(request: HttpRequest, pk: int) -> CorrectionRequest:
    _refuse_others(request)
    rows = CorrectionRequest.objects.at_desk_of(request.user)
    return get_object_or_404(rows.select_related("correspondence__article", "publication", "decided_by"), pk=pk)


def _refuse_others(request: HttpRequest) -> None:
    if not permissions.is_on_desk(request.user):
        raise PermissionDenied


def _number(typed: str) -> int:
    """A row's number from an address, or 0, which none has."""
    return int(typed[:12]) if typed.isascii() and typed.isdigit() else 0


def _page(request: HttpRequest, model, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": title, "opts": model._meta}
    return render(request, template, frame | context)
