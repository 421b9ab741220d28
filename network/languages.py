"""The languages that a piece may be written in: their names, each in its own words, and the way they are written."""

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError

ENGLISH = "en"
LOCAL = {code: info["name_local"] for code, info in LANG_INFO.items() if "name_local" in info}
NAMES = {code: name[:1].upper() + name[1:] for code, name in LOCAL.items()}  # “British English”, so no capitalize()
CHOICES = sorted(NAMES.items(), key=lambda pair: pair[1].casefold())


def is_known(code: str) -> None:
    """Raise ValidationError for a code that names no language here."""
    if code not in NAMES:
        raise ValidationError("Choose a language from the list.")


def direction(code: str) -> str:
    """`rtl` for what is written from right to left, else `ltr`."""
    return "rtl" if LANG_INFO.get(code, {}).get("bidi") else "ltr"
