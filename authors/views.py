from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from authors.models import Author
from network import files, markup
from network.listing import page_of


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "authors/index.html", {"authors": Author.objects.public()})


def detail(request: HttpRequest, slug: str) -> HttpResponse:
    author = get_object_or_404(Author.objects.public().prefetch_related("links"), slug=slug)
    context = {
        "author": author,
        "long_bio": markup.render(author.long_bio, doc_id=f"author-{author.pk}"),
        "page": page_of(request, author.articles.listed().as_card()),
    }
    return render(request, "authors/detail.html", context)


def portrait(request: HttpRequest, slug: str) -> FileResponse:
    """The portrait of an author whom readers know; of another, only for that author and the desk."""
    author = get_object_or_404(Author.objects.exclude(portrait=""), slug=slug)
    is_public = Author.objects.public().filter(pk=author.pk).exists()
    if not is_public and not Author.objects.visible_to(request.user).filter(pk=author.pk).exists():
        raise Http404
    return files.answer(author.portrait, is_public=is_public)
