"""One piece as readers get it, loaded through its queryset: what is not public is a 404, like what does not exist."""

from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.models import Article, Byline, Publication, Repin
from articles.models.publication import SILENT
from articles.views.gone import moved_or_gone
from network.edition import kept

MORE = 3
RESPONSES = 24


@kept()
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return moved_or_gone(request, slug)
    return render(request, "articles/detail.html", _as_read(article, article.live, article.repin) | _around(article))


@kept()
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One published version, at its address for ever, with the disclaimer that was in force."""
    article = Article.objects.live().as_read().filter(slug=slug).first()
    if article is None:
        return moved_or_gone(request, slug, "articles:version", number)
    with_text = article.publications.select_related(
        "revision__section", "revision__responds_to__live__revision", "disclaimer"
    )
    shown = get_object_or_404(with_text, number=number)
    return render(request, "articles/version.html", _as_read(article, shown))


def _as_read(article: Article, shown: Publication, repin: Repin | None = None) -> dict[str, object]:
    """What the page of one published text needs: the text, its people, its disclaimer, its notices."""
    revision = shown.revision
    contact_page = reverse("articles:contact", args=[article.slug])
    standing_notice = article.standing_notice()
    pinned = repin or shown
    return {
        "pinned": pinned,
        "repinned_at": repin.act.at if repin else None,
        "article": article,
        "publication": shown,
        "revision": revision,
        "authors": _authors(article, revision.byline),
        "disclaimer_html": pinned.disclaimer_html(contact_page),
        "notices": _notices(article),
        "standing_notice": standing_notice,
        "is_text_dropped": standing_notice is not None and not standing_notice.keeps_text,
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
    """Responses to the piece, and more to read: three short lists, in one query."""
    is_response = Q(live__revision__responds_to=article)
    is_by_author = Q(pk__in=_pieces_by(article.live.revision.author_ids if article.live else []))
    others = Article.objects.listed().exclude(pk=article.pk)
    found_first = (
        others.filter(is_response)[:RESPONSES],
        others.filter(is_by_author).exclude(is_response)[:MORE],
        others.published_in(article.live_section_id).exclude(is_by_author | is_response)[:MORE],
    )
    near = Case(When(is_response, then=0), When(is_by_author, then=1), default=2)
    found = Article.objects.any_of(found_first).annotate(near=near).order_by("-published_at", "-pk").as_card()
    groups: dict[int, list[Article]] = {0: [], 1: [], 2: []}
    for other in found:
        groups[other.near].append(other)
    return {
        "tags": article.tags.all(),
        "responses": groups[0],
        "more_by_author": groups[1],
        "more_in_section": groups[2],
    }


def _pieces_by(author_ids: list[int]):
    return Byline.objects.filter(author__in=author_ids).values("article")
