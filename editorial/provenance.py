"""How a published piece got here, for readers: told from the trail and from what was published, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from articles.models import Article
from articles.status import Stage
from editorial.models import Event, Override
from network.models import Network

PUBLIC_STEPS = ("submit", "break_glass", "ask_changes", "approve", "sign", "suggest", "override", "announce")
PROPOSED = {"retract": "proposed its retraction", "reinstate": "proposed to take the retraction back"}
OF_A_PUBLIC_PIECE = ("challenge", "clear", "retract", "reinstate", "repin")
ROLES = {"author": "The author", "editor": "An editor", "publisher": "A publisher", "standards": "Standards"}
WORDS = {
    "submit": "submitted the piece and signed its text",
    "ask_changes": "asked for changes",
    "approve": "approved exactly this text",
    "break_glass": "judged it in spite of a conflict, because no other editor was left",
    "sign": "signed exactly this text",
    "suggest": "suggested a change to the proof",
    "announce": "told the author what readers would be told of the change",
    "override": "signed in the place of an author who had not answered",
    "publish": "published it",
    "repin": "put a newer disclaimer under it",
    "challenge": "put it under review",
    "clear": "closed the review",
    "retract": "confirmed its retraction",
    "reinstate": "confirmed that the retraction is taken back",
}


@dataclass(frozen=True)
class Line:
    """One step as readers are told it."""

    at: datetime
    words: str
    note: str = ""


def lines(piece: Article) -> list[Line]:
    """The steps that led to what readers have, oldest first. The desk's own notes stay at the desk."""
    events = _told_of(piece)
    names = {author["author"]: author["name"] for author in piece.live.revision.byline} if piece.live else {}
    shows_names = Network.load().names_editors
    return [Line(event.at, _told(event, names, shows_names), _reason(event)) for event in events]


def _told_of(piece: Article) -> list[Event]:
    """What readers may know of: the way to each publication, and what was said since. Of a change that is not published
    yet, or was discarded, they notice nothing."""
    known: list[Event] = []
    on_the_way: list[Event] = []
    proposed: Event | None = None
    for event in piece.trail.order_by("seq").select_related("actor__author"):
        if event.step == "propose":
            proposed = event
        elif event.step in OF_A_PUBLIC_PIECE:
            if proposed and event.step in PROPOSED:
                proposed.became = event.step  # type: ignore[attr-defined]
                known.append(proposed)
            known.append(event)
        elif event.step in ("publish", "fire"):
            known += [*on_the_way, event]
        elif event.step in PUBLIC_STEPS:
            on_the_way.append(event)
        if event.step in ("publish", "fire", "discard"):
            on_the_way = []
    return sorted(known, key=lambda event: event.seq)


def _told(event: Event, names: dict[int, str], shows_names: bool) -> str:
    if event.step == "fire":
        return "The scheduled moment came, and it was published"
    words = PROPOSED[event.became] if event.step == "propose" else WORDS[event.step]  # type: ignore[attr-defined]
    if event.step == "approve" and event.to_stage == Stage.PROOF:
        words = "approved an edited text, which went to the author as a proof"
    return f"{_who(event, names, shows_names)} {words}"


def _who(event: Event, names: dict[int, str], shows_names: bool) -> str:
    actor: Any = event.actor
    if event.role == "author":
        return names.get(actor.author.pk, "An author") if hasattr(actor, "author") else "An author"
    role = ROLES.get(event.role, "Somebody")
    return f"{role}, {_name(actor)}," if shows_names and actor else role


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()


def _reason(event: Event) -> str:
    """The reasons that are for readers here; a notice stands on the piece itself."""
    return event.note if event.step in ("override", "break_glass") else ""


def facts(piece: Article) -> dict[str, object]:
    """The figures above the steps: when it came, how often it went back and forth, and by whose keys it is public."""
    events = _told_of(piece)
    submitted = [event for event in events if event.step == "submit"]
    told = [event.note for event in submitted if event.note]
    return {
        "received_at": submitted[0].at if submitted else None,
        "rounds": len(submitted),
        "returned": sum(event.step == "ask_changes" for event in events),
        "ai": told[-1] if told else "",
        "overrides": _overrides(piece),
        "broken_glass": piece.broken_glass.all(),
    }


def _overrides(piece: Article) -> Iterable[Override]:
    if piece.live is None:
        return []
    return piece.overrides.filter(package_hash=piece.live.revision.package_hash).select_related("author")
