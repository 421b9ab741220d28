"""Reads the process's environment, or refuses with a sentence that names the variable and shows a good value.

A variable that is set to nothing, or to blanks, counts as not set. A refusal never repeats a text: it may be a secret.
"""

import os
from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str | None = None, *, example: str = "a-value") -> str:
    """The variable's text without the blanks around it. With no default it has to be set."""
    value = _read(name)
    if value is not None:
        return value
    if default is None:
        raise _refusal(name, "is not set", example)
    return default


def flag(name: str, default: bool) -> bool:
    value = _read(name)
    if value is None:
        return default
    if value.lower() in YES | NO:
        return value.lower() in YES
    raise _refusal(name, f"is {value!r}, which is neither yes nor no", "1", "0")


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number in plain digits, not below `least`."""
    value = _read(name)
    if value is None:
        return default
    example = str(max(default, least))
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise _refusal(name, f"is {value!r}, which is not a whole number", example)
    if int(value) < least:
        raise _refusal(name, f"is {value}, and the least it can be is {least}", example)
    return int(value)


def listing(name: str, default: Iterable[str] | None = None, *, example: str = "one,two") -> list[str]:
    """The parts between commas, without the blanks around them. With no default it has to be set. A blank inside a
    part is refused as a forgotten comma."""
    value = _read(name)
    if value is None and default is None:
        raise _refusal(name, "is not set", example)
    if value is None:
        return list(default or ())
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not parts or any(len(part.split()) > 1 for part in parts):
        raise _refusal(name, "is not a list with commas between its parts", example)
    return parts


def _read(name: str) -> str | None:
    return os.environ.get(name, "").strip() or None


def _refusal(name: str, problem: str, *examples: str) -> ImproperlyConfigured:
    shown = " or ".join(f"{name}={example}" for example in examples)
    return ImproperlyConfigured(f"The environment variable {name} {problem}. Set it, as in {shown}.")
