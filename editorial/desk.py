"""The editors' side, in the admin: one page a piece, one page a step, and the text on a page apart from both."""

from collections.abc import Callable
from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from articles.models import Article, Disclaimer, Revision
from articles.models.publication import fill, filled_html
from articles.status import APPROVED, AT_DESK, Stage
from editorial import (
    aftermath,
    checklist,
    checkout,
    conversation,
    diff,
    guards,
    letters,
    notifications,
    permissions,
    records,
    recusal,
    risk,
    site,
    workflow,
    writing,
)
from editorial.desk_forms import DeskCommentForm, DetailsForm, StepForm, form_for
from editorial.models import CheckOut, Comment, Decision, Letter
from editorial.models.disclosure import QUESTIONS
from editorial.refusal import Refused
from editorial.waiting import posted
from network.models import Network

PAGE = "admin:articles_article_change"
READERS_SEE = {
    "challenge": "Readers see it marked as under review.",
    "clear": "Readers find it listed again, with what was found.",
    "retract": "Readers see it marked as retracted.",
    "reinstate": "Readers find it listed again, with what was found.",
    "remove": "Readers are told that it was removed.",
}


def on_piece(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Load the piece for a person on the desk. Its own author is led to the contributor's side: nobody sits on both."""

    @wraps(view)
    def wrapped(request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        if not permissions.is_on_desk(request.user):
            raise PermissionDenied
        if barred := Article.objects.recusing(request.user).filter(pk=pk).first():
            return recusal.answer(request, barred)
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
def piece(
    request: HttpRequest, article: Article, typed: DeskCommentForm | None = None, answered: Comment | None = None
) -> HttpResponse:
    """The piece on one page; with what was `typed` and refused, in the place where it was typed."""
    working = Revision.objects.unsaved(article)
    submission = article.submissions.order_by("-number").select_related("claimed_by").first()
    context = {
        "proposal": article.proposals.open().select_related("proposed_by", "into").first(),
        "notices": article.notices.select_related("into"),
        "announced": article.announcements.standing(),
        "submission": submission,
        "working": working,
        "changes": _changes_since_signed(article, working),
        "is_signed": article.sign_offs.filter(package_hash=working.package_hash).exists(),
        "lacking": _next_lacking(article),
        "suggested": _suggested(article, working),
        "comments": conversation.threads(article, request.user, working),
        "comment_form": typed if typed and not answered else DeskCommentForm(),
        "answered": answered,
        "answer_form": typed,
        "may_tick": permissions.can_edit(request.user, article) and article.stage in AT_DESK,
        "waits_for_second": article.stage in APPROVED and guards.second_approver(article),
        "declared": _declared(article),
        "records": records.of_authors(article, request.user),
        "trail": article.trail.select_related("actor").order_by("-seq"),
        "publications": article.publications.select_related("disclaimer").order_by("-number"),
        "letters": article.letters.select_related("to"),
    }
    context |= _offered(article, request.user) | _vouched(article) | disclaimer(working)
    return page(request, article, "desk/piece.html", article.headline, context)


@on_piece
def step(request: HttpRequest, article: Article, name: str) -> HttpResponse:
    """What will happen, what is missing, and one button. The POST is the decision, and edits nothing."""
    row = _row(request, name)
    working, letter = Revision.objects.unsaved(article), _opening(request, row, article)
    initial = {"seen": working.package_hash, "note": letter.words if letter else ""}
    form = form_for(row)(**posted(request), step=row, piece=article, initial=initial)
    refusals: list[str] = []
    if request.method == "POST" and not letters.is_preview(request) and form.is_valid():
        try:
            return _taken(request, row, article, form)
        except Refused as refusal:
            refusals = refusal.sentences
    context = {
        "step": row,
        "form": form,
        "refusals": refusals,
        "held": checkout.holder_of(article),
        "claimed_by": _claimed_by(article),
        "dangerous": ("check_in", "decline", "kill", "recuse", "retract", "remove", "merge"),
        "by_two": aftermath.BECOMES,
        "proposal": article.proposals.open().select_related("proposed_by", "into").first(),
        "working": working,
        "announced": article.announcements.standing(),
        "why_not": workflow.why_not(row, article, request.user),
        "lacking": workflow.lacking(name, article),
    }
    context |= _vouched(article, only_ticked=True) if name == "approve" else {}
    context |= {"letter": letter, "drafts": _drafts(row, article, form)} if letter else {}
    return page(request, article, "desk/step.html", row.label, context | disclaimer(working))


def _claimed_by(article: Article):
    open_trip = article.submissions.open().select_related("claimed_by").first()
    return open_trip and open_trip.claimed_by


def _row(request: HttpRequest, name: str) -> workflow.Step:
    row = workflow.STEPS.get(name)
    if row is None or not row.is_offered:
        raise Http404
    if name in site.GRAVE:
        site.ask_again(request)
    return row


def _opening(request: HttpRequest, row: workflow.Step, article: Article) -> letters.Opening | None:
    """What the letter of this step may start from, where a person writes one."""
    kind = letters.OF_STEP.get(row.name)
    return letters.opening(request, kind, **letters.values_of(article)) if kind else None


def _drafts(row: workflow.Step, article: Article, form: StepForm) -> list[Letter]:
    """The letters as they will arrive with what is typed so far."""
    return notifications.drafts(letters.OF_STEP[row.name], article, (form["note"].value() or "").strip())


def _taken(request: HttpRequest, row: workflow.Step, article: Article, form: StepForm) -> HttpResponse:
    """The step, taken or refused, and the way back to the piece; to the list, for who may open the piece no more."""
    note = form.cleaned_data["note"]
    moved = workflow.take(row.name, article, by=request.user, note=note, **form.data_for_step())
    messages.success(request, _what_came(row, moved))
    return redirect("admin:articles_article_changelist") if row.name == "recuse" else redirect(PAGE, article.pk)


def _what_came(row: workflow.Step, moved: Article) -> str:
    """A step of two people has only been proposed while it waits for the second; what readers see is said as well."""
    if moved.proposals.open().filter(step=row.name).exists():
        return f"{row.label}: proposed. Readers notice nothing before a second person confirms it."
    return f"{row.label}: done. {_readers_see(row, moved) or f'Now {workflow.where(moved)}'}"


def _readers_see(row: workflow.Step, moved: Article) -> str:
    """What a step after publication changed for readers; of any other step nothing."""
    into = moved.notices.select_related("into").latest("pk").into if row.name == "merge" else None
    if into is not None:
        return f"Its address leads to “{into.headline}”."
    return READERS_SEE.get(row.name, "")


def _vouched(article: Article, *, only_ticked: bool = False) -> dict[str, object]:
    """The checklist, or what editors have said of it so far, and why the piece is high risk."""
    lines = [line for line in checklist.lines(article) if line.tick or not only_ticked]
    return {"checklist": lines, "risks": risk.reasons(article)}


@on_piece
def details(request: HttpRequest, article: Article) -> HttpResponse:
    if not _may_set_details(request.user, article):
        raise PermissionDenied
    may_hold = permissions.can_hold(request.user, article)
    if may_hold:
        site.ask_again(request)
    form = DetailsForm(**posted(request), instance=article, may_hold=may_hold)
    if request.method == "POST" and form.is_valid():
        try:
            writing.set_details(article, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect(PAGE, article.pk)
    return page(request, article, "desk/details.html", "Details", {"form": form})


@require_POST
@on_piece
def comment(request: HttpRequest, article: Article) -> HttpResponse:
    """A comment, or an answer to the one that `answers` names."""
    number = request.POST.get("answers", "")
    answered = get_object_or_404(article.comments.all(), pk=number[:12]) if number.isdecimal() else None
    form = DeskCommentForm(request.POST)
    try:
        if not form.is_valid():
            return piece(request, article.pk, form, answered)
        said = conversation.say(article, by=request.user, answers=answered, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, refusal.sentences)
        return piece(request, article.pk, form, answered)
    messages.success(request, "The comment is kept.")
    return redirect(f"{reverse(PAGE, args=[article.pk])}#comment-{said.answers_id or said.pk}")


@require_POST
@on_piece
def resolve(request: HttpRequest, article: Article, comment_pk: int) -> HttpResponse:
    found = get_object_or_404(article.comments.all(), pk=comment_pk)
    try:
        (conversation.reopen if found.resolved_at else conversation.resolve)(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(PAGE, article.pk)


def _may_set_details(user, article: Article) -> bool:
    return permissions.can_hold(user, article) or permissions.can_edit(user, article)


def _offered(article: Article, user) -> dict[str, object]:
    """What this person may do now, and who has the text meanwhile."""
    held = checkout.holder_of(article)
    return {
        "held": held,
        "steps": _useful_steps(article, user, held),
        "may_change": writing.may_change(user, article),
        "may_set_details": _may_set_details(user, article),
    }


def _useful_steps(article: Article, user, held: CheckOut | None) -> list[workflow.Step]:
    """What this person may do now; approving again only where the approval no longer opens the door, ending a
    check-out only where somebody else has the text, and of what takes two people only what is proposed already."""
    is_settled = article.stage == Stage.READY and (guards.approval_is_stale(article) or _is_first_of_two(article, user))
    useless = {"approve"} if is_settled else set()
    proposed = article.proposals.open().values_list("step", flat=True).first()
    useless |= set(aftermath.BECOMES) - {proposed} if proposed else set()
    useless |= {"announce"} if not article.is_amendment else set()
    useless |= {"check_in"} if held is None or held.holder_id == user.pk else set()
    return [row for row in workflow.steps_for(article, user) if row.name not in useless]


def _is_first_of_two(article: Article, user) -> bool:
    return user.pk in guards.approvers(article) and not guards.approval_lapsed(article)


def page(request: HttpRequest, article: Article, template: str, title: str, context: dict) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": title, "article": article, "opts": Article._meta}
    return render(request, template, frame | context)


def _changes_since_signed(article: Article, working: Revision):
    """What differs from the text its author last signed; an author has signed what they submitted."""
    last = article.sign_offs.select_related("revision").order_by("-pk").first()
    return diff.shown(last.revision.package(), working.package()) if last else []


def _suggested(article: Article, working: Revision):
    """What an author changed in the proof by their own hand, while it is this text that the editor has before them."""
    steps = article.trail.exclude(step__in=writing.CHECK_OUTS)
    last = steps.select_related("revision").order_by("-seq").first()
    approval = article.reviews.filter(decision=Decision.APPROVE).select_related("revision").order_by("-pk").first()
    if last is None or last.step != "suggest" or approval is None:
        return []
    return diff.shown(approval.revision.package(), working.package())


def _next_lacking(article: Article) -> list[str]:
    """What stands between the piece and its next forward step."""
    ahead = {Stage.IN_REVIEW: "approve", Stage.PROOF: "schedule", Stage.READY: "publish", Stage.SCHEDULED: "schedule"}
    name = ahead.get(Stage(article.stage))
    return workflow.lacking(name, article) if name else []


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


def disclaimer(working: Revision) -> dict[str, object]:
    """The words in force, as they would be pinned to the piece if it were published now."""
    current, network = Disclaimer.objects.in_force(working.section_id), Network.load()
    if current is None:
        return {"disclaimer": None}
    names = {"network": network.name, "host": network.host, "contact": network.contact}
    count = len(working.byline)
    return {
        "disclaimer": current,
        "disclaimer_line": fill(current.line, names, count),
        "disclaimer_html": filled_html(current.text, names, count, ""),
    }
