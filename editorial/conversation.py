"""What an author and the desk write to each other about a piece: the one way to write a comment, and to settle it."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from articles.models import Article, Revision
from authors.models import Mail
from editorial import notifications, permissions
from editorial.anchors import Reading
from editorial.models import Comment
from editorial.refusal import Refused
from network import clock

LONGEST = 10_000  # characters of a comment
LONGEST_QUOTE = Comment._meta.get_field("quote").max_length or 0
AROUND = Comment._meta.get_field("prefix").max_length or 0
NEVER_SAID = (
    "These words are not in the text, and never were. Copy the passage as it stands there, or leave it empty and say "
    "in the comment what it is about."
)
NO_SUCH = "There is no such comment on this piece."


def say(
    piece: Article, *, by, text: str, answers: Comment | None = None, revision: Revision | None = None, **more: Any
) -> Comment:
    """Write a comment, as an author of the piece or as the desk, and tell whoever has to know.

    `more` holds what `_anchored` and `_marked` take: `quote` with its `prefix` and `suffix` ties it to a passage of
    `revision` (the newest where none is named); `is_shared` and `is_blocking` are the desk's to say. An answer belongs
    to the comment that began its thread, and is seen by whoever sees that. Raises Refused.
    """
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        is_from_desk = _is_from_desk(by, current)
        first = _thread(current, answers, is_from_desk) if answers else None
        anchor, on = _anchored(**more), _revision(current, revision)
        _check_said(current, anchor["quote"], on)
        comment = Comment.objects.create(
            article=current,
            writer=by,
            is_from_desk=is_from_desk,
            text=_words(text),
            answers=first,
            revision=on,
            **anchor,
            **_marked(is_from_desk, first, **more),
        )
        _tell(comment)
    return comment


def resolve(comment: Comment, *, by) -> None:
    """Settle a comment with all its answers."""
    _may_settle(comment, by)
    Comment.objects.filter(pk=comment.pk, resolved_at=None).update(resolved_at=clock.now(), resolved_by=by)


def reopen(comment: Comment, *, by) -> None:
    _may_settle(comment, by)
    Comment.objects.filter(pk=comment.pk).update(resolved_at=None, resolved_by=None)


def may_settle(comment: Comment, by) -> bool:
    """The desk settles every comment; an author their own, and a shared one of the desk that holds nothing back."""
    if comment.answers_id:
        return False
    if permissions.speaks_for_desk(by, comment.article):
        return True
    is_theirs = comment.writer_id == by.pk or (comment.is_from_desk and not comment.is_blocking)
    return comment.is_shared and is_theirs and permissions.is_author(by, comment.article)


def _may_settle(comment: Comment, by) -> None:
    if may_settle(comment, by):
        return
    if not comment.is_shared or not permissions.is_author(by, comment.article):
        raise Refused(NO_SUCH)
    if comment.is_blocking:
        raise Refused("Nothing is published while this comment is open, so an editor settles it. Answer it here.")
    raise Refused("Whoever began this thread settles it, or an editor.")


def _is_from_desk(by, piece: Article) -> bool:
    if permissions.is_author(by, piece):
        if not piece.slug:
            raise Refused("The desk does not see this piece yet. Submit it first.")
        return False
    if permissions.speaks_for_desk(by, piece) and Article.objects.visible_to(by).filter(pk=piece.pk).exists():
        return True
    raise Refused("The conversation about a piece is between its authors and the desk.")


def _thread(piece: Article, answered: Comment, is_from_desk: bool) -> Comment:
    """The comment that began the thread: a conversation is one level deep."""
    first = answered.answers or answered
    if first.article_id != piece.pk or not (first.is_shared or is_from_desk):
        raise Refused(NO_SUCH)
    return first


def _words(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Refused("Write something first.")
    if len(words) > LONGEST:
        raise Refused(f"A comment has at most {LONGEST:,} characters. Make it two.")
    return words


def _revision(piece: Article, named: Revision | None) -> Revision | None:
    if named is not None and named.article_id != piece.pk:
        raise Refused("That text belongs to another piece.")
    return named or piece.revisions.order_by("-number").first()


def _anchored(*, quote: str = "", prefix: str = "", suffix: str = "", **_: Any) -> dict[str, str]:
    quote, prefix, suffix = (words.replace("\r\n", "\n") for words in (quote.strip(), prefix, suffix))
    if len(quote) > LONGEST_QUOTE:
        raise Refused(f"A passage has at most {LONGEST_QUOTE:,} characters. Choose a shorter one.")
    return {"quote": quote, "prefix": prefix[-AROUND:] if quote else "", "suffix": suffix[:AROUND] if quote else ""}


def _check_said(piece: Article, quote: str, on: Revision | None) -> None:
    """In the text it is about, in the working text, or in one from before: whoever copied it saw one of these."""
    if not quote or (on and Reading(on).says(quote)) or Reading(Revision.objects.unsaved(piece)).says(quote):
        return
    if not any(Reading(revision).says(quote) for revision in piece.revisions.order_by("-number").iterator(10)):
        raise Refused(NEVER_SAID)


def _marked(is_from_desk: bool, first: Comment | None, *, is_shared=True, is_blocking=False, **_: Any) -> dict:
    if not is_from_desk and (is_blocking or not is_shared):
        raise Refused("Only the desk keeps a comment to itself, or lets one hold back publication.")
    if first is not None:
        return {"is_shared": first.is_shared, "is_blocking": False}
    return {"is_shared": is_shared, "is_blocking": is_blocking}


def _tell(comment: Comment) -> None:
    """A letter to each author who wants one for each comment; to the editor who has the piece what an author writes."""
    kind = "comment" if comment.is_from_desk else "author_wrote"
    with clock.at(comment.created_at):  # the digest knows by this moment that it was told
        for person in _hearers(comment):
            key = f"comment:{comment.pk}:{person.pk}"
            names = {"comment": comment, "writer": _name(comment)}
            notifications.owe(kind, to=person, piece=comment.article, key=key, **names)


def _name(comment: Comment) -> str:
    """As printed, for an author; the desk speaks as the desk."""
    printed = comment.article.bylines.filter(author__user=comment.writer).values_list("printed_name", flat=True).first()
    return printed or "The desk"


def _hearers(comment: Comment) -> Iterable[User]:
    reachable = notifications.reachable()
    if comment.is_from_desk:
        authors = reachable.filter(author__bylines__article=comment.article, author__mail=Mail.EACH).distinct()
        return authors if comment.is_shared else authors.none()
    claiming = reachable.filter(claims__in=comment.article.submissions.open()).distinct()
    return [person for person in claiming if permissions.speaks_for_desk(person, comment.article)]


def threads(piece: Article, user, shown: Revision | None) -> list[Comment]:
    """The comments that this person may read, in threads: each with its `replies`, where its passage is in the text
    that is `shown` (`place`), and whether they may settle it (`is_theirs`). As many queries for one as for thirty."""
    is_desk = permissions.speaks_for_desk(user, piece)
    rows = piece.comments.select_related("writer", "resolved_by").prefetch_related("revision")
    comments = list(rows if is_desk else rows.shared())
    reading = Reading(shown) if shown else None
    for comment in comments:
        comment.replies = [other for other in comments if other.answers_id == comment.pk]
        comment.place = reading.place(comment) if reading and comment.quote else None
        comment.is_theirs = _is_theirs(comment, user, is_desk)
    return [comment for comment in comments if comment.answers_id is None]


def _is_theirs(comment: Comment, user, is_desk: bool) -> bool:
    """What `may_settle` says, for somebody whose tie to the piece is known already."""
    is_own = comment.writer_id == user.pk or (comment.is_from_desk and not comment.is_blocking)
    return comment.answers_id is None and (is_desk or is_own)
