"""The one place where a piece moves: the table of steps, and `take()`.

Nothing else writes `stage` or `standing`; the database refuses a value that the newest event of the trail does not
name. docs/workflow.md says it in words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from articles.models import Article
from articles.status import APPROVED, CLOSED, UNFINISHED, WITH_AUTHOR, Stage, Standing
from editorial import effects, guards, notifications, permissions, trail
from editorial.effects import Outcome
from editorial.guards import Guard
from editorial.refusal import Refused
from network import clock

__all__ = ["STEPS", "Refused", "Step", "lacking", "steps_for", "take"]

Predicate = Callable[[Any, Article], bool]


@dataclass(frozen=True)
class Step:
    """One row of the table: where from, who, what must be there, what it does and what will happen, in words."""

    name: str
    label: str
    sources: frozenset[Stage]
    may: Predicate
    effect: Callable[..., Outcome]
    will: str
    guards: tuple[Guard, ...] = ()
    standings: frozenset[Standing] = field(default_factory=lambda: frozenset(Standing))
    needs_note: str = ""
    is_offered: bool = True

    def is_legal_from(self, piece: Article) -> bool:
        return piece.stage in self.sources and piece.standing in self.standings


UNPUBLISHED, LIVE = frozenset({Standing.UNPUBLISHED}), frozenset({Standing.LIVE})
OPEN_TO_PUBLISHING = UNPUBLISHED | LIVE

_TABLE = (
    Step(
        "submit",
        "Submit",
        WITH_AUTHOR,
        permissions.can_submit,
        effects.submit,
        "The desk gets your piece as it is now, and you get a receipt with the day by which you will hear.",
        guards.SUBMISSION,
        OPEN_TO_PUBLISHING,
    ),
    Step(
        "claim",
        "Claim",
        frozenset({Stage.SUBMITTED}),
        permissions.can_decide,
        effects.claim,
        "You become the editor of this piece, and others see that you have it.",
    ),
    Step(
        "release",
        "Release",
        frozenset({Stage.IN_REVIEW}),
        permissions.can_decide,
        effects.release,
        "The piece goes back to the queue for another editor.",
    ),
    Step(
        "ask_changes",
        "Ask for changes",
        frozenset({Stage.IN_REVIEW}),
        permissions.can_ask_changes,
        effects.ask_changes,
        "The author gets a letter with your open comments and can change the text again.",
        (guards.has_shared_comment,),
    ),
    Step(
        "decline",
        "Decline",
        frozenset({Stage.SUBMITTED, Stage.IN_REVIEW, Stage.CHANGES_REQUESTED}),
        permissions.can_decide,
        effects.decline,
        "The author gets your letter, and is free to offer the piece elsewhere.",
        standings=UNPUBLISHED,
        needs_note="Write the letter to the author: say why the piece is declined.",
    ),
    Step(
        "approve",
        "Approve",
        frozenset({Stage.IN_REVIEW, Stage.READY}),
        permissions.can_decide,
        effects.approve,
        "You put your name to exactly this text with the disclaimer in force. If the author has not signed it yet, "
        "it goes to them as a proof.",
        guards.APPROVAL,
    ),
    Step(
        "sign",
        "Sign the proof",
        frozenset({Stage.PROOF}),
        permissions.can_sign,
        effects.sign,
        "You accept exactly this text. Nothing in it changes after this without your signature.",
    ),
    Step(
        "suggest",
        "Suggest a change",
        frozenset({Stage.PROOF}),
        permissions.can_sign,
        effects.suggest,
        "Your editor gets your suggestion and the piece is in review again.",
        needs_note="Say what you would like to change.",
    ),
    Step(
        "edit",
        "Edit the text",
        APPROVED,
        permissions.can_edit,
        effects.edit,
        "The approval is void, and the piece is in review again with you.",
        is_offered=False,
    ),
    Step(
        "schedule",
        "Schedule",
        frozenset({Stage.READY}),
        permissions.can_publish,
        effects.schedule,
        "Readers see the piece from that moment on.",
        guards.PUBLICATION_BUT_CLOCK,
        OPEN_TO_PUBLISHING,
    ),
    Step(
        "unschedule",
        "Unschedule",
        frozenset({Stage.SCHEDULED}),
        permissions.can_publish,
        effects.unschedule,
        "The piece is ready again, and is not published by itself.",
    ),
    Step(
        "publish",
        "Publish",
        frozenset({Stage.READY}),
        permissions.can_publish,
        effects.publish,
        "Readers see this text at once, with the disclaimer in force pinned to it.",
        guards.PUBLICATION,
        OPEN_TO_PUBLISHING,
    ),
    Step(
        "fire",
        "Publish on time",
        frozenset({Stage.SCHEDULED}),
        permissions.is_clock,
        effects.fire,
        "The scheduled moment has come.",
        standings=OPEN_TO_PUBLISHING,
        is_offered=False,
    ),
    Step(
        "withdraw",
        "Withdraw",
        UNFINISHED,
        permissions.can_withdraw,
        effects.withdraw,
        "The piece is yours again and is not published. You can reopen it later.",
        standings=UNPUBLISHED,
    ),
    Step(
        "reopen",
        "Reopen",
        CLOSED,
        permissions.can_write,
        effects.reopen,
        "The piece is a draft again. What happened before stays in its trail.",
        standings=UNPUBLISHED,
    ),
    Step(
        "amend",
        "Amend",
        frozenset({Stage.PUBLISHED}),
        permissions.can_amend,
        effects.amend,
        "A change to the published piece is opened. Readers go on seeing the published text until the change is "
        "approved, signed and published.",
        standings=LIVE,
    ),
    Step(
        "discard",
        "Discard the amendment",
        UNFINISHED,
        permissions.can_discard,
        effects.discard,
        "The working text returns to what readers see. Readers notice nothing.",
        standings=LIVE,
    ),
)
STEPS: dict[str, Step] = {step.name: step for step in _TABLE}


def take(step: str, piece: Article, *, by, note: str = "", **data) -> Article:
    """Take one step of one piece as one person (`by=None` is the clock), or raise `Refused` and change nothing.

    `data` is what the step asks for: `seen` (the package hash that was on the person's screen), `at` (schedule),
    `checklist` (approve), `kind` and `notice` (publish an amendment), `changes` (edit). Returns the piece as it now is.
    """
    row = STEPS.get(step)
    if row is None:
        raise Refused(f"There is no step called “{step}”.")
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        _check(row, current, by, note.strip())
        outcome = row.effect(current, by=by, note=note.strip(), **data)
        _move(row, current, by, note.strip(), outcome)
        notifications.write(outcome.letters, current, outcome.note or note.strip())
    return Article.objects.get(pk=piece.pk)


def _check(row: Step, piece: Article, by, note: str) -> None:
    """Person, place, completeness: in this order, each with its own sentence."""
    if not row.may(by, piece):
        raise Refused(_not_yours(row, by, piece))
    if not row.is_legal_from(piece):
        raise Refused(f"“{row.label}” is not possible now: {where(piece)}")
    if row.needs_note and not note:
        raise Refused(row.needs_note)
    if sentences := guards.missing(piece, row.guards):
        raise Refused(*sentences)


def _not_yours(row: Step, by, piece: Article) -> str:
    if not permissions.is_author(by, piece):
        return f"The step “{row.label}” is not yours to take on this piece."
    if by.author.is_barred:
        return guards.barred(by.author)
    return f"You are an author of this piece, so somebody else takes the step “{row.label}”."


def where(piece: Article) -> str:
    public = (
        "" if piece.standing in (Standing.UNPUBLISHED, Standing.LIVE) else f", {piece.get_standing_display().lower()}"
    )
    return f"the piece is “{piece.get_stage_display().lower()}”{public}."


def _move(row: Step, piece: Article, by, note: str, outcome: Outcome) -> None:
    """Event first, then the piece by conditional update: the database compares the two."""
    standing = outcome.standing or piece.standing
    trail.append(
        piece,
        actor=by,
        role=permissions.role_of(by, piece),
        step=outcome.step or row.name,
        from_stage=piece.stage,
        to_stage=outcome.stage,
        from_standing=piece.standing,
        to_standing=standing,
        revision=outcome.revision,
        note=outcome.note or note,
        checks=[guard.__name__ for guard in row.guards],
        at=clock.now(),
    )
    moved = Article.objects.filter(pk=piece.pk, stage=piece.stage, standing=piece.standing).update(
        stage=outcome.stage, standing=standing, **outcome.fields
    )
    if not moved:
        raise Refused("Somebody else moved this piece at the same moment. Look at it again.")


def lacking(step: str, piece: Article) -> list[str]:
    """What the piece still lacks for a step, in words: the margin, the desk's page and the refusal all ask here."""
    return guards.missing(piece, STEPS[step].guards)


def steps_for(piece: Article, user) -> list[Step]:
    """The steps this person may take on this piece from where it is, in the table's order."""
    return [step for step in _TABLE if step.is_offered and step.is_legal_from(piece) and step.may(user, piece)]


def publish_due() -> list[Article]:
    """Fire every scheduled piece whose time has come, each in its own transaction. Returns those that are published."""
    moved = []
    for piece in Article.objects.due(clock.now()):
        try:
            moved.append(take("fire", piece, by=None))
        except Refused:
            continue  # another process fired it, or somebody unscheduled it, since the list was read
    return [piece for piece in moved if piece.stage == Stage.PUBLISHED]
