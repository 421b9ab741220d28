"""Markdown to safe HTML: the only module that marks HTML safe.

A text goes through a CommonMark parser that knows no raw HTML, then through the rules of this house (links, pictures,
headings, tables), then through a sanitiser that trusts neither. Whoever writes a text decides how much work it is to
parse, so the work is counted in steps, and a text that asks for too many is refused with TooLong.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

from network.sanitising import hosts_of, is_allowed, sanitise

LIMIT = 200_000  # characters, about 33,000 words
STEPS = 50_000  # looks at one place of the text; an article of LIMIT characters, full of links and quotes, takes 21,000
LINES = 10_000
DEPTH = 20  # a quotation is one level, a list two
NOTE_LABEL = 60  # characters from the [ of [^label] to its ]
OUTPUT = 1_500_000  # characters of HTML; prose grows by a half at most
READING_SPEED = 238  # words a minute, non-fiction read in silence: Brysbaert 2019, doi 10.1016/j.jml.2019.104047

_COST = {"<": 4, "[": 3, "!": 2}  # steps, where an address may begin: the slowest thing one character can start
_DOC_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_PICTURE = re.compile(r"picture:([a-z0-9-]{1,40})")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_WORD = re.compile(r"\w+(?:['’.,\-‑]\w+)*")
_QUOTE = re.compile(r"['\"]")
_RETURN = re.compile(r"\r\n?")
_RUN = re.compile(r"\*+|_+|~+")


class TooLong(ValueError):
    """The text asks for more than can be laid out; the message is a sentence for its writer."""


@dataclass(frozen=True)
class PictureSource:
    """What a reference `picture:<id>` stands for on the day the text is rendered."""

    url: str
    width: int
    height: int
    alt: str = ""
    caption: str = ""
    credit: str = ""


Pictures = Mapping[str, PictureSource] | Callable[[str], PictureSource | None]
_NONE: Pictures = {}


def render(text: str, *, doc_id: str, pictures: Pictures = _NONE, own_hosts: Collection[str] = ()) -> SafeString:
    """The text as HTML that may stand in a page. Raises TooLong.

    `doc_id` keeps the notes of two articles on one page apart. Links to other hosts count as the contributor's (`ugc`),
    until an editor vouches for them (network/served.py); one with the title “paid” is `sponsored`, and says so.
    """
    if not _DOC_ID.fullmatch(doc_id):
        raise ValueError("doc_id takes 1 to 64 letters, digits and hyphens.")
    find = pictures.get if isinstance(pictures, Mapping) else pictures
    tokens, env = _parse(text, doc_id=doc_id, find=find, own_hosts=set(map(str.lower, own_hosts)))
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)
    if len(html) > OUTPUT:
        raise TooLong("This text repeats long links so often that no page can hold it. Shorten the links.")
    return mark_safe(sanitise(html))


def plain(text: str, limit: int | None = None) -> str:
    """The text's words on one line, for descriptions: no marks, no pictures, no note numbers. Raises TooLong.

    With a limit, at most that many characters (one or more), cut between words and closed by an ellipsis.
    """
    tokens, _ = _parse(text)
    words = " ".join(" ".join(map(_words_of, tokens)).split())
    if limit is None or len(words) <= limit:
        return words
    end = words.rfind(" ", 0, limit)
    return words[: end if end > 0 else limit - 1].rstrip(" ,;:.–—-") + "…"


def words(text: str) -> int:
    """How many words a reader meets, notes among them. A text too long to lay out is counted as it was typed."""
    try:
        return len(_WORD.findall(plain(text)))
    except TooLong:
        return len(_WORD.findall(text))


def reading_minutes(words: int) -> int:
    """Whole minutes at READING_SPEED, never less than one."""
    return max(1, round(words / READING_SPEED))


def paragraphs_with_links(text: str, links: Mapping[str, tuple[str, str]]) -> SafeString:
    """Plain text with placeholders like {author}: paragraphs of escaped words, each placeholder a link or its words.

    `links` maps a name to (words, url); with an empty url the words stand alone. A name it lacks raises KeyError, an
    address that is not http, https, mailto or a path on this site raises ValueError.
    """
    anchors = {name: _anchor(*link) for name, link in links.items()}
    blocks = [escape(block) for block in _BLANK_LINES.split(_RETURN.sub("\n", text).strip()) if block]
    linked = (_PLACEHOLDER.sub(lambda match: anchors[match[1]], block) for block in blocks)
    return mark_safe("\n".join(f"<p>{block}</p>" for block in linked))


def difference(parts: Iterable[tuple[int, str]]) -> SafeString:
    """A comparison of two texts, as (-1 removed | 0 kept | 1 added, words), for a reader."""
    frames = {-1: "<del>{}</del>", 0: "{}", 1: "<ins>{}</ins>"}
    shown = (frames[sign].format(escape(_RETURN.sub("\n", words)).replace("\n", "<br>")) for sign, words in parts)
    return mark_safe("".join(shown))


def marked(text: str, marks: tuple[str, str]) -> SafeString:
    """Plain text with a pair of marks around some of its words: the words escaped, the pairs as <mark>."""
    opening, closing = marks
    parts = re.split(f"{opening}([^{opening}{closing}]*){closing}", text)
    shown = (
        format_html("<mark>{}</mark>" if number % 2 else "{}", part.replace(opening, "").replace(closing, ""))
        for number, part in enumerate(parts)
    )
    return mark_safe("".join(shown))


def safe_stored(html: str) -> SafeString:
    """The stored HTML of a revision, or what network/served.py made of it, and nothing else: only render() makes it,
    and a hash guards its row for ever."""
    return mark_safe(html)


def script_data(data: Any) -> SafeString:
    """JSON for a data block in a page: no character in it can end the block or begin a comment."""
    return mark_safe(json.dumps(data).translate({ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&"}))


def _anchor(words: str, url: str) -> str:
    if url and not is_allowed(url):
        raise ValueError("A link's address begins with https://, http://, mailto: or a single slash.")
    return format_html('<a href="{}">{}</a>', url, words) if url else escape(words)


def _parse(text: str, **page: Any) -> tuple[Sequence[Token], dict[str, Any]]:
    """The parsed text, and what its rendering knows beyond it."""
    if len(text) > LIMIT:
        raise TooLong(f"This text has {len(text):,} characters; the limit is {LIMIT:,}. Shorten it, or make it two.")
    text = _RETURN.sub("\n", text)
    if text.count("\n") > LINES:
        raise TooLong(f"This text has more than {LINES:,} lines. Join lines, or make it two texts.")
    env: dict[str, Any] = {"own_hosts": set(), "steps": 0, "tokens": 0, "tables": 0} | page
    _spend(env, sum(map(text.count, "&<>\xa0")))  # each is written as an entity, which the sanitiser reads slowly
    return _MARKDOWN.parse(text, env), env


def _spend(env: Any, steps: int) -> None:
    env["steps"] += steps
    if env["steps"] > STEPS:
        raise TooLong("This text has too many brackets, quotes or lists in one place. Take some out or split it.")


def _count_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A look at a line, and what the last one brought: a short row of a table is filled up to the table's width.

    Deeper than DEPTH the parser would drop the text without a word, so that is refused.
    """
    grown = len(state.tokens) - state.env["tokens"]
    state.env["tokens"] += grown
    _spend(state.env, 1 + grown // 2)
    if state.level >= DEPTH:
        raise TooLong("This text puts lists or quotations too deep inside each other. Take some levels out.")
    return False


def _count_inline(state: StateInline, silent: bool) -> bool:
    """Each mark of a run like ***** becomes a token of its own, so the run is paid for at its start."""
    run = None if silent else _RUN.match(state.src, state.pos)
    _spend(state.env, len(run[0]) if run else _COST.get(state.src[state.pos], 1))
    return False


class _Inline(ParserInline):
    """Looking ahead for a closing bracket is counted too, also where the answer is remembered."""

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - the parser's name
        _spend(state.env, 1)
        super().skipToken(state)


def _count_quotes(state: StateCore) -> None:
    """A quotation mark copies the run of text it stands in, and may look back at every open one of its paragraph."""
    for token in state.tokens:
        if token.type == "inline":
            marks = len(_QUOTE.findall(token.content))
            runs = [child.content for child in token.children or [] if child.type == "text"]
            copied = sum(len(_QUOTE.findall(run)) * len(run) for run in runs)
            _spend(state.env, 1 + marks * marks // 500 + copied // 3_500)


def _short_footnote_ref(state: StateInline, silent: bool) -> bool:
    """A note's label ends soon; without this each `[^` is followed to the end of the paragraph."""
    return state.src.find("]", state.pos, state.pos + NOTE_LABEL) > 0 and footnote_ref(state, silent)


def _house_rules(state: StateCore) -> None:
    """The last rule: what the parser found becomes what our pages show."""
    _set_figures(state.tokens)
    top = min((int(token.tag[1]) for token in state.tokens if token.type == "heading_open"), default=1)
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):  # the page's h1 is the headline, so the text's first is h2
            token.tag = f"h{min(int(token.tag[1]) - top + 2, 6)}"
        elif token.type in ("th_open", "td_open"):
            side = str(token.attrs.get("style", "")).partition(":")[2]  # as a class: the content policy refuses styles
            token.attrs = {"scope": "col"} if token.tag == "th" else {}
            token.attrs |= {"class": side} if side else {}
        elif token.type == "inline":
            _set_links(token.children or [], state.env)


def _set_figures(tokens: Sequence[Token]) -> None:
    """A paragraph of nothing but pictures becomes figures."""
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (opening.type, inline.type, closing.type) != ("paragraph_open", "inline", "paragraph_close"):
            continue
        gaps = ("softbreak", "hardbreak")
        shown = [child for child in inline.children or [] if child.type not in gaps]
        if shown and all(map(_reference, shown)):
            opening.hidden = closing.hidden = True
            inline.children = shown
            for picture in shown:
                picture.meta["figure"] = True


def _reference(token: Token) -> str:
    """The id of the picture of ours that a token shows, if it does."""
    match = _PICTURE.fullmatch(str(token.attrs["src"])) if token.type == "image" else None
    return match[1] if match else ""


def _set_links(children: Sequence[Token], env: Any) -> None:
    """A link that may not be followed becomes its words; one to another host is marked."""
    hidden = is_paid = False
    for token in children:
        if token.type == "link_open":
            address, title = str(token.attrs["href"]), str(token.attrs.get("title", ""))
            hidden = token.hidden = not is_allowed(address)
            token.attrs = {"href": address}  # without a title, which only a mouse can read
            is_paid = title.strip().lower() == "paid"
            if (hosts := hosts_of(address)) and not hosts & env["own_hosts"]:
                token.attrs |= {
                    "class": "external",
                    "rel": "sponsored noopener" if is_paid else "ugc nofollow noopener",
                }
        elif token.type == "link_close":
            token.hidden = hidden
            token.meta["paid"] = is_paid and not hidden


def _draw_link_end(_: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Whoever follows a link that somebody paid for knows it before."""
    return '</a> <span class="paid">(paid link)</span>' if tokens[index].meta.get("paid") else "</a>"


def _words_of(token: Token) -> str:
    if token.type == "image":
        return "" if _reference(token) else _alt(token)
    if token.type == "inline":
        return "".join(map(_words_of, token.children or []))
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _alt(image: Token) -> str:
    return " ".join("".join(map(_words_of, image.children or [])).split())


def _draw_image(_: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A reader's browser never asks a third party for a picture: only our own are shown, of others the words remain."""
    reference, alt = _reference(tokens[index]), _alt(tokens[index])
    if not reference:
        return escape(alt)
    source = env["find"](reference)
    is_figure = "figure" in tokens[index].meta
    if source is None or not is_allowed(source.url):
        note = '<em class="missing">Picture not found</em>'
        return f"<p>{note}</p>\n" if is_figure else note
    shape = '<img src="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async">'
    image = format_html(shape, source.url, source.width, source.height, alt or source.alt)
    return f"<figure>{image}{_caption(source)}</figure>\n" if is_figure else image


def _caption(source: PictureSource) -> str:
    credit = format_html('<span class="credit">{}</span>', source.credit) if source.credit else ""
    words = f"{escape(source.caption)} {credit}".strip()
    return f"<figcaption>{words}</figcaption>" if words else ""


def _draw_table(_: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """In a frame that scrolls, by keyboard as well, so that a wide table never moves the page sideways."""
    env["tables"] += 1
    return f'<div class="table" role="region" aria-label="Table {env["tables"]}" tabindex="0">\n<table>\n'


def _draw_note(_: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A note, a reference to it, or the way back: the second reference to one note is told apart by its number."""
    token, n = tokens[index], tokens[index].meta["id"] + 1
    note = f"{env['doc_id']}-{n}"
    if token.type == "footnote_open":
        return f'<li id="fn-{note}">'
    place = note + (f"_{token.meta['subId'] + 1}" if token.meta["subId"] else "")
    if token.type == "footnote_ref":
        return f'<sup><a href="#fn-{note}" id="fnref-{place}" class="note" aria-label="Note {n}">{n}</a></sup>'
    label = f"Back to note {n} in the text"  # the arrow's second character keeps it from becoming an emoji
    return f' <a href="#fnref-{place}" class="note-back" aria-label="{label}">\u21a9\ufe0e</a>'


def _build_parser() -> MarkdownIt:
    parser = MarkdownIt("zero")
    parser.inline = _Inline()
    # "typographer" without its replacements rule, which makes a copyright sign of the (c) in 501(c).
    parser.configure("commonmark", {"html": False, "typographer": True, "xhtmlOut": False, "maxNesting": DEPTH + 4})
    parser.enable(["table", "strikethrough", "smartquotes"]).use(footnote_plugin, inline=False)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # _set_links and _draw_image decide
    parser.block.ruler.before("table", "count", _count_block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.inline.ruler.before("text", "count", _count_inline)
    parser.inline.ruler.at("footnote_ref", _short_footnote_ref)
    parser.core.ruler.before("smartquotes", "count", _count_quotes)
    parser.core.ruler.push("house", _house_rules)
    for token in ("footnote_ref", "footnote_open", "footnote_anchor"):
        parser.add_render_rule(token, _draw_note)
    notes = '<section class="notes" role="doc-endnotes" aria-label="Notes">\n<ol>\n'
    parser.add_render_rule("footnote_block_open", lambda *_: notes)
    parser.add_render_rule("link_close", _draw_link_end)
    parser.add_render_rule("image", _draw_image)
    parser.add_render_rule("table_open", _draw_table)
    parser.add_render_rule("table_close", lambda *_: "</table>\n</div>\n")
    return parser


_MARKDOWN = _build_parser()
# The first text fills the rules' caches, and a second thread would take a half-filled one for complete: so it is here.
_parse("*a*")
