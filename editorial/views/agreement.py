"""The terms between a contributor and the network: what is in force, and what this person has accepted."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from authors.models import Agreement, AgreementAcceptance, Author, OtherText
from editorial import diff, permissions
from editorial.forms.declarations import AgreementForm
from editorial.views.own import SignedIn
from editorial.waiting import posted, signed_in
from network import markup


@signed_in
def agreement(request: SignedIn) -> HttpResponse:
    """The agreement in force, with a button for whoever has not accepted it yet."""
    author, current = _author(request), Agreement.objects.in_force()
    form = AgreementForm(**posted(request), initial={"terms": current.text_hash if current else ""})
    if request.method == "POST" and current and form.is_valid():
        if _accepts(request, current, form.cleaned_data):
            return redirect("editorial:accepted_agreement", current.version)
        return redirect("editorial:agreement")
    context = {"agreement": current, "form": form, "acceptances": author.acceptances.select_related("agreement")}
    return render(request, "contribute/agreement.html", context | shown(current, author))


@signed_in
def accepted(request: SignedIn, version: int) -> HttpResponse:
    """A version that this person has accepted, as it was then, for ever."""
    acceptance = _acceptance(request, version)
    terms = markup.render(acceptance.agreement.text, doc_id="agreement")
    context = {"acceptance": acceptance, "agreement": acceptance.agreement, "terms": terms}
    return render(request, "contribute/agreement_accepted.html", context | {"current": Agreement.objects.in_force()})


@signed_in
def text(request: SignedIn, version: int) -> HttpResponse:
    """The very bytes that were hashed, to be checked elsewhere."""
    words = _acceptance(request, version).agreement.text
    response = HttpResponse(words.encode(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="agreement-{version}.txt"'
    return response


def shown(current: Agreement | None, author: Author) -> dict[str, object]:
    """The text in force for a page: whether it is new to this author, and what changed since the one they accepted."""
    if current is None:
        return {"terms": "", "is_new": False}
    last = author.acceptances.select_related("agreement").order_by("-agreement__version").first()
    is_new = last is None or last.agreement_id != current.pk
    context = {"terms": markup.render(current.text, doc_id="agreement"), "is_new": is_new, "last": last}
    return context | (_changes(last, current) if is_new and last else {})


def _changes(last: AgreementAcceptance, current: Agreement) -> dict[str, object]:
    """From the version this author accepted, whichever it was, to the one in force: in words, and word by word."""
    since = Agreement.objects.ever_in_force().filter(version__gt=last.agreement.version, version__lte=current.version)
    parts = diff.by_words(last.agreement.text, current.text)
    return {"since": since.order_by("version"), "difference": markup.difference(parts)}


def _accepts(request: SignedIn, current: Agreement, typed: dict[str, str]) -> bool:
    try:
        current.accept(request.user.author, by=request.user, terms=typed["terms"])
    except OtherText as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, f"You have accepted version {current.version}. It is kept here for you.")
    return True


def _acceptance(request: SignedIn, version: int) -> AgreementAcceptance:
    mine = _author(request).acceptances.select_related("agreement", "accepted_by")
    return get_object_or_404(mine, agreement__version=version)


def _author(request: SignedIn) -> Author:
    if not permissions.can_contribute(request.user):
        raise Http404
    return Author.objects.of(request.user).get()
