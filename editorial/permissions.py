"""Who may do what. Each answer is about the person and their tie to the piece, never about the piece's stage."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model

from articles.models import Article

CONTRIBUTORS, EDITORS, PUBLISHERS, STANDARDS = "contributors", "editors", "publishers", "standards"
ROLES = {EDITORS: "editor", PUBLISHERS: "publisher", STANDARDS: "standards"}
DESK = tuple(ROLES)


def _in_group(user, *names: str) -> bool:
    """Membership counts, not superuser rights: running the machine is no key. The clock is in no group."""
    return user is not None and user.is_active and any(group.name in names for group in user.groups.all())


def is_author(user, piece: Article) -> bool:
    return user is not None and user.is_active and piece.bylines.filter(author__user=user).exists()


def is_recused(user, piece: Article) -> bool:
    """Bound to an author of the piece, or by their own word unable to judge it."""
    return user is not None and user.is_authenticated and Article.objects.recusing(user).filter(pk=piece.pk).exists()


def _on_desk_of(user, piece: Article, *names: str) -> bool:
    """In one of the groups, no author of the piece, and not recused from it."""
    return _in_group(user, *names) and not is_author(user, piece) and not is_recused(user, piece)


def can_contribute(user) -> bool:
    return user.is_active and hasattr(user, "author")


def is_on_desk(user) -> bool:
    return _in_group(user, *DESK)


def can_invite(user) -> bool:
    """Decide on applications, invite, and revoke an invitation."""
    return _in_group(user, EDITORS)


def keeps_standards(user) -> bool:
    return _in_group(user, STANDARDS)


def administers(user) -> bool:
    """Runs the machine: sees how it fares, and answers people who ask what is held about them. No key to any piece."""
    return user is not None and user.is_active and user.is_superuser


def can_repin(user) -> bool:
    """Put a newer disclaimer under pieces that are public already: the network's words, whoever wrote the pieces."""
    return keeps_standards(user)


def can_write(user, piece: Article) -> bool:
    """Change the working text while it is with its author."""
    return is_author(user, piece) and not user.author.is_barred


def can_submit(user, piece: Article) -> bool:
    return can_write(user, piece)


def can_sign(user, piece: Article) -> bool:
    return can_write(user, piece)


def can_withdraw(user, piece: Article) -> bool:
    return is_author(user, piece)


def can_edit(user, piece: Article) -> bool:
    return _on_desk_of(user, piece, EDITORS)


def can_decide(user, piece: Article) -> bool:
    """Claim, approve, decline: an editor who is no author of it. Nobody turns both keys."""
    return can_edit(user, piece)


def can_ask_changes(user, piece: Article) -> bool:
    return can_edit(user, piece) and piece.submissions.open().filter(claimed_by=user).exists()


def can_publish(user, piece: Article) -> bool:
    return _on_desk_of(user, piece, PUBLISHERS)


def can_amend(user, piece: Article) -> bool:
    return can_write(user, piece) or can_edit(user, piece)


def can_discard(user, piece: Article) -> bool:
    """Whoever opened the amendment, or an editor."""
    opened_by = piece.trail.filter(step="amend").order_by("-seq").values_list("actor", flat=True).first()
    return can_edit(user, piece) or (is_author(user, piece) and opened_by == user.pk)


def speaks_for_desk(user, piece: Article) -> bool:
    """Write to a piece's author, or for the desk alone, as the desk."""
    return _on_desk_of(user, piece, *DESK)


def can_hold(user, piece: Article) -> bool:
    """Set or lift a legal hold."""
    return _on_desk_of(user, piece, STANDARDS)


def can_check_in(user, piece: Article) -> bool:
    """End somebody else's check-out by force."""
    return _on_desk_of(user, piece, PUBLISHERS, STANDARDS)


def can_take_back(user, piece: Article) -> bool:
    """Retract, reinstate, remove or merge a published piece: standards propose it, and anybody on the desk confirms
    what somebody else has proposed."""
    if not _on_desk_of(user, piece, *DESK):
        return False
    proposal = piece.proposals.open().first()
    return can_hold(user, piece) if proposal is None else proposal.proposed_by_id != user.pk


def can_recall(user, piece: Article) -> bool:
    """Take an open proposal back: whoever made it, or standards."""
    proposal = piece.proposals.open().first()
    if proposal is None or not _on_desk_of(user, piece, *DESK):
        return False
    return proposal.proposed_by_id == user.pk or can_hold(user, piece)


def can_recuse(user, piece: Article) -> bool:
    """Say that one cannot judge a piece: anybody on the desk who is no author of it, once."""
    return _on_desk_of(user, piece, *DESK)


def can_break_glass(user, piece: Article) -> bool:
    """Judge a piece in spite of a conflict: a recused editor, where no editor without one is left."""
    if not _in_group(user, EDITORS) or is_author(user, piece) or not is_recused(user, piece):
        return False
    others = get_user_model().objects.filter(groups__name=EDITORS, is_active=True).exclude(pk=user.pk)
    return not any(_on_desk_of(other, piece, EDITORS) for other in others)


def is_clock(user, piece: Article) -> bool:
    """Only time itself fires a scheduled piece; no account is time."""
    return user is None


AN_AUTHOR, AN_EDITOR = "an author of it", "an editor who is no author of it"
STANDARDS_WORDS = "a person in standards"
WHO: dict[Callable[[Any, Article], bool], str] = {
    can_write: AN_AUTHOR,
    can_submit: AN_AUTHOR,
    can_sign: AN_AUTHOR,
    can_withdraw: AN_AUTHOR,
    can_edit: AN_EDITOR,
    can_decide: AN_EDITOR,
    can_ask_changes: "the editor who has it",
    can_publish: "a publisher",
    can_amend: "an author of it or an editor",
    can_discard: "whoever opened the amendment, or an editor",
    speaks_for_desk: "anybody at the desk who is no author of it",
    can_hold: STANDARDS_WORDS,
    can_check_in: "a publisher or a person in standards",
    can_take_back: "a person in standards to propose, and for somebody else at the desk to confirm",
    can_recall: "whoever made the proposal, or a person in standards",
    can_recuse: "anybody at the desk who is no author of it",
    can_break_glass: "an editor with a conflict, where no other is left",
    is_clock: "the clock alone",
}
NAMED = 3  # people whom a refusal names


def whom_to_ask(may: Callable[[Any, Article], bool], user, piece: Article) -> str:
    """Who may do it, in words; for somebody at the desk with the names of colleagues who can."""
    words = f"It is for {WHO[may]}"
    if not is_on_desk(user):
        return f"{words}."
    desk = (
        get_user_model()
        .objects.filter(groups__name__in=DESK, is_active=True)
        .order_by("pk")
        .distinct()
        .prefetch_related("groups")
    )
    able = islice((person for person in desk if may(person, piece)), NAMED)
    names = [person.get_full_name() or person.get_username() for person in able]
    return f"{words}: ask {' or '.join(names)}." if names else f"{words}."


def role_of(user, piece: Article) -> str:
    """The part a person plays in a step, as the trail prints it."""
    if user is None:
        return "clock"
    if is_author(user, piece):
        return "author"
    names = set(user.groups.values_list("name", flat=True))
    return next((role for name, role in ROLES.items() if name in names), "account")
