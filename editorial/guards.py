"""Is it complete? Each guard looks at a piece and returns nothing, or the missing thing as a sentence.

A guard never asks who is asking. The same functions fill the contributor's margin, the desk's page and every refusal.
"""

from collections.abc import Callable
from typing import Any

from articles.models import Article, Disclaimer, OldSlug
from articles.models.article import Libel, Prior
from articles.status import Label, Stage
from authors.models import BIO_HOLDS, Agreement, Author, Identity
from editorial import checklist, diff, guarded, risk
from editorial.guarded import package_hash
from editorial.models import Decision, Review
from network import clock

Guard = Callable[[Article], str | None]

HEADLINE_LIMIT = 110
OPEN_PIECES = 3
REMINDERS = ("proof_half", "proof_due")


def missing(piece: Article, guards: tuple[Guard, ...]) -> list[str]:
    """What the piece still lacks, in the guards' order."""
    if not guards:
        return []
    loaded = guarded.loaded(piece)
    return [sentence for guard in guards if (sentence := guard(loaded))]


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
        if lacks := picture_lacks(image):
            named = image["caption"] or image["alt"] or image["reference"]
            which = "lead picture" if image["lead"] else f"picture “{named}”"
            return f"Give the {which} its {', '.join(lacks)}."
    return None


def picture_lacks(image: dict[str, Any]) -> list[str]:
    """The words that a picture, as a revision keeps it, still needs before readers may see it."""
    lacks = [] if image["alt"].strip() or image["decorative"] else ["description"]
    lacks += [word for word in ("credit", "licence") if not image[word].strip()]
    return lacks if image.get("made") else [*lacks, "origin"]


def disclosures_complete(piece: Article) -> str | None:
    done = {disclosure.author_id for disclosure in piece.disclosures.all() if disclosure.is_complete}
    for byline in piece.bylines.all():
        if byline.author_id not in done or not byline.disclosure:
            return f"{byline.printed_name} has not answered the questions about interests yet."
    return None


def byline_answered(piece: Article) -> str | None:
    if name := piece.byline_invitations.pending().values_list("name", flat=True).first():
        return f"{name} has not answered yet whether they share the byline. Wait for it, or take the invitation back."
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


def libel_answered(piece: Article) -> str | None:
    if not piece.libel:
        return "Say whether anybody named in the piece could call it defamation."
    if piece.libel == Libel.YES and not piece.libel_detail.strip():
        return "Say who could call the piece defamation, and about which passage."
    return None


def canonical_chosen(piece: Article) -> str | None:
    if piece.prior == Prior.ELSEWHERE and not piece.canonical:
        return "Say which page is the original: the earlier one, or this network's."
    return None


def few_open_pieces(piece: Article) -> str | None:
    """The limit for people whom the desk does not know yet; an amendment is by somebody who is published."""
    for author in _authors(piece):
        if (others := author.articles.open().exclude(pk=piece.pk).count()) >= OPEN_PIECES and is_limited(author):
            return (
                f"{author.name} has {others} pieces with the desk, which is the most before a first publication. "
                "Wait until the desk has answered one, or withdraw one."
            )
    return None


def is_limited(author: Author) -> bool:
    """Whether only so many of their pieces may be with the desk: nothing of theirs is published yet."""
    return not author.is_known_to_readers


def agreements_accepted(piece: Article) -> str | None:
    agreement = Agreement.objects.in_force()
    if agreement and (names := without_agreement(piece)):
        have = "has" if len(names) == 1 else "have"
        version = f"version {agreement.version} of the contributor agreement"
        return f"{' and '.join(names)} {have} not accepted {version} yet."
    return None


def without_agreement(piece: Article) -> list[str]:
    """The printed names of the authors who have not accepted the agreement in force."""
    agreement = Agreement.objects.in_force()
    if agreement is None:
        return []
    accepted = set(agreement.acceptances.values_list("author_id", flat=True).filter(author__articles=piece))
    return [byline.printed_name for byline in piece.bylines.all() if byline.author_id not in accepted]


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
    oldest = clock.now() - BIO_HOLDS
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
    if Disclaimer.objects.in_force(piece.section_id) is None:
        return "The network has no disclaimer in force. A person in standards puts one in force in the admin."
    return None


def approval_of(piece: Article) -> Review | None:
    """The newest approval of exactly the working text as it is now."""
    return guarded.once(piece, "approval", lambda: approval_of_hash(piece, package_hash(piece)))


def approval_of_hash(piece: Article, text_hash: str) -> Review | None:
    return piece.reviews.filter(decision=Decision.APPROVE, package_hash=text_hash).order_by("-pk").first()


def approved(piece: Article) -> str | None:
    """The editor's key, on the current hash."""
    if approval_of(piece):
        return None
    return "The text is not the one an editor approved. An editor reads it and approves it again."


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
    missing = unsigned_ids(piece)
    return [byline.printed_name for byline in piece.bylines.all() if byline.author_id in missing]


