"""What Word, Google Docs, LibreOffice or a web page put on the clipboard → the Markdown that says the same.

First a sanitiser leaves only what means something here, which also makes well-formed what is not; then each program's
own way of writing lists, notes and bold is rewritten as plain HTML; then that becomes Markdown, in which every
character of the text shows as it was.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdownify import BACKSLASH, MarkdownConverter

from editorial.refusal import Refused
from network import markup

LARGEST = 2_000_000  # characters of HTML, most of which are styles
MOST_TAGS = 3_000  # an article of 5,000 words from Word has about 1,000
DEEPEST = 50
MOST_INSIDE = 20_000  # tags, each counted as often as it stands inside another: what the laying out takes time over
TOO_MUCH = "That is too much to lay out at once. It is pasted as plain words."

BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "blockquote", "div")
INLINE = ("strong", "b", "em", "i")
TAGS = {
    *BLOCKS,
    *INLINE,
    *"a s del strike span font ul ol table thead tbody tfoot tr br hr img pre code sup sub".split(),
}
GONE = {
    "script",
    "style",
    "title",
    "xml",
    "noscript",
    "template",
    "svg",
    "math",
    "iframe",
    "object",
    "select",
    "button",
}
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=GONE,
    attributes={"*": {"style", "class", "id"}, "a": {"href", "name"}, "img": {"src"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "data", "file"},  # the last two: a note's address, a picture to be counted
    link_rel=None,
    strip_comments=True,
)

NOTE_MARK = re.compile(r"_(?:ftn|edn)ref(\d{1,4})|ftnt_ref(\d{1,4})|sdfootnote(\d{1,4})anc")
NOTE = re.compile(r"_(?:ftn|edn)(\d{1,4})|ftnt(\d{1,4})|sdfootnote(\d{1,4})sym")
LEVEL = re.compile(r"mso-list:\s*l\d+\s+level(\d)")
NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-z]{1,4})[.)]", re.IGNORECASE)
# Word marks what is bold with <b style="mso-bidi-font-weight: normal">: that is said of other scripts than ours.
BOLD = re.compile(r"(?<![\w-])font-weight:\s*(?:bold|[6-9]00)")
NOT_BOLD = re.compile(r"(?<![\w-])font-weight:\s*(?:normal|[1-4]00)")
ITALIC = re.compile(r"(?<![\w-])font-style:\s*italic")
NOT_ITALIC = re.compile(r"(?<![\w-])font-style:\s*normal")
WRAPPERS = {"google": ("/url", ("q", "url")), "safelinks": ("/", ("url",)), "facebook": ("/l.php", ("u",))}
TRACKED = re.compile(
    r"(?:www\.)?(google)\.[a-z.]{2,6}|[\w.]+\.(safelinks)\.protection\.outlook\.com|l\.(facebook)\.com"
)
ODD_SPACE, NOTHING = re.compile("[\u00a0\u2007\u202f\u2009]"), re.compile("[\u00ad\u200b\u2060\ufeff\ue000-\uf8ff]")
BLANKS = re.compile(r"(\s{200})\s+")  # the converter takes minutes over some ten thousand blanks in a row
TAG, ENTITY = re.compile(r"<[^>]*>"), re.compile(r"&[^;\s]{1,31};")
MARKS = re.compile(r"([\\`*_\[\]<>~]|&(?=#?\w+;))")
LINE_START = re.compile(r"^(\s*)(?:(\d{1,9})(?=[.)](?:\s|$))|(#{1,6}(?=\s|$)|[-+](?=\s|$)|[=-]{2,}\s*$))")
ESCAPE, REFERENCE, DEFINITION, END = "\ue000", "\ue001", "\ue002", "\ue003"  # none of them is left in the text by then
SET_MARK, SET_NOTE = re.compile(f"{REFERENCE}(\\d+){END}"), re.compile(f"{DEFINITION}(\\d+){END} *")


@dataclass
class Pasted:
    markdown: str
    said: str = ""


class Writer(MarkdownConverter):
    """HTML as Markdown in which every character of the text shows as itself."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        text = MARKS.sub(r"\\\1", text or "")
        return text.replace("|", r"\|") if parent_tags & {"td", "th"} else text

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        bullet = f"{el['value']}. " if "value" in el.attrs else "- "
        lines = (text or "").strip().split("\n")
        return bullet + "\n".join([lines[0], *(line and " " * len(bullet) + line for line in lines[1:])]) + "\n"


