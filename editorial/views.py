"""The contributor's side, /contribute/: own pieces only, loaded through the queryset, so that another's is a 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from articles.models import Article
from articles.status import Stage
from authors.models import Agreement, Author
from editorial import diff, permissions, whereabouts, workflow, writing
from editorial.forms import (
    CommentForm,
    DeclarationsForm,
    LinkForms,
    NewPieceForm,
    NoteForm,
    ProfileForm,
    SubmitForm,
    posted,
)
from editorial.models import Comment
from editorial.refusal import Refused
from editorial.sheet import Sheet
from network import clock, markup, pictures
from network.listing import page_of


class SignedIn(HttpRequest):
    """What `login_required` lets through."""

    user: User


PER_PAGE = 30
UNSEEN = "nothing"  # no text has this hash: a signature under a text that no page has shown is refused
ON_THEIR_OWN_PAGE = frozenset({"submit", "sign", "suggest"})


def _own(request: SignedIn, pk: int) -> Article:
    return get_object_or_404(
        Article.objects.by_account(request.user).select_related("section", "live__revision"), pk=pk
    )


def _may_write(request: SignedIn, article: Article) -> bool:
    """On this side an author writes; an editor who brought the piece in for somebody does so at the desk."""
    return permissions.is_author(request.user, article) and writing.may_write(request.user, article)


@login_required
def index(request: SignedIn) -> HttpResponse:
    own = Article.objects.by_account(request.user).prefetch_related("submissions", "reviews", "sign_offs")
    page = page_of(request, own.order_by("-saved_at", "-pk"), PER_PAGE)
    author = Author.objects.of(request.user).first()
    for article in page:
        article.whereabouts = whereabouts.sentence(article, author)
    return render(request, "contribute/index.html", {"page": page, "has_author": author is not None})


@login_required
def new(request: SignedIn) -> HttpResponse:
    if not permissions.can_contribute(request.user):
        raise Http404
    form = NewPieceForm(**posted(request))
    if request.method == "POST" and form.is_valid():
        article = writing.start(request.user.author, by=request.user, **form.cleaned_data)
        return redirect("editorial:edit", article.pk)
    return render(request, "contribute/new.html", {"form": form})


@login_required
def piece(request: SignedIn, pk: int) -> HttpResponse:
    article = _own(request, pk)
    steps = workflow.steps_for(article, request.user)
    names = {step.name for step in steps}
    context = {
        "article": article,
        "whereabouts": whereabouts.sentence(article, Author.objects.of(request.user).first()),
        "steps": [step for step in steps if step.name not in ON_THEIR_OWN_PAGE],
        "can_write": _may_write(request, article),
        "can_submit": "submit" in names,
        "can_sign": "sign" in names,
        "lacking": workflow.lacking("submit", article) if "submit" in names else [],
        "comments": article.comments.shared().select_related("writer"),
        "comment_form": CommentForm(),
        "trail": article.trail.order_by("-seq"),
        "letters": article.letters.filter(to=request.user),
        "publications": article.publications.order_by("-number"),
    }
    return render(request, "contribute/piece.html", context)


@login_required
def edit(request: SignedIn, pk: int) -> HttpResponse:
    article = _own(request, pk)
    if not _may_write(request, article):
        messages.error(request, "The text is not yours to change now. Its page says whose turn it is.")
        return redirect("editorial:piece", pk)
    sheet = Sheet(article, request)
    if request.method == "POST" and sheet.save(writing.save):
        messages.success(request, "Saved.")
        return redirect("editorial:edit" if "stay" in request.POST else "editorial:piece", pk)
    return render(request, "contribute/edit.html", sheet.context() | {"lacking": workflow.lacking("submit", article)})


@login_required
def declarations(request: SignedIn, pk: int) -> HttpResponse:
    article = _own(request, pk)
    if not _may_write(request, article):
        raise Http404
    given = article.disclosures.filter(author=request.user.author).first()
    form = DeclarationsForm(**posted(request), piece=article, answers=given.answers if given else None)
    if request.method == "POST" and form.is_valid():
        writing.declare(article, by=request.user, answers=form.answers(), **form.declared())
        messages.success(request, "Your answers are kept.")
        return redirect("editorial:submit", pk)
    return render(request, "contribute/declarations.html", {"article": article, "form": form})


@login_required
def submit(request: SignedIn, pk: int) -> HttpResponse:
    article = _own(request, pk)
    if "submit" not in {step.name for step in workflow.steps_for(article, request.user)}:
        messages.error(request, "This piece cannot be submitted now. Its page says whose turn it is.")
        return redirect("editorial:piece", pk)
    agreement = Agreement.objects.in_force()
    is_new = agreement is not None and not agreement.acceptances.filter(author=request.user.author).exists()
    shown = {"seen": writing.working_hash(article), "terms": agreement.text_hash if agreement else ""}
    form = SubmitForm(**posted(request), needs_agreement=is_new, initial=shown)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        refusals = _submit(request, article, agreement if is_new else None, form.cleaned_data)
        if not refusals:
            messages.success(request, "Submitted. Your receipt, with the day by which you will hear, is on its way.")
            return redirect("editorial:piece", pk)
    context = {
        "article": article,
        "form": form,
        "agreement": agreement,
        "terms": markup.render(agreement.text, doc_id="agreement") if agreement else "",
        "is_new": is_new,
        "lacking": [words for words in workflow.lacking("submit", article) if not (is_new and "agreement" in words)],
        "refusals": refusals,
        "step": workflow.STEPS["submit"],
    }
    return render(request, "contribute/submit.html", context)


def _submit(request: SignedIn, article: Article, agreement: Agreement | None, typed: dict[str, str]) -> list[str]:
    """Accept the agreement, where it is new to this author, and submit: both or neither. Returns what is missing."""
    if agreement is not None and typed["terms"] != agreement.text_hash:
        return ["The agreement changed while you were reading. Read the new version, then accept it."]
    try:
        with transaction.atomic():
            if agreement is not None:
                agreement.accept(request.user.author, by=request.user)
            workflow.take("submit", article, by=request.user, seen=typed["seen"])
    except Refused as refusal:
        return refusal.sentences
    return []


@login_required
def proof(request: SignedIn, pk: int) -> HttpResponse:
    """The edited text with every change since the author's own, and the two things they can do about it."""
    article = _own(request, pk)
    if article.stage != Stage.PROOF or not permissions.can_sign(request.user, article):
        messages.error(request, "There is no proof to read now. Its page says whose turn it is.")
        return redirect("editorial:piece", pk)
    form = NoteForm(**posted(request), initial={"seen": writing.working_hash(article)})
    if request.method == "POST" and form.is_valid():
        name = "suggest" if "suggest" in request.POST else "sign"
        data = {"seen": form.cleaned_data["seen"] or UNSEEN} if name == "sign" else {}
        if _took(request, name, article, note=form.cleaned_data["note"], **data):
            return redirect("editorial:piece", pk)
    edited = article.revisions.latest("number")
    last_signed = article.sign_offs.filter(author=request.user.author).order_by("-pk").first()
    changes = diff.shown(last_signed.revision.package(), edited.package()) if last_signed else []
    context = {"article": article, "form": form, "edited": edited, "changes": changes, "signed": last_signed}
    return render(request, "contribute/proof.html", context)


