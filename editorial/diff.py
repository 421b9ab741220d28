"""What changed between two texts, by words, and whether it is small enough to publish without a notice."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from diff_match_patch import diff_match_patch
from django.db.models import Model
from django.utils.safestring import SafeString

from articles.models import Article, Section
from articles.models.picture import Made
from articles.status import ResponseKind
from network import languages, markup

TOKEN = re.compile(r"\w+(?:[’'-]\w+)*|\s+|[^\w\s]")
WORD = re.compile(r"\w+(?:[’'-]\w+)*")
NEGATIONS = frozenset("no not never none non nobody nothing nowhere neither nor without cannot".split())
NUMBERS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion "
    "dozen half halve twice".split()
)
BEFORE_UNIT = re.compile(r"(?<=[$€£¥+−-]) (?=\d)|(?<=\d) (?=[%‰])")
QUOTATION = re.compile(r"[“\"«„][^”\"»]*|‘(?:[^’]|’(?=\w))*|(?<!\w)'[^\n]{1,1000}?'(?!\w)")
QUOTED_BLOCK = re.compile(r"(?m)^ {0,3}>.*(?:\n.*\S.*)*")
LINK = re.compile(
    r"\[[^\[\]]*\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])|(?m:^ {0,3}\[[^\]]{1,999}\]:.*)|<\w+:[^<>\s]*>|https?://\S+"
)
MARK = re.compile(r"~~|(?m:^ {0,3}(?:#{1,6}(?=\s)|>|[-*+](?=\s)|\d{1,9}[.)](?=\s))|^(?: {4}|\t)|^[=-]{2,}$)")
MINOR_WORDS, MINOR_SHARE = 15, 0.03
DELETED, SAME, ADDED = -1, 0, 1
REPEATED = 100  # times that each word is there; in the longest English text it is about fifteen
PLANE = 0xE000, 0xF8FF, 0xF0000

Parts = list[tuple[int, str]]
PARTS = (
    ("Headline", "headline"),
    ("Dek", "dek"),
    ("Label", "label"),
    ("Text", "body"),
    ("Section", "section_id"),
    ("In response to", "responds_to_id"),
    ("Kind of response", "response_kind"),
    ("Language", "language"),
    ("Byline", "byline"),
    ("Disclosure", "disclosure"),
    ("Pictures", "images"),
)


class Codes(dict[str, str]):
    """One private-use character per token, so that the differ moves words and not letters."""

    def of(self, tokens: Iterable[str]) -> str:
        return "".join(self.setdefault(token, _character(len(self))) for token in tokens)


def by_words(old: str, new: str, seconds: float = 1) -> Parts:
    """Parts of (-1 removed | 0 same | 1 added, text), whole words at a time; coarser when the time is up."""
    codes = Codes()
    differ = diff_match_patch()
    differ.Diff_Timeout = seconds
    before, after = codes.of(TOKEN.findall(old)), codes.of(TOKEN.findall(new))
    if len(before) + len(after) > REPEATED * len(codes):
        differ.diff_halfMatch = _no_match
    parts = differ.diff_main(before, after, False)
    differ.diff_cleanupSemantic(parts)
    words = {code: token for token, code in codes.items()}
    return [(sign, "".join(words[code] for code in coded)) for sign, coded in parts]


def _no_match(one: str, other: str) -> None:
    """The library's short cut asks no clock, and takes a quarter of a minute where few words come again and again."""


def _character(number: int) -> str:
    low, high, plane = PLANE
    return chr(low + number) if low + number <= high else chr(plane + number - (high - low) - 1)


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Parts]]:
    """What changed between two packages: a title for each part that differs, with its difference by words."""
    fields = (("Headline", "headline"), ("Dek", "dek"), ("Label", "label"), ("Text", "body"))
    pairs = [(title, old[key], new[key]) for title, key in fields]
    pairs.append(("Section", _named(Section, old.get("section_id")), _named(Section, new.get("section_id"))))
    pairs.append(
        ("In response to", _named(Article, old.get("responds_to_id")), _named(Article, new.get("responds_to_id")))
    )
    pairs.append(("Kind of response", _does(old), _does(new)))
    pairs.append(("Language", _language(old), _language(new)))
    pairs.append(("Byline", _bylines(old), _bylines(new)))
    pairs.append(("Disclosure", old["disclosure"], new["disclosure"]))
    pairs.append(("Pictures", _images(old), _images(new)))
    return [(title, by_words(before, after)) for title, before, after in pairs if before != after]


