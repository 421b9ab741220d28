"""Where the passage of a comment is in another text of the same piece: exactly, but for blanks and quotation marks, or
nearly; and where it is nowhere any more, the heading under which it stood."""

import re
import time
from collections import Counter
from functools import cached_property
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import quote as encoded

from articles.models import Revision
from editorial.models import Comment

BLOCKS = frozenset("p h2 h3 h4 h5 h6 li blockquote pre td th figcaption div section".split())
HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
PLAIN = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "–": "-", "—": "-"}
LEFT_OUT = "\u00ad\u200b\u2060"
WORD = re.compile(r"\w+(?:['’-]\w+)*")
ALIKE = 0.6  # of the passage's words, for a passage that was reworded
FEWEST = 4  # words of a passage that is looked for by its words
CONTEXT = 24  # characters on each side that have to stand for a passage to be looked for between them
PATIENCE = 0.5  # seconds a page spends on looking for reworded passages, all comments together
PLACES = 1_000  # that are compared, where a passage stands in a text again and again
LONG = 60  # characters from which on a link names the two ends of a passage only
NEIGHBOURS = 4  # words on a side, by which a link tells a passage from its like


class Place(NamedTuple):
    """Where a passage stands: its words as they are there and a link to them, or the heading it once stood under."""

    words: str = ""
    link: str = ""
    is_changed: bool = False
    heading: str = ""

    @property
    def is_lost(self) -> bool:
        return not self.words


class Reading:
    """The words of one revision as its page shows them: headline, dek and text, then what stands around it."""

    def __init__(self, revision: Revision):
        self.revision = revision
        self.spent = 0.0
        self.earlier: dict[int, Reading] = {}

    @cached_property
    def laid_out(self) -> "_Words":
        words = _Words()
        words.feed("".join(f"<p>{_escaped(line)}</p>" for line in (self.revision.headline, self.revision.dek)))
        words.feed(self.revision.html)
        words.leave()
        words.feed("".join(f"<p>{_escaped(line)}</p>" for line in self._around))
        words.close()
        return words

    @property
    def _around(self) -> list[str]:
        """What else its author answers for: names, roles and bios, the words of the pictures, the disclosure."""
        people = [author[key] for author in self.revision.byline for key in ("name", "role", "bio")]
        images = [image[key] for image in self.revision.images for key in ("alt", "caption", "credit")]
        return [*people, *images, self.revision.disclosure]

    @cached_property
    def text(self) -> str:
        return "".join(self.laid_out.parts)

    @cached_property
    def _plain(self) -> tuple[str, list[int]]:
        return normalised(self.text)

    @cached_property
    def _words(self) -> list[tuple[str, int, int]]:
        return [(match[0].lower(), *match.span()) for match in WORD.finditer(self._plain[0])]

    def says(self, quote: str) -> bool:
        """Whether one of its lines is here, word for word. What is selected on a page has lines between that are none
        of the text's; what is copied from Markdown has marks between its words."""
        spoken = " ".join(word for word, _, _ in self._words)
        for line in quote.splitlines():
            plain = normalised(line.strip())[0]
            words = " ".join(match[0].lower() for match in WORD.finditer(plain))
            if plain and (plain in self._plain[0] or (words and f" {words} " in f" {spoken} ")):
                return True
        return False

    def place(self, comment: Comment) -> Place:
        found = self.find(comment.quote, comment.prefix, comment.suffix)
        if found is None:
            return Place(heading=self._heading_of(comment))
        start, end = found
        words = self.text[start:end]
        is_changed = normalised(words)[0].strip() != normalised(comment.quote)[0].strip()
        return Place(words, fragment(words, *self._neighbours(start, end)), is_changed)

    @cached_property
    def _folded(self) -> str:
        """As a browser compares it with a link: single blanks, no capitals."""
        return " ".join(self.text.split()).lower()

    def _neighbours(self, start: int, end: int) -> tuple[str, str]:
        """The words before and after a passage where a browser would find its like too: of its own line, because what
        stands between two lines on a page may be none of the text's; of the line before where it has that to itself."""
        if self._folded.count(_ends(self.text[start:end])[0].lower()) < 2:
            return "", ""
        before, after = self.text[:start].rsplit("\n", 1)[-1].split(), self.text[end:].split("\n", 1)[0].split()
        if not (before or after):
            before = self.text[:start].rstrip().rsplit("\n", 1)[-1].split()
        return " ".join(before[-NEIGHBOURS:]), " ".join(after[:NEIGHBOURS])

    def find(self, quote: str, prefix: str = "", suffix: str = "") -> tuple[int, int] | None:
        """Where the passage begins and ends; the one among several that stands between the same words."""
        if found := _nearest(self.text, quote, prefix, suffix):
            return found
        plain, at = self._plain
        wanted = [normalised(part)[0] for part in (quote.strip(), prefix, suffix)]
        if not wanted[0]:
            return None
        found = _nearest(plain, *wanted) or self._reworded(*wanted)
        return (at[found[0]], at[found[1] - 1] + 1) if found else None

    def _reworded(self, quote: str, prefix: str, suffix: str) -> tuple[int, int] | None:
        """Between the same neighbours, or where most of its words are. Only while there is time."""
        if self.spent > PATIENCE:
            return None
        began = time.monotonic()
        found = self._between(quote, prefix, suffix) or self._by_words(quote)
        self.spent += time.monotonic() - began
        return found

    def _between(self, quote: str, prefix: str, suffix: str) -> tuple[int, int] | None:
        before, after = prefix.strip()[-CONTEXT:], suffix.strip()[:CONTEXT]
        if min(len(before), len(after)) < CONTEXT // 2:
            return None
        start = self._plain[0].find(before)
        end = self._plain[0].find(after, start + len(before))
        if start < 0 or end < 0 or end - start > len(before) + 3 * len(quote) + CONTEXT:
            return None
        return _trimmed(self._plain[0], start + len(before), end)

    def _by_words(self, quote: str) -> tuple[int, int] | None:
        """The window of as many words that shares the most of them, moved along the text once."""
        wanted = [match[0].lower() for match in WORD.finditer(quote)]
        size = len(wanted)
        if size < FEWEST or len(self._words) < size:
            return None
        want, have, shared, best, best_at = Counter(wanted), Counter[str](), 0, 0, 0
        for index, (word, _, _) in enumerate(self._words):
            shared += have[word] < want[word]
            have[word] += 1
            if index >= size:
                gone = self._words[index - size][0]
                have[gone] -= 1
                shared -= have[gone] < want[gone]
            if shared > best and index >= size - 1:
                best, best_at = shared, index - size + 1
        if best < ALIKE * size:
            return None
        window = [each for each in self._words[best_at : best_at + size] if each[0] in want]
        return window[0][1], window[-1][2]

    def _heading_of(self, comment: Comment) -> str:
        """The heading under which the passage stood in its own text, or nothing."""
        if comment.revision is None:
            return ""
        own = self.earlier.setdefault(comment.revision.pk, Reading(comment.revision))
        found = own.find(comment.quote, comment.prefix, comment.suffix)
        above = [words for at, words in own.laid_out.headings if found and at <= found[0]]
        return above[-1] if above else ""


