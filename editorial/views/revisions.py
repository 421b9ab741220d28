"""Every text that a piece has had, and what changed from one to another."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Article, Revision
from editorial import conversation, diff, permissions
from editorial.forms.conversation import CommentForm
from editorial.views.own import SignedIn, own
from editorial.waiting import signed_in
from network.listing import page_of

PER_PAGE = 30


@signed_in
def revisions(request: SignedIn, pk: int) -> HttpResponse:
    """The newest first: who saved it, how long it is, and which parts changed."""
    article = own(request, pk)
    page = page_of(request, article.revisions.defer("html").order_by("-number"), PER_PAGE)
    writers = _writers(article)
    shown = list(page)
    before = article.revisions.defer("html").filter(number__lt=shown[-1].number).first() if shown else None
    for revision, older in zip(shown, [*shown[1:], before], strict=True):
        revision.saved_by = _who(revision, request.user, writers)
        revision.changed = _changed(older, revision)
        revision.longer = revision.words - (older.words if older else 0)
        revision.shorter = -revision.longer
    return render(request, "contribute/revisions.html", {"article": article, "page": page, "shown": shown})


@signed_in
def revision(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """One text as it is read, and its difference by words to the one before, or to the one that `?against=` names."""
    article = own(request, pk)
    found = get_object_or_404(article.revisions.select_related("section", "responds_to__live__revision"), number=number)
    numbers = list(article.revisions.order_by("-number").values_list("number", flat=True))
    against = _against(request, numbers, number)
    other = article.revisions.get(number=against) if against else None
    threads = conversation.threads(article, request.user, found)
    context = {
        "article": article,
        "revision": found,
        "saved_by": _who(found, request.user, _writers(article)),
        "numbers": numbers,
        "other": other,
        "changes": diff.shown(other.package(), found.package()) if other else [],
        "comments": [comment for comment in threads if comment.quote],
        "form": CommentForm(),
        "may_comment": bool(article.slug) and permissions.is_author(request.user, article),
    }
    return render(request, "contribute/revision.html", context)


def _against(request: SignedIn, numbers: list[int], number: int) -> int | None:
    """Which revision to compare with; none for the first. A number that no revision has is a 404."""
    typed = request.GET.get("against", "")
    if not typed:
        return max((other for other in numbers if other < number), default=None)
    if not (typed.isascii() and typed.isdigit()) or int(typed[:9]) not in numbers:
        raise Http404
    return int(typed[:9])


def _writers(article: Article) -> dict[int, str]:
    """The accounts of the authors, with their names as printed."""
    rows = article.bylines.filter(author__user__isnull=False).values_list("author__user", "printed_name")
    return dict(rows)


def _who(revision: Revision, user, writers: dict[int, str]) -> str:
    """By which part it was saved; who of the desk it was is the desk's to say."""
    if revision.created_by_id == user.pk:
        return "you"
    return writers.get(revision.created_by_id, "your editor")


def _changed(older: Revision | None, newer: Revision) -> str:
    """What changed, on one line."""
    if older is None:
        return "The first text."
    parts = diff.titles(older.package(), newer.package())
    return ", ".join(parts).capitalize() + "." if parts else "Nothing that is printed."
