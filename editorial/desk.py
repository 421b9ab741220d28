"""The editors' side, in the admin: one page a piece, one page a step, and the text on a page apart from both."""

from collections.abc import Callable
from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from articles.models import Article, Disclaimer, Revision
from articles.models.publication import fill, filled_html
from articles.status import APPROVED, Stage
from editorial import diff, guards, permissions, workflow, writing
from editorial.checklist import CHECKLIST
from editorial.desk_forms import DeskCommentForm, DetailsForm, StepForm
from editorial.forms import posted
from editorial.models import Comment, Decision
from editorial.models.disclosure import QUESTIONS
from editorial.refusal import Refused
from editorial.sheet import Sheet
from network import clock
from network.models import Network

PAGE = "admin:articles_article_change"


def on_piece(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Load the piece for a person on the desk. Its own author is led to the contributor's side: nobody sits on both."""

    @wraps(view)
    def wrapped(request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        if not permissions.is_on_desk(request.user):
            raise PermissionDenied
        article = get_object_or_404(
            Article.objects.visible_to(request.user).select_related("section", "live__revision"), pk=pk
        )
        if permissions.is_author(request.user, article):
            messages.info(
                request,
                "You are an author of this piece, so another editor decides on it. This is your own page of it.",
            )
            return redirect("editorial:piece", pk)
        return view(request, article, *args, **kwargs)

    return wrapped


@on_piece
def piece(request: HttpRequest, article: Article, comment_form: DeskCommentForm | None = None) -> HttpResponse:
    working = Revision.objects.unsaved(article)
    submission = article.submissions.order_by("-number").select_related("claimed_by").first()
    context = {
        "steps": _useful_steps(article, request.user),
        "submission": submission,
        "working": working,
        "changes": _changes_since_signed(article, working),
        "is_signed": article.sign_offs.filter(package_hash=working.package_hash).exists(),
        "lacking": _next_lacking(article),
        "may_change": writing.may_change(request.user, article),
        "may_set_details": _may_set_details(request.user, article),
        "comments": article.comments.select_related("writer", "resolved_by"),
        "comment_form": comment_form or DeskCommentForm(),
        "checklist": _checklist(article, working),
        "declared": _declared(article),
        "trail": article.trail.select_related("actor").order_by("-seq"),
        "publications": article.publications.select_related("disclaimer").order_by("-number"),
        "letters": article.letters.select_related("to"),
        "is_late": bool(submission and not submission.answered_at and submission.promised_by < clock.now()),
    }
    return _page(request, article, "desk/piece.html", article.headline, context | _disclaimer(working))


@on_piece
def step(request: HttpRequest, article: Article, name: str) -> HttpResponse:
    """What will happen, what is missing, and one button. The POST is the decision, and edits nothing."""
    row = workflow.STEPS.get(name)
    if row is None or not row.is_offered:
        raise Http404
    working = Revision.objects.unsaved(article)
    form = StepForm(**posted(request), step=row, piece=article, initial={"seen": working.package_hash})
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            moved = workflow.take(
                name, article, by=request.user, note=form.cleaned_data["note"], **form.data_for_step()
            )
        except Refused as refusal:
            refusals = refusal.sentences
        else:
            messages.success(request, f"{row.label}: done. The piece is now “{moved.get_stage_display().lower()}”.")
            return redirect(PAGE, article.pk)
    context = {
        "step": row,
        "form": form,
        "refusals": refusals,
        "working": working,
        "is_offered": row in workflow.steps_for(article, request.user),
        "where": workflow.where(article),
        "lacking": workflow.lacking(name, article),
    }
    return _page(request, article, "desk/step.html", row.label, context | _disclaimer(working))


@on_piece
def edit(request: HttpRequest, article: Article) -> HttpResponse:
    """The sheet, for the piece's editor. Saving approves nothing; on an approved text it voids the approval."""
    if not writing.may_change(request.user, article):
        messages.error(request, "Claim the piece first: its text is changed by the editor who has it.")
        return redirect(PAGE, article.pk)
    sheet = Sheet(article, request)
    if request.method == "POST" and sheet.save(_save_approved if article.stage in APPROVED else writing.save):
        messages.success(request, "Saved. The author reads and signs every change before it is published.")
        return redirect("admin:desk_edit" if "stay" in request.POST else PAGE, article.pk)
    return _page(request, article, "desk/edit.html", f"Edit: {article.headline}", sheet.context())


def _save_approved(article: Article, changes, *, by, save_number: int) -> Article:
    return workflow.take("edit", article, by=by, changes=changes, save_number=save_number)


@on_piece
def details(request: HttpRequest, article: Article) -> HttpResponse:
    if not _may_set_details(request.user, article):
        raise PermissionDenied
    may_hold = permissions.can_hold(request.user, article)
    form = DetailsForm(**posted(request), instance=article, may_hold=may_hold)
    if request.method == "POST" and form.is_valid():
        try:
            writing.set_details(article, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect(PAGE, article.pk)
    return _page(request, article, "desk/details.html", "Details", {"form": form})


@require_POST
@on_piece
def comment(request: HttpRequest, article: Article) -> HttpResponse:
    form = DeskCommentForm(request.POST)
    if not form.is_valid():
        return piece(request, article.pk, comment_form=form)
    form.instance.article, form.instance.writer, form.instance.is_from_desk = article, request.user, True
    form.instance.revision = article.revisions.order_by("-number").first()
    form.save()
    messages.success(request, "The comment is kept.")
    return redirect(PAGE, article.pk)


@require_POST
@on_piece
def resolve(request: HttpRequest, article: Article, comment_pk: int) -> HttpResponse:
    found = get_object_or_404(article.comments.all(), pk=comment_pk)
    if found.resolved_at:
        Comment.objects.filter(pk=found.pk).update(resolved_at=None, resolved_by=None)
    else:
        Comment.objects.filter(pk=found.pk).update(resolved_at=clock.now(), resolved_by=request.user)
    return redirect(PAGE, article.pk)


def _may_set_details(user, article: Article) -> bool:
    return permissions.can_hold(user, article) or permissions.can_edit(user, article)


def _useful_steps(article: Article, user) -> list[workflow.Step]:
    """What this person may do now; approving again only where the approval no longer opens the door."""
    is_settled = article.stage == Stage.READY and guards.approval_is_stale(article)
    return [row for row in workflow.steps_for(article, user) if not (is_settled and row.name == "approve")]


def _page(request: HttpRequest, article: Article, template: str, title: str, context: dict) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": title, "article": article, "opts": Article._meta}
    return render(request, template, frame | context)


def _changes_since_signed(article: Article, working: Revision):
    """What differs from the text its author last signed; an author has signed what they submitted."""
    last = article.sign_offs.select_related("revision").order_by("-pk").first()
    return diff.shown(last.revision.package(), working.package()) if last else []


def _next_lacking(article: Article) -> list[str]:
    """What stands between the piece and its next forward step."""
    ahead = {Stage.IN_REVIEW: "approve", Stage.PROOF: "schedule", Stage.READY: "publish", Stage.SCHEDULED: "schedule"}
    name = ahead.get(Stage(article.stage))
    return workflow.lacking(name, article) if name else []


def _checklist(article: Article, working: Revision) -> list[tuple[str, bool]]:
    review = (
        article.reviews.filter(decision=Decision.APPROVE, package_hash=working.package_hash).order_by("-pk").first()
    )
    return [(item.words, bool(review and item.key in review.checklist)) for item in CHECKLIST]


def _declared(article: Article) -> list[dict]:
    """Each author's answers, the yeses in words, for the editor to judge the printed line by."""
    questions = {question.key: question.words for question in QUESTIONS}
    return [
        {
            "author": disclosure.author,
            "line": disclosure.line() if disclosure.is_complete else "",
            "yes": [(questions[key], answer["detail"]) for key, answer in disclosure.answers.items() if answer["yes"]],
        }
        for disclosure in article.disclosures.select_related("author")
    ]


def _disclaimer(working: Revision) -> dict[str, object]:
    """The words in force, as they would be pinned to the piece if it were published now."""
    current, network = Disclaimer.objects.in_force(), Network.load()
    if current is None:
        return {"disclaimer": None}
    names = {"network": network.name, "host": network.host, "contact": network.contact}
    count = len(working.byline)
    return {
        "disclaimer": current,
        "disclaimer_line": fill(current.line, names, count),
        "disclaimer_html": filled_html(current.text, names, count, ""),
    }
