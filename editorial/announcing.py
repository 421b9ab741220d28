"""What readers will be told of a change, told to its author first. Called by `workflow.take` alone."""

from articles.models import Article
from articles.models.publication import SILENT, Kind
from articles.status import Stage
from editorial.effects import Outcome, kind_of
from editorial.models import Announcement
from editorial.refusal import Refused

TAKEN_BACK = "what was announced is taken back; readers will be told nothing."


def announce(
    piece: Article, *, by, note: str, kind: str = "", notice: str = "", correction: dict[str, str] | None = None
) -> Outcome:
    """What readers will be told of a change, told to its author first; or, where something was announced and the
    change has shrunk to a minor one since, that they will be told nothing after all."""
    chosen, words = kind_of(piece, kind, notice.strip())
    if chosen in SILENT:
        before = piece.announcements.standing()
        if before is None or before.is_silent:
            raise Refused("Readers are told nothing of this, so there is nothing to announce.")
        words = ""
    told = correction or {} if chosen == Kind.CORRECTION else {}
    trip = piece.submissions.open().get()
    Announcement.objects.create(
        article=piece, submission=trip, kind=chosen, notice=words, correction=told, announced_by=by
    )
    return Outcome(Stage(piece.stage), letters=("announced",), note=f"{chosen.label}: {words or TAKEN_BACK}")
