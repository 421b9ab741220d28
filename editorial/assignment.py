"""Who at the desk does what by when: handing a piece over, its due day and priority, and claims that lapse.

Like `editorial.effects`, called by `workflow.take` alone. None of it moves a piece on: finishing one's part never
finishes the stage.
"""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet

from articles.models import Article, Revision
from articles.status import Stage
from editorial import notifications, permissions
from editorial.effects import Outcome
from editorial.models import Comment, Event, Priority, Submission
from editorial.refusal import Refused
from network import clock
from network.models import Network

IS_NO_TOUCH = ("refused", "assign", "check_in")  # steps of the trail that say nothing of the editor's work


def hand_over(piece: Article, *, by, note: str, to: User | None = None) -> Outcome:
    """To another editor who may decide; whoever may decide can also take a piece over from somebody who is away."""
    submission = piece.submissions.open().select_related("claimed_by").get()
    if to is None:
        raise Refused("Say which editor gets the piece.")
    if submission.claimed_by_id == to.pk:
        raise Refused(f"{name(to)} has the piece already.")
    if not permissions.can_decide(to, piece):
        raise Refused(f"{name(to)} cannot decide on this piece. Choose another editor.")
    before = submission.claimed_by
    Submission.objects.filter(pk=submission.pk).update(claimed_by=to, claimed_at=clock.now())
    if to != by:
        notifications.owe("handed_over", to=to, piece=piece, giver=name(by), note=note)
    said = f"From {name(before) if before else 'nobody'} to {name(to)}. {note}".strip()
    return Outcome(Stage(piece.stage), note=said)


def assign(piece: Article, *, by, note: str, due_on: date | None = None, priority: int = Priority.NORMAL) -> Outcome:
    """The desk's own day and priority for this trip of the piece; the promise to its author stands."""
    if priority not in Priority.values:
        raise Refused("Choose a priority: high, normal or low.")
    submission = piece.submissions.open().get()
    if due_on != submission.due_on and due_on and due_on < clock.now().date():
        raise Refused("That day has passed. Choose a later one, or none.")
    if (due_on, priority) == (submission.due_on, submission.priority):
        raise Refused("That is the due day and the priority already.")
    Submission.objects.filter(pk=submission.pk).update(due_on=due_on, priority=priority)
    day = f"Due on {due_on:%-d %B %Y}" if due_on else "No due day"
    return Outcome(Stage(piece.stage), note=f"{day}, {Priority(priority).label.lower()} priority. {note}".strip())


def lapse(piece: Article, *, by, note: str) -> Outcome:
    """The clock's step: an editor who has left the piece alone for too long no longer has it."""
    submission = stale().filter(article=piece).select_related("claimed_by").first()
    if submission is None:
        raise Refused("Its editor has not left it alone for that long.")
    editor: Any = submission.claimed_by
    Submission.objects.filter(pk=submission.pk).update(claimed_by=None, claimed_at=None)
    days = Network.load().claim_days
    if editor.is_active and editor.email:
        notifications.owe("lapsed", to=editor, piece=piece, days=days)
    return Outcome(Stage.SUBMITTED, note=f"{name(editor)} had it, and nothing was done with it for {days} days.")


def stale() -> QuerySet[Submission]:
    """The claims that nobody has touched for the network's `claim_days`: no step, no saved text, no word of the desk.

    Only what an editor has before them: a piece that is with its author waits for its author.
    """
    since = clock.now() - timedelta(days=Network.load().claim_days)
    of_piece = {"article": OuterRef("article")}
    touches = (
        Event.objects.filter(at__gt=since, **of_piece).exclude(step__in=IS_NO_TOUCH),
        Revision.objects.filter(created_at__gt=since, **of_piece),
        Comment.objects.filter(created_at__gt=since, is_from_desk=True, **of_piece),
    )
    claims = Submission.objects.open().filter(article__in=Article.objects.in_review(), claimed_at__lte=since)
    for touch in touches:
        claims = claims.filter(~Exists(touch))
    return claims


def others(piece: Article) -> list[User]:
    """The editors a piece can be handed to: all who may decide on it but the one who has it."""
    holder = piece.submissions.open().values_list("claimed_by", flat=True).first()
    editors = get_user_model().objects.filter(groups__name=permissions.EDITORS, is_active=True).order_by("username")
    return [editor for editor in editors if editor.pk != holder and permissions.can_decide(editor, piece)]


def name(user) -> str:
    return user.get_full_name() or user.get_username()
