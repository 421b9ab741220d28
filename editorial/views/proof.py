"""The proof: what the desk changed, and the author’s answer to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from articles.models import Article
from articles.status import Stage
from editorial import diff, permissions, workflow, writing
from editorial.forms.conversation import NoteForm, ProofEditForm
from editorial.refusal import Refused
from editorial.views.own import SignedIn, own, took
from editorial.waiting import posted, signed_in
from network import markup

NO_PROOF = "There is no proof to read now. Its page says whose turn it is."
UNSEEN = "nothing"  # no text has this hash: a signature under a text that no page has shown is refused


@signed_in
def proof(request: SignedIn, pk: int) -> HttpResponse:
    """The edited text with every change since the author's own, and the two things they can do about it."""
    article = own(request, pk)
    if not _may_read(request, article):
        messages.error(request, NO_PROOF)
        return redirect("editorial:piece", pk)
    form = NoteForm(**posted(request), initial={"seen": writing.working_hash(article)})
    if request.method == "POST" and form.is_valid():
        name = "suggest" if "suggest" in request.POST else "sign"
        data = {"seen": form.cleaned_data["seen"] or UNSEEN} if name == "sign" else {}
        if took(request, name, article, note=form.cleaned_data["note"], **data):
            return redirect("editorial:piece", pk)
    edited = article.revisions.latest("number")
    last_signed = article.sign_offs.filter(author=request.user.author).order_by("-pk").first()
    changes = diff.shown(last_signed.revision.package(), edited.package()) if last_signed else []
    context = {
        "article": article,
        "form": form,
        "edited": edited,
        "changes": changes,
        "announced": article.announcements.standing(),
        "signed": last_signed,
        "due": article.submissions.open().values_list("proof_due_at", flat=True).first(),
    }
    return render(request, "contribute/proof.html", context)


@signed_in
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """The proof in a form: the author changes it by their own hand and sends it back, as a suggestion."""
    article = own(request, pk)
    if not _may_read(request, article):
        messages.error(request, NO_PROOF)
        return redirect("editorial:piece", pk)
    form = ProofEditForm(**posted(request), instance=article)
    refusals: list[str] = []
    changes: list = []
    if request.method == "POST" and form.is_valid():
        if "compare" in request.POST:
            changes = diff.shown(article.package(), article.package() | form.changes())
        elif not (refusals := _sent_back(request, article, form)):
            messages.success(request, "Your text is with your editor. You get a new proof afterwards.")
            return redirect("editorial:piece", pk)
    context = {"article": article, "form": form, "refusals": refusals, "changes": changes}
    return render(request, "contribute/proof_edit.html", context | {"is_compared": "compare" in request.POST})


def _may_read(request: SignedIn, article: Article) -> bool:
    """What is sent too late is refused by the step, and comes back into its form."""
    is_there = article.stage == Stage.PROOF or request.method == "POST"
    return is_there and permissions.can_sign(request.user, article)


def _sent_back(request: SignedIn, article: Article, form: ProofEditForm) -> list[str]:
    """Take the step with the typed text. Returns why not."""
    data = {"note": form.cleaned_data["note"], "save_number": form.cleaned_data["save_number"]}
    try:
        workflow.take("suggest", article, by=request.user, changes=form.changes(), **data)
    except Refused as refusal:
        return refusal.sentences
    except markup.TooLong as error:
        return [str(error)]
    return []
