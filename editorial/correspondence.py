"""What readers write to an author or to the desk: begun, confirmed, passed on, answered, ended, and then deleted.

Nothing reaches anybody before the reader has confirmed their address, and the letter that asks for it holds nothing
that was typed. From then on each side writes to the other through us, and neither sees the other's address.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from articles.models import Publication
from authors.models import Author
from editorial import intake, notifications, permissions
from editorial.models import CorrectionRequest, Correspondence, Message, Outcome, Side
from editorial.models.correspondence import State, To, Topic
from editorial.refusal import Refused
from network import clock

CONFIRM_WITHIN = timedelta(days=3)
MOST_A_DAY = 20  # letters of one side in one correspondence: whatever answers by itself ends there
CLOSED = "This correspondence is closed."
WITH_DESK = "The desk has this correspondence now."
ENOUGH = "That are many letters for one day. Write the next one tomorrow."
NOT_YOURS = "Only the desk answers this."


@transaction.atomic
def begin(to: To, *, text: str, correction: dict[str, str] | None = None, **said: Any) -> Correspondence:
    """Keep a letter and ask its address to confirm it. The same letter again is the same correspondence.

    `said`: name and email; perhaps the article, the author, the topic, and whether it may be published.
    """
    _forget_unconfirmed()
    about = [to, *(str(said.get(name) or "") for name in ("topic", "article", "author"))]
    digest = intake.digest(*about, said["email"], text, *(correction or {}).values())
    try:
        with transaction.atomic():
            begun = Correspondence.objects.create(to=to, digest=digest, **said)
    except IntegrityError:
        return Correspondence.objects.exclude(state=State.CLOSED).get(digest=digest)
    Message.objects.create(correspondence=begun, side=Side.READER, text=text)
    if correction:
        CorrectionRequest.objects.create(correspondence=begun, **correction)
    key = f"letter_confirm:{begun.pk}"
    notifications.owe("letter_confirm", address=begun.email, correspondence=begun, key=key)
    return begun


@transaction.atomic
def confirm(begun: Correspondence) -> bool:
    """Pass a letter on, now that its address has answered: once, and not for ever. False where it was too late."""
    moment = clock.now()
    fresh = Correspondence.objects.filter(pk=begun.pk, state=State.UNCONFIRMED, begun_at__gt=moment - CONFIRM_WITHIN)
    if not fresh.update(state=State.OPEN, confirmed_at=moment, last_at=moment):
        return False
    begun.refresh_from_db()
    if begun.to == To.AUTHOR and not is_passed_on(begun):
        _set(begun, to=To.DESK, topic=Topic.PIECE)
    if begun.to == To.AUTHOR:
        _pass_on(begun, begun.messages.get())
    else:
        kind = "fix_receipt" if begun.to == To.CORRECTION else "letter_receipt"
        _owe_reader(kind, begun)
    return True


def is_passed_on(begun: Correspondence) -> bool:
    """Whether this author gets this reader's letters: not who wants none, and not from whom they have reported."""
    reported = Correspondence.objects.filter(author=begun.author, email__iexact=begun.email).exclude(reported_at=None)
    return Author.objects.reachable().filter(correspondence=begun).exists() and not reported.exists()