class _Words(HTMLParser):
    """The text of safe HTML, a line for each block, with where its headings begin."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.length = 0
        self.is_heading = False

    def leave(self) -> None:
        """What follows stands under no heading."""
        self.headings.append((self.length, ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag in HEADINGS:
            self.is_heading = True
            self.headings.append((self.length, ""))

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        self.is_heading = self.is_heading and tag not in HEADINGS

    def handle_data(self, data: str) -> None:
        self._add(data)
        if self.is_heading:
            at, words = self.headings[-1]
            self.headings[-1] = at, words + data

    def _break(self, tag: str) -> None:
        if (tag in BLOCKS or tag == "br") and self.parts and not self.parts[-1].endswith("\n"):
            self._add("\n")

    def _add(self, words: str) -> None:
        self.parts.append(words)
        self.length += len(words)


def normalised(text: str) -> tuple[str, list[int]]:
    """The text with single blanks and plain marks, and for each of its characters where it stood."""
    letters: list[str] = []
    at: list[int] = []
    for index, letter in enumerate(text):
        plain = " " if letter.isspace() else PLAIN.get(letter, letter)
        if letter in LEFT_OUT or (plain == " " and letters[-1:] == [" "]):
            continue
        letters.append(plain)
        at.append(index)
    return "".join(letters), at


def fragment(words: str, before: str = "", after: str = "") -> str:
    """A link to the words on the same page, between these neighbours, which the browser goes to and marks."""
    parts = [f"{_encoded(before)}-"] if before else []
    parts += [_encoded(part) for part in _ends(words)]
    parts += [f"-{_encoded(after)}"] if after else []
    return "#:~:text=" + ",".join(parts)


def _ends(words: str) -> list[str]:
    """A passage as a link names it: as it is, or the two ends of one that is long or has several lines."""
    line = " ".join(words.split())
    if "\n" not in words.strip() and len(line) <= LONG:
        return [line]
    lines = words.strip().split("\n")
    return [" ".join(lines[0].split()[:4]), " ".join(lines[-1].split()[-4:])]


def _encoded(words: str) -> str:
    return encoded(words, safe="").replace("-", "%2D")


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;")


def _nearest(text: str, quote: str, prefix: str, suffix: str) -> tuple[int, int] | None:
    """Among the places that have the very words, the one whose neighbours agree the most."""
    best: tuple[int, int] | None = None
    best_score, start, looked = -1, text.find(quote) if quote else -1, 0
    while start >= 0 and (looked := looked + 1) <= PLACES:
        end = start + len(quote)
        score = _shared(text[max(0, start - len(prefix)) : start][::-1], prefix[::-1])
        score += _shared(text[end : end + len(suffix)], suffix)
        if score > best_score:
            best, best_score = (start, end), score
        start = text.find(quote, start + 1)
    return best


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
