"""What somebody typed into the search, as words and phrases. Nothing typed is ever an error."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

LONGEST = 200  # characters of what was typed; the rest is left out
MOST_TERMS = 12
SHORTEST_BEGINNING = 2  # letters before the * of a beginning: the index keeps none that are shorter
_CHUNK = re.compile(r'(-?)"([^"]*)"?|(\S+)')
_QUOTES = str.maketrans("“”„«»−–", '"""""--')


@dataclass(frozen=True)
class Term:
    """One word, or several that stand beside each other."""

    words: str
    is_refused: bool = False
    is_beginning: bool = False
    is_of_byline: bool = False


@dataclass(frozen=True)
class Asked:
    """A search: `typed` words, and what narrows it down."""

    typed: str = ""
    author: str = ""
    section: int | None = None
    year: int | None = None
    is_by_date: bool = False
    terms: tuple[Term, ...] = field(init=False)

    def __post_init__(self) -> None:
        named = (Term(term.words, is_of_byline=True) for term in terms_in(self.author) if not term.is_refused)
        terms = (*terms_in(self.typed), *named)
        object.__setattr__(self, "terms", terms[:MOST_TERMS])

    @property
    def wanted(self) -> list[Term]:
        return [term for term in self.terms if not term.is_refused]

    @property
    def refused(self) -> list[Term]:
        return [term for term in self.terms if term.is_refused]

    @property
    def is_empty(self) -> bool:
        """Whether it has no word to look for: what is refused alone finds nothing."""
        return not self.wanted

    @property
    def months(self) -> tuple[datetime, datetime] | None:
        """The year's first moment, and the next year's."""
        return year_of(self.year) if self.year else None


def year_of(year: int) -> tuple[datetime, datetime]:
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)


def terms_in(typed: str) -> Iterator[Term]:
    """“two words” stay together, -word must not be there, begin* finds what begins so. All else is a word."""
    for minus, phrase, word in _CHUNK.findall(typed[:LONGEST].translate(_QUOTES)):
        if words := _words(phrase or word):
            is_beginning = word.endswith("*") and len(words.split()[-1]) >= SHORTEST_BEGINNING
            yield Term(words, bool(minus) or word.startswith("-"), is_beginning)


def _words(text: str) -> str:
    """Letters, digits and the marks on them; everything else parts words, as it does in the index."""
    kept = (char if unicodedata.category(char)[0] in "LNM" else " " for char in unicodedata.normalize("NFC", text))
    return " ".join("".join(kept).split())
