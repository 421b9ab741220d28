"""Where a piece is, whose turn it is and by when, in one plain sentence for one of its authors."""

from django.db.models import Case, Exists, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models import Article
from articles.querysets import ArticleQuerySet
from articles.status import Stage, Standing
from authors.models import Author
from editorial.models import Decision, Review, SignOff, Submission

SENTENCES = {
    Stage.DRAFT: "With you: a draft.",
    Stage.SUBMITTED: "With the desk: waiting for an editor. You will hear by {promise}.",
    Stage.IN_REVIEW: "With the desk: an editor is reading it. You will hear by {promise}.",
    Stage.CHANGES_REQUESTED: "With you: the desk asks for changes. Answer the comments and submit it again.",
    Stage.PROOF: "With you: the desk has approved it. Read the proof, then sign or suggest.{due}",
    Stage.READY: "With the desk: approved and signed, waiting to be published.",
    Stage.SCHEDULED: "Scheduled: readers see it from {scheduled}.",
    Stage.PUBLISHED: "Published on {published}.",
    Stage.DECLINED: "Declined by the desk. It is yours, and you may offer it elsewhere.",
    Stage.WITHDRAWN: "Withdrawn by you. You can reopen it.",
    Stage.KILLED: "Accepted, and then dropped by the desk. It is yours, and you may offer it elsewhere.",
}
READERS = {
    Standing.LIVE: "Readers go on seeing the published text.",
    Standing.UNDER_REVIEW: "Readers see it marked as under review.",
    Standing.RETRACTED: "Readers see it marked as retracted.",
    Standing.REMOVED: "It was removed: readers no longer get its text.",
}
AFTER_OWN = 3  # the rank of what is no longer this author's turn
SIGNED = "You have signed the proof. It waits for the signature of the other authors."


def in_order(pieces: ArticleQuerySet, author: Author | None) -> ArticleQuerySet:
    """What waits for this author first, and by when; then what the desk owes, by its promise; the rest by its save."""
    approved = Review.objects.filter(article=OuterRef("article"), decision=Decision.APPROVE).order_by("-pk")
    signed = SignOff.objects.filter(
        article=OuterRef("pk"), author=author, package_hash=Subquery(approved.values("package_hash")[:1])
    )
    trip = Submission.objects.open().filter(article=OuterRef("pk"))
    turn = Case(When(Exists(signed), rank=0, then=Value(AFTER_OWN)), default=F("rank"))
    due = Coalesce("scheduled_for", Subquery(trip.values("proof_due_at")), Subquery(trip.values("promised_by")))
    dated = pieces.with_rank().annotate(turn=turn, due=due)
    return dated.order_by("turn", F("due").asc(nulls_last=True), "-saved_at", "-pk")


def sentence(piece: Article, author: Author | None) -> str:
    """Reads `submissions`, `reviews` and `sign_offs` of the piece, which a listing fetches beforehand."""
    submission = max(piece.submissions.all(), key=lambda submission: submission.number, default=None)
    words = SIGNED if _has_signed_proof(piece, author) else SENTENCES[Stage(piece.stage)]
    filled = words.format(
        promise=_promise(submission),
        due=_due(submission),
        scheduled=_minute(piece.scheduled_for),
        published=_day(piece.published_at),
    )
    if piece.stage == Stage.PUBLISHED and piece.standing == Standing.LIVE:
        return f"{filled} Nothing is open."
    return f"{filled} {READERS[Standing(piece.standing)]}" if piece.standing in READERS else filled


def _has_signed_proof(piece: Article, author: Author | None) -> bool:
    if piece.stage != Stage.PROOF or author is None:
        return False
    approvals = [review for review in piece.reviews.all() if review.decision == Decision.APPROVE]
    approved = max(approvals, key=lambda review: review.pk).package_hash
    return any(sign.package_hash == approved and sign.author_id == author.pk for sign in piece.sign_offs.all())


def _promise(submission: Submission | None) -> str:
    return _day(submission.promised_by if submission else None)


def _due(submission: Submission | None) -> str:
    moment = submission.proof_due_at if submission else None
    return f" Please answer by {_minute(moment)}." if moment else ""


def _day(moment) -> str:
    return f"{timezone.localtime(moment):%A, %-d %B %Y}" if moment else "the promised day"


def _minute(moment) -> str:
    return f"{timezone.localtime(moment):%-d %B %Y, %H:%M %Z}" if moment else ""
