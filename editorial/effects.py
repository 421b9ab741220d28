"""What each step does besides moving the piece. Called by `workflow.take` alone, with the piece's row held, after
person, place and guards have been checked; each returns where the piece goes.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.text import slugify

from articles.models import Article, Disclaimer, OldSlug, Publication, Revision
from articles.models.publication import Kind
from articles.status import AT_DESK, Stage, Standing
from authors.models import Author
from editorial import checklist as checklists
from editorial import conversation, diff, guards, risk, writing
from editorial.models import BrokenGlass, Decision, Override, Recusal, Review, SignOff, Submission
from editorial.models.announcement import one_form
from editorial.refusal import Refused
from network import clock
from network.fingerprint import fingerprint
from network.models import Network

__all__ = ["Outcome", "Refused"]

EDITED = "I changed the text of the proof. The comparison shows each change."


@dataclass
class Outcome:
    """Where the piece goes, which of its columns change with it, and whom the desk owes a letter."""

    stage: Stage
    standing: Standing | None = None
    revision: Revision | None = None
    letters: tuple[str, ...] = ()
    note: str = ""
    step: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


def submit(piece: Article, *, by, note: str, seen: str = "") -> Outcome:
    _as_seen(piece, seen)
    _one_submission_at_a_time(piece)
    revision = Revision.objects.freeze(piece, by=by)
    _sign(piece, revision, by)
    _open_submission(piece, by)
    fields = {} if piece.slug else {"slug": free_slug(piece)}
    return Outcome(Stage.SUBMITTED, revision=revision, letters=("receipt",), note=_on_ai(piece), fields=fields)


def _on_ai(piece: Article) -> str:
    """What the author says about AI goes into the trail with each submission, where it can no longer change."""
    tools = f" ({piece.ai_tools})" if piece.ai_tools else ""
    return f"{piece.get_ai_use_display()}{tools}. Facts and quotations checked by the author."


def claim(piece: Article, *, by, note: str) -> Outcome:
    revision = Revision.objects.freeze(piece, by=by)
    _review(piece, revision, by, Decision.CLAIM, note)
    _submission(piece).update(claimed_by=by, claimed_at=clock.now())
    return Outcome(Stage.IN_REVIEW, revision=revision)


def release(piece: Article, *, by, note: str) -> Outcome:
    _submission(piece).update(claimed_by=None, claimed_at=None)
    return Outcome(Stage.SUBMITTED)


def ask_changes(piece: Article, *, by, note: str) -> Outcome:
    revision = Revision.objects.freeze(piece, by=by)
    _review(piece, revision, by, Decision.ASK_CHANGES, note)
    _close_submission(piece)
    return Outcome(Stage.CHANGES_REQUESTED, revision=revision, letters=("changes_asked",))


def decline(piece: Article, *, by, note: str) -> Outcome:
    revision = Revision.objects.freeze(piece, by=by)
    _review(piece, revision, by, Decision.DECLINE, note)
    _close_submission(piece)
    return Outcome(Stage.DECLINED, revision=revision, letters=("declined",))


def approve(piece: Article, *, by, note: str, seen: str = "", checklist: list[str] | None = None) -> Outcome:
    """The editor's key, on the text they saw. Straight to ready where every author has signed exactly this text."""
    _as_seen(piece, seen)
    _second_pair_of_eyes(piece, by)
    checklists.tick_done(piece, checklist or [], by=by)
    lines = checklists.lines(piece)
    if open_lines := [line for line in lines if line.is_open]:
        raise Refused(*(f"Not ticked yet: {line.item.words}" for line in open_lines))
    revision = Revision.objects.freeze(piece, by=by)
    vouched = {"checklist": sorted(line.item.key for line in lines), "is_high_risk": risk.is_high(piece)}
    _review(piece, revision, by, Decision.APPROVE, note, **vouched)
    is_proof = bool(guards.unsigned(piece))
    _submission(piece).update(answered_at=clock.now(), proof_due_at=_proof_due() if is_proof else None)
    if is_proof:
        return Outcome(Stage.PROOF, revision=revision, letters=("proof",))
    return Outcome(Stage.READY, revision=revision, letters=("accepted",) if piece.stage != Stage.READY else ())


