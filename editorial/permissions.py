"""Who may do what. Each answer is about the person and their tie to the piece, never about the piece's stage."""

from articles.models import Article

CONTRIBUTORS, EDITORS, PUBLISHERS, STANDARDS = "contributors", "editors", "publishers", "standards"
ROLES = {EDITORS: "editor", PUBLISHERS: "publisher", STANDARDS: "standards"}
DESK = tuple(ROLES)


def _in_group(user, *names: str) -> bool:
    """Membership counts, not superuser rights: running the machine is no key. The clock is in no group."""
    return user is not None and user.is_active and user.groups.filter(name__in=names).exists()


def is_author(user, piece: Article) -> bool:
    return user is not None and user.is_active and piece.bylines.filter(author__user=user).exists()


def can_contribute(user) -> bool:
    return user.is_active and hasattr(user, "author")


def is_on_desk(user) -> bool:
    return _in_group(user, *DESK)


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
    return _in_group(user, EDITORS) and not is_author(user, piece)


def can_decide(user, piece: Article) -> bool:
    """Claim, approve, decline: an editor who is no author of it. Nobody turns both keys."""
    return can_edit(user, piece)


def can_ask_changes(user, piece: Article) -> bool:
    return can_edit(user, piece) and piece.submissions.open().filter(claimed_by=user).exists()


def can_publish(user, piece: Article) -> bool:
    return _in_group(user, PUBLISHERS) and not is_author(user, piece)


def can_amend(user, piece: Article) -> bool:
    return can_write(user, piece) or can_edit(user, piece)


def can_discard(user, piece: Article) -> bool:
    """Whoever opened the amendment, or an editor."""
    opened_by = piece.trail.filter(step="amend").order_by("-seq").values_list("actor", flat=True).first()
    return can_edit(user, piece) or (is_author(user, piece) and opened_by == user.pk)


def can_hold(user, piece: Article) -> bool:
    """Set or lift a legal hold."""
    return _in_group(user, STANDARDS) and not is_author(user, piece)


def is_clock(user, piece: Article) -> bool:
    """Only time itself fires a scheduled piece; no account is time."""
    return user is None


def role_of(user, piece: Article) -> str:
    """The part a person plays in a step, as the trail prints it."""
    if user is None:
        return "clock"
    if is_author(user, piece):
        return "author"
    names = set(user.groups.values_list("name", flat=True))
    return next((role for name, role in ROLES.items() if name in names), "account")
