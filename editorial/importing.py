"""A file → a draft: what is the headline, who wrote it, what is text, and what does the network say by itself."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import frontmatter
import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from articles.models import Article, Disclaimer, Section
from authors.models import Author, Site, SocialLink
from editorial import writing
from editorial.refusal import Refused
from network import markup

LARGEST = 1_000_000
LONGEST_LINE = 500  # characters of a follow line
FOLLOW = re.compile(r"Follow\s+(?P<name>.+?)\s+(?P<places>(?:on|at)\s+.+?)\.?")
PLACE = re.compile(r"on\s+(?P<site>[A-Za-z]+)(?:\s*/\s*X)?\s+@?(?P<handle>[\w.@-]*\w)")
SITES = {str(site.label).lower(): site for site in Site} | {"x": Site.TWITTER}
STANDING = re.compile(
    r"opinions? expressed .{0,80}do(?:es)? not (?:necessarily )?(?:reflect|represent)", re.IGNORECASE | re.DOTALL
)
ALIKE, FEW = 0.6, 12
MARKS = re.compile(r"([\\`*_\[\]<>])")
LINE_START = re.compile(r"(?m)^(\s*)(#{1,6}(?=\s)|[-+](?=\s)|[=-]{2,}\s*$|(?:\d{1,9})(?=[.)]\s)|~{3,})")
FOUR_SPACES = re.compile(r"(?m)^(?: {4,}|\t+)")


@dataclass
class Found:
    """What a file holds."""

    headline: str
    byline: str
    body: str
    dek: str = ""
    section: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def read(path: Path) -> Found:
    """Read a text file (`headline | byline`, then the text) or Markdown with front matter. Raises Refused."""
    text = _text(path)
    return _from_markdown(text) if text.startswith("---\n") else _from_text(text)


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Refused(f"The file has {size:,} bytes; a piece has at most {LARGEST:,}.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Refused(f"The file cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Refused("The file is not text in UTF-8. Save it as plain text or Markdown first.") from None
    if "\0" in text:
        raise Refused("The file is not text: it holds binary data.")
    if not text.strip():
        raise Refused("The file is empty.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _from_text(text: str) -> Found:
    first, _, rest = text.strip().partition("\n")
    headline, bar, byline = (part.strip() for part in first.rpartition("|"))
    if not bar or not headline or not byline:
        raise Refused("The first line is not “headline | byline”, so nobody can tell whose piece this is.")
    found = Found(headline, byline, "", said=[f"headline: {headline}", f"byline: {byline}"])
    paragraphs = _without_foot(_paragraphs(rest), found)
    found.body = "\n\n".join(as_markdown(paragraph) for paragraph in paragraphs)
    return _checked(found, len(paragraphs))


def _from_markdown(text: str) -> Found:
    try:
        post = frontmatter.loads(text)
    except (yaml.YAMLError, ValueError):
        raise Refused("The front matter between the two lines of “---” is not valid YAML.") from None
    meta = {str(key).lower(): value for key, value in post.metadata.items()}
    headline = _one(meta, "headline", "title")
    if not headline:
        raise Refused("The front matter has no “headline”.")
    found = Found(headline, _one(meta, "author", "byline"), "", _one(meta, "dek"), _one(meta, "section"))
    found.said = [
        f"{name}: {getattr(found, name)}" for name in ("headline", "byline", "dek", "section") if getattr(found, name)
    ]
    paragraphs = _without_foot(_paragraphs(post.content), found)
    found.body = "\n\n".join(paragraphs)
    return _checked(found, len(paragraphs))


def _one(meta: dict[str, object], *names: str) -> str:
    value = next((meta[name] for name in names if meta.get(name)), "")
    return str(value[0] if isinstance(value, list) and value else value).strip()


def _checked(found: Found, paragraphs: int) -> Found:
    if not found.body:
        raise Refused("The file has a headline and no text.")
    if len(found.headline) > 200:
        raise Refused(f"The headline has {len(found.headline)} characters; at most 200 can be kept.")
    if len(found.body) > markup.LIMIT:
        raise Refused(f"The text has {len(found.body):,} characters; at most {markup.LIMIT:,} can be kept.")
    try:
        markup.render(found.body, doc_id="import")
    except markup.TooLong as error:
        raise Refused(str(error)) from None
    found.said.append(f"text: {markup.words(found.body)} words in {paragraphs} paragraphs")
    return found


def _paragraphs(text: str) -> list[str]:
    return [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.strip("\n")) if part.strip()]


def _without_foot(paragraphs: list[str], found: Found) -> list[str]:
    """Take the follow line and an old disclaimer off the end: the network prints both by itself."""
    kept = list(paragraphs)
    while kept:
        last = kept[-1].strip()
        if match := FOLLOW.fullmatch(" ".join(last.split())[:LONGEST_LINE]):
            _follow(match, last, found)
        elif is_disclaimer(last):
            found.said.append(f"left out, because the network's own disclaimer is attached: {last[:60]}…")
        else:
            break
        kept.pop()
    return kept


def _follow(match: re.Match[str], line: str, found: Found) -> None:
    for place in PLACE.finditer(match["places"]):
        if site := SITES.get(place["site"].lower()):
            found.links.append((site, place["handle"]))
    found.said.append(f"follow line: {line}" if found.links else f"left out, no site recognised: {line}")


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph is standing words: the usual sentence, or most of the words of one of our versions."""
    if STANDING.search(paragraph):
        return True
    words = _word_set(paragraph)
    versions = Disclaimer.objects.values_list("text", flat=True)
    return len(words) > FEW and any(len(words & _word_set(text)) >= ALIKE * len(words) for text in versions)


