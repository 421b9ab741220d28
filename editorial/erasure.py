"""Erasing a person: what is private goes, what readers were promised stays.

Bylines, texts, signatures and the trail are kept with the number of the account, which leads to nobody any more. No
hash holds a name or an address of an account, so all of them go on holding. A draft that was saved is a frozen text
like any other, and stays. `editorial.person` lists every table.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from articles.models import Article
from articles.status import OPEN
from authors.models import Application, Author, Employment, Invitation, SocialLink, Tie
from authors.models.author import Status
from editorial import correspondence, permissions, person
from editorial.models import Buffer, BylineInvitation, CheckOut, Correspondence, Disclosure, Letter, SavedFilter
from editorial.models.correspondence import To
from editorial.refusal import Refused
from network import clock
from network.models import Tally

GONE = "erased"
NOT_YOURS = "Only an administrator erases a person."
NOT_YOURSELF = "Somebody else has to erase you, so that nobody does it by mistake."


@transaction.atomic
def erase(who: User, *, by) -> None:
    """Raises Refused, and erases nothing then."""
    if not permissions.administers(by):
        raise Refused(NOT_YOURS)
    if by.pk == who.pk:
        raise Refused(NOT_YOURSELF)
    who = User.objects.select_for_update().get(pk=who.pk)
    _refuse_open_pieces(who)
    addresses = person.addresses(who)
    _forget_mail(who, addresses)
    _forget_joining(who, addresses, by)
    _close_account(who)
    if author := Author.objects.filter(user=who).first():
        _leave_the_byline(author)
    about = {"content_type": ContentType.objects.get_for_model(User), "object_id": str(who.pk)}
    LogEntry.objects.create(
        user=by, action_flag=CHANGE, object_repr=f"{GONE}-{who.pk}", change_message="Erased.", **about
    )


def _refuse_open_pieces(who: User) -> None:
    """What is at the desk needs its author: it is withdrawn or decided first."""
    theirs = Article.objects.by_account(who)
    waiting = [piece.headline for piece in theirs if piece.stage in OPEN and permissions.is_author(who, piece)]
    if waiting:
        raise Refused(f"At the desk: {'; '.join(waiting)}. Withdraw or decide that first, then erase.")


def _forget_mail(who: User, addresses: list[str]) -> None:
    for address in addresses:
        correspondence.forget(address)
        Letter.objects.filter(address__iexact=address).delete()
    Correspondence.objects.filter(author__user=who, to=To.AUTHOR).delete()
    Letter.objects.filter(to=who, sent_at=None).delete()
    Tally.objects.filter(kind=Tally.Kind.SIGN_IN, what=who.get_username()).delete()
    Letter.objects.filter(to=who).update(subject=GONE, body=GONE, last_error="")


def _forget_joining(who: User, addresses: list[str], by: User) -> None:
    """An application that was decided and an invitation stay as facts, and say nothing of whom. None opens anything."""
    theirs = Q(pk__in=[])
    for address in addresses:
        theirs |= Q(email__iexact=address)
    for applied in Application.objects.filter(theirs | Q(invitation__used_by=who)):
        Letter.objects.filter(key__startswith=f"application:{applied.pk}:").update(subject=GONE, body=GONE)
    Application.objects.pending().filter(theirs).delete()
    unused = Invitation.objects.filter(theirs, used_at=None, revoked_at=None)
    unused.update(revoked_at=clock.now(), revoked_by=by)
    blank = {"place": "", "links": "", "sample": "", "why": ""}
    columns: tuple[tuple[Any, Q, dict[str, str]], ...] = (
        (Application, theirs | Q(invitation__used_by=who), blank),
        (Invitation, theirs | Q(used_by=who), {"words": ""}),
        (BylineInvitation, theirs | Q(author__user=who), {}),
    )
    for model, which, more in columns:
        manager: Any = model._default_manager
        for pk in list(manager.filter(which).values_list("pk", flat=True)):
            manager.filter(pk=pk).update(name=GONE, email=f"{GONE}-{pk}@{GONE}.invalid", **more)


def _close_account(who: User) -> None:
    """The row stays, since the trail names its number. No session and no key opens it."""
    Session.objects.filter(pk__in=UserSession.objects.filter(user=who).values("session_key")).delete()
    for model, path in (
        (UserSession, "user"), (Authenticator, "user"), (EmailAddress, "user"), (Employment, "user"), (Tie, "user"),
        (Buffer, "writer"), (CheckOut, "holder"), (SavedFilter, "owner"),
    ):  # fmt: skip
        manager: Any = model._default_manager
        manager.filter(**{path: who}).delete()
    who.groups.clear()
    who.user_permissions.clear()
    names = {"username": f"{GONE}-{who.pk}", "first_name": "no longer here", "last_name": "", "email": ""}
    rights = dict.fromkeys(("is_active", "is_staff", "is_superuser"), False)
    User.objects.filter(pk=who.pk).update(**names, **rights, password=make_password(None), last_login=None)
    LogEntry.objects.filter(content_type__app_label="auth", content_type__model="user", object_id=str(who.pk)).update(
        object_repr=names["username"], change_message=""
    )


def _leave_the_byline(author: Author) -> None:
    """Readers keep the name under what they were given. One whom they never knew loses it."""
    SocialLink.objects.filter(author=author).delete()
    Tie.objects.filter(author=author).delete()
    Disclosure.objects.filter(author=author).update(answers={})
    Article.objects.filter(bylines__author=author).update(libel_detail="")
    portrait = author.portrait.name
    emptied: dict[str, str] = dict.fromkeys(("role", "bio", "long_bio", "familiar", "portrait", "portrait_alt"), "")
    if not author.is_known_to_readers:
        author.move(f"{GONE}-{author.pk}")
        emptied["name"] = GONE
    status = author.status if author.is_barred else Status.ALUMNI
    moments = {"bio_confirmed_at": None, "portrait_rights_at": None}
    Author.objects.filter(pk=author.pk).update(
        **emptied, **moments, status=status, time_zone="UTC", takes_letters=False
    )
    if portrait:
        transaction.on_commit(lambda: default_storage.delete(portrait))
