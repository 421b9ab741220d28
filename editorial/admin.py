from datetime import date, timedelta

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

from articles.models import Article, Disclaimer
from articles.status import AT_DESK, CLOSED, Stage
from authors.models import Application, Author, Invitation
from editorial import (
    desk,
    desk_revisions,
    desk_text,
    disclaimers,
    letters,
    mailbag,
    month,
    outgoing,
    queues,
    saved_filters,
    vouching,
)
from editorial.administration import Accounts, WhatWentWrong
from editorial.fabrication import FabricatedAuthors
from editorial.models import (
    ChecklistItem,
    CheckOut,
    CorrectionRequest,
    Correspondence,
    Letter,
    LetterTemplate,
    Priority,
)
from editorial.people import ApplicationAdmin, InvitationAdmin
from editorial.waiting import signed_in
from network import clock
from network.models import Tally

COUNTED = 250  # pieces of a list, from which its pages follow; more where somebody is far down already
FARTHEST = 1_000_000  # page that an address can name
OVER = CLOSED | {Stage.PUBLISHED}  # stages at which nobody at the desk has to have a piece

admin.site.unregister(User)
admin.site.register(User, Accounts)
admin.site.register(Tally, WhatWentWrong)
admin.site.register(Author, FabricatedAuthors)
admin.site.register(Application, ApplicationAdmin)
admin.site.register(Invitation, InvitationAdmin)
admin.site.register(Disclaimer, disclaimers.Words)
admin.site.register(ChecklistItem, vouching.ItemAdmin)
admin.site.register(Letter, outgoing.LetterAdmin)
admin.site.register(LetterTemplate, letters.TemplateAdmin)
admin.site.register(Correspondence, mailbag.CorrespondenceAdmin)
admin.site.register(CorrectionRequest, mailbag.CorrectionRequestAdmin)


def _date(typed: str) -> date | None:
    """The day that an address names, within the years that the calendar has; nothing where it names none."""
    try:
        day = date.fromisoformat(typed[:10])
    except ValueError:
        return None
    return day if month.EARLIEST <= day.year <= month.LATEST else None


def _number(typed: str) -> int:
    """A piece's number from an address, or 0, which no piece has."""
    return int(typed[:12]) if typed.isascii() and typed.isdigit() else 0


