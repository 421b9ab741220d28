"""What the desk knows of a piece's authors before it reads a word: who they are, what they declared before, and what
had to be put right in their earlier pieces. As many questions to the database for one author as for ten.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from articles.models import Article, Byline, Notice, Publication
from articles.models.notice import NoticeKind
from articles.models.publication import Kind
from authors.models import BIO_HOLDS, Author
from editorial.models import Disclosure
from network import clock

PUT_RIGHT = (Kind.CORRECTION, Kind.CLARIFICATION)
GRAVE = (NoticeKind.CHALLENGE, NoticeKind.RETRACTION, NoticeKind.REMOVAL)
MOST = 10  # of each kind and author; the author's page has the rest


@dataclass(frozen=True)
class Mended:
    """Something readers were told about an earlier piece."""

    piece: Article
    kind: str
    text: str
    at: datetime


@dataclass
class Record:
    """One author of the piece, as the desk knows them."""

    author: Author
    published: int = 0
    declared: list[Disclosure] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)

    @property
    def is_bio_due(self) -> bool:
        confirmed = self.author.bio_confirmed_at
        return confirmed is None or confirmed < clock.now() - BIO_HOLDS


def of_authors(piece: Article, user) -> list[Record]:
    """Of each author in the byline's order; of earlier pieces only what this person may see."""
    bylines = piece.bylines.select_related("author__user").order_by("position")
    records = {byline.author_id: Record(byline.author) for byline in bylines}
    seen = Article.objects.visible_to(user).exclude(pk=piece.pk)
    earlier: dict[int, list[int]] = defaultdict(list)
    rows = Byline.objects.filter(author__in=records, article__in=seen)
    for article, author, published_at in rows.values_list("article", "author", "article__published_at"):
        earlier[article].append(author)
        records[author].published += published_at is not None
    for disclosure in _disclosed(records, earlier):
        records[disclosure.author_id].declared.append(disclosure)
    for mended in _mended(earlier):
        for author in earlier[mended.piece.pk]:
            records[author].mended.append(mended)
    for record in records.values():
        record.declared, record.mended = record.declared[:MOST], record.mended[:MOST]
    return list(records.values())


def _disclosed(authors: Iterable[int], earlier: Iterable[int]) -> Iterable[Disclosure]:
    """The newest first; “no” to every question is an answer as well, and only counted as one."""
    rows = Disclosure.objects.filter(author__in=authors, article__in=earlier).select_related("article", "author")
    told = rows.defer("article__body").order_by("-answered_at", "-pk")
    return (each for each in told if each.is_complete and any(answer["yes"] for answer in each.answers.values()))


def _mended(earlier: Iterable[int]) -> list[Mended]:
    corrected = Publication.objects.filter(article__in=earlier, kind__in=PUT_RIGHT).select_related("article")
    noticed = Notice.objects.filter(article__in=earlier, kind__in=GRAVE).select_related("article")
    found = [Mended(row.article, row.get_kind_display(), row.notice, row.published_at) for row in corrected]
    found += [Mended(row.article, row.get_kind_display(), row.text, row.at) for row in noticed]
    return sorted(found, key=lambda one: one.at, reverse=True)
