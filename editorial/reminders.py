"""Letters that time owes: a proof that waits, one that is overdue, a bio that runs out, the daily digest of comments.

Each has a key and is written once, however often and by however many workers this runs; it asks one question of the
database for each kind where nothing is due.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from articles.models import Article
from authors.models import Author, Mail, Status
from editorial import notifications, permissions
from editorial.models import Comment, Decision, Letter, Review, Submission
from network import clock

BIO_NOTICE = timedelta(days=30)
DIGEST_AFTER = timedelta(hours=24)  # from the oldest comment that its reader has not been told of
SETTLED = timedelta(minutes=1)  # a comment younger than that may belong to a transaction that has not ended


def send() -> int:
    """Write every reminder and digest that is due. Returns how many letters that made."""
    return sum(1 for letter in (*_proofs(), *_bios(), *_digests()) if letter)


# Proofs


class Proof(NamedTuple):
    """A proof that has not been signed by all: since when, and by when it should be."""

    piece: Article
    editor: User | None
    review: int
    since: datetime
    due: datetime


def _proofs() -> Iterable[Letter | None]:
    """Of each proof, past half time: a letter to every author who has not signed; when due, another, and the desk's."""
    now = clock.now()
    for proof in _waiting():
        if now >= proof.due:
            yield from _overdue(proof)
        elif now >= proof.since + (proof.due - proof.since) / 2:
            yield from _remind("proof_half", proof, _unsigned(proof))


def _waiting() -> Iterable[Proof]:
    """The proofs that are out, but for those of which the desk knows that they are overdue."""
    approved = Review.objects.filter(article=OuterRef("article"), decision=Decision.APPROVE).order_by("-pk")
    told = Letter.objects.filter(
        article=OuterRef("article"), kind="proof_late", written_at__gte=OuterRef("proof_due_at")
    )
    rows = Submission.objects.open().filter(article__in=Article.objects.in_proof(), proof_due_at__isnull=False)
    dated: Iterable[Any] = (
        rows.exclude(Exists(told))
        .annotate(review=Subquery(approved.values("pk")[:1]), since=Subquery(approved.values("created_at")[:1]))
        .select_related("article", "claimed_by")
    )
    for row in dated:
        yield Proof(row.article, row.claimed_by, row.review, row.since, row.proof_due_at)


def _overdue(proof: Proof) -> Iterable[Letter | None]:
    authors = list(_unsigned(proof))
    yield from _remind("proof_due", proof, authors)
    waiting = " and ".join(author.name for author in authors) + (" has" if len(authors) == 1 else " have")
    for editor in _editors(proof):
        key, due = f"proof_late:{proof.review}:{editor.pk}", _day(proof.due, "UTC")
        yield notifications.owe("proof_late", to=editor, piece=proof.piece, key=key, due=due, waiting=waiting)


def _remind(kind: str, proof: Proof, authors: Iterable[Author]) -> Iterable[Letter | None]:
    for author in authors:
        if author.user and _is_reachable(author.user):
            key, due = f"{kind}:{proof.review}:{author.pk}", _day(proof.due, author.time_zone)
            yield notifications.owe(kind, to=author.user, piece=proof.piece, key=key, due=due)


def _unsigned(proof: Proof) -> Iterable[Author]:
    """The authors who have not signed the text that was approved last."""
    approved = Review.objects.filter(pk=proof.review).values("package_hash")
    signed = proof.piece.sign_offs.filter(package_hash__in=approved).values("author")
    return proof.piece.authors.exclude(pk__in=signed).select_related("user").order_by("pk")


def _editors(proof: Proof) -> Iterable[User]:
    """Whoever has the piece; all editors where nobody has, or theirs is an account that no letter reaches."""
    if proof.editor and _is_reachable(proof.editor):
        return [proof.editor]
    everybody = notifications.reachable().filter(groups__name=permissions.EDITORS)
    return everybody.exclude(author__articles=proof.piece).distinct()


# Bios


def _bios() -> Iterable[Letter | None]:
    """A month before a bio is too old to be printed: a letter to its author, once for each time it was confirmed."""
    told = Letter.objects.filter(to=OuterRef("user"), kind="bio_due", written_at__gte=OuterRef("bio_confirmed_at"))
    due = Author.objects.bio_due(before=clock.now() + BIO_NOTICE).exclude(bio_confirmed_at=None)
    reachable = due.filter(user__in=notifications.reachable(), status=Status.ACTIVE)
    for author in reachable.exclude(Exists(told)).select_related("user"):
        confirmed = f"{author.bio_confirmed_at:%-d %B %Y}"
        key = f"bio_due:{author.pk}:{author.bio_confirmed_at:%Y-%m-%d}"
        yield notifications.owe("bio_due", to=author.user, key=key, confirmed=confirmed)


# The digest


def _digests() -> Iterable[Letter | None]:
    """One letter with all new comments to each author who wants that, a day after the oldest of them."""
    waiting = _untold(OuterRef("pk"), OuterRef(OuterRef("user")), clock.now() - DIGEST_AFTER)
    due = Author.objects.filter(Exists(waiting), mail=Mail.DIGEST, user__in=notifications.reachable())
    for pk in list(due.values_list("pk", flat=True)):
        yield _digest(pk)


def _digest(pk: int) -> Letter | None:
    """With the author's row held, so that of two workers the second finds nothing left to tell."""
    moment = clock.now() - SETTLED
    with transaction.atomic():
        author = Author.objects.select_for_update().get(pk=pk)
        comments = list(_untold(pk, author.user_id, moment).select_related("article").order_by("article", "pk"))
        if not comments:
            return None
        with clock.at(moment):  # what is written after this moment is for the next one
            key = f"digest:{author.user_id}:{min(comment.pk for comment in comments)}"
            return notifications.owe("digest", to=author.user, key=key, pieces=_by_piece(comments))


def _untold(author, user, before: datetime):
    """The open comments of the desk on this author's pieces that no letter to them has told of."""
    told = Letter.objects.filter(to=user)
    in_digest = told.filter(kind="digest", written_at__gte=OuterRef("created_at"))
    in_request = told.filter(kind="changes_asked", article=OuterRef("article"), written_at__gte=OuterRef("created_at"))
    alone = told.filter(kind="comment", article=OuterRef("article"), written_at=OuterRef("created_at"))
    rows = Comment.objects.shared().unresolved().filter(is_from_desk=True, created_at__lte=before)
    mine = rows.filter(article__bylines__author=author)
    return mine.exclude(Exists(in_digest)).exclude(Exists(in_request)).exclude(Exists(alone))


def _by_piece(comments: list[Comment]) -> list[dict]:
    return [
        {
            "pk": piece.pk,
            "title": notifications.title(piece),
            "is_secret": notifications.is_secret(piece),
            "comments": list(about),
        }
        for piece, about in groupby(comments, key=lambda comment: comment.article)
    ]


def _is_reachable(user: User) -> bool:
    return user.is_active and bool(user.email)


def _day(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%A, %-d %B %Y, %H:%M %Z}"
