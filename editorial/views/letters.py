"""What readers wrote to an author: to read, to answer, to mute, to report and to close."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from editorial import correspondence, permissions
from editorial.forms.correspondence import LetterAnswerForm, ReportForm
from editorial.models import Correspondence, Side
from editorial.refusal import Refused
from editorial.views.own import SignedIn
from editorial.waiting import posted, signed_in
from network.listing import page_of


@signed_in
def letters(request: SignedIn) -> HttpResponse:
    if not permissions.can_contribute(request.user):
        raise Http404
    rows = Correspondence.objects.relayed_to(request.user).select_related("article__live__revision")
    return render(request, "contribute/letters.html", {"page": page_of(request, rows)})


@signed_in
def letter(request: SignedIn, pk: int) -> HttpResponse:
    """One correspondence, and the form to answer it."""
    between = _own(request, pk)
    form = LetterAnswerForm(**posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            correspondence.say(between, Side.AUTHOR, form.cleaned_data["text"], by=request.user)
        except Refused as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(request, "Your answer is on its way. The reader does not see your address.")
            return redirect("editorial:letter", pk)
    context = {"between": between, "form": form, "said": between.messages.all()}
    return render(request, "contribute/letter.html", context)


@signed_in
@require_POST
def mute(request: SignedIn, pk: int) -> HttpResponse:
    """A switch: mail about this correspondence, or none."""
    between = _own(request, pk)
    correspondence.mute(between, is_muted=not between.is_muted)
    messages.success(
        request, "Muted: new letters wait on this page." if between.is_muted else "New letters come by mail again."
    )
    return redirect("editorial:letter", pk)


@signed_in
def report(request: SignedIn, pk: int) -> HttpResponse:
    between = _own(request, pk)
    form = ReportForm(**posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            correspondence.report(between, form.cleaned_data["why"])
        except Refused as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(request, "Reported. The desk has it, and nothing more of this reader reaches you.")
            return redirect("editorial:letter", pk)
    return render(request, "contribute/letter_report.html", {"between": between, "form": form})


@signed_in
def close(request: SignedIn, pk: int) -> HttpResponse:
    between = _own(request, pk)
    if request.method == "POST":
        try:
            correspondence.close(between)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Closed. Whoever writes again is led to the desk.")
        return redirect("editorial:letter", pk)
    return render(request, "contribute/letter_close.html", {"between": between})


def _own(request: SignedIn, pk: int) -> Correspondence:
    rows = Correspondence.objects.relayed_to(request.user).select_related("article__live__revision")
    return get_object_or_404(rows, pk=pk)
