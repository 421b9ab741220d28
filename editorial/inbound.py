"""A mail that answers a letter: found by the address it came to, stripped of whatever names anybody, and passed on.

`manage.py receive_letter` is what a mail server runs for each. What is not a person's answer is dropped in silence;
what is refused is said to the mail server, which tells the sender.
"""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from html.parser import HTMLParser
from typing import Any

import nh3
from django.conf import settings

from editorial import correspondence, intake
from editorial.models import Correspondence, Message, Side
from editorial.models.correspondence import To
from editorial.refusal import Refused
from network.models import Network

LARGEST = 1_000_000  # bytes: pictures are not passed on anyway
LONGEST = 20_000  # characters
LONGEST_HTML = 200_000  # characters of a page: laying out what stands inside each other takes the square of it
LONGEST_LINE = 300  # characters of one that announces the copy of an earlier mail
TOO_LARGE = "This mail is too large. Send text alone, without files."
UNREADABLE = "This mail cannot be read. Send it as plain text."
RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
OF_PROGRAMS = {"bulk", "junk", "list", "auto_reply"}  # as values of Precedence
ADDRESS = re.compile(r"(?<![\w.+%'=-])(?:mailto:)?[\w.+%'=-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
LEFT_OUT = "(address left out)"
LEFT_OUT_KEY = "(key-left-out)"
ORIGINAL = re.compile(
    r"^\s*(?:-{2,}.*(?:original|forwarded).*-{2,}|_{10,}|(?:from|von|de)\s?:\s.*[@<\[].*)$", re.IGNORECASE
)
SIGNATURE = re.compile(r"^-- ?$")
HOUSE = policy.compat32.clone(message_factory=EmailMessage)  # headers as they came: none can make this fail


class NobodyThere(Refused):
    """The address belongs to no correspondence."""


def receive(data: bytes, recipient: str = "") -> Message | None:
    """Pass a mail on. None for what no person wrote, and for what has come before."""
    if len(data) > LARGEST:
        raise Refused(TOO_LARGE)
    mail: EmailMessage = _read(partial(message_from_bytes, policy=HOUSE), data)
    between, side = _found(mail, recipient)
    if is_by_program(mail):
        return None
    source = intake.digest(between.pk, mail.get("Message-ID", "") or data)
    if between.messages.filter(source=source).exists():
        return None
    text = _without_keys(_read(words, mail), between)
    if not text:
        raise Refused("This mail holds no text of its own. Write your answer above what you quote.")
    if len(text) > LONGEST:
        raise Refused(f"This letter is too long. A letter has at most {LONGEST:,} characters.")
    try:
        return correspondence.say(between, side, text, source=source)
    except Refused:
        if side == Side.READER and not between.is_open:
            correspondence.say_that_it_is_closed(between)
            return None
        raise


def _found(mail: EmailMessage, recipient: str) -> tuple[Correspondence, Side]:
    """The correspondence that an address of ours stands for, and who writes when they write to it."""
    local, _, domain = settings.EMAIL_REPLY.partition("@")
    ours = re.compile(rf"{re.escape(local)}\+([0-9a-f]{{32}})@{re.escape(domain)}", re.IGNORECASE)
    named = [recipient] if recipient else [str(value) for name in RECIPIENTS for value in mail.get_all(name, [])]
    keys = [key.lower() for value in named for key in ours.findall(value)] if local else []
    rows = Correspondence.objects.confirmed().select_related("author__user")
    for key in keys:
        if between := rows.filter(reader_key=key).first():
            return between, Side.READER
        if between := rows.filter(other_key=key, to=To.AUTHOR).first():
            return between, Side.AUTHOR
    raise NobodyThere("There is no correspondence at this address.")


def is_by_program(mail: EmailMessage) -> bool:
    """Absence notes, bounces, lists, and whatever we have sent ourselves (RFC 3834): answered, they would go on for
    ever."""
    says = {name: str(mail.get(name, "")).strip().lower() for name in ("Auto-Submitted", "Precedence", "Return-Path")}
    ours = f"@{Network.load().contact.partition('@')[2]}>"
    return (
        says["Auto-Submitted"] not in ("", "no")
        or says["Precedence"] in OF_PROGRAMS
        or says["Return-Path"] == "<>"
        or any(name in mail for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Loop"))
        or mail.get_content_type() == "multipart/report"
        or bool(re.match(r"<letter-\d+@", mid := str(mail.get("Message-ID", "")).strip()) and mid.endswith(ours))
    )


def _read(read: Callable[[Any], Any], what: Any) -> Any:
    """Parts within parts without end, or the name of a charset that is no name, are said to whoever sent them."""
    try:
        return read(what)
    except (RecursionError, ValueError):
        raise Refused(UNREADABLE) from None


def _without_keys(text: str, between: Correspondence) -> str:
    """A copy of an earlier mail that does not look like one would hand the other side the key to the reader's page."""
    signature = between.confirmation().partition(":")[2]
    keys = "|".join(map(re.escape, (between.reader_key, between.other_key, signature)))
    return re.sub(keys, LEFT_OUT_KEY, text, flags=re.IGNORECASE)


def words(mail: EmailMessage) -> str:
    """What somebody wrote, as text: no quotation, no signature, no address, no file."""
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    text = _decoded(part)
    if part.get_content_type() == "text/html":
        text = plain(text)
    text = _without_quotes(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(char for char in text if char in "\n\t" or char.isprintable())
    return re.sub(r"\n{3,}", "\n\n", ADDRESS.sub(LEFT_OUT, text)).strip()


def _decoded(part) -> str:
    data = part.get_payload(decode=True) or b""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, UnicodeError):  # a name of a charset that is none, or none for text
        return data.decode("utf-8", "replace")


def _without_quotes(text: str) -> str:
    """Up to the signature or the copy of an earlier mail, and without quoted lines and the one that announces them."""
    kept: list[str] = []
    for line in map(str.rstrip, text.split("\n")):
        if SIGNATURE.match(line) or (len(line) <= LONGEST_LINE and ORIGINAL.match(line)):
            break
        if line.lstrip().startswith(">"):
            _drop_announcement(kept)
        else:
            kept.append(line)
    return "\n".join(kept)


def _drop_announcement(kept: list[str]) -> None:
    """“On Tuesday somebody wrote:”, which a mail program may have folded into two lines."""
    while kept and not kept[-1].strip():
        kept.pop()
    if kept and kept[-1].rstrip().endswith(":"):
        last = kept.pop()
        if kept and kept[-1].strip() and not re.search(r"\d", last):
            kept.pop()


class Plain(HTMLParser):
    """Collects the words of a page: what is quoted or not shown stays out."""

    GONE = {"style", "script", "title"}
    HIDDEN = frozenset({"blockquote"})
    BREAKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "ul", "ol", "table"})
    KEPT = {*HIDDEN, *BREAKS}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        if tag in self.HIDDEN:
            self.hidden.append(tag)
        elif tag in self.BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            del self.hidden[self.hidden.index(tag) :]
        elif tag in self.BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(re.sub(r"\s+", " ", data))


def plain(html: str) -> str:
    """The page is made whole first: what never closes would take the parser hours."""
    if len(html) > LONGEST_HTML:
        raise Refused(TOO_LARGE)
    parser = Plain()
    parser.feed(nh3.clean(html, tags=Plain.KEPT, attributes={}, clean_content_tags=Plain.GONE))
    parser.close()
    return "".join(parser.words)
