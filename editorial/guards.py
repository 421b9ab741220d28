"""Is it complete? Each guard looks at a piece and returns nothing, or the missing thing as a sentence.

A guard never asks who is asking. The same functions fill the contributor's margin, the desk's page and every refusal.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from articles.models import Article, Disclaimer, OldSlug
from articles.status import Label, Stage
from authors.models import Agreement, Author, Identity
from editorial.checklist import CHECKLIST
from editorial.models import Decision, Review
from network import clock
from network.fingerprint import fingerprint

Guard = Callable[[Article], str | None]

HEADLINE_LIMIT = 110
BIO_CONFIRMED_WITHIN = timedelta(days=365)


def missing(piece: Article, guards: Iterable[Guard]) -> list[str]:
    """What the piece still lacks, in the guards' order."""
    return [sentence for guard in guards if (sentence := guard(piece))]


def headline_fits(piece: Article) -> str | None:
    if not piece.headline.strip():
        return "Give the piece a headline."
    if (length := len(piece.headline)) > HEADLINE_LIMIT:
        return f"Shorten the headline to {HEADLINE_LIMIT} characters; it has {length}."
    return None


def has_dek(piece: Article) -> str | None:
    return None if piece.dek.strip() else "Write the dek, one sentence under the headline."


def has_section(piece: Article) -> str | None:
    return None if piece.section_id else "Choose a section."


def has_label(piece: Article) -> str | None:
    return None if piece.label in Label.values else "Choose a label: what kind of piece is it?"


def has_body(piece: Article) -> str | None:
    return None if piece.body.strip() else "Write the text."


def response_names_its_piece(piece: Article) -> str | None:
    if piece.label == Label.RESPONSE and piece.responds_to_id is None:
        return "Say which piece this responds to, or choose another label."
    return None


def pictures_complete(piece: Article) -> str | None:
    for image in piece.pictures_used():
        lacks = [word for word in ("credit", "licence") if not image[word].strip()]
        if not image["alt"].strip() and not image["decorative"]:
            lacks.insert(0, "description")
        if lacks:
            which = "lead picture" if image["lead"] else f"picture “{image['caption'] or image['reference']}”"
            return f"Give the {which} its {', '.join(lacks)}."
    return None


def disclosures_complete(piece: Article) -> str | None:
    done = {disclosure.author_id for disclosure in piece.disclosures.all() if disclosure.is_complete}
    for byline in piece.bylines.all():
        if byline.author_id not in done or not byline.disclosure:
            return f"{byline.printed_name} has not answered the questions about interests yet."
    return None


def ai_answered(piece: Article) -> str | None:
    if not piece.ai_use:
        return "Say whether AI was used for this piece, and how."
    if not piece.has_checked_facts:
        return "Confirm that every fact and quotation has been checked."
    if piece.ai_use != "none" and not piece.ai_tools.strip():
        return "Name the AI tools that were used."
    return None


def prior_answered(piece: Article) -> str | None:
    if not piece.prior:
        return "Say whether the piece was published before."
    if piece.prior == "elsewhere" and not piece.prior_url:
        return "Give the address where the piece was published before."
    return None


def agreements_accepted(piece: Article) -> str | None:
    agreement = Agreement.objects.in_force()
    if agreement is None:
        return None
    accepted = set(agreement.acceptances.values_list("author_id", flat=True).filter(author__articles=piece))
    for byline in piece.bylines.all():
        if byline.author_id not in accepted:
            return (
                f"{byline.printed_name} has not accepted version {agreement.version} of the contributor agreement yet."
            )
    return None


def has_authors(piece: Article) -> str | None:
    return None if piece.bylines.all() else "The piece has no author. An editor adds one."


def authors_not_barred(piece: Article) -> str | None:
    return next((barred(author) for author in _authors(piece) if author.is_barred), None)


def barred(author: Author) -> str:
    return f"{author.name} is {author.get_status_display().lower()}. A person in standards decides what happens."


def authors_known(piece: Article) -> str | None:
    for author in _authors(piece):
        if author.identity == Identity.PENDING:
            return (
                f"Nobody has checked yet who {author.name} is. An editor does that on the author's page in the admin."
            )
    return None


def bios_confirmed(piece: Article) -> str | None:
    oldest = clock.now() - BIO_CONFIRMED_WITHIN
    for author in _authors(piece):
        if author.bio_confirmed_at is None or author.bio_confirmed_at < oldest:
            return f"{author.name} has not confirmed their bio within the last 12 months. They do it on their profile."
    return None


def slug_free(piece: Article) -> str | None:
    if not piece.slug:
        return "The piece has no address yet. An editor gives it one on its details page."
    if OldSlug.objects.filter(slug=piece.slug).exclude(article=piece).exists():
        return "Another piece once had this address. An editor chooses a new one on the details page."
    return None


