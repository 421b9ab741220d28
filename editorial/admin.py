from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import path

from articles.models import Article
from articles.status import AT_DESK, Stage
from editorial import desk
from editorial.models import Letter, Submission
from network import clock


def _number(typed: str) -> int:
    """A piece's number from an address, or 0, which no piece has."""
    return int(typed[:12]) if typed.isascii() and typed.isdigit() else 0


class QueueFilter(admin.SimpleListFilter):
    """The desk's queues. With nothing chosen: all that is at the desk."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [
            ("unclaimed", "Unclaimed"),
            ("mine", "Mine"),
            ("author", "Waiting on the author"),
            ("ready", "Ready"),
            ("scheduled", "Scheduled"),
            ("published", "Published"),
            ("everything", "Everything"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        queues: dict[str | None, dict[str, object]] = {
            None: {"stage__in": AT_DESK},
            "unclaimed": {"stage": Stage.SUBMITTED},
            "mine": {"stage__in": AT_DESK, "claimed_by_id": request.user.pk},
            "author": {"stage__in": (Stage.PROOF, Stage.CHANGES_REQUESTED)},
            "ready": {"stage": Stage.READY},
            "scheduled": {"stage": Stage.SCHEDULED},
            "published": {"stage": Stage.PUBLISHED},
        }
        return queryset.filter(**queues.get(self.value(), {}))

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": "At the desk"}
        yield from rest


@admin.register(Article)
class QueueAdmin(admin.ModelAdmin):
    list_display = ["headline", "by", "stage", "section", "editor", "promised"]
    list_filter = [QueueFilter, "section"]
    list_per_page = 50
    search_fields = ["headline", "bylines__printed_name", "slug"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        open_trip = Submission.objects.open().filter(article=OuterRef("pk"))
        queue = Article.objects.visible_to(request.user).select_related("section").prefetch_related("bylines")
        return queue.annotate(
            promised_by=Subquery(open_trip.filter(answered_at=None).values("promised_by")),
            claimed_by_id=Subquery(open_trip.values("claimed_by")),
            claimed_by_name=Subquery(open_trip.values("claimed_by__username")),
        )

    def get_ordering(self, request: HttpRequest) -> list:
        return [F("promised_by").asc(nulls_last=True), "-saved_at", "-pk"]

    @admin.display(description="by")
    def by(self, article) -> str:
        return ", ".join(byline.printed_name for byline in article.bylines.all())

    @admin.display(description="editor")
    def editor(self, article) -> str:
        return article.claimed_by_name or "nobody yet"

    @admin.display(description="promised by", ordering="promised_by")
    def promised(self, article) -> str:
        if article.promised_by is None:
            return "answered"
        late = ", late" if article.promised_by < clock.now() else ""
        return f"{article.promised_by:%-d %b %Y, %H:%M} UTC{late}"

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Pieces, by promise date", **(extra_context or {})})

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
            path("<int:pk>/edit/", wrap(desk.edit), name="desk_edit"),
            path("<int:pk>/details/", wrap(desk.details), name="desk_details"),
            path("<int:pk>/comment/", wrap(desk.comment), name="desk_comment"),
            path("<int:pk>/comment/<int:comment_pk>/resolve/", wrap(desk.resolve), name="desk_resolve"),
            path("<int:pk>/steps/<slug:name>/", wrap(desk.step), name="desk_step"),
            *super().get_urls(),
        ]


@admin.register(Letter)
class LetterAdmin(admin.ModelAdmin):
    list_display = ["subject", "to", "kind", "written_at", "sent_at", "tries", "last_error"]
    list_filter = ["kind", "sent_at"]
    list_select_related = ["to"]
    search_fields = ["subject", "to__email"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False
