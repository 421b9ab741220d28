"""The trail: appending a line to it, and proving that nobody has touched it or the records it speaks of."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery

from articles.models import Article, Publication, Repin, Revision
from articles.status import Stage, Standing
from editorial.models import Decision, Event, Override, Review, RiskMark, SignOff
from network.fingerprint import fingerprint

SIGNING, PUBLISHING = ("submit", "sign"), ("publish", "fire")

Broken = Iterator[tuple[Model, str]]
Pieces = list[int] | None  # by their keys; None is all


def append(piece: Article, **line) -> Event:
    """Write the next event of a piece. The caller holds the piece's row; two writers cannot take the same number."""
    last = piece.trail.order_by("-seq").first()
    event = Event(article=piece, seq=last.seq + 1 if last else 1, previous_hash=last.hash if last else "", **line)
    event.hash = event.fingerprint()
    event.save(force_insert=True)
    return event


def verify(pieces: Pieces = None) -> Broken:
    """Every record that does not hold, with a sentence; nothing where all is as it was written. Of these pieces only,
    where some are named."""
    yield from _broken_revisions(pieces)
    yield from _broken_events(pieces)
    yield from _broken_pieces(pieces)
    yield from _broken_keys(pieces)
    yield from _untold(pieces)
    yield from _broken_publications(pieces)


def newest(number: int) -> list[int]:
    """The pieces that were published last, for a look that takes no longer the more there are."""
    return list(Publication.objects.order_by("-pk").values_list("article", flat=True)[:number])


def _of(model: type[Model], pieces: Pieces) -> QuerySet:
    """Records have managers of more than one name; each sees all of them."""
    rows = model._default_manager.all()
    return rows if pieces is None else rows.filter(article__in=pieces)


def _numbered(rows: QuerySet, number: str) -> Iterator[tuple[Any, Any]]:
    """Piece by piece, in the order of `number`: each row with the one before it, or with None at a piece's first."""
    before = None
    for row in rows.order_by("article_id", number).iterator(500):
        yield row, before if before is not None and before.article_id == row.article_id else None
        before = row


def _broken_revisions(pieces: Pieces) -> Broken:
    for revision, before in _numbered(_of(Revision, pieces), "number"):
        if fingerprint(revision.package()) != revision.package_hash:
            yield revision, "its text is not what its package hash says"
        elif revision.fingerprint() != revision.frozen_hash:
            yield revision, "its HTML or its origin is not what its frozen hash says"
        elif revision.number != (before.number + 1 if before else 1):
            yield revision, "a revision before it is missing"


def _broken_events(pieces: Pieces) -> Broken:
    for event, before in _numbered(_of(Event, pieces).select_related("revision"), "seq"):
        if event.seq != (before.seq + 1 if before else 1):
            yield event, "an event before it is missing"
        elif event.previous_hash != (before.hash if before else ""):
            yield event, "it does not follow the event before it"
        elif event.fingerprint() != event.hash:
            yield event, "it is not what its hash says"


def _broken_pieces(pieces: Pieces) -> Broken:
    """Each piece is where its last event left it (a draft, where it has none) and shows its newest publication."""
    last = Event.objects.filter(article=OuterRef("pk")).order_by("-seq")
    newest = Publication.objects.filter(article=OuterRef("pk")).order_by("-number")
    repinned = Repin.objects.filter(article=OuterRef("pk"), publication=OuterRef("live")).order_by("-pk")
    there = Article.objects.all() if pieces is None else Article.objects.filter(pk__in=pieces)
    told_of = there.annotate(
        told_stage=Subquery(last.values("to_stage")[:1]),
        told_standing=Subquery(last.values("to_standing")[:1]),
        newest_id=Subquery(newest.values("pk")[:1]),
        newest_repin_id=Subquery(repinned.values("pk")[:1]),
    )
    for piece in told_of.order_by("pk").iterator(500):
        told = (piece.told_stage or Stage.DRAFT, piece.told_standing or Standing.UNPUBLISHED)
        if told != (piece.stage, piece.standing):
            yield piece, f"it stands at {piece.stage}/{piece.standing}, and its trail says {'/'.join(told)}"
        elif piece.live_id != piece.newest_id:
            yield piece, "what is live of it is not its newest publication"
        elif piece.repin_id != piece.newest_repin_id:
            yield piece, "the disclaimer under it is not the newest that was put there"


