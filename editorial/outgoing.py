"""The list of letters in the admin: what became of each, and a page for those of which nobody can tell."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html

from articles.models import Article
from editorial import post
from editorial.models import Letter
from editorial.waiting import signed_in

ARRIVED = "arrived"  # the name of the button that counts a letter as sent; the other one sends it again
PER_PAGE = 50


class OccasionFilter(admin.SimpleListFilter):
    title = "occasion"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        kinds = model_admin.get_queryset(request).order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, Letter(kind=kind).occasion) for kind in kinds]

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        return rows.filter(kind=self.value()) if self.value() else rows


class StateFilter(admin.SimpleListFilter):
    title = "what became of it"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("sent", "Sent"), ("waiting", "Waiting"), ("unsure", "May have arrived"), ("given_up", "Given up")]

    def queryset(self, request: HttpRequest, rows: Any) -> QuerySet:
        match self.value():
            case "sent":
                return rows.exclude(sent_at=None)
            case "waiting":
                return rows.waiting().filter(tries__lt=post.MOST_TRIES)
            case "unsure":
                return rows.unsure()
            case "given_up":
                return rows.waiting().filter(tries__gte=post.MOST_TRIES)
        return rows


class LetterAdmin(admin.ModelAdmin):
    list_display = ["subject", "to", "occasion", "written_at", "state", "tries", "last_error"]
    list_filter = [OccasionFilter, StateFilter]
    list_select_related = ["to"]
    search_fields = ["subject", "to__email"]
    actions = None

    @admin.display(description="sent at", ordering="sent_at")
    def state(self, letter: Letter) -> object:
        if letter.may_have_arrived:
            return format_html('<a href="{}">may have arrived</a>', reverse("admin:letters_unsure"))
        return letter.sent_at

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """A letter quotes what it is about: who must not judge a piece, or is its author, reads only their own. What
        readers write and are answered is in no list of letters: it is between two people, and holds keys."""
        closed = Article.objects.closed_to(request.user).values("pk")
        digests = Q(kind="digest", to__author__bylines__article__in=closed)
        others = super().get_queryset(request).exclude(Q(article__in=closed) | digests).values("pk")
        ours = super().get_queryset(request).filter(correspondence=None)
        return ours.filter(Q(to=request.user) | Q(pk__in=others))

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [path("unsure/", signed_in(wrap(self.unsure)), name="letters_unsure"), *super().get_urls()]

    def unsure(self, request: HttpRequest) -> HttpResponse:
        """Letters that may have arrived, each with two buttons. Of one between a reader and somebody else it says
        neither to whom nor about what; whoever is a party to it decides nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        closed = Article.objects.closed_to(request.user).values("pk")
        own = Q(correspondence__author__user=request.user) | Q(correspondence__article__in=closed)
        between = Letter.objects.exclude(correspondence=None).exclude(own).values("pk")
        read = self.get_queryset(request).values("pk")
        found = Letter.objects.filter(Q(pk__in=read) | Q(pk__in=between)).unsure()
        if request.method == "POST":
            number = request.POST.get("letter", "")[:18]
            self._settle(request, found.filter(pk=int(number) if number.isascii() and number.isdigit() else 0))
            return redirect("admin:letters_unsure")
        page = Paginator(found.select_related("to"), PER_PAGE).get_page(request.GET.get("page"))
        frame = self.admin_site.each_context(request)
        shown = {"title": "Letters that may have arrived", "opts": self.opts, "page": page, "arrived": ARRIVED}
        return render(request, "desk/letters_unsure.html", frame | shown)

    def _settle(self, request: HttpRequest, found: QuerySet[Letter]) -> None:
        has_arrived = ARRIVED in request.POST
        act = post.count_as_sent if has_arrived else post.send_again
        letter = found.first()
        if letter is None or not act(letter):
            messages.info(request, "Somebody else has decided about this letter.")
            return
        done = "The letter counts as sent." if has_arrived else "The letter goes out again."
        letter.subject = letter.occasion  # the log quotes no letter
        self.log_change(request, letter, f"It may have arrived. {done}")
        messages.success(request, done)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False
