"""The checklist in the admin: ticking it for a piece, marking a piece as high risk, and the template for standards."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from articles.models import Article, Revision
from editorial import checklist as checklists
from editorial import desk, permissions, risk
from editorial.forms.checklist import ChecklistForm
from editorial.models import ChecklistItem, Part
from editorial.refusal import Refused
from editorial.waiting import posted


@desk.on_piece
def checklist(request: HttpRequest, article: Article) -> HttpResponse:
    """What is asked of the piece, and what editors have said of it; while approving (`?for=approve`) the way back."""
    if not permissions.can_edit(request.user, article):
        raise PermissionDenied
    working, is_for_approval = Revision.objects.unsaved(article), request.GET.get("for") == "approve"
    lines = checklists.lines(article)
    form = ChecklistForm(**posted(request), lines=lines, initial={"seen": working.package_hash})
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"] or "nothing"
            count = checklists.tick(article, by=request.user, said=form.said(), seen=seen)
        except Refused as refusal:
            refusals = refusal.sentences
        else:
            messages.success(request, f"Kept: {count} of {len(lines)} items." if count else "You said nothing new.")
            return redirect("admin:desk_step", article.pk, "approve") if is_for_approval else redirect(request.path)
    context = {
        "form": form,
        "lines": lines,
        "refusals": refusals,
        "working": working,
        "open_count": sum(line.is_open for line in lines),
        "risks": risk.reasons(article),
        "is_for_approval": is_for_approval,
    }
    return desk.page(request, article, "desk/checklist.html", "Checklist", context)


@require_POST
@desk.on_piece
def mark_risk(request: HttpRequest, article: Article) -> HttpResponse:
    try:
        risk.mark(article, by=request.user, reason=request.POST.get("reason", "")[:300])
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Marked. Two editors approve this piece now.")
    return redirect("admin:desk_checklist", article.pk)


class ItemForm(forms.ModelForm):
    looks_at = forms.MultipleChoiceField(
        choices=Part.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=ChecklistItem._meta.get_field("looks_at").help_text,
    )

    class Meta:
        model = ChecklistItem
        fields = ["key", "words", "section", "is_high_risk_only", "looks_at", "position", "is_active"]


class ItemAdmin(admin.ModelAdmin):
    """The template. An item is asked no more, or worded anew; none is deleted, so that ticks name what they meant."""

    list_display = ["words", "key", "section", "is_high_risk_only", "position", "is_active"]
    list_filter = ["is_active", "section"]
    list_select_related = ["section"]
    form = ItemForm
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: ChecklistItem | None = None) -> list[str]:
        return ["key"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False
