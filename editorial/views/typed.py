"""What the sheet's scripts ask for while somebody types. One address for authors and editors, as for the preview: each
answers whoever may change the piece, and nobody else."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from articles.models import Article
from editorial import buffers, permissions, site, writing
from editorial.models import Buffer
from editorial.refusal import Refused
from editorial.waiting import signed_in
from network import limits

KEPT_A_MINUTE = 90  # a tab keeps at most twelve times a minute
PASTES_A_MINUTE = 30
SIGNED_OUT = "You are signed out."
SOMEBODY_ELSE = "Somebody else is signed in here now, so this text is not kept on the site. It stays in this browser."
OFTEN = "That was a lot at once. It is tried again by itself."


def for_a_script(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Load the piece for a person who may change it. A script is told that nobody is signed in; it cannot sign in."""

    @wraps(view)
    @require_POST
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"error": SIGNED_OUT}, status=401)
        return view(request, changeable(request, pk))

    return wrapped


def changeable(request: HttpRequest, pk: int) -> Article:
    piece = get_object_or_404(Article.objects.visible_to(request.user), pk=pk)
    if not (writing.may_change(request.user, piece) and site.is_let_in(request.user, piece)):
        raise Http404
    return piece


@never_cache
@require_safe
def token(request: HttpRequest) -> HttpResponse:
    """The token against forgery that is good now, for a page that has been open since before a new sign-in."""
    if not request.user.is_authenticated:
        return HttpResponse(SIGNED_OUT, status=401, content_type="text/plain; charset=utf-8")
    return HttpResponse(get_token(request), content_type="text/plain; charset=utf-8")


@for_a_script
def buffer(request: HttpRequest, piece: Article) -> HttpResponse:
    """Keep what was typed. Answers with the time, and with the newest number that this tab has sent."""
    if not constant_time_compare(request.POST.get("whose", ""), buffers.whose(request.user)):
        return JsonResponse({"error": SOMEBODY_ELSE}, status=409)
    if limits.is_over("buffer", request.user.pk, most=KEPT_A_MINUTE, seconds=60):
        return JsonResponse({"error": OFTEN}, status=429)
    tab, number = request.POST.get("tab", ""), buffers.whole(request.POST.get("number"))
    if not buffers.TAB.fullmatch(tab) or number is None:
        return JsonResponse({"error": "This does not say which tab it comes from."}, status=400)
    try:
        kept = buffers.keep(piece, by=request.user, tab=tab, number=number, posted=request.POST.dict())
    except buffers.TooMuch as error:
        return JsonResponse({"error": str(error)}, status=413)
    return JsonResponse({"at": kept.kept_at.isoformat(), "number": kept.number, "waits": _waits(kept)})


def _waits(kept: Buffer) -> bool:
    """Whether it holds something to come back to: it was neither saved since, nor is it what is saved."""
    return bool(kept.typed) and buffers.differs(kept, Article.objects.get(pk=kept.article_id))


@require_POST
@signed_in
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Go back to what was saved. What was typed can be brought back from the page that follows."""
    piece = changeable(request, pk)
    row = buffers.put_aside(piece, by=request.user, typed_pk=request.POST.get("buffer", ""))
    is_author = permissions.is_author(request.user, piece)
    sheet = reverse("editorial:edit" if is_author else "admin:desk_edit", args=[piece.pk])
    if row is None:
        messages.info(request, "That text is not here any more. This is what is saved.")
        return redirect(sheet)
    return redirect(f"{sheet}?aside={row.pk}")


@for_a_script
def paste(request: HttpRequest, piece: Article) -> HttpResponse:
    """What a word processor or a web page put on the clipboard, as Markdown."""
    if limits.is_over("paste", request.user.pk, most=PASTES_A_MINUTE, seconds=60):
        return JsonResponse({"error": OFTEN}, status=429)
    try:
        as_markdown = import_string("editorial.pasting.as_markdown")  # its parser takes a tenth of a second to load
        pasted = as_markdown(request.POST.get("html", ""), notes=buffers.whole(request.POST.get("notes")) or 0)
    except Refused as error:
        return JsonResponse({"error": str(error)}, status=413)
    return JsonResponse({"markdown": pasted.markdown, "said": pasted.said})
