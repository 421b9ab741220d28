"""The desk's queues, each defined once: what is in it, and since when. The index counts them, the list filters by them.

Conditions look at columns, at the piece's open trip and at its open proposal. Counting stops at `MOST`, so that a desk
of thousands opens as fast as one of fifty. What holds an approved piece up is found the same way, from rows that exist;
the piece's own page and `take()` run the guards themselves, which also compute what the text is now.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Field,
    FilteredRelation,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, LessThan

from articles.models import Article, Byline, Disclaimer, Revision
from articles.querysets import is_at
from articles.status import APPROVED, AT_DESK, Stage
from authors.models import BARRED, BIO_HOLDS, Agreement, AgreementAcceptance, Employment, Identity
from editorial import risk
from editorial.models import (
    BrokenGlass,
    ChecklistItem,
    Comment,
    Decision,
    Override,
    Proposal,
    Recusal,
    Review,
    SignOff,
    State,
    Submission,
    Tick,
)
from network import clock

AT_RISK = timedelta(days=1)
MOST = 100  # pieces of a queue that the index counts, and approved ones whose blocks it looks at
IN_ORDER = ("submitted_at", "claimed_at", "answered_at")  # moments of a trip that an index has
BLOCKS = {
    "hold": "legal hold",
    "comment": "a blocking comment",
    "embargo": "its embargo",
    "text": "a change after the approval",
    "signature": "a missing signature",
    "second": "a missing second approval",
    "approver": "an approval by somebody who cannot judge it",
    "checklist": "an open item of the checklist",
    "disclaimer": "a newer disclaimer",
    "identity": "an author who is not checked, or barred",
    "bio": "a bio that is out of date",
    "agreement": "an agreement that is not accepted",
}


@dataclass(frozen=True)
class Queue:
    """One row of the table: its pieces, said in words and by a condition, and the column that says since when."""

    key: str
    title: str
    holds: str
    where: Callable[[Any], Q]
    since: str = "submitted_at"


def _at_risk(user) -> Q:
    waits = is_at((Stage.SUBMITTED, Stage.IN_REVIEW))
    return waits & Q(answered_at=None, promised_by__lt=clock.now() + AT_RISK)


def _waits_for_second(user) -> Q:
    proposed = Proposal.objects.open().exclude(proposed_by=user)
    approved = risk.waiting_for_second(Article.objects.filter(is_at(APPROVED))).exclude(approved_by=user.pk)
    return Q(pk__in=proposed.values("article")) | Q(pk__in=approved.values("pk"))


QUEUES = (
    Queue("unclaimed", "Unclaimed", "Submitted, and nobody has it.", lambda user: is_at((Stage.SUBMITTED,))),
    Queue(
        "mine",
        "Mine",
        "You are the editor.",
        lambda user: is_at(AT_DESK) & Q(claimed_by_id=user.pk),
        since="claimed_at",
    ),
    Queue("risk", "Promise at risk", "The author has to hear within a day, or is waiting for too long.", _at_risk),
    Queue(
        "author",
        "Waiting on the author",
        "A proof to sign, or changes to make.",
        lambda user: is_at((Stage.PROOF, Stage.CHANGES_REQUESTED)),
        since="decided_at",
    ),
    Queue(
        "second",
        "Waiting on second eyes",
        "Somebody else proposed a step that takes two people, or approved a high-risk piece.",
        _waits_for_second,
        since="seen_once_at",
    ),
    Queue("ready", "Ready", "Approved and signed.", lambda user: is_at((Stage.READY,)), since="answered_at"),
    Queue(
        "scheduled", "Scheduled", "Waits for its moment.", lambda user: is_at((Stage.SCHEDULED,)), since="answered_at"
    ),
    Queue(
        "hold",
        "Legal hold",
        "Nothing is published until standards lift it.",
        lambda user: Q(is_on_legal_hold=True),
        since="last_touched_at",
    ),
)
BLOCKED = Queue(
    "blocked",
    "Blocked",
    "Ready or scheduled, and something keeps it from readers.",
    lambda user: is_at(APPROVED),
    since="answered_at",
)
BY_KEY = {queue.key: queue for queue in (*QUEUES, BLOCKED)}


@dataclass(frozen=True)
class Counted:
    """How many are in a queue, since when the oldest is, and for the blocked how many each thing holds up.

    `is_more` where there are more than were counted.
    """

    queue: Queue
    number: int
    since: datetime | None
    is_more: bool = False
    blocks: tuple[tuple[str, str, int], ...] = ()

    @property
    def said(self) -> str:
        """The count in words, as honest as it is."""
        if not self.is_more:
            return str(self.number)
        return f"at least {self.number}" if self.queue is BLOCKED else f"over {self.number}"


def pieces(user) -> QuerySet[Article]:
    """What this person judges, with the columns that the queues look at."""
    last = Submission.objects.filter(article=OuterRef("pk")).order_by("-number")
    return (
        Article.objects.on_desk_of(user)
        .annotate(trip=FilteredRelation("submissions", condition=Q(submissions__closed_at=None)))
        .annotate(proposal=FilteredRelation("proposals", condition=Q(proposals__closed_at=None)))
        .annotate(
            submitted_at=F("trip__submitted_at"),
            promised_by=F("trip__promised_by"),
            answered_at=F("trip__answered_at"),
            claimed_by_id=F("trip__claimed_by"),
            claimed_at=F("trip__claimed_at"),
            priority=F("trip__priority"),
            due_on=F("trip__due_on"),
            proposed_at=F("proposal__proposed_at"),
            decided_at=Coalesce(F("trip__answered_at"), Subquery(last.values("closed_at")[:1])),
            seen_once_at=Coalesce(F("proposal__proposed_at"), F("trip__answered_at")),
            last_touched_at=Coalesce(F("trip__submitted_at"), F("saved_at")),
        )
    )


def filtered(rows: QuerySet[Article], key: str, user) -> QuerySet[Article]:
    """The rows of one queue; `blocked:comment` is what one thing holds up."""
    name, _, block = key.partition(":")
    queue = BY_KEY[name]
    found = rows.filter(queue.where(user))
    if queue is not BLOCKED:
        return found
    return with_blocks(found).filter(**{block: True}) if block in BLOCKS else found.filter(_held_up_by_anything())


def counted(user) -> list[Counted]:
    """Every queue of pieces with its count and the age of its oldest."""
    rows = pieces(user).order_by()
    counts = [_counted(rows.filter(queue.where(user)), queue) for queue in QUEUES]
    return [*counts[:-1], _blocked(rows), counts[-1]]


def _counted(found: QuerySet[Article], queue: Queue) -> Counted:
    """The oldest comes first where the moments are in an index. Elsewhere the oldest of a queue that was not counted to
    its end is looked for among all of it."""
    is_in_order = queue.since in IN_ORDER
    waiting: QuerySet = _in_order(found, queue.since) if is_in_order else found
    some = waiting.values(queue.since)[: MOST + 1].aggregate(number=Count("pk"), since=Min(queue.since))
    if is_in_order or some["number"] <= MOST:
        return Counted(queue, min(some["number"], MOST), some["since"], some["number"] > MOST)
    return Counted(queue, MOST, found.aggregate(since=Min(queue.since))["since"], is_more=True)


def _in_order(found: QuerySet[Article], since: str) -> QuerySet[Submission]:
    """The open trips of a queue's pieces, the oldest first."""
    return Submission.objects.open().filter(Exists(found.filter(pk=OuterRef("article")))).order_by(since)


