"""Letters the desk owes people: which step owes which, to whom, in what words (templates/emails/<kind>.txt).

They are written in the step's own transaction, so a letter exists exactly if its step does; `editorial.post` sends
them.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string

from articles.models import Article
from editorial import permissions
from editorial.models import Letter
from editorial.post import deliver
from network import clock
from network.models import Network

SUBJECTS = {
    "receipt": "We have your piece: {title}",
    "changes_asked": "Changes asked: {title}",
    "proof": "Please read and sign: {title}",
    "declined": "About your piece: {title}",
    "accepted": "Accepted: {title}",
    "published": "Published: {title}",
    "announced": "What readers will be told: {title}",
    "killed": "About your piece: {title}",
    "overridden": "Signed in your place: {title}",
    "challenged": "Under review: {title}",
    "cleared": "The review is closed: {title}",
    "retracted": "Retracted: {title}",
    "reinstated": "Reinstated: {title}",
    "removed": "Removed: {title}",
    "merged": "Merged into another piece: {title}",
    "handed_over": "Now with you: {title}",
    "lapsed": "Back in the queue: {title}",
    "checked_in": "Your check-out was ended: {title}",
    "held": "Not published on time: {title}",
    "byline_asked": "{asker} asks you to share a byline: {title}",
    "byline_invited": "{asker} asks you to share a byline in {network.name}",
    "byline_accepted": "{answerer} shares the byline: {title}",
    "byline_declined": "{answerer} does not share the byline: {title}",
    "byline_taken_back": "No longer asked to share a byline: {title}",
    "applied": "We have your application to {network.name}",
    "applied_again": "Your application to {network.name} waits already",
    "application": "Somebody applies: {application.name}",
    "application_declined": "About your application to {network.name}",
    "invitation": "Write for {network.name}: your invitation",
    "comment": "A comment on {title}",
    "author_wrote": "{writer} wrote about {title}",
    "digest": "What the desk wrote about your pieces",
    "proof_half": "Your proof waits: {title}",
    "proof_due": "Your proof is due: {title}",
    "proof_late": "A proof is overdue: {title}",
    "password_reset": "Choose a new password",
    "bio_due": "Is your bio still right?",
    "letter_confirm": "Please confirm your letter to {network.name}",
    "letter_receipt": "We have your letter to {network.name}",
    "letter_relayed": "A reader wrote to you: {about}",
    "letter_answered": "An answer to your letter to {network.name}",
    "letter_closed": "Your correspondence in {network.name} is closed",
    "fix_receipt": "We have your request: correction {correspondence.correction.pk}",
    "fix_author": "A reader asks for a correction: {about}",
    "fix_outcome": "Your request for a correction: {request.pk}",
}
TO_THE_DESK = frozenset({"held"})


def write(kinds: Iterable[str], piece: Article, note: str) -> None:
    """Write the letters of a step that has just been taken, and hand them to the queue."""
    for kind in kinds:
        current = Article.objects.select_related("live").get(pk=piece.pk)
        for person in _recipients(kind, current):
            owe(kind, to=person, piece=current, note=note)


def owe(
    kind: str, *, to: User | None = None, piece: Article | None = None, key: str | None = None, **words: Any
) -> Letter | None:
    """Write one letter and hand it to the queue; nothing where a letter with this `key` has been written before.

    It goes to an account, or to the bare `address` among the words of somebody who has none. `words` is what its
    template (templates/emails/<kind>.txt) may use beside the piece, its `title`, the person, the network and the site;
    an `invitation` among them lets the letter carry its key, and with a `correspondence` it can be answered and is
    deleted with that.
    """
    written = draft(kind, to=to, piece=piece, **words)
    values = {name: getattr(written, name) for name in ("article", "to", "address", "kind", "subject", "body")}
    values |= {name: words.get(name) for name in ("invitation", "correspondence")}
    with transaction.atomic():
        letter, is_new = (
            Letter.objects.get_or_create(key=key, defaults=values) if key else (Letter.objects.create(**values), True)
        )
        if is_new:
            deliver.enqueue(letter.pk)
    return letter if is_new else None


def draft(kind: str, *, to: User | None = None, piece: Article | None = None, **words: Any) -> Letter:
    """One letter as `owe` writes it, for somebody to look at: it is not kept, and goes nowhere."""
    context = {"piece": piece, "person": to, "network": Network.load(), "site": settings.SITE_URL}
    context |= (_of_piece(piece) if piece else {}) | words
    return Letter(
        article=piece,
        to=to,
        address=words.get("address", ""),
        kind=kind,
        subject=_one_line(SUBJECTS[kind].format_map(context)),
        body=render_to_string(f"emails/{kind}.txt", context).strip() + "\n",
    )


def drafts(kind: str, piece: Article, note: str) -> list[Letter]:
    """The letters that a step with this note would write, one for each reader, word for word."""
    return [draft(kind, to=person, piece=piece, note=note) for person in _recipients(kind, piece)]


def is_secret(piece: Article) -> bool:
    """Under embargo. Mail passes through many hands, so that a letter says nothing of what such a piece says."""
    return piece.embargo_until is not None and piece.embargo_until > clock.now()


def title(piece: Article) -> str:
    """What a letter calls a piece."""
    return f"piece number {piece.pk}" if is_secret(piece) else " ".join(piece.headline.split())


def _one_line(subject: str) -> str:
    """Whatever blanks are in a headline: a line break would be a header of its own."""
    return " ".join(subject.split())[:200]


def reachable() -> QuerySet[User]:
    """The accounts that letters go to."""
    return get_user_model().objects.filter(is_active=True).exclude(email="").order_by("pk")


def _recipients(kind: str, piece: Article):
    if kind in TO_THE_DESK:
        publishers = reachable().filter(groups__name=permissions.PUBLISHERS).distinct()
        return [person for person in publishers if not permissions.is_recused(person, piece)]
    return reachable().filter(author__bylines__article=piece).distinct()


def _of_piece(piece: Article) -> dict[str, Any]:
    return {
        "title": title(piece),
        "is_secret": is_secret(piece),
        "submission": piece.submissions.order_by("-number").first(),
        "announced": piece.announcements.standing(),
        "comments": piece.comments.shared().unresolved().filter(is_from_desk=True),
    }
