"""What the pages of signing in show of passkeys and sign-ins."""

import json
import re

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()

BROWSERS = {
    "Edge": r"Edg[A-Za-z]*/",
    "Opera": r"OPR/",
    "Firefox": r"Firefox/|FxiOS/",
    "Chrome": r"Chrome/|CriOS/|Chromium/",
    "Safari": r"Safari/",
}  # in this order: most of them also name those below them
SYSTEMS = {
    "Android": r"Android",
    "iPhone or iPad": r"iPhone|iPad",
    "Windows": r"Windows",
    "Mac": r"Mac OS X|Macintosh",
    "Linux": r"Linux|X11",
}


@register.filter
def as_json(value: object) -> str:
    """For an attribute, where Django escapes it like any other text."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def device(user_agent: str) -> str:
    """“Firefox on Linux”: enough to recognise one's own machine."""
    browser = next((name for name, pattern in BROWSERS.items() if re.search(pattern, user_agent)), "A program")
    system = next((name for name, pattern in SYSTEMS.items() if re.search(pattern, user_agent)), "")
    return f"{browser} on {system}" if system else browser
