"""What readers see. A piece is loaded through its queryset: what is not public is a 404, like what does not exist."""

from django.db.models import Case, Q, When, Window
from django.db.models.functions import RowNumber
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from articles.models import Article, Byline, Disclaimer, OldSlug, Picture, Publication, Section, Tag
from articles.models.publication import SILENT, filled_html
from network import files, markup
from network.listing import page_of

PER_SECTION = 4
MORE = 3
NEARBY = 24


def home(request: HttpRequest) -> HttpResponse:
    newest = list(Article.objects.listed().as_card()[:9])
    by_section = Window(RowNumber(), partition_by="live__revision__section", order_by=("-published_at", "-pk"))
    others = Article.objects.listed().exclude(pk__in=[article.pk for article in newest])
    ranked = others.as_card().annotate(rank=by_section).filter(rank__lte=PER_SECTION)
    sections: dict[Section, list[Article]] = {}
    for article in ranked.order_by("live__revision__section__position", "live__revision__section__name", "rank"):
        sections.setdefault(article.live.revision.section, []).append(article)
    context = {"lead": newest[:1], "latest": newest[1:], "sections": sections, "about": _about(request)}
    return render(request, "articles/home.html", context)


def index(request: HttpRequest) -> HttpResponse:
    page = page_of(request, Article.objects.listed().as_card())
    return render(request, "articles/index.html", {"page": page, "about": _about(request)})


def section(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Section, slug=slug)
    page = page_of(request, Article.objects.listed().published_in(found).as_card())
    return render(request, "articles/section.html", {"section": found, "page": page})


def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    page = page_of(request, found.articles.listed().as_card())
    return render(request, "articles/tag.html", {"tag": found, "page": page})


def detail(request: HttpRequest, slug: str) -> HttpResponse:
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return _moved_or_404(slug)
    return render(request, "articles/detail.html", _as_read(article, article.live) | _around(article))


def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One published version, at its address for ever, with the disclaimer that was in force."""
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return _moved_or_404(slug, "articles:version", number)
    with_text = article.publications.select_related(
        "revision__section", "revision__responds_to__live__revision", "disclaimer"
    )
    shown = get_object_or_404(with_text, number=number)
    return render(request, "articles/version.html", _as_read(article, shown))


def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Where “the author” in the disclaimer leads: how each author can be reached in public, and the desk's address."""
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return _moved_or_404(slug, "articles:contact")
    return render(request, "articles/contact.html", {"article": article, "revision": article.live.revision})


def disclaimer(request: HttpRequest) -> HttpResponse:
    current = Disclaimer.objects.in_force()
    return render(request, "articles/disclaimer.html", _disclaimer(request, current))


def disclaimer_version(request: HttpRequest, version: int) -> HttpResponse:
    """A version that is or was in force. One that only waits is nobody's yet."""
    shown = get_object_or_404(Disclaimer.objects.ever_in_force(), version=version)
    return render(request, "articles/disclaimer.html", _disclaimer(request, shown))


def picture(request: HttpRequest, reference: str) -> FileResponse:
    """The cleaned file of a picture that some published version shows, or that this person may see at work."""
    found = get_object_or_404(Picture.objects.select_related("article"), reference=reference)
    is_public = found.is_public()
    if not is_public and not Article.objects.visible_to(request.user).filter(pk=found.article_id).exists():
        raise Http404
    return files.answer(found.file, is_public=is_public)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def _about(request: HttpRequest):
    """The standing paragraph about what the network is for."""
    return markup.render(request.network.about, doc_id="about")  # type: ignore[attr-defined]


def _moved_or_404(slug: str, name: str = "articles:detail", *more: int) -> HttpResponsePermanentRedirect:
    """To the same page at the piece's address of today, in one hop."""
    old = OldSlug.objects.filter(slug=slug).select_related("article").first()
    if old is None or not old.article.is_public:
        raise Http404
    return redirect(name, old.article.slug, *more, permanent=True)


def _as_read(article: Article, shown: Publication) -> dict[str, object]:
    """What the page of one published text needs: the text, its people, its disclaimer, its notices."""
    revision = shown.revision
    contact_page = reverse("articles:contact", args=[article.slug])
    return {
        "article": article,
        "publication": shown,
        "revision": revision,
        "authors": _authors(article, revision.byline),
        "disclaimer_html": shown.disclaimer_html(contact_page),
        "notices": _notices(article),
    }


def _authors(article: Article, byline: list[dict]) -> list[dict]:
    """The byline as printed, each with the author's record of today for the portrait and the address of their page."""
    people = {person.pk: person for person in article.authors.all()}
    return [{**printed, "record": people.get(printed["author"])} for printed in byline]


def _notices(article: Article) -> list[Publication]:
    """The public notes on a piece, newest first; no query for a piece that never changed."""
    if article.live is None or article.live.number == 1:
        return []
    return list(article.publications.exclude(kind__in=SILENT).order_by("-number"))


def _around(article: Article) -> dict[str, object]:
    """Responses to the piece, and more to read: one query for all of it, responses first."""
    author_ids = article.live.revision.author_ids if article.live else []
    is_response, is_by_author = Q(live__revision__responds_to=article), Q(pk__in=_pieces_by(author_ids))
    in_section = Q(live__revision__section=article.live.revision.section_id if article.live else None)
    near = Case(When(is_response, then=0), When(is_by_author, then=1), default=2)
    others = Article.objects.listed().filter(is_response | is_by_author | in_section)
    found = (
        others.exclude(pk=article.pk).annotate(near=near).order_by("near", "-published_at", "-pk").as_card()[:NEARBY]
    )
    groups: dict[int, list[Article]] = {0: [], 1: [], 2: []}
    for other in found:
        groups[other.near].append(other)
    return {
        "tags": article.tags.all(),
        "responses": groups[0],
        "more_by_author": groups[1][:MORE],
        "more_in_section": groups[2][:MORE],
    }


def _pieces_by(author_ids: list[int]):
    return Byline.objects.filter(author__in=author_ids).values("article")


def _disclaimer(request: HttpRequest, shown: Disclaimer | None) -> dict[str, object]:
    network = request.network  # type: ignore[attr-defined]
    names = {"network": network.name, "host": network.host, "contact": network.contact}
    html = filled_html(shown.text, names, 1, "") if shown else ""
    return {"shown": shown, "html": html, "versions": Disclaimer.objects.ever_in_force()}
