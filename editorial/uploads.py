"""The preview and the upload behind the editor: our own views at markdownx's addresses.

Both answer people who are signed in and may write the piece that is named, within a limit, and nobody else.
"""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from articles.models import Article, Picture
from articles.models.picture import credit_line
from editorial import site, writing
from network import limits, markup, pictures

PREVIEWS_A_MINUTE = 120
UPLOADS_AN_HOUR = 60
TOO_MANY = "That was a lot of pictures. Wait an hour."


def is_over(request: HttpRequest) -> bool:
    """Count one more picture of this person, by whichever door it comes."""
    return limits.is_over("upload", request.user.pk, most=UPLOADS_AN_HOUR, seconds=3600)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The text of a piece as readers would see it, as HTML."""
    piece = _piece(request)
    if limits.is_over("preview", request.user.pk, most=PREVIEWS_A_MINUTE, seconds=60):
        return HttpResponse("That was a lot of previews. Wait a minute.", status=429, content_type="text/plain")
    try:
        html = markup.render(request.POST.get("content", ""), doc_id="preview", pictures=sources(piece))
    except markup.TooLong as error:
        return HttpResponse(str(error), status=413, content_type="text/plain")
    return HttpResponse(html)


@login_required
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep a picture with the piece. Answers with the Markdown that shows it."""
    piece = _piece(request)
    if is_over(request):
        return JsonResponse({"error": TOO_MANY}, status=429)
    if not (files := request.FILES.getlist("image")):
        return JsonResponse({"error": "Choose a picture."}, status=400)
    is_decorative = "decorative" in request.POST
    words = {"is_decorative": is_decorative, "alt": "" if is_decorative else request.POST.get("alt", "")[:300]}
    try:
        picture = Picture.objects.take_in(files[0], article=piece, by=request.user, **words)
    except pictures.Refused as error:
        return JsonResponse({"error": str(error)}, status=400)
    alt = picture.alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return JsonResponse({"image_code": f"![{alt}](picture:{picture.reference})", "reference": picture.reference})


def sources(piece: Article):
    """How a preview finds the pictures of a piece that is being worked on."""
    mine = {picture.reference: picture for picture in piece.pictures.all()}

    def source(reference: str) -> markup.PictureSource | None:
        if (picture := mine.get(reference)) is None:
            return None
        words = {key: getattr(picture, key) for key in ("width", "height", "alt", "caption")}
        credit = credit_line(picture.frozen(lead=False))
        return markup.PictureSource(url=picture.get_absolute_url(), credit=credit, **words)

    return source


def _piece(request: HttpRequest) -> Article:
    number = request.POST.get("piece", "")
    if not number.isascii() or not number.isdigit():
        raise Http404
    piece = get_object_or_404(Article.objects.visible_to(request.user), pk=int(number[:12]))
    if not (writing.may_change(request.user, piece) and site.is_let_in(request.user, piece)):
        raise Http404
    return piece