def _blocked(rows: QuerySet[Article]) -> Counted:
    """Among the approved ones with the lowest numbers, which are all of them on most desks; the list looks at all."""
    pks = list(rows.filter(is_at(APPROVED)).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    looked_at = with_blocks(rows.filter(pk__in=pks[:MOST])).values(*BLOCKS, BLOCKED.since)
    found = [row for row in looked_at if any(map(row.get, BLOCKS))]
    each = ((key, words, sum(row[key] for row in found)) for key, words in BLOCKS.items())
    since = min((row[BLOCKED.since] for row in found if row[BLOCKED.since]), default=None)
    return Counted(BLOCKED, len(found), since, len(pks) > MOST, tuple(one for one in each if one[2]))


def held_up(pks: Iterable[int]) -> dict[int, list[str]]:
    """Of the approved ones among these pieces: what holds each up, in words."""
    rows = with_blocks(Article.objects.filter(is_at(APPROVED), pk__in=list(pks))).values("pk", *BLOCKS)
    return {row["pk"]: [words for key, words in BLOCKS.items() if row[key]] for row in rows}


def with_blocks(rows: QuerySet[Article]) -> QuerySet[Article]:
    """With a column for each thing that can hold an approved piece up."""
    of_people = {key: Exists(_bylines().filter(condition)) for key, condition in _of_people().items()}
    return rows.annotate(**{key: _is(condition) for key, condition in _of_piece().items()}, **of_people)


def _held_up_by_anything() -> Q:
    """The same in one condition, which looks at each byline once."""
    people = Q(*_of_people().values(), _connector=Q.OR)
    return Q(*_of_piece().values(), Exists(_bylines().filter(people)), _connector=Q.OR)


def _bylines() -> QuerySet[Byline]:
    return Byline.objects.filter(article=OuterRef("pk"))


def _of_piece() -> dict[str, Q]:
    """What holds a piece up whoever wrote it."""
    now = clock.now()
    approval = Review.objects.filter(article=OuterRef("pk"), decision=Decision.APPROVE).order_by("-pk")
    text = Revision.objects.filter(article=OuterRef("pk")).order_by("-number")
    embargoed = Q(embargo_until__gt=now) & (Q(scheduled_for=None) | Q(embargo_until__gt=F("scheduled_for")))
    return {
        "hold": Q(is_on_legal_hold=True),
        "comment": Q(Exists(Comment.objects.unresolved().filter(article=OuterRef("pk"), is_blocking=True))),
        "embargo": embargoed,
        "text": ~Q(Exact(_first(approval, "package_hash", ""), _first(text, "package_hash", "none"))),
        "disclaimer": ~Q(Exact(_first(approval, "disclaimer", -1), _in_force())),
        "second": Q(Exists(risk.waiting_for_second(Article.objects.filter(pk=OuterRef("pk"))))),
        "approver": Q(Exists(_approvals_that_fell())),
        "checklist": _has_open_items(),
    }


def _approvals_that_fell() -> QuerySet[Review]:
    """The newest approval of a piece, where its editor is bound to an author now, or turned an author's key as well."""
    here, them = {"article": OuterRef("article")}, OuterRef("editor")
    bylines = Byline.objects.filter(**here)
    colleagues = Employment.objects.filter(key=OuterRef("author__user__employments__key"), user=OuterRef(them))
    bound = Q(Exists(Recusal.objects.filter(user=them, **here)))
    bound |= Q(Exists(bylines.filter(author__ties__user=them))) | Q(Exists(bylines.filter(Exists(colleagues))))
    of_hash = here | {"package_hash": OuterRef("package_hash")}
    also_signed = Q(Exists(bylines.filter(author__user=them)))
    also_signed |= Q(Exists(SignOff.objects.filter(signed_by=them, **of_hash)))
    also_signed |= Q(Exists(Override.objects.filter(taken_by=them, **of_hash)))
    newer = Review.objects.filter(decision=Decision.APPROVE, pk__gt=OuterRef("pk"), **here)
    last = Review.objects.filter(~Exists(newer), article=OuterRef("pk"), decision=Decision.APPROVE)
    glass = BrokenGlass.objects.filter(user=them, **here)
    return last.filter(also_signed | (bound & ~Q(Exists(glass))))


def _has_open_items() -> Q:
    """Fewer items ticked, as they are worded now, than are asked; or one opened again and not ticked since. Whether
    what an item looks at has changed, other than the text, only the guard sees."""
    ticks, done = Tick.objects.filter(article=OuterRef("pk")), Q(pk__in=())
    asked: list[Case | Value] = []
    for item in ChecklistItem.objects.filter(is_active=True):
        done |= Q(key=item.key, words=item.words)
        applies = (risk.is_high_where() if item.is_high_risk_only else Q()) & (
            Q(section=item.section_id) if item.section_id else Q()
        )
        asked.append(Case(When(applies, then=Value(1)), default=Value(0)) if applies else Value(1))
    newer = Tick.objects.filter(article=OuterRef("article"), key=OuterRef("key"), pk__gt=OuterRef("pk"))
    number = ticks.filter(done).exclude(state=State.OPEN).order_by().values("article")
    ticked = Coalesce(Subquery(number.annotate(number=Count("key", distinct=True)).values("number")), 0)
    too_few = Q(LessThan(ticked, sum(asked, Value(0))))
    return too_few | Q(Exists(ticks.filter(~Exists(newer), state=State.OPEN)))


def _of_people() -> dict[str, Q]:
    """What holds a piece up because of one of its bylines."""
    now = clock.now()
    return {
        "signature": _unsigned(),
        "identity": Q(author__identity=Identity.PENDING) | Q(author__status__in=BARRED),
        "bio": Q(author__bio_confirmed_at=None) | Q(author__bio_confirmed_at__lt=now - BIO_HOLDS),
        "agreement": _without_agreement(),
    }


def _first(rows: QuerySet, column: str, nothing: str | int) -> Coalesce:
    """Of the first of the rows; without one, something that equals nothing."""
    kind: Field = CharField() if isinstance(nothing, str) else IntegerField()
    return Coalesce(Subquery(rows.values(column)[:1]), Value(nothing), output_field=kind)


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _unsigned() -> Q:
    """Of a byline: its author has not signed the text approved last, and standards have not for them."""
    approval = Review.objects.filter(article=OuterRef("article"), decision=Decision.APPROVE).order_by("-pk")
    approved = Subquery(approval.values("package_hash")[:1])
    key = {"article": OuterRef("article"), "author": OuterRef("author"), "package_hash": approved}
    return ~Q(Exists(SignOff.objects.filter(**key))) & ~Q(Exists(Override.objects.filter(**key)))


def _in_force() -> Case | Value:
    """The disclaimer in force for the section of each piece."""
    by_section: dict[int | None, int] = {}
    for section, pk in Disclaimer.objects.ever_in_force().values_list("section", "pk"):
        by_section.setdefault(section, pk)
    everywhere = Value(by_section.pop(None, 0))
    own = [When(section=section, then=Value(pk)) for section, pk in by_section.items()]
    return Case(*own, default=everywhere) if own else everywhere


def _without_agreement() -> Q:
    agreement = Agreement.objects.in_force()
    if agreement is None:
        return Q(pk__in=())
    return ~Q(Exists(AgreementAcceptance.objects.filter(agreement=agreement, author=OuterRef("author"))))
