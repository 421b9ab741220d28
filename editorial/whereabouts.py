"""Where a piece is, whose turn it is and by when, in one plain sentence for its author."""

from articles.models import Article
from articles.status import Stage
from editorial.models import Submission

SENTENCES = {
    Stage.DRAFT: "With you: a draft that nobody else sees.",
    Stage.SUBMITTED: "With the desk: waiting for an editor. You will hear by {promise}.",
    Stage.IN_REVIEW: "With the desk: an editor is reading it. You will hear by {promise}.",
    Stage.CHANGES_REQUESTED: "With you: the desk asks for changes. Answer the comments and submit it again.",
    Stage.PROOF: "With you: the desk has edited it. Read the changes, then sign or suggest.",
    Stage.READY: "With the desk: approved and signed, waiting to be published.",
    Stage.SCHEDULED: "Scheduled: readers see it from {scheduled}.",
    Stage.PUBLISHED: "Published on {published}. Nothing is open.",
    Stage.DECLINED: "Declined by the desk. It is yours, and you may offer it elsewhere.",
    Stage.WITHDRAWN: "Withdrawn by you. You can reopen it.",
    Stage.KILLED: "Accepted, and then dropped by the desk. It is yours, and you may offer it elsewhere.",
}


def sentence(piece: Article, submission: Submission | None) -> str:
    words = SENTENCES[Stage(piece.stage)].format(
        promise=_day(submission.promised_by if submission else None),
        scheduled=_minute(piece.scheduled_for),
        published=_day(piece.published_at),
    )
    return f"{words} Readers go on seeing the published text." if piece.is_amendment else words


def _day(moment) -> str:
    return f"{moment:%A, %-d %B %Y}" if moment else "the promised day"


def _minute(moment) -> str:
    return f"{moment:%-d %B %Y, %H:%M} UTC" if moment else ""
