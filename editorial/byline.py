"""Who shares the byline of a piece: asked by one of its authors, credited once they have accepted, in the order that
its authors set.

All of it happens while the text is with its authors and before readers have had it; every act holds the piece's row.
"""

from collections.abc import Sequence
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import transaction

from articles.models import Article, Byline, Revision
from articles.status import WITH_AUTHOR
from authors.models import Invitation
from editorial import guards, permissions, writing
from editorial.models import Answer, BylineInvitation
from editorial.notifications import owe
from editorial.refusal import Refused
from network import clock

MOST_AUTHORS = 10
MOST_PENDING = 5
INVITED = "byline_invited"
FULL = f"A byline has room for {MOST_AUTHORS} authors, those who are asked included."


class Place(NamedTuple):
    """One author of a piece: where they are with their questions and with exactly this text."""

    byline: Byline
    has_answered: bool
    has_signed: bool


def places(piece: Article) -> list[Place]:
    """The byline as it would be printed, in its order."""
    sign_offs = piece.sign_offs.filter(package_hash=writing.working_hash(piece))
    signed = set(sign_offs.values_list("author_id", flat=True))
    return [
        Place(byline, bool(byline.disclosure), byline.author_id in signed)
        for byline in piece.bylines.select_related("author")
    ]


def may_arrange(user, piece: Article) -> bool:
    """Whether this person may change who is credited, and in what order, where the piece is now."""
    return _is_open(piece) and permissions.can_write(user, piece)


def ask(piece: Article, *, email: str, name: str, by) -> BylineInvitation:
    """Ask somebody to share the byline, by a letter. Nobody learns from it whether the address has an account."""
    email, name = email.strip(), " ".join(name.split())
    with transaction.atomic():
        current = _held(piece)
        _check_may_arrange(by, current)
        _check_room(current, email, by)
        asked = BylineInvitation.objects.create(article=current, email=email, name=name, invited_by=by)
        _write_to(asked, asker=by.author.name)
    return asked


def take_back(invitation: BylineInvitation, by) -> None:
    """Any author of the piece may, wherever it is: nobody's credit changes by it."""
    with transaction.atomic():
        piece, pending = _held_invitation(invitation)
        if not permissions.is_author(by, piece):
            raise Refused("Only an author of the piece takes an invitation to its byline back.")
        _answer(pending, Answer.REVOKED)
        _close_the_way_in(pending, by)
        if account := _account_of(pending.email):
            owe("byline_taken_back", to=account, piece=piece, asker=by.author.name)


def accept(invitation: BylineInvitation, by) -> None:
    """Credit the person who was asked, last in the byline and printed as their profile says today."""
    with transaction.atomic():
        piece, pending = _held_invitation(invitation)
        _check_may_accept(by, piece, pending)
        last = piece.bylines.order_by("-position").values_list("position", flat=True).first()
        Byline.objects.create(article=piece, author=by.author, position=0 if last is None else last + 1)
        writing.refresh_bylines(piece, by)
        Revision.objects.freeze(piece, by=by)
        _answer(pending, Answer.ACCEPTED, author=by.author)
        _tell_asker("byline_accepted", piece, pending, answerer=by.author.name)


def decline(invitation: BylineInvitation, by) -> None:
    with transaction.atomic():
        piece, pending = _held_invitation(invitation)
        _check_addressed(by, pending)
        _answer(pending, Answer.DECLINED)
        _tell_asker("byline_declined", piece, pending, answerer=pending.name)


def leave(piece: Article, by) -> None:
    """Take oneself off the byline, with the answers that no signed text holds. A barred author may leave, too."""
    with transaction.atomic():
        current = _held(piece)
        if not permissions.is_author(by, current):
            raise Refused("You are not on the byline of this piece.")
        _check_open(current)
        if current.bylines.count() == 1:
            raise Refused("You are the only author of this piece. Withdraw it if you do not want it published.")
        if not _has_signed_answers(current, by.author):
            current.disclosures.filter(author=by.author).delete()
        current.bylines.filter(author=by.author).delete()
        _hand_over(current, by)
        Revision.objects.freeze(current, by=by)


def _hand_over(piece: Article, by) -> None:
    """What the others write from now on is not for whoever began the piece and left it."""
    if piece.created_by_id == by.pk:
        heir = piece.bylines.filter(author__user__isnull=False).values_list("author__user", flat=True).first()
        Article.objects.filter(pk=piece.pk).update(created_by=heir or piece.created_by_id)


def arrange(piece: Article, author_ids: Sequence[int], by) -> None:
    """Set the order of the byline: exactly those who are on it, each once."""
    with transaction.atomic():
        current = _held(piece)
        _check_may_arrange(by, current)
        bylines = {byline.author_id: byline for byline in current.bylines.all()}
        if sorted(author_ids) != sorted(bylines):
            raise Refused("Somebody joined or left the byline in the meantime. Look at it again, then set its order.")
        if list(author_ids) == list(bylines):
            return
        for position, author_id in enumerate(author_ids):
            current.bylines.filter(author=author_id).update(position=position)
        Revision.objects.freeze(current, by=by)


# Who may, where


def _held(piece: Article) -> Article:
    return Article.objects.select_for_update().get(pk=piece.pk)


