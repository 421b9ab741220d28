"""A piece's text at the desk: checked out by one person at a time, read by everybody else meanwhile."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from articles.models import Article, Revision
from articles.status import APPROVED
from editorial import buffers, checkout, desk, permissions, workflow, writing
from editorial.refusal import Refused
from editorial.sheet import Sheet

NOT_YOURS = (
    "The text is changed by the editor who has the piece. Claim it, or where somebody else has it and is away, take it "
    "over: the step “Hand over”, to yourself."
)


@desk.on_piece
def edit(request: HttpRequest, article: Article) -> HttpResponse:
    """The sheet, for whoever has the text, and for what somebody sends who has it no longer: that comes back into its
    form. Everybody else who may change it reads. Saving approves nothing; on an approved text it voids the approval."""
    if request.method != "POST" and not writing.may_change(request.user, article):
        messages.error(request, NOT_YOURS)
        return redirect(desk.PAGE, article.pk)
    sheet, has_it = Sheet(article, request), checkout.beat(article, by=request.user)
    if request.method == "POST":
        if sheet.save(_save):
            return _saved(request, article)
        if sheet.refusals and sheet.comparison is None:
            sheet.keep()
    elif not has_it and not sheet.came_back:
        return _read(request, article, sheet)
    context = sheet.context() | _having(request, article)
    return desk.page(request, article, "desk/edit.html", f"Edit: {article.headline}", context)


def _save(article: Article, changes: Mapping[str, Any], *, by, save_number: int) -> Article:
    checkout.hold(article, by=by)
    if article.stage in APPROVED:
        return workflow.take("edit", article, by=by, changes=changes, save_number=save_number)
    return writing.save(article, changes, by=by, save_number=save_number)


def _saved(request: HttpRequest, article: Article) -> HttpResponse:
    """Whoever goes on writing keeps the text; whoever is done lets go of it."""
    messages.success(request, "Saved. The author reads and signs every change before it is published.")
    if "stay" in request.POST:
        return redirect("admin:desk_edit", article.pk)
    checkout.release(article, by=request.user)
    return redirect(desk.PAGE, article.pk)


def _having(request: HttpRequest, article: Article) -> dict[str, object]:
    """Whether this person has the text now, and if not, why."""
    held = checkout.holder_of(article)
    has_it = held is not None and held.holder_id == request.user.pk
    said = "" if has_it else checkout.why_not(article, request.user)
    return {"held": held, "has_it": has_it, "not_held": said, "leave": "desk/_leave.html"}


def _read(request: HttpRequest, article: Article, sheet: Sheet) -> HttpResponse:
    """The text as it will be read, and who has it."""
    working = Revision.objects.unsaved(article)
    context = {
        "working": working,
        "held": checkout.holder_of(article),
        "typed": sheet.recovered,
        "may_check_in": permissions.can_check_in(request.user, article),
    }
    return desk.page(request, article, "desk/text.html", "The text", context | desk.disclaimer(working))


@require_POST
@desk.on_piece
def check_out(request: HttpRequest, article: Article) -> HttpResponse:
    """Take the text. What was typed on a page that had lost it is kept, and comes back on the page that follows."""
    _keep_typed(request, article)
    try:
        checkout.take(article, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        if not writing.may_change(request.user, article):
            return redirect(desk.PAGE, article.pk)
    return redirect("admin:desk_edit", article.pk)


@require_POST
@desk.on_piece
def stop(request: HttpRequest, article: Article) -> HttpResponse:
    """Let go of the text without a save."""
    _keep_typed(request, article)
    if checkout.release(article, by=request.user):
        messages.success(request, "You stopped editing. What you had typed and not saved is kept for you.")
    return redirect(desk.PAGE, article.pk)


@require_POST
@desk.on_piece
def beat(request: HttpRequest, article: Article) -> HttpResponse:
    """A sign of life from an open page. The answer says whether it still has the text, and if not, why."""
    has_it = checkout.beat(article, by=request.user)
    return JsonResponse({"has_it": has_it, "said": "" if has_it else checkout.why_not(article, request.user)})


def _keep_typed(request: HttpRequest, article: Article) -> None:
    if "body" in request.POST:
        buffers.keep_posted(article, by=request.user, posted=request.POST.dict())
