"""Joining: somebody applies, an editor answers or invites, and an invitation opens one account.

What a person without an account types is believed by nobody: the address of an application is proven only by the
invitation that is mailed to it.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from authors.models import Application, Author, Invitation, OldAuthorSlug
from authors.models.joining import Decision
from editorial import notifications, permissions
from editorial.refusal import Refused
from network import clock
from network.models import Network

ONLY_EDITORS = "Only editors decide who is invited. Ask one of them."


@transaction.atomic
def apply(*, email: str, **said: str) -> Application | None:
    """Keep an application, confirm it to its address, and tell the editors. None where that address waits already.

    Then the first one stands: whoever types an address need not own it, so nothing that the desk reads can be written
    over from outside. The address, and nobody else, is told once that the first one waits and how to add to it. The
    letters hold nothing that was typed: through them nobody's words reach a stranger's mailbox.
    """
    promised_by = clock.now() + timedelta(days=Network.load().application_days)
    try:
        with transaction.atomic():
            application = Application.objects.create(email=email, promised_by=promised_by, **said)
    except IntegrityError:
        _say_that_one_waits(email)
        return None
    notifications.owe("applied", address=email, key=f"applied:{application.pk}", application=application)
    for editor in _editors():
        key = f"application:{application.pk}:{editor.pk}"
        notifications.owe("application", to=editor, key=key, application=application)
    return application


def _say_that_one_waits(email: str) -> None:
    if first := Application.objects.pending().filter(email__iexact=email).first():
        key = f"applied_again:{first.pk}"
        notifications.owe("applied_again", address=first.email, key=key, application=first)


def _editors() -> QuerySet[User]:
    people = get_user_model().objects.filter(is_active=True, groups__name=permissions.EDITORS)
    return people.exclude(email="").order_by("pk")


@transaction.atomic
def accept(application: Application, *, by, words: str = "", author: Author | None = None) -> Invitation:
    """Answer an application with an invitation. `author`: whose record the account will speak for, if there is one."""
    waiting = _decide(application, Decision.ACCEPTED, by)
    return invite(email=waiting.email, name=waiting.name, by=by, author=author, application=waiting, words=words)


@transaction.atomic
def decline(application: Application, *, by, words: str) -> None:
    if not words.strip():
        raise Refused("Write them a letter: it says why, and what they could do instead.")
    waiting = _decide(application, Decision.DECLINED, by)
    key = f"declined:{waiting.pk}"
    notifications.owe("application_declined", address=waiting.email, key=key, application=waiting, words=words)


def _decide(application: Application, decision: Decision, by) -> Application:
    """Of two editors who decide at once, one does, and the other reads who did."""
    if not permissions.can_invite(by):
        raise Refused(ONLY_EDITORS)
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.decision != Decision.PENDING:
        who = locked.decided_by.get_username()  # type: ignore[union-attr]
        raise Refused(f"{who} has {locked.get_decision_display().lower()} this application already.")
    locked.decision, locked.decided_by, locked.decided_at = decision, by, clock.now()
    locked.save(update_fields=["decision", "decided_by", "decided_at"])
    return locked


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    by,
    author: Author | None = None,
    application: Application | None = None,
    words: str = "",
) -> Invitation:
    """Mail a key to one account. An earlier key for the same address or the same author opens nothing from now on."""
    if not permissions.can_invite(by):
        raise Refused(ONLY_EDITORS)
    if refusals := _in_the_way(email, author):
        raise Refused(*refusals)
    earlier = Invitation.objects.filter(used_at=None, revoked_at=None)
    same_person = Q(email__iexact=email) | (Q(author=author) if author else Q(pk=None))
    earlier.filter(same_person).update(revoked_at=clock.now(), revoked_by=by)
    said = {"email": email, "name": name, "author": author, "application": application, "words": words}
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(invited_by=by, **said)
    except IntegrityError:
        raise Refused("Somebody else has invited this address just now. Look at the list of invitations.") from None
    key = f"invitation:{invitation.pk}"
    notifications.owe("invitation", address=email, key=key, invitation=invitation, words=words)
    return invitation


def _in_the_way(email: str, author: Author | None) -> list[str]:
    found = []
    if (account := account_of(email)) is not None:
        found.append(f"The account {account.get_username()} has this address already. It needs no invitation.")
    if author and author.user_id:
        found.append(f"{author} has an account already. Choose an author without one, or none.")
    if author and author.is_barred:
        found.append(f"{author} is {author.get_status_display().lower()}; only the standards group changes that.")
    return found


def account_of(email: str) -> User | None:
    """The account that has this address, if one does: as its own, or confirmed beside it."""
    proven = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    return get_user_model().objects.filter(Q(email__iexact=email) | Q(pk__in=proven)).first()


@transaction.atomic
def send_again(invitation: Invitation, *, by) -> Invitation:
    """A new key to the same person, for the whole time anew. The old one opens nothing any more."""
    old = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if old.used_at:
        raise Refused("This invitation has been used: the account is open.")
    return invite(email=old.email, name=old.name, by=by, author=old.author, words=old.words)


@transaction.atomic
def revoke(invitation: Invitation, *, by) -> None:
    if not permissions.can_invite(by):
        raise Refused(ONLY_EDITORS)
    unused = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    if not unused.update(revoked_at=clock.now(), revoked_by=by):
        current = Invitation.objects.get(pk=invitation.pk)
        happened = "used" if current.used_at else "revoked"
        raise Refused(f"This invitation has been {happened} already, so there is nothing to revoke.")


@transaction.atomic
def redeem(invitation: Invitation, user: User) -> Author:
    """Use an invitation up for a new account, which from now on speaks for its author. Once, whoever else tries."""
    if user.email.lower() != invitation.email.lower():
        raise Refused("This invitation is for another address.")
    if not Invitation.objects.open().filter(pk=invitation.pk).update(used_at=clock.now(), used_by=user):
        raise Refused("This invitation has been used or revoked, or it is too old.")
    user.groups.add(Group.objects.get(name=permissions.CONTRIBUTORS))
    if invitation.author_id is None:
        return Author.objects.create(name=invitation.name, slug=_free_slug(invitation.name), user=user)
    if not Author.objects.filter(pk=invitation.author_id, user=None).update(user=user):
        raise Refused("The author of this invitation has an account already. Write to the desk.")
    return Author.objects.get(pk=invitation.author_id)


def _free_slug(name: str) -> str:
    """An address that no author's page has or ever had."""
    base = slugify(name)[:100] or "author"
    candidates = [base, *(f"{base}-{number}" for number in range(2, 1000))]
    taken = set(Author.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(OldAuthorSlug.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(candidate for candidate in candidates if candidate not in taken)