def _held_invitation(invitation: BylineInvitation) -> tuple[Article, BylineInvitation]:
    """The piece's row first: whatever happens to its invitations happens one after the other."""
    piece = Article.objects.select_for_update().get(pk=invitation.article_id)
    current = BylineInvitation.objects.get(pk=invitation.pk)
    if current.answer != Answer.PENDING:
        raise Refused("This invitation has been answered or taken back already.")
    return piece, current


def _is_open(piece: Article) -> bool:
    return piece.stage in WITH_AUTHOR and piece.live_id is None


def _check_open(piece: Article) -> None:
    if not _is_open(piece):
        raise Refused(
            "The byline changes only while the text is with its authors, and no longer once readers have had it."
        )


def _check_may_arrange(by, piece: Article) -> None:
    if not permissions.is_author(by, piece):
        raise Refused("Only an author of the piece changes its byline.")
    if by.author.is_barred:
        raise Refused(guards.barred(by.author))
    _check_open(piece)


def _check_room(piece: Article, email: str, by) -> None:
    pending = piece.byline_invitations.pending()
    if pending.filter(email__iexact=email).exists():
        raise Refused("This address has been asked already. Wait for the answer, or take the invitation back.")
    if (here := _byline_of(piece, email)) is not None:
        who = "You are" if here.author.user_id == by.pk else f"{here.printed_name} is"
        raise Refused(f"{who} on the byline already.")
    if pending.count() >= MOST_PENDING:
        raise Refused(f"{MOST_PENDING} people have not answered yet. Wait for them, or take an invitation back.")
    if piece.bylines.count() + pending.count() >= MOST_AUTHORS:
        raise Refused(FULL)


def _byline_of(piece: Article, email: str) -> Byline | None:
    proved = EmailAddress.objects.filter(email__iexact=email, verified=True)
    return piece.bylines.select_related("author").filter(author__user__in=proved.values("user")).first()


def _check_addressed(by, invitation: BylineInvitation) -> None:
    if not BylineInvitation.objects.to_account(by).filter(pk=invitation.pk).exists():
        raise Refused("This invitation went to another address. Add that address to your account and confirm it first.")


def _check_may_accept(by, piece: Article, invitation: BylineInvitation) -> None:
    _check_addressed(by, invitation)
    if not permissions.can_contribute(by):
        raise Refused("This account has no author record yet, so it has no name to print. An editor links one to it.")
    if by.author.is_barred:
        raise Refused(guards.barred(by.author))
    _check_open(piece)
    if permissions.is_author(by, piece):
        raise Refused("You are on the byline already.")
    if piece.bylines.count() >= MOST_AUTHORS:
        raise Refused(FULL)


def _has_signed_answers(piece: Article, author) -> bool:
    """Whether a text that somebody signed prints this author's answers, which are then kept with it."""
    signed = piece.revisions.filter(sign_offs__isnull=False).distinct()
    return any(line["author"] == author.pk and line["disclosure"] for revision in signed for line in revision.byline)


# Answers and letters


def _answer(invitation: BylineInvitation, answer: Answer, author=None) -> None:
    invitation.answer, invitation.answered_at, invitation.author = answer, clock.now(), author
    invitation.save(update_fields=["answer", "answered_at", "author"])


def _account_of(email: str) -> User | None:
    """The account that writes here under this address and has proved that it is theirs."""
    found = EmailAddress.objects.filter(
        email__iexact=email, verified=True, user__is_active=True, user__author__isnull=False
    )
    address = found.select_related("user").first()
    return address.user if address else None


def _write_to(asked: BylineInvitation, asker: str) -> None:
    if account := _account_of(asked.email):
        owe("byline_asked", to=account, piece=asked.article, asker=asker)
        return
    way_in = _way_in(asked)
    owe(INVITED, address=asked.email, piece=asked.article, invitation=way_in, asker=asker, name=asked.name)


def _way_in(asked: BylineInvitation) -> Invitation:
    """The invitation to an account for this address: the open one where there is one, else new."""
    unused = Invitation.objects.filter(email__iexact=asked.email, used_at=None, revoked_at=None)
    unused.filter(expires_at__lte=clock.now()).update(revoked_at=clock.now(), revoked_by=asked.invited_by)
    return Invitation.objects.get_or_create(
        email__iexact=asked.email,
        used_at=None,
        revoked_at=None,
        defaults={"email": asked.email, "name": asked.name, "invited_by": asked.invited_by},
    )[0]


def _close_the_way_in(taken_back: BylineInvitation, by) -> None:
    """An account was offered for the sake of this byline alone: with it goes the offer. One of the desk's own stays."""
    if BylineInvitation.objects.pending().filter(email__iexact=taken_back.email).exists():
        return
    for invitation in Invitation.objects.open().filter(email__iexact=taken_back.email):
        if invitation.letters.exists() and not invitation.letters.exclude(kind=INVITED).exists():
            invitation.revoked_at, invitation.revoked_by = clock.now(), by
            invitation.save(update_fields=["revoked_at", "revoked_by"])


def _tell_asker(kind: str, piece: Article, invitation: BylineInvitation, answerer: str) -> None:
    if permissions.is_author(invitation.invited_by, piece):
        owe(kind, to=invitation.invited_by, piece=piece, answerer=answerer)
