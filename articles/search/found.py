"""What a search finds: a sequence that asks the database only for the page that is shown."""

from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from articles.models import Article
from articles.search import backend
from articles.search.asked import Asked
from network import markup

MOST = 1_000  # pieces that the pages of a search lead to; whoever wants more says more
MARKS = ("\ue000", "\ue001")  # of nobody's alphabet; `markup.marked` makes HTML of them


@dataclass(frozen=True)
class Hit:
    """One piece that was found: its headline and a passage as HTML, with marks."""

    article: Article
    headline: str
    passage: str


class Found:
    """`total` counts all that there is; `len()` what the pages lead to."""

    def __init__(self, asked: Asked):
        self.asked = asked
        self.search = backend.of(connection)

    @property
    def ids(self) -> list[int]:
        return self._first[0]

    @property
    def total(self) -> int:
        return self._first[1]

    @cached_property
    def _first(self) -> tuple[list[int], int]:
        if self.asked.is_empty:
            return [], 0
        with connection.cursor() as cursor:
            return self.search.ids(cursor, self.asked, MOST)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, page: slice) -> list[Hit]:
        if not (ids := self.ids[page]):
            return []
        with connection.cursor() as cursor:
            words = self.search.marked(cursor, self.asked, ids, MARKS)
        pieces = Article.objects.listed().as_card().in_bulk(ids)
        return [_hit(pieces[pk], *words[pk]) for pk in ids if pk in pieces and pk in words]


def _hit(article: Article, headline: str, dek: str, body: str) -> Hit:
    """A passage that shows what was found; the dek where the text does not."""
    passage = body if MARKS[0] in body or not dek else dek
    return Hit(article, markup.marked(headline, MARKS), markup.marked(passage, MARKS))