def unsigned_ids(piece: Article) -> list[int]:
    """The authors who have not signed the current hash, and for whom nobody in standards has."""
    done = set(piece.sign_offs.filter(package_hash=package_hash(piece)).values_list("author_id", flat=True))
    done |= set(piece.overrides.filter(package_hash=package_hash(piece)).values_list("author_id", flat=True))
    return [byline.author_id for byline in piece.bylines.all() if byline.author_id not in done]


def reminded_twice(piece: Article) -> str | None:
    """Nobody is overruled who was not asked, and asked again, by letters that have left (docs/workflow.md, “Two
    keys”)."""
    since = approval_of(piece)
    for byline in piece.bylines.filter(author__in=unsigned_ids(piece)):
        reminders = piece.letters.filter(kind__in=REMINDERS, to__author=byline.author_id)
        if since is None or reminders.filter(sent_at__gte=since.created_at).count() < len(REMINDERS):
            name = byline.printed_name
            return f"{name} has not been reminded twice yet. The second reminder goes out when the proof is due."
    return None


def overridable(piece: Article) -> str | None:
    """A quotation, the byline, a bio or a disclosure that changed is never signed for somebody else."""
    package = piece.package()
    for author_id in unsigned_ids(piece):
        signed_off = piece.sign_offs.filter(author_id=author_id).order_by("-pk").first()
        if signed_off is None:
            return "An author who has never signed this piece cannot be signed for."
        before = signed_off.revision.package()
        changed = [name for name in ("byline", "disclosure") if before[name] != package[name]]
        if diff.quotations(before["body"]) != diff.quotations(package["body"]):
            changed.append("quotations")
        if changed:
            return f"The {' and the '.join(changed)} changed since the author signed. Only the author can sign that."
    return None


def disclaimer_approved(piece: Article) -> str | None:
    """The disclaimer in force is the one the editor approved the piece with."""
    review, current = approval_of(piece), Disclaimer.objects.in_force(piece.section_id)
    if review is None or current is None or review.disclaimer_id == current.pk:
        return None
    return (
        f"Version {current.version} of the disclaimer came into force after the approval. An editor approves it again."
    )


def approver_still_stands(piece: Article) -> str | None:
    """An approval by somebody who has since become an author of the piece is nobody's second key; nor is one by
    somebody who has since been found unable to judge it."""
    review = approval_of(piece)
    if review is None:
        return None
    if Article.objects.recusing(review.editor).filter(pk=piece.pk).exists():
        return "The editor who approved the piece has a conflict of interest. Another editor approves it."
    if piece.overrides.filter(package_hash=review.package_hash, taken_by=review.editor_id).exists():
        return "The editor who approved the piece has signed it in its author's place. Another editor approves it."
    signed_it = piece.sign_offs.filter(package_hash=review.package_hash, signed_by=review.editor_id).exists()
    if signed_it or piece.bylines.filter(author__user=review.editor_id).exists():
        return "The editor who approved the piece is also one of its authors. Another editor approves it."
    return None


def checklist_complete(piece: Article) -> str | None:
    """Every item that applies holds on the piece as it is now, also those that are newer than its approval."""
    if lines := checklist.open_lines(piece):
        items = f"one item is open: {lines[0].item.words}" if len(lines) == 1 else f"{len(lines)} items are open."
        return f"The checklist is not complete, {items} An editor ticks what is left."
    return None


def second_approver(piece: Article) -> str | None:
    """Two pairs of eyes on the same hash of a high-risk piece."""
    if not risk.is_high(piece) or len(editors := approvers(piece)) > 1:
        return None
    if not editors:
        return "The piece is high risk, so two editors approve this text. Nobody has yet."
    (first,) = editors.values()
    return f"The piece is high risk, and {first} has approved this text alone. A second editor approves it as well."


def approvers(piece: Article) -> dict[int, str]:
    """The editors who approved exactly the working text and neither wrote nor signed it: by account, their names."""
    rows = piece.reviews.filter(decision=Decision.APPROVE, package_hash=package_hash(piece)).select_related("editor")
    barred = set(piece.sign_offs.filter(package_hash=package_hash(piece)).values_list("signed_by", flat=True))
    barred |= set(piece.bylines.values_list("author__user", flat=True))
    people = {review.editor_id: review.editor for review in rows if review.editor_id not in barred}
    return {pk: person.get_full_name() or person.get_username() for pk, person in people.items()}


def approval_lapsed(piece: Article) -> bool:
    """Whether the newest approval no longer opens the door, whoever gave it."""
    return any(guard(piece) for guard in (approved, disclaimer_approved, approver_still_stands, checklist_complete))


def approval_is_stale(piece: Article) -> str | None:
    """For approving what is ready already: only where that approval does not open the door by itself."""
    if piece.stage != Stage.READY or approval_lapsed(piece) or second_approver(piece):
        return None
    return "The piece is approved already, with the disclaimer in force."


def _authors(piece: Article) -> list[Author]:
    return [byline.author for byline in piece.bylines.all()]


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
SUBMIT: tuple[Guard, ...] = (*SUBMISSION, libel_answered, canonical_chosen, byline_answered, few_open_pieces)
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
    second_approver,
    checklist_complete,
    no_blocking_comment,
    no_legal_hold,
)
PUBLICATION: tuple[Guard, ...] = (*PUBLICATION_BUT_CLOCK, embargo_passed)
