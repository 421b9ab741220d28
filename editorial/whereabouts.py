"""Where a piece is, whose turn it is and by when, in one plain sentence for one of its authors."""

from articles.models import Article
from articles.status import Stage
from authors.models import Author
from editorial.models import Decision, Submission

SENTENCES = {
    Stage.DRAFT: "With you: a draft.",
    Stage.SUBMITTED: "With the desk: waiting for an editor. You will hear by {promise}.",
    Stage.IN_REVIEW: "With the desk: an editor is reading it. You will hear by {promise}.",
    Stage.CHANGES_REQUESTED: "With you: the desk asks for changes. Answer the comments and submit it again.",
    Stage.PROOF: "With you: the desk has approved it. Read the proof, then sign or suggest.",
    Stage.READY: "With the desk: approved and signed, waiting to be published.",
    Stage.SCHEDULED: "Scheduled: readers see it from {scheduled}.",
    Stage.PUBLISHED: "Published on {published}. Nothing is open.",
    Stage.DECLINED: "Declined by the desk. It is yours, and you may offer it elsewhere.",
    Stage.WITHDRAWN: "Withdrawn by you. You can reopen it.",
    Stage.KILLED: "Accepted, and then dropped by the desk. It is yours, and you may offer it elsewhere.",
}
SIGNED = "You have signed the proof. It waits for the signature of the other authors."


def sentence(piece: Article, author: Author | None) -> str:
    """Reads `submissions`, `reviews` and `sign_offs` of the piece, which a listing fetches beforehand."""
    submission = max(piece.submissions.all(), key=lambda submission: submission.number, default=None)
    words = SIGNED if _has_signed_proof(piece, author) else SENTENCES[Stage(piece.stage)]
    filled = words.format(
        promise=_promise(submission), scheduled=_minute(piece.scheduled_for), published=_day(piece.published_at)
    )
    return f"{filled} Readers go on seeing the published text." if piece.is_amendment else filled


def _has_signed_proof(piece: Article, author: Author | None) -> bool:
    if piece.stage != Stage.PROOF or author is None:
        return False
    approvals = [review for review in piece.reviews.all() if review.decision == Decision.APPROVE]
    approved = max(approvals, key=lambda review: review.pk).package_hash
    return any(sign.package_hash == approved and sign.author_id == author.pk for sign in piece.sign_offs.all())


def _promise(submission: Submission | None) -> str:
    return _day(submission.promised_by if submission else None)


def _day(moment) -> str:
    return f"{moment:%A, %-d %B %Y}" if moment else "the promised day"


def _minute(moment) -> str:
    return f"{moment:%-d %B %Y, %H:%M} UTC" if moment else ""