def sign(piece: Article, *, by, note: str, seen: str = "") -> Outcome:
    """An author's key, on the text the editor approved. Ready once every author has turned theirs."""
    _as_seen(piece, seen)
    revision = Revision.objects.freeze(piece, by=by)
    if guards.approval_of_hash(piece, revision.package_hash) is None:
        raise Refused("The text is not the one your editor approved. They send you a new proof.")
    _sign(piece, revision, by)
    if note:
        conversation.say(piece, by=by, text=note, revision=revision)
    if guards.unsigned(piece):
        return Outcome(Stage.PROOF, revision=revision)
    return Outcome(Stage.READY, revision=revision, letters=("accepted",))


def suggest(
    piece: Article, *, by, note: str, changes: dict[str, Any] | None = None, save_number: int | None = None
) -> Outcome:
    """An author's answer to the proof: in words, or as an edit of the text, which the editor reads as a difference."""
    if changes:
        _change(
            piece, changes, save_number, "You changed nothing. Sign the proof, or say in words what you would like."
        )
    revision = Revision.objects.freeze(piece, by=by)
    conversation.say(piece, by=by, text=note or EDITED, revision=revision)
    _submission(piece).update(proof_due_at=None)
    return Outcome(Stage.IN_REVIEW, revision=revision)


def edit(
    piece: Article, *, by, note: str, changes: dict[str, Any] | None = None, save_number: int | None = None
) -> Outcome:
    """Change an approved text: the change is saved and the approval falls, in one act that approves nothing."""
    writing.check_out_of_others(piece, by)
    _change(piece, changes or {}, save_number, "Nothing changed, so the approval stands.")
    revision = Revision.objects.freeze(piece, by=by)
    _submission(piece).update(claimed_by=by, claimed_at=clock.now())
    return Outcome(Stage.IN_REVIEW, revision=revision, fields={"scheduled_for": None})


def _change(piece: Article, changes: dict[str, Any], save_number: int | None, unchanged: str) -> None:
    writing.check_save_number(piece, save_number)
    before = fingerprint(piece.package())
    writing.apply(piece, changes)
    if fingerprint(piece.package()) == before:
        raise Refused(unchanged)


def schedule(piece: Article, *, by, note: str, at: datetime | None = None, kind: str = "", notice: str = "") -> Outcome:
    if piece.is_amendment:
        raise Refused("An amendment is published at once, because its notice says what changed. Use “Publish”.")
    if at is None:
        raise Refused("Say when readers should see the piece.")
    if at <= clock.now():
        raise Refused("That moment has passed. Choose a later one, or publish now.")
    if piece.embargo_until and at < piece.embargo_until:
        raise Refused(guards.embargo_passed(piece) or "")
    moment = f"For {at:%-d %B %Y, %H:%M %Z}. {note}".strip()
    return Outcome(Stage.SCHEDULED, note=moment, fields={"scheduled_for": at})


def unschedule(piece: Article, *, by, note: str) -> Outcome:
    return Outcome(Stage.READY, fields={"scheduled_for": None})


def publish(
    piece: Article, *, by, note: str, kind: str = "", notice: str = "", correction: dict[str, str] | None = None
) -> Outcome:
    announced = piece.announcements.standing()
    if announced:
        kind, notice, correction = announced.bind(kind, one_form(notice), correction)
    kind, notice = kind_of(piece, kind, notice.strip())
    if kind == Kind.CORRECTION and not announced:
        raise Refused("Tell the author first what readers will be told: the step “Tell the author the notice”.")
    told = correction or {} if kind == Kind.CORRECTION else {}
    publication = _put_live(piece, by, clock.now(), kind, notice, correction=told)
    return _published(piece, publication)


def fire(piece: Article, *, by, note: str) -> Outcome:
    """The clock's step: every guard again. If one fails the piece is ready, and its trail and the desk say why."""
    moment = piece.scheduled_for
    if moment is None or moment > clock.now():
        raise Refused("Its time has not come.")
    if sentences := guards.missing(piece, guards.PUBLICATION):
        return _held(sentences)
    try:
        publication = _put_live(piece, by, moment, Kind.FIRST, "")
    except Refused as refusal:
        return _held(refusal.sentences)
    return _published(piece, publication)


