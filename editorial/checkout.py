"""Who has a piece's text for changing: one person at the desk at a time, in front of the version check of a save.

Taking the text and losing it by force stand in the trail. Letting go of it does not: what was done with it is the
revision that a save leaves, and a line for each end would bury the steps. A sign of life is no line either.
"""

from django.db import transaction

from articles.models import Article
from articles.status import WITH_AUTHOR, Stage
from editorial import notifications, permissions, trail, writing
from editorial.assignment import name
from editorial.effects import Outcome
from editorial.models import CheckOut
from editorial.refusal import Refused
from network import clock


def holder_of(piece: Article) -> CheckOut | None:
    """Who has the text now, and since when."""
    return CheckOut.objects.live().filter(article=piece).select_related("holder").first()


def take(piece: Article, *, by) -> CheckOut:
    """Check the text out, or go on having it. Raises Refused where somebody else has it, or it is not theirs to change.

    Where the one before had only fallen silent, the trail says so.
    """
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        if current.stage in WITH_AUTHOR or not writing.may_change(by, current):
            raise Refused("The text is not yours to change now.")
        rows = CheckOut.objects.filter(article=current).select_related("holder")
        before = rows.select_for_update(of=("self",)).first()
        if before and before.is_live:
            if before.holder_id != by.pk:
                raise Refused(before.sentence())
            beat(current, by=by)
            return before
        rows.delete()
        _tell(current, by, before)
        return CheckOut.objects.create(article=current, holder=by)


def _tell(piece: Article, by, before: CheckOut | None) -> None:
    """A line in the trail; one is enough for a person who comes and goes on one day with nothing between."""
    last = piece.trail.order_by("-seq").first()
    if last and (last.step, last.actor_id, last.at.date()) == ("check_out", by.pk, clock.now().date()):
        return
    silent = before if before and before.holder_id != by.pk else None
    trail.append(
        piece,
        actor=by,
        role=permissions.role_of(by, piece),
        step="check_out",
        from_stage=piece.stage,
        to_stage=piece.stage,
        from_standing=piece.standing,
        to_standing=piece.standing,
        note=f"{silent.name} had it, without a sign of life since {silent.beat_at:%H:%M} UTC." if silent else "",
        at=clock.now(),
    )


def hold(piece: Article, *, by) -> CheckOut:
    """For a save: go on having the text, or take it again where the check-out had only run out."""
    writing.check_out_of_others(piece, by)
    return take(piece, by=by)


def beat(piece: Article, *, by) -> bool:
    """A sign of life. False where this person has the text no longer: the row is gone, or somebody else's."""
    return bool(CheckOut.objects.filter(article=piece, holder=by).update(beat_at=clock.now()))


def release(piece: Article, *, by) -> bool:
    """Let go of the text oneself. Somebody else's check-out stays as it is."""
    return bool(CheckOut.objects.filter(article=piece, holder=by).delete()[0])


def check_in(piece: Article, *, by, note: str) -> Outcome:
    """The step of a lead: somebody else's check-out ends at once."""
    held = holder_of(piece)
    if held is None:
        raise Refused("Nobody has the text checked out.")
    if held.holder_id == by.pk:
        raise Refused("You have the text yourself. Press “Stop editing” on its page.")
    CheckOut.objects.filter(article=piece).delete()
    if held.holder.is_active and held.holder.email:
        notifications.owe("checked_in", to=held.holder, piece=piece, ender=name(by), note=note)
    return Outcome(Stage(piece.stage), note=f"{held.name} had it. {note}")


def let_go(piece: Article, step: str) -> None:
    """After a step: whoever may no longer change the text has it no longer, nor has who is handed a successor."""
    held = CheckOut.objects.filter(article=piece).select_related("holder").first()
    if held is None:
        return
    moved = Article.objects.get(pk=piece.pk)
    is_passed_on = step == "hand_over" and not moved.submissions.open().filter(claimed_by=held.holder_id).exists()
    if is_passed_on or not writing.may_change(held.holder, moved):
        held.delete()


def why_not(piece: Article, user) -> str:
    """What somebody is told whose page had the text and has it no longer."""
    if (other := holder_of(piece)) and other.holder_id != user.pk:
        return other.sentence()
    if writing.was_taken_from(piece, user):
        line = piece.trail.filter(step="check_in").select_related("actor").latest("seq")
        return f"{name(line.actor)} ended your check-out: “{line.note.removeprefix(f'{name(user)} had it. ')}”"
    if not writing.may_change(user, piece):
        return f"The text is not yours to change any more: the piece is “{piece.get_stage_display().lower()}”."
    return "You have the text no longer. Nobody else has it now, so saving takes it again."