class QueueFilter(admin.SimpleListFilter):
    """The desk's queues. With nothing chosen: all that is at the desk."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        listed = [(queue.key, queue.title) for queue in queues.BY_KEY.values()]
        return [*listed, ("published", "Published"), ("everything", "Everything")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value() or ""
        if chosen.partition(":")[0] in queues.BY_KEY:
            return queues.filtered(queryset, chosen, request.user)
        if chosen == "everything":
            return queryset
        return queryset.filter(stage__in=[Stage.PUBLISHED] if chosen == "published" else AT_DESK)

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": "At the desk"}
        yield from rest


class DayFilter(admin.SimpleListFilter):
    """What goes out on a day, or whose embargo ends; the calendar leads to any day."""

    title = "day it goes out, or its embargo ends"
    parameter_name = "on"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        today = timezone.localdate(clock.now())
        days = {today: "Today", today + timedelta(days=1): "Tomorrow"}
        if chosen := _date(request.GET.get("on", "")):
            days.setdefault(chosen, f"{chosen:%-d %B %Y}")
        return [(day.isoformat(), words) for day, words in days.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = _date(self.value() or "")
        return queryset.filter(month.on(chosen)) if chosen else queryset


class QueueList(ChangeList):
    """The page's pieces, with what holds each up, both asked for these alone: what is sorted is numbers, not texts.
    From wherever somebody is, as many pages ahead can be reached as from the first, and no more is counted."""

    def get_results(self, request: HttpRequest) -> None:
        self.most = COUNTED + max(0, min(self.page_num, FARTHEST) - 1) * self.list_per_page
        numbers = list(self.queryset.values_list("pk", flat=True)[: self.most + 1])
        self.paginator = Paginator(numbers, self.list_per_page)
        self.result_count, self.full_result_count = len(numbers), None
        self.show_full_result_count, self.show_admin_actions = False, False
        self.is_more = len(numbers) > self.most
        self.can_show_all, self.multi_page = len(numbers) <= self.list_max_show_all, self.paginator.num_pages > 1
        self.result_list = self._pieces(request, self._on_page(numbers))

    def _on_page(self, numbers: list[int]) -> list[int]:
        if self.show_all and self.can_show_all:
            return numbers
        try:
            return self.paginator.page(self.page_num).object_list
        except InvalidPage:
            raise IncorrectLookupParameters from None

    def _pieces(self, request: HttpRequest, pks: list[int]) -> list[Article]:
        found = self.model_admin.get_queryset(request).in_bulk(pks)
        blocks = queues.held_up(pks)
        pieces = [found[pk] for pk in pks if pk in found]
        for piece in pieces:
            piece.blocks = blocks.get(piece.pk, [])
        return pieces


@admin.register(Article)
class QueueAdmin(admin.ModelAdmin):
    list_display = ["headline", "promised", "where", "editor", "by", "section"]
    list_filter = [QueueFilter, "section", DayFilter]
    list_per_page = 25
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["headline", "bylines__printed_name", "slug"]
    empty_value_display = "None chosen yet"
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        return QueueList

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = queues.pieces(request.user).defer("body", "dek")
        editor = F("trip__claimed_by__username")
        awaited = Case(When(answered_at=None, then=F("promised_by")))
        held = CheckOut.objects.live().filter(article=OuterRef("pk")).values("holder__username")
        rows = rows.annotate(claimed_by_name=editor, awaited=awaited, held_by=Subquery(held))
        return rows.select_related("section").prefetch_related("bylines")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return queryset.named(search_term), False  # type: ignore[attr-defined]

    def get_ordering(self, request: HttpRequest) -> list:
        return [F("awaited").asc(nulls_last=True), F("priority").asc(nulls_last=True), "-saved_at", "-pk"]

    @admin.display(description="by")
    def by(self, article) -> str:
        return ", ".join(byline.printed_name for byline in article.bylines.all())

    @admin.display(description="stage", ordering="stage")
    def where(self, article) -> str:
        held_up = f", held up by {' and '.join(article.blocks)}" if article.blocks else ""
        checked_out = f", text with {article.held_by}" if article.held_by else ""
        return f"{article.get_stage_display()}{held_up}{checked_out}"

    @admin.display(description="editor, due", ordering="due_on", empty_value="")
    def editor(self, article) -> str:
        """Who has it, and what they set for themselves."""
        nobody = [] if article.stage in OVER else ["nobody yet"]
        parts = [article.claimed_by_name] if article.claimed_by_name else nobody
        if article.due_on:
            parts.append(f"due {article.due_on:%-d %b %Y}")
        if article.priority not in (None, Priority.NORMAL):
            parts.append(f"{Priority(article.priority).label.lower()} priority")
        return ", ".join(parts)

    @admin.display(description="promised by", ordering="awaited", empty_value="")
    def promised(self, article) -> str:
        if article.awaited is None:
            return "" if article.stage in OVER else "answered" if article.answered_at else "nothing is owed"
        moment, now = f"{article.awaited:%-d %b %Y, %H:%M} UTC", clock.now()
        if article.awaited >= now:
            return moment
        return format_html('{}, <b class="late">late by {}</b>', moment, timesince(article.awaited, now, depth=1))

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        more = {"title": "Pieces, by promise date", "chosen": saved_filters.chosen(request)}
        return super().changelist_view(request, more | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None) -> HttpResponse:
        return desk.piece(request, _number(object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        return desk.piece(request, _number(object_id))

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("filters/keep/", wrap(saved_filters.keep), name="desk_keep_filter"),
            path("filters/<int:pk>/remove/", wrap(saved_filters.remove), name="desk_remove_filter"),
            path("calendar/", signed_in(wrap(month.calendar)), name="desk_calendar"),
            path("<int:pk>/edit/", signed_in(wrap(desk_text.edit)), name="desk_edit"),
            path("<int:pk>/check-out/", signed_in(wrap(desk_text.check_out)), name="desk_check_out"),
            path("<int:pk>/stop/", signed_in(wrap(desk_text.stop)), name="desk_stop"),
            path("<int:pk>/beat/", wrap(desk_text.beat), name="desk_beat"),
            path("<int:pk>/revisions/", signed_in(wrap(desk_revisions.revisions)), name="desk_revisions"),
            path("<int:pk>/details/", wrap(desk.details), name="desk_details"),
            path("<int:pk>/comment/", wrap(desk.comment), name="desk_comment"),
            path("<int:pk>/comment/<int:comment_pk>/resolve/", wrap(desk.resolve), name="desk_resolve"),
            path("<int:pk>/checklist/", wrap(vouching.checklist), name="desk_checklist"),
            path("<int:pk>/risk/", wrap(vouching.mark_risk), name="desk_risk"),
            path("<int:pk>/steps/<slug:name>/", wrap(desk.step), name="desk_step"),
            *super().get_urls(),
        ]
