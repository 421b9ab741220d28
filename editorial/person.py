"""All that is held about a person: what their copy holds, and what an erasure does with it.

`HELD` names every column that leads to an account or an author, and every one with an address: a test looks for what it
lacks. What somebody did in others' affairs is a deed: their copy says that they did it, and nothing of the others.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import FileField, Model, Q, QuerySet

from articles.models import Article, Byline, Picture, Repinning, Revision
from authors.models import (
    AgreementAcceptance,
    Application,
    Author,
    Employment,
    Invitation,
    OldAuthorSlug,
    SocialLink,
    Tie,
)
from editorial.models import (
    Announcement,
    BrokenGlass,
    Buffer,
    BylineInvitation,
    CheckOut,
    Comment,
    CorrectionRequest,
    Correspondence,
    Disclosure,
    Event,
    Letter,
    Message,
    Override,
    Proposal,
    Recusal,
    Review,
    RiskMark,
    SavedFilter,
    SignOff,
    Submission,
    Tick,
)


class Fate(StrEnum):
    """What an erasure does with the rows."""

    KEPT = "kept"
    EMPTIED = "emptied of what is private"
    DELETED = "deleted"


class Held(NamedTuple):
    """The rows of one table that are about a person, by the columns that lead to them."""

    model: type[Model]
    fate: Fate
    account: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # secrets, and what belongs to somebody else
    deeds: tuple[str, ...] = ()  # what this account did in others' affairs; such rows are kept


KEPT, EMPTIED, DELETED = Fate
OF_READERS = ("email", "reader_key", "other_key", "digest", "assigned_to_id", "report")
DESKS = ("is_on_legal_hold", "priority", "due_at")
HELD = (
    Held(User, EMPTIED, ("pk",), left_out=("password",)),
    Held(EmailAddress, DELETED, ("user",)),
    Held(Authenticator, DELETED, ("user",), left_out=("data",)),
    Held(UserSession, DELETED, ("user",), left_out=("session_key",)),
    Held(Author, EMPTIED, ("user",)),
    Held(SocialLink, DELETED, author=("author",)),
    Held(OldAuthorSlug, KEPT, author=("author",)),
    Held(Employment, DELETED, ("user",)),
    Held(Tie, DELETED, ("user",), ("author",)),
    Held(AgreementAcceptance, KEPT, ("accepted_by",), ("author",)),
    Held(Application, EMPTIED, address=("email",), deeds=("decided_by",)),
    Held(Invitation, EMPTIED, ("used_by",), ("author",), ("email",), deeds=("invited_by", "revoked_by")),
    Held(BylineInvitation, EMPTIED, author=("author",), address=("email",), deeds=("invited_by",)),
    Held(Article, KEPT, author=("bylines__author",), left_out=DESKS, deeds=("created_by",)),
    Held(Byline, KEPT, author=("author",)),
    Held(Revision, KEPT, author=("article__bylines__author",), deeds=("created_by",)),
    Held(Picture, KEPT, ("uploaded_by",)),
    Held(Submission, KEPT, ("submitted_by",), deeds=("claimed_by",)),
    Held(Disclosure, EMPTIED, author=("author",), deeds=("answered_by",)),
    Held(SignOff, KEPT, ("signed_by",), ("author",)),
    Held(Override, KEPT, author=("author",), deeds=("taken_by",)),
    Held(Comment, KEPT, ("writer",), deeds=("resolved_by",)),
    Held(Event, KEPT, ("actor",)),
    Held(Buffer, DELETED, ("writer",)),
    Held(CheckOut, DELETED, ("holder",)),
    Held(SavedFilter, DELETED, ("owner",)),
    Held(Letter, EMPTIED, ("to",), address=("address",), left_out=("key",)),
    Held(Correspondence, DELETED, author=("author",), left_out=OF_READERS, deeds=("assigned_to",)),
    Held(Correspondence, DELETED, address=("email",), left_out=OF_READERS[1:]),
    Held(Message, DELETED, ("by",), ("correspondence__author",), ("correspondence__email",), ("source", "by_id")),
    Held(Review, KEPT, ("editor",)),
    Held(Tick, KEPT, ("by",)),
    Held(RiskMark, KEPT, ("by",)),
    Held(Recusal, KEPT, ("user",)),
    Held(BrokenGlass, KEPT, ("user",)),
    Held(Announcement, KEPT, deeds=("announced_by",)),
    Held(Proposal, KEPT, deeds=("proposed_by", "confirmed_by")),
    Held(Repinning, KEPT, deeds=("taken_by",)),
    Held(CorrectionRequest, KEPT, deeds=("decided_by",)),
    Held(LogEntry, KEPT, deeds=("user",)),
)


def addresses(person: User) -> list[str]:
    """Theirs, in small letters: also those that they have not confirmed, or do not use any more."""
    theirs = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return sorted({address.lower() for address in (person.email, *theirs) if address})


def rows(held: Held, person: User) -> QuerySet[Any]:
    """Those about the person, each once."""
    leads = Q(pk__in=[])
    for path in held.account:
        leads |= Q(**{path: person.pk})
    for path in held.author:
        leads |= Q(**{f"{path}__user": person})
    for path in held.address:
        for address in addresses(person):
            leads |= Q(**{f"{path}__iexact": address})
    manager = held.model._default_manager
    return manager.filter(pk__in=manager.filter(leads).order_by().values("pk")).order_by("pk")


def pack(person: User, target: IO[bytes]) -> None:
    """Write a person's copy: one JSON file with everything, and beside it the files that it names."""
    files: list[str] = []
    told = {"about": person.get_username(), "held": list(_told(person, files)), "done": list(_deeds(person))}
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", json.dumps(told, cls=DjangoJSONEncoder, indent=1, ensure_ascii=False))
        for name in sorted(set(files)):
            if default_storage.exists(name):
                with default_storage.open(name) as file:
                    archive.writestr(f"files/{name}", file.read())


def _told(person: User, files: list[str]) -> Iterator[dict[str, Any]]:
    for held in HELD:
        found = [_row(row, held.left_out, files) for row in rows(held, person)]
        if found:
            yield {"what": str(held.model._meta.verbose_name_plural), "when_erased": held.fate, "rows": found}


def _row(row: Model, left_out: tuple[str, ...], files: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.attname not in left_out:
            value = field.value_from_object(row)
            if isinstance(field, FileField):
                value = value.name if value else ""
                files.extend([value] if value else [])
            values[field.attname] = value
    return values


def _deeds(person: User) -> Iterator[dict[str, Any]]:
    """What they did, by number: what it was done to belongs to others."""
    for held in HELD:
        for path in held.deeds:
            numbers = held.model._default_manager.filter(**{path: person}).values_list("pk", flat=True)
            if found := sorted(numbers):
                yield {"what": str(held.model._meta.verbose_name_plural), "as": path, "numbers": found}
