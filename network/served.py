"""What a page makes of a frozen text: its headings get addresses, its reviewed links their trust, paper its addresses.

The text stays as it was signed, word for word. Only render() of network/markup.py wrote the HTML that comes in here,
so its tags have exactly one form.
"""

import re
from dataclasses import dataclass
from html import unescape

from django.utils.safestring import SafeString
from django.utils.text import slugify

from network import markup

FEW = 3  # headings; fewer need no table of contents
LONGEST_ID = 60  # characters of a heading's address

_HEADING = re.compile(r"<(h[2-6])>(.*?)</\1>", re.DOTALL)
_NOTE = re.compile(r"<sup>.*?</sup>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_NO_WORDS_OF_ITS_TEXT = re.compile(
    r' <a [^<>]*class="note-back"[^<>]*>.*?</a>|<figcaption>.*?</figcaption>'
    r'|<em class="missing">.*?</em>| <span class="paid">.*?</span>',
    re.DOTALL,
)
_BESIDE_WORDS = re.compile(r"</?(?:a|code|em|img|s|span|strong)\b[^<>]*>")
_OF_CONTRIBUTORS = re.compile(r'(<a [^<>]*)rel="ugc nofollow noopener"')
_EXTERNAL = re.compile(r'<a href="([^"<>]*)" class="external"')


@dataclass(frozen=True)
class Heading:
    """A heading as a table of contents names it."""

    anchor: str
    words: str


@dataclass(frozen=True)
class Text:
    """A frozen text, ready for a page: its HTML, its uppermost headings, and where its links lead, in order."""

    html: SafeString
    headings: list[Heading]
    addresses: list[str]

    @property
    def contents(self) -> list[Heading]:
        """The table of contents: nothing for a text that is easily overseen."""
        return self.headings if len(self.headings) >= FEW else []


def text(html: str, *, has_reviewed_links: bool) -> Text:
    """The stored HTML of a revision as its page shows it. Links count as the contributor's until an editor has vouched
    for them."""
    headings: list[Heading] = []
    taken: set[str] = set()

    def with_anchor(match: re.Match[str]) -> str:
        tag, inner = match.groups()
        words = " ".join(unescape(_TAG.sub("", _NOTE.sub("", inner))).split())
        anchor = _free(f"s-{slugify(words, allow_unicode=True)[:LONGEST_ID]}", taken)
        if tag == "h2":
            headings.append(Heading(anchor, words))
        return f'<{tag} id="{anchor}">{inner}</{tag}>'

    shown = _HEADING.sub(with_anchor, html)
    addresses = [unescape(address) for address in _EXTERNAL.findall(html)]
    if has_reviewed_links:
        shown = _OF_CONTRIBUTORS.sub(r'\1rel="noopener"', shown)
    return Text(markup.safe_stored(shown), headings, addresses)


def words(html: str) -> str:
    """The words of the stored HTML of a revision on one line, as markup.plain() finds them in what was typed, in a
    hundredth of its time."""
    bare = _NO_WORDS_OF_ITS_TEXT.sub("", _NOTE.sub("", html))
    return " ".join(unescape(_TAG.sub(" ", _BESIDE_WORDS.sub("", bare))).split())


def _free(anchor: str, taken: set[str]) -> str:
    """The anchor, or the same with a number, where an earlier heading has it."""
    number, free = 1, anchor
    while free in taken:
        number += 1
        free = f"{anchor}-{number}"
    taken.add(free)
    return free
