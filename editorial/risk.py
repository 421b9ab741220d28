"""Which pieces are high risk, why, and which of them wait for a second pair of eyes."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from articles.models import Article, Section
from articles.models.article import Libel
from editorial import permissions, trail
from editorial.models import Decision, Review, RiskMark
from editorial.refusal import Refused
from network import clock


def reasons(piece: Article) -> list[str]:
    """Why two editors approve this piece; nothing where one is enough."""
    found = []
    if piece.libel == Libel.YES:
        found.append(f"Its author says that somebody could call it defamation: {piece.libel_detail}")
    if piece.section and piece.section.is_high_risk:
        found.append(f"Every piece in {piece.section.name} is high risk.")
    return found + [f"{mark.by.get_username()} marked it so: {mark.reason}" for mark in _marks(piece)]


def is_high(piece: Article) -> bool:
    return bool(reasons(piece))


def _marks(piece: Article) -> QuerySet[RiskMark]:
    return piece.risk_marks.select_related("by")


@transaction.atomic
def mark(piece: Article, *, by, reason: str) -> None:
    """Say that a piece is high risk. From then on two editors approve it, for good."""
    current = Article.objects.select_for_update().get(pk=piece.pk)
    if not permissions.can_edit(by, current):
        raise Refused("Only an editor who is no author of the piece marks it as high risk.")
    if not reason.strip():
        raise Refused("Say what makes the piece high risk.")
    RiskMark.objects.create(article=current, by=by, reason=reason.strip())
    trail.append(
        current,
        actor=by,
        role=permissions.role_of(by, current),
        step="risk",
        from_stage=current.stage,
        to_stage=current.stage,
        from_standing=current.standing,
        to_standing=current.standing,
        note=reason.strip(),
        at=clock.now(),
    )


def is_high_where() -> Q:
    """The condition that a piece is high risk."""
    marked = RiskMark.objects.values("article")
    return Q(libel=Libel.YES) | Q(section__in=Section.objects.high_risk()) | Q(pk__in=marked)


def waiting_for_second(pieces: QuerySet) -> QuerySet:
    """High-risk pieces among these whose newest approval is one editor's alone."""
    approvals = Review.objects.filter(decision=Decision.APPROVE).order_by("-pk")
    newest = approvals.filter(article=OuterRef("pk"))
    dated = pieces.annotate(
        approved_hash=Subquery(newest.values("package_hash")[:1]), approved_by=Subquery(newest.values("editor")[:1])
    )
    others = approvals.filter(article=OuterRef("pk"), package_hash=OuterRef("approved_hash")).exclude(
        editor=OuterRef("approved_by")
    )
    return dated.filter(is_high_where(), ~Exists(others), approved_by__isnull=False)
