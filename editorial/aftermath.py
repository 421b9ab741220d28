"""What can still happen to a piece that readers have: it is challenged, retracted, removed, or merged into another.

Like `editorial.effects`, called by `workflow.take` alone. A challenge is one person's act. Taking a piece back is two
people's: the first call of the step proposes it, the second one, by somebody else, carries out what was proposed.
"""

from typing import Any

from articles.models import Article, Notice
from articles.models.notice import Basis, NoticeKind
from articles.status import Stage, Standing
from editorial.effects import Outcome
from editorial.models import Proposal
from editorial.refusal import Refused
from network import clock

BECOMES = {
    "retract": (Standing.RETRACTED, NoticeKind.RETRACTION, "retracted"),
    "reinstate": (Standing.LIVE, NoticeKind.REINSTATEMENT, "reinstated"),
    "remove": (Standing.REMOVED, NoticeKind.REMOVAL, "removed"),
    "merge": (Standing.REMOVED, NoticeKind.MERGE, "merged"),
}


def challenge(piece: Article, *, by, note: str, notice: str = "") -> Outcome:
    _publish_note(piece, NoticeKind.CHALLENGE, notice)
    return _stays(piece, Standing.UNDER_REVIEW, letters=("challenged",), note=_for_trail(notice, note))


def clear(piece: Article, *, by, note: str, notice: str = "") -> Outcome:
    _publish_note(piece, NoticeKind.CLEAR, notice)
    return _stays(piece, Standing.LIVE, letters=("cleared",), note=_for_trail(notice, note))


def retract(piece: Article, *, by, note: str, **asked) -> Outcome:
    return _by_two("retract", piece, by, note, asked)


def reinstate(piece: Article, *, by, note: str, **asked) -> Outcome:
    return _by_two("reinstate", piece, by, note, asked)


def remove(piece: Article, *, by, note: str, **asked) -> Outcome:
    return _by_two("remove", piece, by, note, asked)


def merge(piece: Article, *, by, note: str, **asked) -> Outcome:
    return _by_two("merge", piece, by, note, asked)


def recall(piece: Article, *, by, note: str) -> Outcome:
    """The proposal is taken back, by who made it or by a person in standards."""
    piece.proposals.open().update(closed_at=clock.now())
    return _stays(piece, note=note)


def _by_two(step: str, piece: Article, by, note: str, asked: dict[str, Any]) -> Outcome:
    shown = asked.pop("proposal", None)
    proposal = piece.proposals.open().first()
    if proposal is None:
        if shown:
            raise Refused("The proposal was taken back while you were reading. Nothing was done.")
        return _propose(step, piece, by, note, asked)
    if proposal.step != step:
        raise Refused("Something else is proposed for this piece. It is confirmed or taken back first.")
    if shown != proposal.pk:
        raise Refused("Somebody has proposed this already. Read the proposal, then confirm it or leave it.")
    return _confirm(proposal, piece, by, note)


def _propose(step: str, piece: Article, by, note: str, asked: dict[str, Any]) -> Outcome:
    notice = _words(asked.get("notice", ""))
    if step == "retract" and not asked.get("says", "").strip():
        raise Refused("Say who retracts the piece: its author, the network, or both.")
    if step == "remove" and asked.get("basis") not in Basis.values:
        raise Refused("Say on what basis the piece is removed: a legal order, safety or privacy.")
    if step == "merge":
        _check_target(piece, asked.get("into"))
    values = {name: asked[name] for name in ("says", "basis", "keeps_text", "into") if asked.get(name) is not None}
    Proposal.objects.create(article=piece, step=step, notice=notice, proposed_by=by, **values)
    return _stays(piece, step="propose", note=_for_trail(f"{step}: {notice}", note))


def _check_target(piece: Article, into: Article | None) -> None:
    if into is None or into.pk == piece.pk or into.standing != Standing.LIVE:
        raise Refused("Name another piece that is live, into which this one is merged.")


def _confirm(proposal: Proposal, piece: Article, by, note: str) -> Outcome:
    if proposal.step == "merge":
        _check_target(piece, proposal.into)
    standing, kind, letter = BECOMES[proposal.step]
    Proposal.objects.filter(pk=proposal.pk).update(confirmed_by=by, closed_at=clock.now())
    values = {name: getattr(proposal, name) for name in ("says", "basis", "keeps_text", "into")}
    _publish_note(piece, kind, proposal.notice, **values)
    return _stays(piece, standing, letters=(letter,), note=_for_trail(proposal.notice, note))


def _publish_note(piece: Article, kind: NoticeKind, notice: str, **more) -> None:
    Notice.objects.create(article=piece, kind=kind, text=_words(notice), at=clock.now(), **more)


def _stays(piece: Article, standing: Standing | None = None, **more) -> Outcome:
    """The working text stays where it is: only what the public sees changes."""
    return Outcome(Stage(piece.stage), standing, **more)


def _words(notice: str) -> str:
    if not notice.strip():
        raise Refused("Write the public note: what readers are told, and why.")
    return notice.strip()


def _for_trail(notice: str, note: str) -> str:
    return f"{notice.strip()}\n{note}".strip()
