"""The fonts of this machine, for what is drawn on the server: which one has every letter of a text.

None is shipped. The first of a short list that has all the letters is taken, and Pillow's built-in one, which knows
English only, where there is none.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont, features

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts")
BUILT_IN = ""
DASHES = {ord("–"): "-", ord("—"): "-"}  # which the built-in font lacks
SCRIPTS = ("NaskhArabic", "SansArabic", "SerifHebrew", "SansHebrew", "SerifCJK", "SansCJK", "SansDevanagari")
SERIF_BOLD = (
    *("SourceSerif4-Bold", "NotoSerif-Bold", "Georgia Bold", "georgiab", "LiberationSerif-Bold", "DejaVuSerif-Bold"),
    *(f"Noto{script}-Bold" for script in SCRIPTS),
    *("DejaVuSans-Bold", "LiberationSans-Bold"),
)
SANS_BOLD = (
    *("NotoSans-Bold", "Arial Bold", "arialbd", "LiberationSans-Bold", "DejaVuSans-Bold"),
    *(f"Noto{script}-Bold" for script in SCRIPTS),
)
SANS = (
    *("NotoSans-Regular", "Arial", "arial", "LiberationSans-Regular", "DejaVuSans"),
    *(f"Noto{script}-Regular" for script in SCRIPTS),
)

_MOST_MARKS = 2  # on one letter: more would grow out of the line
_BOXED = "\U0010fffd"  # a character that no font has
_SHAPING = "\u200c\u200d"  # unseen, but letters join or stay apart by them
_TRIAL = 24  # pixels: at which a letter is told from an empty box


def fitting(text: str, names: tuple[str, ...]) -> tuple[str, str] | None:
    """The first font of these that has every letter of a text, and the text as it can be drawn with it: without signs
    and marks that it lacks, such as emoji. Nothing where letters would be missing or in the wrong order."""
    text = _tidy(text)
    if not text or (_needs_shaping(text) and not features.check("raqm")):
        return None
    for path in (*_installed(names), BUILT_IN):
        text = text if path else text.translate(DASHES)
        lacking = {sign for sign in set(text) if not _has(path, sign)}
        if not any(unicodedata.category(sign)[0] in "LN" for sign in lacking):
            drawn = "".join(sign for sign in text if sign not in lacking)
            return (path, " ".join(drawn.split())) if drawn.strip() else None
    return None


@lru_cache(maxsize=64)
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels."""
    found = ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, so that nothing can be written on a picture.")
    return found


def is_rtl(text: str) -> bool:
    """Whether it begins from the right, as its first letter that has a direction says."""
    strong = (unicodedata.bidirectional(sign) for sign in text)
    return next((way for way in strong if way in ("L", "R", "AL")), "L") != "L"


def _tidy(text: str) -> str:
    """In composed letters, without control characters, and with no tower of marks on any letter."""
    kept, marks = [], 0
    for sign in unicodedata.normalize("NFC", " ".join(text.split())):
        category = unicodedata.category(sign)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        is_seen = category[0] != "C" or sign in _SHAPING
        if is_seen and marks <= _MOST_MARKS and not 0xFE00 <= ord(sign) <= 0xFE0F:  # which way to draw an emoji
            kept.append(sign)
    return "".join(kept).strip()


def _needs_shaping(text: str) -> bool:
    """Whether it is more than one letter after another from the left: what FriBiDi and HarfBuzz are for."""
    return any(
        unicodedata.bidirectional(sign) in ("R", "AL", "AN") or unicodedata.category(sign)[0] == "M" for sign in text
    )


@lru_cache(maxsize=1)
def _on_this_machine() -> dict[str, str]:
    """The path of every font file, by its name without the ending. Those put in later count after a restart."""
    files = (path for folder in map(Path, FOLDERS) if folder.is_dir() for path in sorted(folder.rglob("*")))
    return {path.stem: str(path) for path in files if path.suffix.lower() in (".ttf", ".otf", ".ttc")}


def _installed(names: tuple[str, ...]) -> list[str]:
    there = _on_this_machine()
    return [there[name] for name in names if name in there]


@lru_cache(maxsize=20_000)
def _has(path: str, sign: str) -> bool:
    """Whether a font draws a character as anything but the box for those it lacks."""
    if unicodedata.category(sign)[0] in "ZC":
        return True
    return _ink(path, sign) != _ink(path, _BOXED)


def _ink(path: str, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font(path, _TRIAL).getmask(sign)
    return mask.size, bytes(mask)