def as_markdown(html: str, notes: int = 0) -> Pasted:
    """The Markdown, and a sentence about what was left out. Notes are numbered after the `notes` that the text has.

    Raises Refused for what is larger or deeper than any article.
    """
    soup = _clean(html)
    pictures = _without_pictures(soup)
    for rewrite in (
        _set_notes,
        _set_lists,
        _set_lines,
        _set_weight,
        _set_links,
        _set_blocks,
        _drop_empty,
        _join_neighbours,
        _set_text,
    ):
        rewrite(soup)
    made = Writer(heading_style="atx", bullets="-", newline_style=BACKSLASH, autolinks=False, table_infer_header=True)
    markdown = _tidy(made.convert_soup(soup), notes)
    return Pasted(markdown, _left_out(pictures))


def _clean(html: str) -> BeautifulSoup:
    """What means something here. How much that may be is asked before each step that would take long over more."""
    if len(html) > LARGEST or html.count("<") > 5 * MOST_TAGS:
        raise Refused(TOO_MUCH)
    cleaned = BLANKS.sub(r"\1", NOTHING.sub("", _CLEANER.clean(html)))
    if cleaned.count("<") > 2 * MOST_TAGS or len(ENTITY.sub("x", TAG.sub("", cleaned))) > markup.LIMIT:
        raise Refused(TOO_MUCH)
    soup = BeautifulSoup(cleaned, "html.parser")
    if _is_too_deep(soup):
        raise Refused(TOO_MUCH)
    return soup


def _is_too_deep(soup: BeautifulSoup) -> bool:
    """Whether too many tags stand inside each other; counted without recursion, and no further than needed."""
    deepest, inside, row = 0, 0, [child for child in soup.children if isinstance(child, Tag)]
    while row and deepest <= DEEPEST and inside <= MOST_INSIDE:
        deepest += 1
        inside += deepest * len(row)
        row = [child for tag in row for child in tag.children if isinstance(child, Tag)]
    return deepest > DEEPEST or inside > MOST_INSIDE


def _without_pictures(soup: BeautifulSoup) -> int:
    pictures = soup.find_all("img")
    for picture in pictures:
        picture.decompose()
    return len(pictures)


def _left_out(pictures: int) -> str:
    if not pictures:
        return ""
    what = "A picture was" if pictures == 1 else f"{pictures} pictures were"
    return f"{what} left out. Add each with “Picture”, so that it has a description and a credit."


def _style(tag: Tag) -> str:
    return str(tag.get("style", "")).lower()


def _set_notes(soup: BeautifulSoup) -> None:
    """Word, Google Docs and LibreOffice mark a note by the names of its two anchors."""
    for anchor in soup.find_all("a"):
        names = f"{anchor.get('name', '')} {anchor.get('id', '')}"
        if mark := NOTE_MARK.search(names):
            _outermost(anchor).replace_with(f"{REFERENCE}{_number(mark)}{END}")
        elif note := NOTE.search(names):
            block = anchor.find_parent(["p", "div", "li"])
            _outermost(anchor).decompose()
            if block is not None:
                block.insert(0, f"{DEFINITION}{_number(note)}{END}")