@transaction.atomic
def say(between: Correspondence, side: Side, text: str, *, by=None, source: str = "") -> Message:
    """One more letter of a correspondence. Refused where it is closed, or where there are too many for one day."""
    locked = (
        Correspondence.objects.select_for_update(of=("self",))
        .select_related("author__user", "article")
        .get(pk=between.pk)
    )
    if not locked.is_open:
        raise Refused(CLOSED)
    if side == Side.AUTHOR and (locked.reported_at or _is_barred(locked)):
        raise Refused(WITH_DESK)
    if side == Side.DESK and not is_desks(locked, by):
        raise Refused(NOT_YOURS)
    today = locked.messages.filter(side=side, written_at__gt=clock.now() - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise Refused(ENOUGH)
    said = Message.objects.create(correspondence=locked, side=side, text=text, by=by, source=source)
    _set(locked, state=State.OPEN if side == Side.READER else State.ANSWERED, last_at=said.written_at)
    _pass_on(locked, said)
    return said


def _is_barred(between: Correspondence) -> bool:
    return between.author is not None and between.author.is_barred


def is_desks(between: Correspondence, user) -> bool:
    return permissions.is_on_desk(user) and Correspondence.objects.at_desk_of(user).filter(pk=between.pk).exists()


def _pass_on(between: Correspondence, said: Message) -> None:
    """By mail to the other side. What a reader writes to the desk waits there, and so does what an author has muted."""
    if said.side != Side.READER:
        _owe_reader("letter_answered", between, said=said)
    elif between.author and between.to == To.AUTHOR and not between.is_muted and is_passed_on(between):
        notifications.owe("letter_relayed", to=between.author.user, said=said, **_words(between))


def _owe_reader(kind: str, between: Correspondence, key: str | None = None, **words: Any) -> None:
    notifications.owe(kind, address=between.email, key=key, **_words(between), **words)


def _words(between: Correspondence) -> dict[str, Any]:
    about = between.article.name_in_public if between.article else ""  # whatever is worked on
    return {"correspondence": between, "about": about, "takes_answers": bool(settings.EMAIL_REPLY)}


def _set(between: Correspondence, **values: Any) -> None:
    Correspondence.objects.filter(pk=between.pk).update(**values)
    for name, value in values.items():
        setattr(between, name, value)


# Ending


def mute(between: Correspondence, *, is_muted: bool) -> None:
    """Its letters wait on its page, and none comes by mail; or they come again."""
    _set(between, is_muted=is_muted)


@transaction.atomic
def report(between: Correspondence, why: str) -> None:
    """Hand a correspondence to the desk. Nothing more of this reader reaches the author."""
    fresh = Correspondence.objects.filter(pk=between.pk, reported_at=None)
    if not fresh.update(reported_at=clock.now(), report=why):
        raise Refused(WITH_DESK)
    Correspondence.objects.filter(pk=between.pk, state=State.ANSWERED).update(state=State.OPEN)


def close(between: Correspondence) -> None:
    """End it. Whoever writes after that is told so, once, and led to the desk."""
    open_ones = Correspondence.objects.filter(pk=between.pk, state__in=(State.OPEN, State.ANSWERED))
    if not open_ones.update(state=State.CLOSED, closed_at=clock.now()):
        raise Refused(CLOSED)


def say_that_it_is_closed(between: Correspondence) -> None:
    _owe_reader("letter_closed", between, key=f"letter_closed:{between.pk}")


# Corrections


@transaction.atomic
def take_up(request: CorrectionRequest, *, by) -> None:
    """Begin to look at what a reader says is wrong. The authors are told before anything is decided."""
    _refuse_others(request, by)
    if not CorrectionRequest.objects.filter(pk=request.pk, looked_at=None).update(looked_at=clock.now()):
        raise Refused("Somebody has taken it up already.")
    _set(request.correspondence, assigned_to=by)
    piece = request.correspondence.article
    for person in notifications.reachable().filter(author__bylines__article=piece).distinct():
        key = f"fix_author:{request.pk}:{person.pk}"
        notifications.owe("fix_author", to=person, key=key, request=request, **_words(request.correspondence))


@transaction.atomic
def decide(request: CorrectionRequest, outcome: Outcome, words: str, publication: Publication | None, *, by) -> None:
    """Answer a request, in words, and tell whoever made it."""
    _refuse_others(request, by)
    waiting = CorrectionRequest.objects.filter(pk=request.pk, outcome=Outcome.WAITING)
    if waiting.filter(looked_at=None).exists():
        raise Refused("Take it up first: its authors are told of it before anything is decided.")
    if outcome == Outcome.UNCHANGED:
        publication = None
    elif publication is None or publication.article_id != request.correspondence.article_id:
        raise Refused("Choose the published version that did it. Publish the correction first, then close the request.")
    said = {"outcome": outcome, "words": words, "publication": publication}
    if not waiting.update(decided_at=clock.now(), decided_by=by, **said):
        raise Refused("Somebody has answered it already.")
    request.refresh_from_db()
    _set(request.correspondence, state=State.CLOSED, closed_at=clock.now())
    _owe_reader("fix_outcome", request.correspondence, request=request)


def _refuse_others(request: CorrectionRequest, by) -> None:
    if not is_desks(request.correspondence, by):
        raise Refused(NOT_YOURS)


# Deleting


def tidy() -> int:
    """Delete what was never confirmed, and what has been closed for long enough; close what nobody goes on with.
    Returns how many correspondences were deleted."""
    before = clock.now() - timedelta(days=settings.LETTERS_KEPT_DAYS)
    quiet = Q(to=To.AUTHOR, reported_at=None, state=State.OPEN) | Q(state=State.ANSWERED)
    Correspondence.objects.filter(quiet, last_at__lt=before).update(state=State.CLOSED, closed_at=clock.now())
    old = Correspondence.objects.filter(closed_at__lt=before)
    return _forget_unconfirmed() + _delete(old)


def _forget_unconfirmed() -> int:
    late = Correspondence.objects.filter(state=State.UNCONFIRMED, begun_at__lte=clock.now() - CONFIRM_WITHIN)
    return _delete(late)


def forget(email: str) -> int:
    """Delete all that a reader has written to us, and what was answered. Returns how many correspondences that was."""
    return _delete(Correspondence.objects.filter(email__iexact=email))


def _delete(rows) -> int:
    """With their letters, whether sent or still waiting."""
    number = rows.count()
    if number:
        rows.delete()
    return number