def _held(sentences: list[str]) -> Outcome:
    note = "Not published on time. " + " ".join(sentences)
    return Outcome(Stage.READY, step="hold", note=note, letters=("held",), fields={"scheduled_for": None})


def withdraw(piece: Article, *, by, note: str) -> Outcome:
    if piece.stage in AT_DESK:
        _close_submission(piece)
    return Outcome(Stage.WITHDRAWN, fields={"scheduled_for": None})


def kill(piece: Article, *, by, note: str) -> Outcome:
    _close_submission(piece)
    return Outcome(Stage.KILLED, letters=("killed",), fields={"scheduled_for": None})


def override(piece: Article, *, by, note: str, seen: str = "") -> Outcome:
    """Standards' signature in place of each author's that is missing, under the approved text."""
    _as_seen(piece, seen)
    revision = Revision.objects.freeze(piece, by=by)
    review = guards.approval_of_hash(piece, revision.package_hash)
    if review is None or review.editor_id == by.pk:
        raise Refused("Somebody other than the editor who approved the text stands in for its authors.")
    for author_id in guards.unsigned_ids(piece):
        Override.objects.create(
            article=piece,
            author_id=author_id,
            revision=revision,
            package_hash=revision.package_hash,
            taken_by=by,
            reason=note,
        )
    return Outcome(Stage.READY, revision=revision, letters=("overridden",))


def recuse(piece: Article, *, by, note: str) -> Outcome:
    """Whoever cannot judge a piece lets go of it at once."""
    Recusal.objects.create(article=piece, user=by, reason=note)
    was_theirs = _submission(piece).filter(claimed_by=by).update(claimed_by=None, claimed_at=None)
    goes_back = was_theirs and piece.stage == Stage.IN_REVIEW
    return Outcome(Stage.SUBMITTED if goes_back else Stage(piece.stage))


def break_glass(piece: Article, *, by, note: str) -> Outcome:
    BrokenGlass.objects.create(article=piece, user=by, reason=note)
    return Outcome(Stage(piece.stage))


def reopen(piece: Article, *, by, note: str) -> Outcome:
    return Outcome(Stage.DRAFT)


def amend(piece: Article, *, by, note: str) -> Outcome:
    if piece.bylines.filter(author__user=by).exists():
        return Outcome(Stage.DRAFT)
    _open_submission(piece, by)
    _submission(piece).update(claimed_by=by, claimed_at=clock.now())
    return Outcome(Stage.IN_REVIEW)


def discard(piece: Article, *, by, note: str) -> Outcome:
    shown = _shown(piece)
    writing.restore(piece, shown)
    if piece.stage in AT_DESK:
        _close_submission(piece)
    return Outcome(Stage.PUBLISHED, revision=shown, fields={"scheduled_for": None})


def _shown(piece: Article) -> Revision:
    """The text readers have."""
    if piece.live is None:
        raise Refused("Nothing of this piece is published.")
    return piece.live.revision


def _as_seen(piece: Article, seen: str) -> None:
    """A person decides on the text that was on their screen, or not at all."""
    if seen and seen != fingerprint(piece.package()):
        raise Refused("The text changed while you were reading. Read it again, then decide.")


def _second_pair_of_eyes(piece: Article, by) -> None:
    """Where only the second editor's approval is missing, the first editor's again would change nothing; and whoever
    signed this text for its author turns no second key."""
    if piece.overrides.filter(package_hash=fingerprint(piece.package()), taken_by=by).exists():
        raise Refused("You signed this text in the place of its author. Another editor approves it.")
    if piece.stage == Stage.READY and not guards.approval_lapsed(piece) and by.pk in guards.approvers(piece):
        raise Refused("You have approved this text already. It waits for a second editor.")