@login_required
def step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """A step on a page of its own: what will happen, and one button."""
    article = _own(request, pk)
    row = next((step for step in workflow.steps_for(article, request.user) if step.name == name), None)
    if name in ON_THEIR_OWN_PAGE or name not in workflow.STEPS:
        raise Http404
    if row is None:
        messages.error(request, "That is not possible now. This page says where the piece is.")
        return redirect("editorial:piece", pk)
    form = NoteForm(**posted(request))
    if request.method == "POST" and form.is_valid() and _took(request, name, article, note=form.cleaned_data["note"]):
        return redirect("editorial:piece", pk)
    return render(request, "contribute/step.html", {"article": article, "step": row, "form": form})


def _took(request: SignedIn, name: str, article: Article, **data) -> bool:
    """Take a step for the person; say what happened or what is missing."""
    try:
        workflow.take(name, article, by=request.user, **data)
    except Refused as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
        return False
    messages.success(request, f"Done: {workflow.STEPS[name].label.lower()}.")
    return True


@login_required
@require_POST
def comment(request: SignedIn, pk: int) -> HttpResponse:
    article = _own(request, pk)
    if not permissions.is_author(request.user, article):
        raise Http404
    form = CommentForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Write something first.")
    else:
        revision = article.revisions.order_by("-number").first()
        Comment.objects.create(article=article, revision=revision, writer=request.user, text=form.cleaned_data["text"])
        messages.success(request, "Your comment is with the desk.")
    return redirect("editorial:piece", pk)


@login_required
def profile(request: SignedIn) -> HttpResponse:
    if not permissions.can_contribute(request.user):
        raise Http404
    author = request.user.author
    form = ProfileForm(**posted(request), instance=author)
    links = LinkForms(**posted(request), instance=author)
    if request.method == "POST" and form.is_valid() and links.is_valid() and _keep_profile(form, links):
        messages.success(
            request, "Saved, and your bio is confirmed for a year. Pieces that are signed keep the bio of their day."
        )
        return redirect("editorial:profile")
    return render(request, "contribute/profile.html", {"form": form, "links": links, "author": author})


def _keep_profile(form: ProfileForm, links) -> bool:
    upload = form.cleaned_data.pop("portrait", None)
    author = form.instance
    if upload and hasattr(upload, "read") and "portrait" in form.changed_data:
        try:
            clean = pictures.square(pictures.clean(upload).data)
        except pictures.Refused as refusal:
            form.add_error("portrait", str(refusal))
            return False
        author.portrait.save(f"{clean.sha256}{clean.extension}", ContentFile(clean.data), save=False)
    author.bio_confirmed_at = clock.now()
    with transaction.atomic():
        author.save()
        links.save()
        writing.print_as_today(author.user)
    return True
