"""What may stand in the HTML of a text, and where its links may lead."""

import re
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape

ADDRESS = 2_000  # characters of a link's address

_NOTE = re.compile(r"#?fn(ref)?-[A-Za-z0-9-]{1,64}-[0-9]+(_[0-9]+)?")
_NEVER_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f\\]")


def sanitise(html: str) -> str:
    """HTML with nothing left in it but what a text of ours may hold. Time grows with the square of its nesting.

    Taking a tag out can make its neighbours parse differently the next time, so it is done until nothing changes; what
    never settles is shown as text.
    """
    for _ in range(6):
        if (cleaned := _CLEANER.clean(html)) == html:
            return html
        html = cleaned
    return escape(html)


def is_allowed(address: str) -> bool:
    """Whether a link may lead there: http, https, mailto, or a path on this site."""
    if len(address) > ADDRESS or _NEVER_IN_ADDRESS.search(address):
        return False
    if address.startswith("/"):
        return not address.startswith("//")
    scheme, _, rest = address.partition(":")
    if scheme.lower() == "mailto":
        return "@" in rest
    return scheme.lower() in ("http", "https") and rest.startswith("//") and bool(hosts_of(address))


def hosts_of(address: str) -> set[str]:
    """The address's host, with and without its port; nothing for a path, a mail address or a broken one."""
    try:
        parts = urlsplit(address)
        return {parts.hostname, f"{parts.hostname}:{parts.port}"} if parts.hostname else set()
    except ValueError:
        return set()


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The sanitiser asks for each attribute it would keep; None drops it."""
    if name == "id" or (name == "href" and value.startswith("#")):
        return value if _NOTE.fullmatch(value) else None
    if name in ("href", "src"):
        return value if is_allowed(value) else None
    return value if value in _VALUES.get(name, {value}) else None


_VALUES = {"role": {"region", "doc-endnotes"}, "tabindex": {"0"}, "loading": {"lazy"}, "decoding": {"async"}}
_TAGS = (
    "p h2 h3 h4 h5 h6 em strong s code pre blockquote ul ol li hr br a sup section div figure figcaption span img "
    "table thead tbody tr th td"
)
_ATTRIBUTES = {
    "a": "href id rel aria-label",
    "div": "role aria-label tabindex",
    "img": "src width height alt loading decoding",
    "li": "id",
    "ol": "start",
    "section": "role aria-label",
    "th": "scope",
}
_CLASSES = {"a": "external note note-back", "div": "table", "em": "missing", "section": "notes", "span": "credit paid"}
_SIDES = {"left", "center", "right"}
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    # `class` is no attribute here: nh3 dies of a BaseException where it stands beside allowed_classes.
    attributes={tag: set(names.split()) for tag, names in _ATTRIBUTES.items()},
    allowed_classes={tag: set(names.split()) for tag, names in _CLASSES.items()} | {"td": _SIDES, "th": _SIDES},
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