def _word_set(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def as_markdown(paragraph: str) -> str:
    """Plain text as Markdown that shows exactly the same characters."""
    escaped = MARKS.sub(r"\\\1", FOUR_SPACES.sub("", paragraph))
    return LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    mark = match[2]
    return f"{match[1]}{mark}\\" if mark[:1].isdigit() else f"{match[1]}\\{mark}"


def keep(found: Found, *, by, author_name: str = "") -> Article:
    """Make the draft. A byline that names somebody else than the account's author is refused unless `author_name` says
    whose piece it is. Raises Refused and leaves nothing behind then."""
    with transaction.atomic():
        author = _author(found, by, author_name)
        for site, handle in found.links:
            _keep_link(author, site, handle, found)
        section = Section.objects.filter(slug=slugify(found.section)).first() if found.section else None
        if found.section and section is None:
            found.said.append(f"left out, the network has no such section: {found.section}")
        return writing.start(
            author, by=by, headline=found.headline, dek=found.dek[:300], body=found.body, section=section
        )


def _author(found: Found, by, name: str) -> Author:
    if name := " ".join(name.split()):
        named = Author.objects.filter(name__iexact=name).first() or _new_author(name, found)
        if found.byline and not _same(named.name, found.byline):
            found.said.append(f"byline “{found.byline}” is printed as {named.name}")
        return named
    own = Author.objects.filter(user=by).first()
    if own is None:
        raise Refused(f"The account “{by}” has no author. Say with --author whose piece this is.")
    if found.byline and not _same(own.name, found.byline):
        raise Refused(
            f"The byline names {found.byline}, and “{by}” is {own.name}. Say with --author whose piece this is."
        )
    return own


def _new_author(name: str, found: Found) -> Author:
    stem = slugify(name)[:110] or "author"
    slug, number = stem, 1
    while Author.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    found.said.append(f"new author: {name}, whose identity nobody has checked yet")
    return Author.objects.create(name=name, slug=slug)


def _keep_link(author: Author, site: str, handle: str, found: Found) -> None:
    existing = author.links.filter(site=site).first()
    if existing is None:
        _new_link(SocialLink(author=author, site=site, handle=handle, position=author.links.count()), found)
    elif existing.handle.lower() != handle.lower():
        found.said.append(f"left out, {author.name} is followed there as @{existing.handle}: @{handle}")


def _new_link(link: SocialLink, found: Found) -> None:
    try:
        link.full_clean()
    except ValidationError as error:
        found.said.append(f"left out, {link}: {' '.join(error.messages)}")
    else:
        link.save()


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
