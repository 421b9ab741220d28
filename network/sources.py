"""The pictures in a stored text, offered in several sizes and formats.

The text itself is signed and kept as it was; this is done to it on the way to a reader.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import format_html

# Outside a tag the sanitiser writes < as an entity, and inside an attribute " likewise, so no words look like a tag.
_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*? src="/pictures/([a-z0-9-]{1,40})/"(?: [a-z]+="[^"]*")*>')


@dataclass(frozen=True)
class Sources:
    """The addresses of one picture with their widths: a srcset for each format."""

    avif: str
    webp: str
    plain: str


def offered(html: str, find: Callable[[str], Sources | None], sizes: str) -> str:
    """The safe HTML of a text, each picture of ours in a <picture> with all its sources. One that has them already and
    one that `find` does not know stay as they are."""

    def replaced(tag: re.Match[str]) -> str:
        if (sources := find(tag[1])) is None:
            return tag[0]
        shape = '<source type="{}" srcset="{}" sizes="{}">'
        kinds = (("image/avif", sources.avif), ("image/webp", sources.webp))
        before = "".join(format_html(shape, kind, srcset, sizes) for kind, srcset in kinds)
        more = format_html(' srcset="{}" sizes="{}">', sources.plain, sizes)
        return f"<picture>{before}{tag[0][:-1]}{more}</picture>"

    return _IMAGE.sub(lambda tag: tag[0] if ' srcset="' in tag[0] else replaced(tag), html)
