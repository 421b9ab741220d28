"""The authors whom readers know, and their pages."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from authors.models import Author, LetterCount, OldAuthorSlug
from authors.models.author import letter_of
from network import files, markup
from network.edition import kept
from network.listing import page_of

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PER_PAGE = 60
MOST_CORRECTIONS = 5
NEWEST = 100  # pieces of an author that are looked through for what they disclosed
NOTHING_TO_DISCLOSE = "declares no relevant interests."


@kept("page", "letter")
def index(request: HttpRequest) -> HttpResponse:
    """By name: all, or those of one letter."""
    letter, counts = request.GET.get("letter", ""), LetterCount.objects.by_first()
    there = {letter_of(first) for first in counts}
    of_letter = {first: count for first, count in counts.items() if letter in ("", letter_of(first))}
    public = Author.objects.public()
    found = public.beginning_with(of_letter) if letter else public
    context = {
        "letter": letter,
        "letters": [(each, each in there) for each in [*ALPHABET, *(["#"] if "#" in there else [])]],
        "page": page_of(request, found, PER_PAGE, sum(of_letter.values())),
    }
    return render(request, "authors/index.html", context)


@kept("page")
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    author = Author.objects.public().prefetch_related("links").filter(slug=slug).first()
    if author is None:
        return redirect("authors:detail", _moved(slug, Author.objects.public()).slug, permanent=True)
    return render(request, "authors/detail.html", as_read(request, author))


def as_read(request: HttpRequest, author: Author) -> dict[str, object]:
    """What the page of an author shows: on the first page, also what holds for all of their pieces."""
    page = page_of(request, author.articles.listed().as_card())
    shown: dict[str, object] = {"author": author, "page": page}
    if page.number > 1:
        return shown
    corrections = author.articles.all().corrections().select_related("article", "revision__section")
    return shown | {
        "long_bio": markup.render(author.long_bio, doc_id=f"author-{author.pk}"),
        "disclosures": _disclosures(author),
        "corrections": corrections[:MOST_CORRECTIONS],
        "retracted": author.articles.retracted().as_card(),
    }


def _disclosures(author: Author) -> list[str]:
    """What is printed under the author's pieces, each sentence once, the newest first."""
    bylines = author.articles.listed().values_list("live__revision__byline", flat=True)[:NEWEST]
    printed = (line["disclosure"] for byline in bylines for line in byline if line["author"] == author.pk)
    said = list(dict.fromkeys(line for line in printed if line))
    return [line for line in said if not line.endswith(NOTHING_TO_DISCLOSE)] or said[:1]


def portrait(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The portrait of an author whom readers know; of another, only for that author and the desk."""
    with_portrait = Author.objects.shown_to(files.person(request)).exclude(portrait="")
    author = with_portrait.filter(slug=slug).first() or _moved(slug, with_portrait)
    if author.slug != slug:
        return redirect("authors:portrait", author.slug, permanent=True)
    return files.answer(author.portrait, is_public=author.is_known_to_readers)


def _moved(slug: str, among) -> Author:
    """Whose page once had this address: the redirect leads to the one of today, in one hop."""
    return get_object_or_404(among, pk__in=OldAuthorSlug.objects.filter(slug=slug).values("author"))
