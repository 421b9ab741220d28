"""Putting a newer disclaimer under pieces that are public already: one act, one transaction, a line in each trail."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from articles.models import Article, Disclaimer, Repin, Repinning
from editorial import permissions, trail
from editorial.models import Decision, Review
from editorial.refusal import Refused
from network import clock
from network.models import Network

Said = Callable[[int, int], None]


def losing_approval(disclaimer: Disclaimer):
    """The pieces on their way to readers whose approval names other words than these, which the coming into force of
    these ends. Those of a section that has its own, and those under words newer than these, keep theirs."""
    newer = Disclaimer.objects.ever_in_force().filter(section=disclaimer.section, version__gt=disclaimer.version)
    approval = Review.objects.filter(article=OuterRef("pk"), decision=Decision.APPROVE).order_by("-pk")
    pieces = Article.objects.past_approval().annotate(approved_with=Subquery(approval.values("disclaimer")[:1]))
    pieces = pieces.exclude(approved_with=disclaimer).exclude(Exists(newer)).order_by("scheduled_for", "pk")
    if disclaimer.section_id:
        return pieces.filter(section=disclaimer.section)
    own = Disclaimer.objects.ever_in_force().exclude(section=None).values("section")
    return pieces.exclude(section__in=own)


def affected(disclaimer: Disclaimer):
    """The public pieces that carry another version: of its section, or of every section that has none of its own."""
    carries = Q(repin=None, live__disclaimer=disclaimer) | Q(repin__act__disclaimer=disclaimer)
    pieces = Article.objects.live().exclude(carries)
    if disclaimer.section_id:
        return pieces.published_in(disclaimer.section).order_by("pk")
    own = Disclaimer.objects.ever_in_force().exclude(section=None).values("section")
    return pieces.exclude(live_section__in=own).order_by("pk")


def apply(disclaimer: Disclaimer, *, by, note: str = "", said: Said = lambda done, total: None) -> int:
    """Put it under every piece that `affected` names. Returns how many; raises Refused and changes nothing."""
    if not permissions.can_repin(by):
        raise Refused("A person in standards puts a disclaimer under older pieces.")
    if disclaimer != Disclaimer.objects.in_force(disclaimer.section):
        raise Refused("Only the version in force can be put under older pieces.")
    network = Network.load()
    with transaction.atomic():
        pieces = list(affected(disclaimer).select_for_update(of=("self",)))
        names = {"network": network.name, "host": network.host, "contact": network.contact}
        act = Repinning.objects.create(disclaimer=disclaimer, taken_by=by, note=note, names=names, at=clock.now())
        for done, piece in enumerate(pieces, start=1):
            _repin(piece, act, by)
            said(done, len(pieces))
        if not pieces:
            raise Refused(f"Every public piece carries version {disclaimer.version} already.")
    return len(pieces)


def _repin(piece: Article, act: Repinning, by) -> None:
    row = Repin.objects.create(article=piece, publication=piece.publications.latest("number"), act=act)
    trail.append(
        piece,
        actor=by,
        role="standards",
        step="repin",
        from_stage=piece.stage,
        to_stage=piece.stage,
        from_standing=piece.standing,
        to_standing=piece.standing,
        note=f"Version {act.disclaimer.version} of the disclaimer. {act.note}".strip(),
        at=act.at,
    )
    Article.objects.filter(pk=piece.pk).update(repin=row)
