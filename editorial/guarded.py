"""The copy of a piece that guards look at: what they look at is loaded once, and what several of them find out is found
out once."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.db.models import prefetch_related_objects

from articles.models import Article
from network.fingerprint import fingerprint


def loaded(piece: Article) -> Article:
    """As it is in the database now, whatever was loaded of it before."""
    looked_at = copy(piece)
    vars(looked_at).pop("_prefetched_objects_cache", None)
    looked_at.known = {}  # type: ignore[attr-defined]
    prefetch_related_objects([looked_at], "bylines__author", "pictures")
    return looked_at


def once(piece: Article, name: str, found: Callable[[], Any]) -> Any:
    """What was found out about the copy; of any other piece it is found out each time, since that may change."""
    known: dict[str, Any] | None = vars(piece).get("known")
    if known is None:
        return found()
    if name not in known:
        known[name] = found()
    return known[name]


def package_hash(piece: Article) -> str:
    """The fingerprint of the working text as it is now."""
    return once(piece, "package_hash", lambda: fingerprint(piece.package()))