def _broken_keys(pieces: Pieces) -> Broken:
    for model in (Review, SignOff):
        for record in _of(model, pieces).select_related("revision").order_by("pk").iterator(500):
            if record.package_hash != record.revision.package_hash or record.article_id != record.revision.article_id:
                yield record, "it names another text than its revision"


def _untold(pieces: Pieces) -> Broken:
    """Records whose own event is gone or says something else: each step that makes one leaves one event, and no event
    vouches for two. So the end of a trail cannot be cut off, nor a decision be put into somebody else's mouth."""
    told: Counter[tuple] = Counter()
    events = _of(Event, pieces).values_list("article", "revision", "actor", "step")
    for article, revision, actor, step in events.iterator():
        told[article, revision, actor if step not in PUBLISHING else None, _made_by(step)] += 1
    for record, maker, made in _records(pieces):
        told[key := (record.article_id, record.revision_id, maker, made)] -= 1
        if told[key] < 0:
            yield record, "the trail does not tell of it"


def _made_by(step: str) -> str:
    """What a step leaves behind: a review of its own name, a sign-off or a publication."""
    return "sign-off" if step in SIGNING else "publication" if step in PUBLISHING else step


def _records(pieces: Pieces) -> Iterator[tuple[Any, int | None, str]]:
    """Every key and publication, whose it is, and what its event is called by `_made_by`."""
    for review in _of(Review, pieces).order_by("pk").iterator(500):
        yield review, review.editor_id, review.decision
    overrides = _of(Override, pieces).values_list("article", "revision", "taken_by").distinct()
    for article, revision, taken_by in overrides:
        first = Override.objects.filter(article=article, revision=revision, taken_by=taken_by).first()
        yield first, taken_by, "override"
    for sign_off in _of(SignOff, pieces).order_by("pk").iterator(500):
        yield sign_off, sign_off.signed_by_id, "sign-off"
    for publication in _of(Publication, pieces).order_by("pk").iterator(500):
        yield publication, None, "publication"


def _broken_publications(pieces: Pieces) -> Broken:
    publications = _of(Publication, pieces).select_related("revision", "disclaimer", "review")
    for publication, before in _numbered(publications, "number"):
        if publication.fingerprint() != publication.hash:
            yield publication, "it is not what its hash says"
        elif publication.number != (before.number + 1 if before else 1):
            yield publication, "a publication before it is missing"
        elif sentence := _missing_key(publication):
            yield publication, sentence


def _missing_key(publication: Publication) -> str:
    package_hash, review = publication.revision.package_hash, publication.review
    if (review.decision, review.package_hash) != (Decision.APPROVE, package_hash):
        return "its review does not approve this text"
    if review.disclaimer_id != publication.disclaimer_id:
        return "its review names another disclaimer"
    signed = SignOff.objects.filter(article_id=publication.article_id, package_hash=package_hash)
    overridden = Override.objects.filter(article_id=publication.article_id, package_hash=package_hash)
    keys = {*signed.values_list("author_id", flat=True), *overridden.values_list("author_id", flat=True)}
    if set(publication.revision.author_ids) - keys:
        return "an author has not signed this text"
    return "" if _has_second_eyes(publication) else "one editor alone has approved this text of a high-risk piece"


def _has_second_eyes(publication: Publication) -> bool:
    """Two editors who neither wrote nor signed the text, where the piece was high risk when it was published."""
    review, package_hash = publication.review, publication.revision.package_hash
    marks = RiskMark.objects.filter(article_id=publication.article_id, at__lte=publication.published_at)
    if not review.is_high_risk and not marks.exists():
        return True
    approvals = Review.objects.filter(
        article_id=publication.article_id, package_hash=package_hash, decision=Decision.APPROVE
    )
    signers = SignOff.objects.filter(article_id=publication.article_id, package_hash=package_hash)
    others = approvals.exclude(editor=review.editor_id).exclude(editor__in=signers.values("signed_by"))
    return others.exclude(editor__author__in=publication.revision.author_ids).exists()
