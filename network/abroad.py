"""A text as it leaves the site: with whole addresses, as plain words, without what XML cannot hold.

It reads only what `markup.render` and our own templates wrote, where every attribute stands in double quotes and no
bare `<` stands in a text.
"""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from django.conf import settings

_TAG = re.compile(r'<[a-z][a-z0-9]*(?:\s+[a-z-]+(?:="[^"]*")?)+\s*/?>')
_ADDRESS = re.compile(r'\b(href|src|poster)="([/#][^"]*)"')
_SOURCES = re.compile(r'\bsrcset="([^"]*)"')
_FIGURE = re.compile(r"<figure\b.*?</figure>\s*", re.DOTALL)
_IMAGE = re.compile(r"<(?:img|source)\b" + r'(?:\s+[a-z-]+(?:="[^"]*")?)*\s*/?>')
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GAPS = re.compile(r" *\n *")
_POINTS = re.compile(r"^(-|\d+\.)\s+", re.MULTILINE)
_SPACES = re.compile(r"  +")
_EMPTY_LINES = re.compile(r"\n{3,}")


def whole(path: str) -> str:
    """The address that a path of this site has for everybody else."""
    return settings.SITE_URL + path


def stamp(moment: datetime) -> str:
    """A moment as every page, feed and sitemap writes it: in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def xml_text(text: str) -> str:
    """The text without the characters that no XML document may hold, however they are written."""
    return _NOT_IN_XML.sub("", text)


def absolute(html: str, page: str = "") -> str:
    """The HTML with whole addresses: of links, of pictures, and of the notes, which lead to `page`. Without a page the
    notes lead where they stand."""
    return _TAG.sub(lambda tag: _absolute_tag(tag[0], page), html)


def _absolute_tag(tag: str, page: str) -> str:
    def address(match: re.Match[str]) -> str:
        start = page if match[2].startswith("#") else settings.SITE_URL
        return f'{match[1]}="{start}{match[2]}"'

    def sources(match: re.Match[str]) -> str:
        each = (part.strip() for part in match[1].split(","))
        return 'srcset="' + ", ".join(whole(part) if part.startswith("/") else part for part in each) + '"'

    return _SOURCES.sub(sources, _ADDRESS.sub(address, tag))


def without_pictures(html: str) -> str:
    """The HTML without figures and pictures, whose rights end with this site."""
    return _IMAGE.sub("", _FIGURE.sub("", html))


def plain_text(html: str) -> str:
    """The words of HTML as paragraphs, each link followed by its address, each point of a list by its own line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    words = _GAPS.sub("\n", _SPACES.sub(" ", "".join(reader.parts)))
    return _EMPTY_LINES.sub("\n\n", _POINTS.sub(r"\1 ", words)).strip()


class _Reader(HTMLParser):
    BLOCKS = {"p", "div", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "table", "hr", "ul", "ol"}
    BEFORE = {"br": "\n", "tr": "\n", "td": " ", "th": " "}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[tuple[str, str]] = []  # kind and address of those that are open
        self.lists: list[int] = []  # the number of the last point of those that are open; below zero, no numbers

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append((given.get("class", ""), given.get("href", "")))
            self.parts.append("[" if given.get("class") == "note" else "")
        elif tag == "li":
            self._begin_point()
        elif tag in ("ol", "ul"):
            start = given.get("start", "1")
            self.lists.append(int(start) - 1 if tag == "ol" and start.isdigit() else -1)
        self.parts.append("\n\n" if tag in self.BLOCKS else self.BEFORE.get(tag, ""))

    def _begin_point(self) -> None:
        if self.lists and self.lists[-1] >= 0:
            self.lists[-1] += 1
        self.parts.append(f"\n{self.lists[-1]}. " if self.lists and self.lists[-1] >= 0 else "\n- ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            kind, address = self.links.pop()
            words = self.parts[-1] if self.parts else ""
            shown = "" if kind == "note-back" or address.removeprefix("mailto:") == words else f" ({address})"
            self.parts.append("]" if kind == "note" else shown)
        if tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        self.parts.append("\n\n" if tag in self.BLOCKS else "")

    def handle_data(self, data: str) -> None:
        """Line breaks of the source are spaces to a reader; the arrow back from a note leads nowhere in plain words."""
        if not self.links or self.links[-1][0] != "note-back":
            self.parts.append(data.replace("\n", " "))