def _number(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _outermost(anchor: Tag) -> Tag:
    """With the raised type around it, which holds nothing else."""
    around = anchor.parent
    while (
        around is not None
        and around.name in ("sup", "span")
        and around.get_text(strip=True) == anchor.get_text(strip=True)
    ):
        anchor, around = around, around.parent
    return anchor


def _set_lists(soup: BeautifulSoup) -> None:
    """Word's lists are paragraphs that carry their level and show their own bullet."""
    open_lists: list[Tag] = []
    last: Tag | None = None
    for item in soup.find_all("p"):
        if (level := LEVEL.search(_style(item))) is None:
            continue
        if last is None or _next_tag(last) is not item:
            open_lists = []
        outer = open_lists[0] if open_lists else None
        _hang(soup, item, int(level[1]), open_lists)
        last = outer or open_lists[0]


def _next_tag(tag: Tag) -> Tag | None:
    return next((one for one in tag.next_siblings if isinstance(one, Tag) or str(one).strip()), None)  # type: ignore[return-value]


def _hang(soup: BeautifulSoup, item: Tag, level: int, open_lists: list[Tag]) -> None:
    """Make a paragraph the next line of the list it belongs to, opening and closing lists by its level."""
    shown = item.find(style=re.compile("mso-list:\\s*ignore", re.IGNORECASE))
    is_numbered = bool(shown and NUMBERED.fullmatch(shown.get_text().strip()))
    if shown is not None:
        shown.decompose()
    del open_lists[level:]
    if not open_lists:
        first = soup.new_tag("ol" if is_numbered else "ul")
        item.insert_before(first)
        open_lists.append(first)
    while len(open_lists) < level and (lines := open_lists[-1].find_all("li", recursive=False)):
        inner = soup.new_tag("ol" if is_numbered else "ul")
        lines[-1].append(inner)
        open_lists.append(inner)
    item.name, item.attrs = "li", {}
    open_lists[-1].append(item.extract())


def _set_lines(soup: BeautifulSoup) -> None:
    """Google Docs hangs a list below its list and not below its line; and a line of one paragraph needs none."""
    for inner in soup.find_all(["ul", "ol"]):
        before = inner.find_previous_sibling()
        if (
            inner.parent is not None
            and inner.parent.name in ("ul", "ol")
            and isinstance(before, Tag)
            and before.name == "li"
        ):
            before.append(inner.extract())
    for line in soup.find_all("li"):
        if len(paragraphs := line.find_all("p", recursive=False)) == 1:
            paragraphs[0].unwrap()
    for numbered in soup.find_all("ol"):
        for number, line in enumerate(numbered.find_all("li", recursive=False), start=_start(numbered)):
            line.attrs["value"] = str(number)


def _start(numbered: Tag) -> int:
    start = str(numbered.get("start", ""))
    return int(start) if start.isascii() and start.isdigit() and len(start) < 5 else 1


def _set_weight(soup: BeautifulSoup) -> None:
    """Google Docs says bold and italic by style, and wraps all of it in a <b> that is not bold."""
    for tag in soup.find_all(["b", "strong", "i", "em", "span", "font", "del", "s", "strike", "h1", "h2", "h3", "h4"]):
        style, is_heading = _style(tag), tag.name[0] == "h" or tag.find_parent(BLOCKS[1:7]) is not None
        if (tag.name in ("b", "strong") and (NOT_BOLD.search(style) or is_heading)) or (
            tag.name in ("i", "em") and NOT_ITALIC.search(style)
        ):
            tag.unwrap()
        elif tag.name in ("span", "font"):
            if BOLD.search(style) and not is_heading:
                tag.wrap(soup.new_tag("strong"))
            if ITALIC.search(style):
                tag.wrap(soup.new_tag("em"))
            tag.unwrap()


def _set_links(soup: BeautifulSoup) -> None:
    for link in soup.find_all("a"):
        address = _address(str(link.get("href", "")))
        if address and link.get_text(strip=True):
            link.attrs = {"href": address}
        else:
            link.unwrap()


def _address(href: str) -> str:
    """Where a link leads, without the detour by which somebody counts its readers; nothing where it is none for us."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return ""
    if tracked := TRACKED.fullmatch(parts.netloc.lower()):
        path, names = WRAPPERS[next(group for group in tracked.groups() if group)]
        inner = next((value for name in names for value in parse_qs(parts.query).get(name, [])), "")
        if parts.path == path and inner.startswith(("https://", "http://")):
            return _safe(inner)
    is_ours = parts.scheme == "mailto" or (parts.scheme in ("http", "https") and parts.netloc)
    return _safe(href.strip()) if is_ours else ""


def _safe(address: str) -> str:
    """Without what would end a link early in Markdown."""
    escapes = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C"}
    return re.sub(r"[ ()<>\\]", lambda found: escapes[found[0]], re.sub(r"[\x00-\x1f\x7f]", "", address))


def _set_blocks(soup: BeautifulSoup) -> None:
    """One level of heading below the headline, and no tables that only lay out a page."""
    for heading in [*soup.find_all("h1"), *soup.find_all("p", class_=re.compile("^MsoTitle$"))]:
        heading.name = "h2"
    for table in soup.find_all("table"):
        if len(table.find_all(["td", "th"])) < 2:
            for part in [*table.find_all(["thead", "tbody", "tr", "td", "th"]), table]:
                part.unwrap()


def _drop_empty(soup: BeautifulSoup) -> None:
    """No line break where no line follows, and nothing that holds no words."""
    for line in soup.find_all("br"):
        if line.find_parent(BLOCKS[1:7]) or _is_last(line) or _is_between_blocks(line):
            line.replace_with(" ")
    for tag in reversed(soup.find_all(["p", "li", "a", *INLINE, *BLOCKS[1:7]])):
        if not tag.get_text(strip=True):
            tag.replace_with(" ") if tag.name in INLINE else tag.decompose()


def _is_last(line: Tag) -> bool:
    """Whether nothing follows in its block: Google Docs ends with one."""
    return not any(isinstance(one, Tag) or str(one).strip() for one in line.next_siblings)


def _is_between_blocks(line: Tag) -> bool:
    before = line.find_previous_sibling()
    return isinstance(before, Tag) and before.name in (*BLOCKS, "ul", "ol", "table") and before is line.previous_sibling


def _join_neighbours(soup: BeautifulSoup) -> None:
    """Bold beside bold is one bold: the marks would meet and mean something else."""
    soup.smooth()
    for tag in soup.find_all(INLINE):
        if tag.find_parent(tag.name):
            tag.unwrap()
            continue
        while isinstance(after := tag.next_sibling, Tag) and after.name == tag.name:
            tag.extend(list(after.contents))
            after.decompose()


def _set_text(soup: BeautifulSoup) -> None:
    soup.smooth()
    has_begun = False
    for one in list(soup.descendants):
        if isinstance(one, Tag):
            has_begun = has_begun and one.name not in BLOCKS and one.name != "br"
        elif isinstance(one, NavigableString) and not one.find_parent(["pre", "code"]):
            plain = re.sub(r"\s+", " ", ODD_SPACE.sub(" ", str(one)))
            one.replace_with(NavigableString(plain if has_begun else LINE_START.sub(_hidden, plain)))
            has_begun = has_begun or bool(plain.strip())


def _hidden(match: re.Match[str]) -> str:
    """A place for a backslash, which the converter does not see and so does not double."""
    space, number, mark = match.groups()
    return f"{space}{number}{ESCAPE}" if number else f"{space}{ESCAPE}{mark}"


def _tidy(markdown: str, notes: int) -> str:
    text = SET_MARK.sub(lambda mark: f"[^{int(mark[1]) + notes}]", markdown.replace(ESCAPE, "\\"))
    text = SET_NOTE.sub(lambda note: f"[^{int(note[1]) + notes}]: ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<![ \t])[ \t]+\n", "\n", text)).strip()
