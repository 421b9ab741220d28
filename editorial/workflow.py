"""The one place where a piece moves: `take()`, which carries out a step of the table in `editorial.steps`.

Nothing else writes `stage` or `standing`; the database refuses a value that the newest event of the trail does not
name. docs/workflow.md says it in words.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from articles import search
from articles.models import Article, Publication
from articles.status import Stage, Standing
from editorial import assignment, checkout, guards, notifications, permissions, trail
from editorial.effects import Outcome
from editorial.models import Event
from editorial.refusal import Refused
from editorial.steps import STEPS, Step
from network import clock, watch
from network.models import Tally

__all__ = ["STEPS", "Refused", "Step", "lacking", "steps_for", "take", "why_not"]


def take(step: str, piece: Article, *, by, note: str = "", **data) -> Article:
    """Take one step of one piece as one person (`by=None` is the clock), or raise `Refused` and change nothing.

    `data` is what the step asks for: `seen` (the package hash that was on the person's screen), `at` (schedule),
    `checklist` (approve), `kind` and `notice` (publish an amendment), `changes` (edit). Returns the piece as it now is.
    """
    row = STEPS.get(step)
    if row is None:
        raise Refused(f"There is no step called “{step}”.")
    try:
        return _take(row, piece, by, note, data)
    except Refused:
        watch.note(Tally.Kind.REFUSED, row.name)
        raise


def _take(row: Step, piece: Article, by, note: str, data: dict[str, Any]) -> Article:
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        _check(row, current, by, note.strip() or data.get("changes"))
        outcome = row.effect(current, by=by, note=note.strip(), **data)
        _move(row, current, by, note.strip(), outcome)
        checkout.let_go(current, row.name)
        notifications.write(outcome.letters, current, outcome.note or note.strip())
    return Article.objects.get(pk=piece.pk)


def _check(row: Step, piece: Article, by, said: object) -> None:
    """Person, place, completeness: in this order, each with its own sentence. An edit says as much as a note."""
    if sentence := why_not(row, piece, by):
        raise Refused(sentence)
    if row.needs_note and not said:
        raise Refused(row.needs_note)
    if sentences := guards.missing(piece, row.guards):
        for guard in (guard for guard in row.guards if guard(piece)):
            watch.note(Tally.Kind.REFUSED, f"{row.name}: {guard.__name__}")
        raise Refused(*sentences)


def why_not(row: Step, piece: Article, by) -> str:
    """Why this person cannot take a step from where the piece is, or nothing."""
    if not row.may(by, piece):
        return _not_yours(row, by, piece)
    return "" if row.is_legal_from(piece) else f"“{row.label}” is not possible now: {where(piece)}"


def _not_yours(row: Step, by, piece: Article) -> str:
    if not permissions.is_author(by, piece):
        who = permissions.whom_to_ask(row.may, by, piece)
        return f"The step “{row.label}” is not yours to take on this piece. {who}"
    if by.author.is_barred:
        return guards.barred(by.author)
    who = permissions.whom_to_ask(row.may, by, piece)
    return f"You are an author of this piece, so somebody else takes the step “{row.label}”. {who}"


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
    is_found_anew = standing != piece.standing or "live" in outcome.fields
    if is_found_anew:
        search.forget(piece)
    moved = Article.objects.filter(pk=piece.pk, stage=piece.stage, standing=piece.standing).update(
        stage=outcome.stage, standing=standing, **outcome.fields
    )
    if not moved:
        raise Refused("Somebody else moved this piece at the same moment. Look at it again.")
    if is_found_anew:
        search.keep(piece)


def settle(pieces: Iterable[Article]) -> None:
    """Put pieces whose rows were written in bulk where their trail says that they are, showing their newest text."""
    last = Event.objects.filter(article=OuterRef("pk")).order_by("-seq")
    published = Publication.objects.filter(article=OuterRef("pk"))
    Article.objects.filter(pk__in=[piece.pk for piece in pieces]).update(
        stage=Subquery(last.values("to_stage")[:1]),
        standing=Subquery(last.values("to_standing")[:1]),
        live=Subquery(published.order_by("-number").values("pk")[:1]),
        published_at=Subquery(published.order_by("number").values("published_at")[:1]),
    )


def lacking(step: str, piece: Article) -> list[str]:
    """What the piece still lacks for a step, in words: the margin, the desk's page and the refusal all ask here."""
    return guards.missing(piece, STEPS[step].guards)


def steps_for(piece: Article, user) -> list[Step]:
    """The steps this person may take on this piece from where it is, in the table's order."""
    return [step for step in STEPS.values() if step.is_offered and step.is_legal_from(piece) and step.may(user, piece)]


def publish_due() -> list[Article]:
    """Fire every scheduled piece whose time has come, each in its own transaction. Returns those that are published."""
    moved = []
    for piece in Article.objects.due(clock.now()):
        try:
            moved.append(take("fire", piece, by=None))
        except Refused:
            continue  # another process fired it, or somebody unscheduled it, since the list was read
    return [piece for piece in moved if piece.stage == Stage.PUBLISHED]


def lapse_claims() -> list[Article]:
    """Put every piece back in the queue whose editor has left it alone for too long, each in its own transaction."""
    moved = []
    for claim in assignment.stale().select_related("article"):
        try:
            moved.append(take("lapse", claim.article, by=None))
        except Refused:
            continue  # somebody touched it since the list was read
    return moved
