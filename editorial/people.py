"""Who may join, in the admin: applications and invitations. Rows are read; each decision is a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from authors.models import Application, Invitation
from authors.models.joining import Decision
from editorial import joining, letters, notifications, permissions
from editorial.forms.joining import AcceptForm, DeclineForm, InviteForm
from editorial.models import Letter
from editorial.post import KEY
from editorial.refusal import Refused
from network import clock

INVITATIONS = "admin:authors_invitation_changelist"
MAILS = "An invitation is mailed to {email}. It opens one account, for that address, once, within two weeks."


class ReadOnly(admin.ModelAdmin):
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


class DecisionFilter(admin.SimpleListFilter):
    """With nothing chosen: what waits for an answer."""

    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("accepted", "Accepted"), ("declined", "Declined"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.filter(decision=self.value() or Decision.PENDING)

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": "Waiting"}
        yield from rest


class ApplicationAdmin(ReadOnly):
    list_display = ["name", "promised", "place", "applied_at", "decision", "decided_by"]
    list_filter = [DecisionFilter]
    list_select_related = ["decided_by"]
    list_per_page = 50
    search_fields = ["name", "email", "place", "why"]

    @admin.display(description="promised by", ordering="promised_by")
    def promised(self, application: Application) -> str:
        if application.decision != Decision.PENDING:
            return "answered"
        late = ", late" if application.promised_by < clock.now() else ""
        return f"{application.promised_by:%-d %b %Y}{late}"

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Applications, by promise date", **(extra_context or {})})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None) -> HttpResponse:
        return application_page(request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        return application_page(request, object_id)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/accept/", wrap(accept), name="application_accept"),
            path("<int:pk>/decline/", wrap(decline), name="application_decline"),
            *super().get_urls(),
        ]


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("open", "Open"), ("used", "Used"), ("revoked", "Revoked"), ("expired", "Expired")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        states = {
            "open": Q(used_at=None, revoked_at=None, expires_at__gt=clock.now()),
            "used": Q(used_at__isnull=False),
            "revoked": Q(revoked_at__isnull=False),
            "expired": Q(used_at=None, revoked_at=None, expires_at__lte=clock.now()),
        }
        return queryset.filter(states.get(self.value() or "", Q()))


class InvitationAdmin(ReadOnly):
    list_display = ["name", "state", "email", "author", "invited_by", "invited_at"]
    list_filter = [StateFilter]
    list_select_related = ["author", "invited_by", "used_by"]
    list_per_page = 50
    search_fields = ["name", "email"]

    @admin.display(description="state")
    def state(self, invitation: Invitation) -> str:
        return state_of(invitation)

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Invitations", **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_invite(request.user)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        return invite(request)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None) -> HttpResponse:
        return invitation_page(request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        return invitation_page(request, object_id)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/revoke/", wrap(revoke), name="invitation_revoke"),
            path("<int:pk>/again/", wrap(again), name="invitation_again"),
            *super().get_urls(),
        ]


def state_of(invitation: Invitation) -> str:
    if invitation.used_at:
        return f"used by {invitation.used_by}"
    if invitation.revoked_at:
        return "revoked"
    return f"open until {invitation.expires_at:%-d %b %Y}" if invitation.is_open else "expired"


def application_page(request: HttpRequest, object_id: str) -> HttpResponse:
    if not request.user.has_perm("authors.view_application"):
        raise PermissionDenied
    found = _found(Application.objects.select_related("decided_by", "invitation__used_by"), object_id)
    invitation = getattr(found, "invitation", None)
    context = {
        "application": found,
        "is_late": found.decision == Decision.PENDING and found.promised_by < clock.now(),
        "is_deciding": found.decision == Decision.PENDING and permissions.can_invite(request.user),
        "account": joining.account_of(found.email),
        "invitation": invitation,
        "state": state_of(invitation) if invitation else "",
    }
    return _page(request, Application, "joining/application.html", found.name, context)


def invitation_page(request: HttpRequest, object_id: str) -> HttpResponse:
    if not request.user.has_perm("authors.view_invitation"):
        raise PermissionDenied
    rows = Invitation.objects.select_related("author", "invited_by", "used_by", "revoked_by", "application")
    found = _found(rows, object_id)
    context = {
        "invitation": found,
        "state": state_of(found),
        "letters": found.letters.all(),
        "may_change": permissions.can_invite(request.user) and not found.used_at,
    }
    return _page(request, Invitation, "joining/invitation.html", found.name, context)


@dataclass(frozen=True)
class Act:
    """What the button of a page does, what the page says before, and what the next one says after."""

    label: str
    intro: str
    done: str
    back: str
    is_dangerous: bool = False


def accept(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Application, pk=pk)
    act = Act(
        label="Accept",
        intro=MAILS.format(email=found.email),
        done=f"Accepted. The invitation goes to {found.email}.",
        back=reverse("admin:authors_application_change", args=[pk]),
    )
    letter = letters.opening(request, "invitation", name=found.name, title="")
    form = AcceptForm(request.POST or None, initial={"words": letter.words})
    draft = invitation_draft(form, found.name, found.email)
    return _ask(
        request, act, form, lambda said: joining.accept(found, by=request.user, **said), Application, (letter, draft)
    )


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Application, pk=pk)
    act = Act(
        label="Decline",
        intro=f"Your letter is mailed to {found.email}. They may apply again.",
        done="Declined. Your letter is on its way.",
        back=reverse("admin:authors_application_change", args=[pk]),
        is_dangerous=True,
    )
    letter = letters.opening(request, "application_declined", name=found.name, title="")
    form = DeclineForm(request.POST or None, initial={"words": letter.words})
    words = (form["words"].value() or "").strip()
    draft = notifications.draft("application_declined", address=found.email, application=found, words=words)
    return _ask(
        request, act, form, lambda said: joining.decline(found, by=request.user, **said), Application, (letter, draft)
    )


def invite(request: HttpRequest) -> HttpResponse:
    act = Act(
        label="Invite somebody",
        intro=f"{MAILS.format(email='the address')} An earlier invitation of theirs opens nothing from then on.",
        done="Invited. The letter is on its way.",
        back=reverse(INVITATIONS),
    )
    letter = letters.opening(request, "invitation", title="")
    form = InviteForm(request.POST or None, initial={"words": letter.words})
    draft = invitation_draft(form, form["name"].value() or "", form["email"].value() or "")
    return _ask(request, act, form, lambda said: _invite(request.user, said), Invitation, (letter, draft))


def _invite(by, said: dict[str, Any]) -> Invitation:
    """The template of an invitation may have been chosen before anybody had typed a name."""
    return joining.invite(by=by, **said | {"words": said["words"].replace("{name}", said["name"])})


def invitation_draft(form: AcceptForm, name: str, email: str) -> Letter:
    """The letter of an invitation that is not made yet. Its key is made when it is sent, and shown to nobody here."""
    words = (form["words"].value() or "").strip().replace("{name}", name)
    planned = Invitation(name=name, email=email)
    draft = notifications.draft("invitation", address=email, invitation=planned, words=words)
    draft.body = draft.body.replace(KEY, "(their own address stands here)")
    return draft


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=pk)
    act = Act(
        label="Revoke",
        intro=f"The address in the letter to {found.email} opens no account from then on. They are not told.",
        done="Revoked. The invitation opens nothing any more.",
        back=reverse("admin:authors_invitation_change", args=[pk]),
        is_dangerous=True,
    )
    return _ask(request, act, forms.Form(request.POST), lambda _: joining.revoke(found, by=request.user), Invitation)


def again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=pk)
    act = Act(
        label="Send again",
        intro=f"{MAILS.format(email=found.email)} The earlier letter opens nothing from then on.",
        done="A new invitation is on its way.",
        back=reverse(INVITATIONS),
    )
    form = forms.Form(request.POST)
    return _ask(request, act, form, lambda _: joining.send_again(found, by=request.user), Invitation)


def _ask(
    request: HttpRequest,
    act: Act,
    form: forms.Form,
    carry_out: Callable[[dict[str, Any]], object],
    model: type[Model],
    letter: tuple[letters.Opening, Letter] | None = None,
) -> HttpResponse:
    """What will happen, and one button. The POST acts; a refusal stands above what was typed."""
    if not permissions.can_invite(request.user):
        raise PermissionDenied
    refusals: list[str] = []
    if request.method == "POST" and not letters.is_preview(request) and form.is_valid():
        try:
            carry_out(form.cleaned_data)
        except Refused as refusal:
            refusals = refusal.sentences
        else:
            messages.success(request, act.done)
            return redirect(act.back)
    context: dict[str, Any] = {"act": act, "form": form, "refusals": refusals}
    if letter:
        context |= {"letter": letter[0], "drafts": [letter[1]]}
    return _page(request, model, "joining/decide.html", act.label, context)


def _found(rows: QuerySet, object_id: str):
    """By the number in an address of the admin, which may be anything."""
    return get_object_or_404(rows, pk=int(object_id) if object_id.isascii() and object_id.isdigit() else 0)


def _page(request: HttpRequest, model, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": title, "opts": model._meta}
    return render(request, template, frame | context)