def _one_submission_at_a_time(piece: Article) -> None:
    """Wait while another piece of an author is being submitted, then look at the limit once more."""
    ids = piece.bylines.values("author")
    list(Author.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    if sentence := guards.few_open_pieces(piece):
        raise Refused(sentence)


def _proof_due() -> datetime:
    return clock.now() + timedelta(days=Network.load().proof_days)


def _submission(piece: Article):
    return piece.submissions.open()


def _open_submission(piece: Article, by) -> None:
    last = piece.submissions.order_by("-number").first()
    Submission.objects.create(
        article=piece,
        number=last.number + 1 if last else 1,
        submitted_by=by,
        submitted_at=clock.now(),
        promised_by=clock.now() + timedelta(days=Network.load().answer_days),
    )


def _close_submission(piece: Article) -> None:
    _submission(piece).filter(answered_at=None).update(answered_at=clock.now())
    _submission(piece).update(closed_at=clock.now())


def _review(piece: Article, revision: Revision, by, decision: Decision, note: str, **more) -> Review:
    return Review.objects.create(
        article=piece,
        revision=revision,
        editor=by,
        decision=decision,
        package_hash=revision.package_hash,
        disclaimer=Disclaimer.objects.in_force(piece.section_id),
        note=note,
        **more,
    )


def _sign(piece: Article, revision: Revision, by) -> None:
    SignOff.objects.get_or_create(
        article=piece,
        author=by.author,
        package_hash=revision.package_hash,
        defaults={"revision": revision, "signed_by": by},
    )


def kind_of(piece: Article, kind: str, notice: str) -> tuple[Kind, str]:
    """The kind of a publication: `first` and `minor` are found out, everything else is said, with a notice."""
    if piece.live is None:
        return Kind.FIRST, ""
    if kind == Kind.MINOR:
        if reasons := diff.why_not_minor(piece.live.revision.package(), piece.package()):
            raise Refused("This is more than a minor change: " + "; ".join(reasons) + ". Choose another kind.")
        return Kind.MINOR, notice
    if kind not in (Kind.UPDATE, Kind.CLARIFICATION, Kind.CORRECTION):
        raise Refused("Say what kind of change this is: minor, update, clarification or correction.")
    if not notice:
        raise Refused("Write the notice for readers: what changed, and why.")
    return Kind(kind), one_form(notice)


def _put_live(piece: Article, by, moment: datetime, kind: Kind, notice: str, **more) -> Publication:
    """The publication of the approved revision. What is shown is hashed again here, from the row that will be shown."""
    review = guards.approval_of(piece)
    if review is None:
        raise Refused(guards.approved(piece) or "")
    revision = review.revision
    if fingerprint(revision.package()) != review.package_hash or revision.fingerprint() != revision.frozen_hash:
        raise Refused("The frozen text is not what was approved. Run verify_trail before anything else.")
    last = piece.publications.order_by("-number").first()
    network = Network.load()
    publication = Publication(
        article=piece,
        number=last.number + 1 if last else 1,
        revision=revision,
        disclaimer=review.disclaimer,
        has_reviewed_links=checklists.is_vouched_for(piece, "links"),
        review=review,
        kind=kind,
        notice=notice,
        names={"network": network.name, "host": network.host, "contact": network.contact},
        published_at=moment,
        **more,
    )
    publication.hash = publication.fingerprint()
    publication.save(force_insert=True)
    return publication


def _published(piece: Article, publication: Publication) -> Outcome:
    _close_submission(piece)
    fields: dict[str, Any] = {"live": publication, "repin": None, "scheduled_for": None}
    if piece.published_at is None:
        fields["published_at"] = publication.published_at
    return Outcome(Stage.PUBLISHED, Standing.LIVE, publication.revision, ("published",), fields=fields)


def free_slug(piece: Article) -> str:
    """An address for the piece that no piece has or ever had."""
    writing.one_address_at_a_time()
    stem = slugify(piece.headline)[:100].strip("-") or f"piece-{piece.pk}"
    taken = set(Article.objects.filter(slug__startswith=stem).exclude(pk=piece.pk).values_list("slug", flat=True))
    taken |= set(OldSlug.objects.filter(slug__startswith=stem).exclude(article=piece).values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