def titles(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Which parts differ, without comparing their words."""
    return [title for title, key in PARTS if old.get(key) != new.get(key)]


def _named(model: type[Model], pk: int | None) -> str:
    return str(model._default_manager.get(pk=pk)) if pk else "nothing"


def _does(package: Mapping[str, Any]) -> str:
    return ResponseKind(package.get("response_kind", ResponseKind.RESPONDS)).label


def _language(package: Mapping[str, Any]) -> str:
    return languages.NAMES[package.get("language", languages.ENGLISH)]


def html(old: str, new: str) -> SafeString:
    """The difference of two texts by words, for a page."""
    return markup.difference(by_words(old, new))


def shown(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, SafeString]]:
    """The same as HTML, for a page."""
    return [(title, markup.difference(parts)) for title, parts in between(old, new)]


def columns(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, SafeString, SafeString, SafeString]]:
    """The same three times: in line, what was there with what was taken out, and what is there with what was put in."""
    found = []
    for title, parts in between(old, new):
        left = [(sign, words) for sign, words in parts if sign != ADDED]
        right = [(sign, words) for sign, words in parts if sign != DELETED]
        found.append((title, markup.difference(parts), markup.difference(left), markup.difference(right)))
    return found


def _bylines(package: Mapping[str, Any]) -> str:
    lines = []
    for author in package["byline"]:
        links = ", ".join(link["shown"] for link in author["links"])
        lines.append("\n".join(part for part in (author["name"], author["role"], author["bio"], links) if part))
    return "\n\n".join(lines)


def _images(package: Mapping[str, Any]) -> str:
    shown = []
    for image in package["images"]:
        place = "Lead picture" if image["lead"] else f"Picture {image['reference']}"
        description = image["alt"] or ("decorative" if image["decorative"] else "no description")
        words = [f"{place} ({image['sha256'][:8]}): {description}", image["caption"], image["credit"], image["licence"]]
        words.append(Made(image["made"]).label if "made" in image else "")
        shown.append("\n".join(part for part in words if part))
    return "\n\n".join(shown)


def why_not_minor(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Why a change needs a notice; nothing where it is minor.

    Minor is at most 15 words and 3 % of the words, and no number, date, capitalised word, quotation, negation or link
    among them (docs/workflow.md, “After publication”).
    """
    others = [title.lower() for title, _ in between(old, new) if title not in ("Headline", "Dek", "Text")]
    reasons = [f"the {title} changed" for title in others]
    texts = ["\n\n".join((package["headline"], package["dek"], package["body"])) for package in (old, new)]
    parts = by_words(texts[0], texts[1])
    changed = [word for sign, text in parts if sign != SAME for word in WORD.findall(text)]
    count = max(_count(parts, DELETED), _count(parts, ADDED))
    if count > MINOR_WORDS:
        reasons.append(f"{count} words changed, more than {MINOR_WORDS}")
    if count > MINOR_SHARE * max(1, len(WORD.findall(texts[0]))):
        reasons.append("more than 3 % of the words changed")
    return reasons + _weighty(changed, "".join(text for sign, text in parts if sign != SAME), texts)


def _count(parts: Parts, which: int) -> int:
    return sum(len(WORD.findall(text)) for sign, text in parts if sign == which)


def _weighty(changed: list[str], raw: str, texts: list[str]) -> list[str]:
    """Why a small change is not minor. Figures, quotations and links are compared whole, so that a comma moved inside a
    number or one word inside a quotation counts."""
    plain = {part.lower() for word in changed for part in word.replace("’", "'").split("-")}
    old, new = texts
    checks = (
        ("a number changed", any(map(_is_number, plain)) or _figures(old) != _figures(new)),
        ("a capitalised word changed", any(word[:1].isupper() for word in changed)),
        ("a negation changed", any(word in NEGATIONS or word.endswith("n't") for word in plain)),
        ("a quotation changed", quotations(old) != quotations(new)),
        ("a mark such as a heading, a list or a strike-through changed", MARK.findall(old) != MARK.findall(new)),
        ("a link changed", LINK.findall(old) != LINK.findall(new) or "](" in raw),
    )
    return [sentence for sentence, is_so in checks if is_so]


def _is_number(word: str) -> bool:
    return bool(re.search(r"\d", word)) or word in NUMBERS or word.removesuffix("s") in NUMBERS


def _figures(text: str) -> list[str]:
    """Everything written with digits, signs and units included, the sentence's own punctuation left out."""
    chunks = BEFORE_UNIT.sub("", text).split()
    return [chunk.strip(".,;:!?()[]*_~“”‘’\"'") for chunk in chunks if re.search(r"\d", chunk)]


def quotations(text: str) -> list[str]:
    """What stands between quotation marks, to the paragraph's end where they are not closed, and quoted blocks."""
    marked = [quoted for paragraph in re.split(r"\n\s*\n", text) for quoted in QUOTATION.findall(paragraph)]
    return marked + QUOTED_BLOCK.findall(text)
