"""What editors vouch for: which items are asked of a piece, which of them hold on it as it is now, and ticking them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from articles.models import Article, Revision
from articles.status import AT_DESK
from editorial import permissions, risk
from editorial.models import ChecklistItem, Part, State, Tick
from editorial.refusal import Refused
from network.fingerprint import fingerprint

NOT_YOURS = "Only an editor who is no author of the piece ticks its checklist."
NOT_HERE = "The checklist is ticked while the piece is with the desk."
OTHER_TEXT = "The text changed while you were reading. Read it again, then tick."


@dataclass(frozen=True)
class Line:
    """One item asked of a piece, the newest word on it, and why it is open. With nothing in `why_open` it holds."""

    item: ChecklistItem
    tick: Tick | None
    why_open: str

    @property
    def is_open(self) -> bool:
        return bool(self.why_open)


def asked(piece: Article) -> list[ChecklistItem]:
    """The items that apply to a piece, in order."""
    items = ChecklistItem.objects.filter(Q(section=None) | Q(section=piece.section_id), is_active=True)
    return list(items if risk.is_high(piece) else items.filter(is_high_risk_only=False))


def lines(piece: Article) -> list[Line]:
    now, authors = inputs(piece), _accounts_of_authors(piece)
    newest = {tick.key: tick for tick in piece.ticks.select_related("by", "revision").order_by("pk")}
    return [
        Line(item, newest.get(item.key), _why_open(item, newest.get(item.key), now, authors)) for item in asked(piece)
    ]


def open_lines(piece: Article) -> list[Line]:
    return [line for line in lines(piece) if line.is_open]


def is_vouched_for(piece: Article, key: str) -> bool:
    """Whether an editor has done this item on the piece as it is now. What does not apply is not done."""
    done = (line for line in lines(piece) if line.tick and line.tick.state == State.DONE)
    return any(line.item.key == key and not line.is_open for line in done)


def _why_open(item: ChecklistItem, tick: Tick | None, now: Mapping[str, str], authors: set[int]) -> str:
    if tick is None:
        return "Nobody has ticked it yet."
    if tick.state == State.OPEN:
        return f"Opened again: {tick.reason}"
    if tick.words != item.words:
        return "It was worded differently when it was ticked."
    if tick.by_id in authors:
        return "Whoever ticked it is an author of the piece now."
    if changed := [Part(part).label.lower() for part in item.looks_at if tick.inputs.get(part) != now[part]]:
        return f"Changed since it was ticked: {', '.join(changed)}."
    return ""


def inputs(piece: Article) -> dict[str, str]:
    """The fingerprint of each part that an item may look at: what the author signs, and what they declare beside it."""
    package: dict[str, Any] = piece.package()
    parts = {
        **{part: package[part] for part in Part.values if part in package},
        Part.SECTION: package["section_id"],
        Part.AI: [piece.ai_use, piece.ai_tools],
        Part.LIBEL: [piece.libel, piece.libel_detail],
        Part.EMBARGO: piece.embargo_until,
    }
    return {str(Part(part)): fingerprint({"part": value}) for part, value in parts.items()}


def _accounts_of_authors(piece: Article) -> set[int]:
    return set(piece.bylines.exclude(author__user=None).values_list("author__user", flat=True))


@transaction.atomic
def tick(piece: Article, *, by, said: Mapping[str, tuple[str, str]], seen: str = "") -> int:
    """Keep what an editor says of some items: by key, the state and its reason. Returns how many were kept."""
    current = Article.objects.select_for_update().get(pk=piece.pk)
    if not permissions.can_edit(by, current):
        raise Refused(NOT_YOURS)
    if current.stage not in AT_DESK:
        raise Refused(NOT_HERE)
    if seen and seen != fingerprint(current.package()):
        raise Refused(OTHER_TEXT)
    items = [item for item in asked(current) if item.key in said]
    silent = [item for item in items if said[item.key][0] != State.DONE and not said[item.key][1].strip()]
    if silent:
        raise Refused(*(f"Say why, for “{item.words}”" for item in silent))
    if items:
        _keep(current, items, said, by)
    return len(items)


def tick_done(piece: Article, keys: Iterable[str], *, by) -> None:
    """Vouch for these items, those that hold already left as they are. For a step that holds the piece's row."""
    keys = set(keys)
    items = [line.item for line in open_lines(piece) if line.item.key in keys]
    if items:
        _keep(piece, items, {item.key: (State.DONE, "") for item in items}, by)


def _keep(piece: Article, items: list[ChecklistItem], said: Mapping[str, tuple[str, str]], by) -> None:
    common = {"article": piece, "revision": Revision.objects.freeze(piece, by=by), "inputs": inputs(piece), "by": by}
    ticks = []
    for item in items:
        state, reason = said[item.key]
        ticks.append(Tick(key=item.key, words=item.words, state=state, reason=reason.strip(), **common))
    Tick.objects.bulk_create(ticks)
