"""What an author and the desk write to each other about a piece."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from articles.models import Article, Revision
from editorial import conversation, permissions
from editorial.forms.conversation import AnswerForm, CommentForm
from editorial.models import Comment
from editorial.refusal import Refused
from editorial.views.own import SignedIn, own
from editorial.waiting import posted, signed_in


@signed_in
def comment(request: SignedIn, pk: int) -> HttpResponse:
    """A comment on the piece, on a passage of the revision that `revision` names, or in answer to the comment that
    `answers` names. On a page of its own where it has to be typed again."""
    article = _commented(request, pk)
    answered = _named(request, "answers", article.comments.shared())
    revision = _named(request, "revision", article.revisions.all())
    form = (AnswerForm if answered else CommentForm)(**posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            conversation.say(article, by=request.user, answers=answered, revision=revision, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(request, "Your comment is with the desk.")
            return redirect("editorial:piece", pk)
    context = {"article": article, "form": form, "answered": answered, "revision": revision}
    return render(request, "contribute/comment.html", context)


@signed_in
@require_POST
def settle(request: SignedIn, pk: int, comment_pk: int) -> HttpResponse:
    """Settle a comment, or open it again."""
    article = _commented(request, pk)
    found = get_object_or_404(article.comments.shared(), pk=comment_pk)
    try:
        (conversation.reopen if found.resolved_at else conversation.resolve)(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The comment is open again." if found.resolved_at else "The comment is settled.")
    return redirect("editorial:piece", pk)


def _commented(request: SignedIn, pk: int) -> Article:
    article = own(request, pk)
    if not permissions.is_author(request.user, article):
        raise Http404
    return article


def _named(request: SignedIn, name: str, rows):
    """The comment or revision of this piece that a form or an address names, or none."""
    number = posted(request).get("data", request.GET).get(name, "")
    if not number:
        return None
    found: Comment | Revision = get_object_or_404(rows, pk=int(number[:12]) if _is_number(number) else 0)
    return found


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit()
