"""The picture that stands beside a link to a piece on other sites: its headline, label and byline under the network's
name, in the colours that the readers' site has on paper-like ground. A line that no font here can write is left out; in
the headline's place stands the network's name then.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from network import typefaces

DRAWING = 1  # counts up when the drawing changes, so that those that are kept are drawn anew
SIZE = (1200, 630)  # as Open Graph's readers show it without a cut
END = b"IEND\xaeB`\x82"  # of every PNG
MOST_LINES = 4  # of a headline; the rest is an ellipsis
HEADLINE_SIZES = (88, 80, 72, 64, 58, 52)  # pixels; the largest at which it fits
MARGIN = 76
WIDTH = SIZE[0] - 2 * MARGIN
TOP, BOTTOM = 211, 511  # between which the headline stands
LEADING = 1.13

# The light palette of network/static/css/tokens.css.
PAPER, INK, INK_SOFT, EDGE, ACCENT = "#fbfaf7", "#1b1d1f", "#595c60", "#d8d5cd", "#0a5468"

_PARTS = re.compile(r"\s+|\S+")


@dataclass(frozen=True)
class Words:
    """What the picture says."""

    network: str
    label: str
    headline: str
    byline: str


def draw(words: Words) -> bytes:
    """The picture, as PNG."""
    image = Image.new("RGB", SIZE, PAPER)
    canvas = ImageDraw.Draw(image)
    fitted = typefaces.fitting(words.headline, typefaces.SERIF_BOLD)
    from_right = fitted is not None and typefaces.is_rtl(fitted[1])
    for top, bottom, colour in ((118, 122, INK), (128, 129, INK), (532, 533, EDGE)):
        canvas.rectangle((MARGIN, top, SIZE[0] - MARGIN, bottom), fill=colour)
    _write(canvas, words.label, typefaces.SANS_BOLD, 29, (184, ACCENT), from_right)
    _write(canvas, words.byline, typefaces.SANS, 31, (580, INK_SOFT), from_right)
    if fitted:
        _write(canvas, words.network, typefaces.SERIF_BOLD, 40, (98, INK), from_right)
    else:
        fitted = typefaces.fitting(words.network, typefaces.SERIF_BOLD)
    if fitted:
        _write_headline(canvas, *fitted, from_right)
    out = io.BytesIO()
    image.quantize(48, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(
    canvas: ImageDraw.ImageDraw,
    text: str,
    names: tuple[str, ...],
    size: int,
    ink: tuple[int, str],
    from_right: bool,
) -> None:
    """One line on a baseline in a colour, smaller where it would not fit."""
    if fitted := typefaces.fitting(text, names):
        path, drawn = fitted
        while size > 18 and typefaces.font(path, size).getlength(drawn) > WIDTH:
            size -= 1
        face = typefaces.font(path, size)
        _put(canvas, _cut(drawn, face) if face.getlength(drawn) > WIDTH else drawn, face, ink, from_right)


def _write_headline(canvas: ImageDraw.ImageDraw, path: str, drawn: str, from_right: bool) -> None:
    """As large as it fits, in lines of about one length."""
    for size in HEADLINE_SIZES:
        face = typefaces.font(path, size)
        broken = lines(drawn, face, WIDTH)
        if len(broken) <= MOST_LINES and len(broken) * size * LEADING <= BOTTOM - TOP:
            break
    if len(broken) > MOST_LINES:
        broken = [*broken[: MOST_LINES - 1], _cut(" ".join(broken[MOST_LINES - 1 :]), face)]
    else:
        broken = _evened(drawn, face, broken)
    step = round(size * LEADING)
    first = TOP + (BOTTOM - TOP - step * len(broken)) // 2 + round(size * 0.86)
    for number, line in enumerate(broken):
        _put(canvas, line, face, (first + number * step, INK), from_right)


def lines(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The text in lines of at most this width: broken between words, between the signs of Chinese or Japanese, and
    inside a word only where it is longer than a line."""
    broken, line = [], ""
    for part in _parts(text):
        if line and face.getlength((line + part).rstrip()) > width:
            broken.append(line.strip())
            line = ""
        line += part if line else part.lstrip()
        while len(line) > 1 and face.getlength(line.rstrip()) > width:
            fits = next((n for n in range(len(line) - 1, 1, -1) if face.getlength(line[:n]) <= width), 1)
            broken.append(line[:fits])
            line = line[fits:]
    return [*broken, line.strip()] if line.strip() else broken


def _parts(text: str) -> Iterator[str]:
    """Spaces and words, each sign of Chinese or Japanese by itself; a closing mark stays with the sign before it."""
    for found in _PARTS.findall(text):
        part = ""
        for sign in found:
            is_wide = unicodedata.east_asian_width(sign) in "WF"
            if part and is_wide and unicodedata.category(sign)[0] != "P":
                yield part
                part = ""
            part += sign
        yield part


def _evened(text: str, face: ImageFont.FreeTypeFont, broken: list[str]) -> list[str]:
    """In as many lines, of about one length."""
    for width in range(WIDTH // 2, WIDTH, 24):
        if len(tried := lines(text, face, width)) == len(broken) and not _splits_a_word(tried, text):
            return tried
    return broken


def _splits_a_word(broken: list[str], text: str) -> bool:
    return " ".join(broken) != text and "".join(broken) != text.replace(" ", "")


def _cut(text: str, face: ImageFont.FreeTypeFont) -> str:
    """As much of a line as there is room for, and an ellipsis."""
    while text and face.getlength(f"{text}…") > WIDTH:
        text = text[:-1].rstrip(" ,;:.–—-")
    return f"{text}…"


def _put(
    canvas: ImageDraw.ImageDraw, text: str, face: ImageFont.FreeTypeFont, ink: tuple[int, str], from_right: bool
) -> None:
    """A line at its margin; which way its words run inside it is FriBiDi's to say."""
    way = ("rtl" if from_right else "ltr") if face.layout_engine == ImageFont.Layout.RAQM else None
    baseline, colour = ink
    where = (SIZE[0] - MARGIN if from_right else MARGIN, baseline)
    canvas.text(where, text, fill=colour, font=face, anchor="rs" if from_right else "ls", direction=way)
