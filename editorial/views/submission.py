"""The questions before a submission, and the submission."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from articles.models import Article
from authors.models import Agreement, Author, OtherText
from editorial import guards, margin, workflow, writing
from editorial.forms.declarations import DeclarationsForm, SubmitForm
from editorial.margin import Missing
from editorial.models import Disclosure
from editorial.refusal import Refused
from editorial.views.agreement import shown
from editorial.views.own import SignedIn, may_write, own
from editorial.waiting import posted, signed_in


@signed_in
def declarations(request: SignedIn, pk: int) -> HttpResponse:
    article = own(request, pk)
    if not may_write(request, article):
        raise Http404
    author = request.user.author
    mine = article.disclosures.filter(author=author).first()
    earlier = None if mine else Disclosure.objects.last_of(author, other_than=article)
    answers = mine or earlier
    given = answers.answers if answers else None
    before = earlier.article if earlier and not _theirs(earlier.article, author, earlier) else None
    form = DeclarationsForm(**posted(request), piece=article, answers=given, earlier=before, is_first=mine is None)
    if request.method == "POST" and form.is_valid():
        writing.declare(article, by=request.user, answers=form.answers(), **form.declared())
        messages.success(request, "Your answers are kept.")
        return redirect("editorial:submit", pk)
    context = {"article": article, "form": form, "earlier": earlier, "mine": mine}
    return render(request, "contribute/declarations.html", context | {"theirs": _theirs(article, author, mine)})


def _theirs(article: Article, author: Author, mine: Disclosure | None) -> Disclosure | None:
    """By which co-author the answers for the whole piece stand, where this author did not give them last."""
    others = article.disclosures.exclude(author=author).select_related("author")
    is_answered = article.ai_use and article.prior and article.libel
    last = others.order_by("-answered_at", "-pk").first() if is_answered else None
    return last if last and (mine is None or mine.answered_at < last.answered_at) else None


@signed_in
def submit(request: SignedIn, pk: int) -> HttpResponse:
    article = own(request, pk)
    if "submit" not in {step.name for step in workflow.steps_for(article, request.user)}:
        messages.error(request, "This piece cannot be submitted now. Its page says whose turn it is.")
        return redirect("editorial:piece", pk)
    author, agreement = request.user.author, Agreement.objects.in_force()
    terms = shown(agreement, author)
    seen = {"seen": writing.working_hash(article), "terms": agreement.text_hash if agreement else ""}
    form = SubmitForm(**posted(request), needs_agreement=bool(terms["is_new"]), initial=seen)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        refusals = _submit(request, article, agreement if terms["is_new"] else None, form.cleaned_data)
        if not refusals:
            messages.success(request, "Submitted. Your receipt, with the day by which you will hear, is on its way.")
            return redirect("editorial:piece", pk)
        form = SubmitForm(needs_agreement=bool(terms["is_new"]), initial=seen | {"seen": form.cleaned_data["seen"]})
    beside = margin.beside(article, author)
    beside["lacking"] = [row for row in beside["lacking"] if not _is_accepted_here(row, article, author)]
    context = {"article": article, "form": form, "agreement": agreement, "refusals": refusals}
    return render(request, "contribute/submit.html", context | terms | beside | {"step": workflow.STEPS["submit"]})


def _is_accepted_here(row: Missing, article: Article, author: Author) -> bool:
    """What this author supplies on the page itself, by accepting the agreement."""
    if row.guard is not guards.agreements_accepted:
        return False
    return set(article.authors.exclude(acceptances__agreement=Agreement.objects.in_force())) == {author}


def _submit(request: SignedIn, article: Article, agreement: Agreement | None, typed: dict[str, str]) -> list[str]:
    """Accept the agreement, where it is new to this author, and submit: both or neither. Returns what is missing."""
    try:
        with transaction.atomic():
            if agreement is not None:
                agreement.accept(request.user.author, by=request.user, terms=typed["terms"])
            workflow.take("submit", article, by=request.user, seen=typed["seen"])
    except OtherText as refusal:
        return [str(refusal)]
    except Refused as refusal:
        return refusal.sentences
    return []
