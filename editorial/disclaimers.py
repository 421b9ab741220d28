"""The network's standing words, in the admin: a version under a real piece, what it changed, and older pieces."""

from datetime import UTC

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from articles.admin import DisclaimerAdmin
from articles.models import Article, Disclaimer
from articles.models.publication import fill, filled_html
from editorial import diff, permissions, repinning, site
from editorial.forms.conversation import NoteForm
from editorial.refusal import Refused
from editorial.waiting import posted
from network import clock
from network.models import Network

PAGE = "admin:articles_disclaimer_change"
LISTED = 50  # pieces that lose their approval, by name
MOMENT = "%-d %B %Y, %H:%M UTC"


class InForceForm(forms.Form):
    at = forms.DateTimeField(
        label="In force from (UTC)",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class Words(DisclaimerAdmin):
    list_display = ["version", "line", "section", "holds_from"]
    fields = ["version", "section", "line", "text", "holds_from"]
    readonly_fields = ["version", "holds_from"]
    change_form_template = "desk/disclaimer_form.html"

    @admin.display(description="in force from", ordering="in_force_from")
    def holds_from(self, version: Disclaimer) -> str:
        return f"{version.in_force_from:{MOMENT}}" if version.in_force_from else "Not in force yet"

    def get_view_on_site_url(self, obj: Disclaimer | None = None) -> str | None:
        """Readers find a version once its time has come, and nothing at its address before."""
        has_come = obj and obj.in_force_from and obj.in_force_from <= clock.now()
        return super().get_view_on_site_url(obj) if has_come else None

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        version = context.get("original")
        more = {"is_in_force": version is not None and _is_in_force(version)}
        return super().render_change_form(request, context | more, *args, **kwargs)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", wrap(preview), name="desk_disclaimer_preview"),
            path("<int:pk>/in-force/", wrap(put_in_force), name="desk_disclaimer_in_force"),
            path("<int:pk>/apply/", wrap(put_under), name="desk_disclaimer_apply"),
            *super().get_urls(),
        ]


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A version under the newest piece, and what it changed in the one that it replaces or would replace."""
    version = _version(request, pk)
    piece = Article.objects.listed().as_read().first()
    revision = piece.live.revision if piece else None
    count = len(revision.byline) if revision else 1
    names = _names()
    before = Disclaimer.objects.filter(version__lt=version.version, section=version.section).first()
    context = {
        "title": f"Preview of version {version.version}",
        "version": version,
        "before": before,
        "revision": revision,
        "disclaimer_line": fill(version.line, names, count),
        "disclaimer_html": filled_html(version.text, names, count, ""),
        "changes": _changes(before, version),
    }
    return render(request, "desk/disclaimer_preview.html", admin.site.each_context(request) | context)


def put_in_force(request: HttpRequest, pk: int) -> HttpResponse:
    """Which approvals end with it and which pieces keep their words, and one button: a moment from which it holds."""
    version = _version(request, pk)
    may = request.user.has_perm("articles.change_disclaimer") and not version.is_used
    form = InForceForm(**posted(request), initial={"at": clock.now()})
    if request.method == "POST" and may:
        site.ask_again(request)
        if form.is_valid() and (said := _came_into_force(version, form, request.user)):
            messages.success(request, said)
            return redirect(PAGE, pk)
    losing = repinning.losing_approval(version)
    listed = losing.filter(pk__in=Article.objects.visible_to(request.user).values("pk"))[:LISTED]
    context = {
        "title": f"Version {version.version} into force",
        "version": version,
        "form": form,
        "may": may,
        "losing": losing.count(),
        "listed": listed,
        "more": losing.count() - len(listed),
        "public": repinning.affected(version).count(),
    }
    return render(request, "desk/disclaimer_in_force.html", admin.site.each_context(request) | context)


def _came_into_force(version: Disclaimer, form: InForceForm, by) -> str:
    """What was done, kept with who did it; nothing where the form now says why not."""
    try:
        with transaction.atomic():
            version.come_into_force(form.cleaned_data["at"].astimezone(UTC))
            said = f"Version {version.version} is in force from {version.in_force_from:{MOMENT}}."
            LogEntry.objects.log_actions(by.pk, [version], CHANGE, said, single_object=True)
    except ValidationError as error:
        form.add_error(None, error)
        return ""
    return said


def put_under(request: HttpRequest, pk: int) -> HttpResponse:
    """What will happen, and one button: the version in force goes under the public pieces that carry an older one."""
    version = _version(request, pk)
    form = NoteForm(**posted(request))
    if request.method == "POST" and permissions.can_repin(request.user):
        site.ask_again(request)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            count = repinning.apply(version, by=request.user, note=form.cleaned_data["note"])
        except Refused as refusal:
            refusals = refusal.sentences
        else:
            pieces = "1 piece" if count == 1 else f"{count} pieces"
            messages.success(request, f"Version {version.version} is under {pieces} more. Each shows the date.")
            return redirect(PAGE, pk)
    affected = repinning.affected(version)
    context = {
        "title": f"Version {version.version} under older pieces",
        "version": version,
        "form": form,
        "refusals": refusals,
        "count": affected.count(),
        "examples": affected.select_related("live__revision")[:5],
        "is_in_force": _is_in_force(version),
        "may": permissions.can_repin(request.user),
    }
    return render(request, "desk/disclaimer_apply.html", admin.site.each_context(request) | context)


def _is_in_force(version: Disclaimer) -> bool:
    return version == Disclaimer.objects.in_force(version.section)


def _version(request: HttpRequest, pk: int) -> Disclaimer:
    if not request.user.has_perm("articles.view_disclaimer"):
        raise PermissionDenied
    return get_object_or_404(Disclaimer.objects.select_related("section"), pk=pk)


def _names() -> dict[str, str]:
    network = Network.load()
    return {"network": network.name, "host": network.host, "contact": network.contact}


def _changes(before: Disclaimer | None, after: Disclaimer):
    if before is None:
        return []
    pairs = (("Short line", before.line, after.line), ("Full text", before.text, after.text))
    return [(title, diff.html(old, new)) for title, old, new in pairs if old != new]
