"""For administrators, in the admin: accounts, with a copy of everything and erasure; and what went wrong lately."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST
from django_tasks_db.models import DBTaskResult

from articles.models import Picture
from editorial import erasure, permissions
from editorial.models import Letter
from editorial.post import MOST_TRIES
from editorial.refusal import Refused
from editorial.views.everything import download
from network import clock
from network.models import Tally


class Accounts(UserAdmin):
    change_form_template = "desk/account_form.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/everything/", wrap(everything), name="account_everything"),
            path("<int:pk>/erase/", wrap(erase), name="account_erase"),
            *super().get_urls(),
        ]


def for_administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Load the account, for an administrator who has just shown that it is they."""

    @wraps(view)
    @reauthentication_required
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        if not permissions.administers(request.user):
            raise PermissionDenied
        return view(request, get_object_or_404(User, pk=pk))

    return wrapped


@require_POST
@for_administrators
def everything(request: HttpRequest, who: User) -> HttpResponse:
    return download(who)


@for_administrators
def erase(request: HttpRequest, who: User) -> HttpResponse:
    """What will happen, and one button."""
    refusals: list[str] = []
    if request.method == "POST":
        try:
            erasure.erase(who, by=request.user)
        except Refused as refusal:
            refusals = refusal.sentences
        else:
            messages.success(request, "Erased. Backups keep what they hold until you delete them.")
            return redirect("admin:auth_user_change", who.pk)
    context = {"title": f"Erase {who}", "who": who, "refusals": refusals, "opts": User._meta}
    return render(request, "desk/account_erase.html", admin.site.each_context(request) | context)


class WhatWentWrong(admin.ModelAdmin):
    """Errors, failed sign-ins and refused steps by the hour, and above them what waits and since when. Only to read."""

    list_display = ["hour", "kind", "what", "number"]
    list_filter = ["kind"]
    search_fields = ["what"]
    date_hierarchy = "hour"
    change_list_template = "desk/watch.html"
    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        shown = {"title": "What went wrong", "waiting": waiting()}
        return super().changelist_view(request, shown | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Tally | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Tally | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Tally | None = None) -> bool:
        return permissions.administers(request.user)


def waiting() -> list[tuple[str, int, datetime | None]]:
    """What the worker has to do: how much of it, and since when the oldest waits."""
    rows = (
        ("Letters to send", Letter.objects.waiting().filter(tries__lt=MOST_TRIES), "written_at"),
        ("Letters given up", Letter.objects.waiting().filter(tries__gte=MOST_TRIES), "written_at"),
        ("Letters that may have arrived", Letter.objects.unsure(), "handed_over_at"),
        ("Tasks", DBTaskResult.objects.ready(), "enqueued_at"),
        ("Pictures without renditions", Picture.objects.waiting(clock.now()), "renditions_due_at"),
    )
    counted = [(title, found.order_by().aggregate(number=Count("pk"), oldest=Min(at))) for title, found, at in rows]
    return [(title, found["number"], found["oldest"]) for title, found in counted]
