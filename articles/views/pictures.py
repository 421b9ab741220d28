"""The files of pictures, and the picture by which a piece is shared."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from articles import sharing
from articles.models import Article, Picture
from articles.models.rendition import SUFFIXES, Asked
from articles.querysets import may_open
from articles.views.gone import moved_or_gone, tombstone
from network import files


def picture(request: HttpRequest, reference: str) -> FileResponse | HttpResponse:
    """The cleaned file of a picture that some published version shows, or that this person may see at work."""
    found = _found(request, reference)
    if _is_gone_for(request, found):
        return tombstone(request, found.article)
    return files.answer(found.file, is_public=_is_public(request, found))


def rendition(request: HttpRequest, reference: str, name: str) -> FileResponse | HttpResponse:
    """One rendition of such a picture. While it is not made, or no longer, the way to the original."""
    asked = Asked.read(name)
    if asked is None:
        raise Http404
    found = _found(request, reference)
    if _is_gone_for(request, found):
        return tombstone(request, found.article)
    is_public = _is_public(request, found)
    cut = {"focus_x": asked.focus[0], "focus_y": asked.focus[1]} if asked.focus else {}
    same = found.renditions.filter(shape=asked.shape, width=asked.width, format__in=SUFFIXES[asked.suffix], **cut)
    made = same.first()
    if made is None:
        response = redirect(found)
        response["Cache-Control"] = "no-store"
        return response
    return files.answer(made.file, is_public=is_public, is_final=True, content_type=f"image/{made.format}")


def share(request: HttpRequest, slug: str) -> FileResponse | HttpResponse:
    """What stands beside a link to a piece elsewhere: drawn when it is first asked for."""
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return moved_or_gone(request, slug, "articles:share")
    drawn = sharing.image(article, article.live, request.network.name)  # type: ignore[attr-defined]
    return files.answer(drawn, is_public=True)


def _found(request: HttpRequest, reference: str) -> Picture:
    """One question for all: to ask for what is secret costs what it costs to ask for what does not exist."""
    pieces = Article.objects.within_reach_of(files.person(request))
    return get_object_or_404(Picture.objects.select_related("article").filter(article__in=pieces), reference=reference)


def _is_gone_for(request: HttpRequest, found: Picture) -> bool:
    return found.article in Article.objects.gone() and not may_open(files.person(request))


def _is_public(request: HttpRequest, found: Picture) -> bool:
    """Whether anybody may see it; a 404 for whoever may not."""
    is_public = found.is_public()
    if not is_public and not Article.objects.visible_to(files.person(request)).filter(pk=found.article_id).exists():
        raise Http404
    return is_public