def has_shared_comment(piece: Article) -> str | None:
    if piece.comments.shared().unresolved().filter(is_from_desk=True).exists():
        return None
    return "Write at least one comment that the author can see, so that they know what to change."


def no_blocking_comment(piece: Article) -> str | None:
    if piece.comments.unresolved().filter(is_blocking=True).exists():
        return "A blocking comment is still open. An editor resolves it on the piece's page."
    return None


def no_legal_hold(piece: Article) -> str | None:
    return "The piece is on legal hold. A person in standards lifts it." if piece.is_on_legal_hold else None


def embargo_passed(piece: Article) -> str | None:
    if piece.embargo_until is None or piece.embargo_until <= clock.now():
        return None
    return f"The piece is under embargo until {piece.embargo_until:%-d %B %Y, %H:%M} UTC."


def has_disclaimer(piece: Article) -> str | None:
    if Disclaimer.objects.in_force() is None:
        return "The network has no disclaimer in force. A person in standards puts one in force in the admin."
    return None


def approval_of(piece: Article) -> Review | None:
    """The newest approval of exactly the working text as it is now."""
    return approval_of_hash(piece, fingerprint(piece.package()))


def approval_of_hash(piece: Article, package_hash: str) -> Review | None:
    return piece.reviews.filter(decision=Decision.APPROVE, package_hash=package_hash).order_by("-pk").first()


def approved(piece: Article) -> str | None:
    """The editor's key, on the current hash."""
    return (
        None
        if approval_of(piece)
        else "The text is not the one an editor approved. An editor reads it and approves it again."
    )


def signed(piece: Article) -> str | None:
    """Every author's key, on the current hash."""
    if names := unsigned(piece):
        have = "has" if len(names) == 1 else "have"
        next_step = (
            "The proof is with them." if piece.stage == Stage.PROOF else "They get the proof once it is approved."
        )
        return f"{' and '.join(names)} {have} not signed this text. {next_step}"
    return None


def unsigned(piece: Article) -> list[str]:
    """The printed names of the authors whose sign-off on the current hash is missing."""
    package_hash = fingerprint(piece.package())
    done = set(piece.sign_offs.filter(package_hash=package_hash).values_list("author_id", flat=True))
    return [byline.printed_name for byline in piece.bylines.all() if byline.author_id not in done]


def disclaimer_approved(piece: Article) -> str | None:
    """The disclaimer in force is the one the editor approved the piece with."""
    review, current = approval_of(piece), Disclaimer.objects.in_force()
    if review is None or current is None or review.disclaimer_id == current.pk:
        return None
    return (
        f"Version {current.version} of the disclaimer came into force after the approval. An editor approves it again."
    )


def approver_still_stands(piece: Article) -> str | None:
    """An approval by somebody who has since become an author of the piece is nobody's second key."""
    review = approval_of(piece)
    if review is None:
        return None
    signed_it = piece.sign_offs.filter(package_hash=review.package_hash, signed_by=review.editor_id).exists()
    if signed_it or piece.bylines.filter(author__user=review.editor_id).exists():
        return "The editor who approved the piece is also one of its authors. Another editor approves it."
    return None


def checklist_complete(piece: Article) -> str | None:
    review = approval_of(piece)
    if review and not {item.key for item in CHECKLIST} <= set(review.checklist):
        return "The checklist is not complete. An editor finishes it when approving."
    return None


def approval_is_stale(piece: Article) -> str | None:
    """For approving what is ready already: only where that approval no longer opens the door."""
    if approved(piece) or disclaimer_approved(piece) or approver_still_stands(piece) or checklist_complete(piece):
        return None
    return "The piece is approved already, with the disclaimer in force." if piece.stage == Stage.READY else None


def _authors(piece: Article) -> list[Author]:
    return [byline.author for byline in piece.bylines.select_related("author")]


SUBMISSION: tuple[Guard, ...] = (
    has_authors,
    headline_fits,
    has_dek,
    has_section,
    has_label,
    response_names_its_piece,
    has_body,
    pictures_complete,
    disclosures_complete,
    ai_answered,
    prior_answered,
    authors_not_barred,
    agreements_accepted,
)
APPROVAL: tuple[Guard, ...] = (*SUBMISSION, has_disclaimer, approval_is_stale)
PUBLICATION_BUT_CLOCK: tuple[Guard, ...] = (
    *SUBMISSION,
    authors_known,
    bios_confirmed,
    slug_free,
    has_disclaimer,
    approved,
    signed,
    disclaimer_approved,
    approver_still_stands,
    checklist_complete,
    no_blocking_comment,
    no_legal_hold,
)
PUBLICATION: tuple[Guard, ...] = (*PUBLICATION_BUT_CLOCK, embargo_passed)
