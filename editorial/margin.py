"""Beside the text, for its author: what is still missing and where it is mended, and what happens next and by when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.urls import reverse

from articles.models import Article
from articles.models.picture import Picture
from articles.status import CLOSED, WITH_AUTHOR, Stage
from authors.models import Agreement, Author
from editorial import guards, workflow
from editorial.guards import Guard
from editorial.models.disclosure import QUESTIONS
from network import clock
from network.models import Network


class Missing(NamedTuple):
    sentence: str
    address: str
    guard: Guard


def missing(piece: Article, author: Author | None = None) -> list[Missing]:
    """What the piece lacks before it can be submitted, each with the address of the field where it is mended; for
    `author`, what a co-author has to supply leads to the piece's own page."""
    found = ((guard, guard(piece)) for guard in workflow.STEPS["submit"].guards)
    return [Missing(sentence, _place(guard, piece, author), guard) for guard, sentence in found if sentence]


def _place(guard: Guard, piece: Article, author: Author | None) -> str:
    done = DONE_BY.get(guard)
    return _own_page(piece) if author and done and done(piece, author) else PLACES[guard](piece)


def beside(piece: Article, author: Author | None) -> dict[str, Any]:
    """What the margin shows an author of the piece."""
    own = {"owed": owed(piece, author), "limit": limit(author)} if author else {}
    return {"lacking": missing(piece, author), "hears_by": hears_by()} | own


def owed(piece: Article, author: Author) -> list[Missing]:
    """What this author has to supply before readers can have the piece, beyond what a submission asks for; once it is
    with the desk, also the agreement, of which a newer version may have come since."""
    if piece.stage in CLOSED | {Stage.PUBLISHED}:
        return []
    asked = workflow.STEPS["submit"].guards if piece.stage in WITH_AUTHOR else ()
    own = (guard for guard in OWED if guard not in asked and not DONE_BY[guard](piece, author))
    return [Missing(sentence, OWED[guard](piece), guard) for guard in own if (sentence := guard(piece))]


def hears_by():
    """The day that a submission made now would be answered by."""
    return clock.now() + timedelta(days=Network.load().answer_days)


def limit(author: Author) -> tuple[int, int] | None:
    """How many pieces of an author are with the desk, of how many; nothing where no limit holds."""
    return (author.articles.open().count(), guards.OPEN_PIECES) if guards.is_limited(author) else None


def _sheet(fragment: str) -> Callable[[Article], str]:
    return lambda piece: f"{reverse('editorial:edit', args=[piece.pk])}#{fragment}"


def _question(fragment: str) -> Callable[[Article], str]:
    return lambda piece: f"{reverse('editorial:declarations', args=[piece.pk])}#{fragment}"


def _own_page(piece: Article) -> str:
    """Where the piece stands, for what somebody else supplies."""
    return reverse("editorial:piece", args=[piece.pk])


def _interests(piece: Article) -> str:
    return _question(f"id_q_{QUESTIONS[0].key}")(piece)


def _ai(piece: Article) -> str:
    first = "id_ai_use" if not piece.ai_use else "id_ai_tools" if piece.has_checked_facts else "id_has_checked_facts"
    return _question(first)(piece)


def _prior(piece: Article) -> str:
    return _question("id_prior_url" if piece.prior else "id_prior")(piece)


def _libel(piece: Article) -> str:
    return _question("id_libel_detail" if piece.libel else "id_libel")(piece)


def _picture(piece: Article) -> str:
    """The first empty field of the first picture that lacks one; the rows of the sheet stand in the pictures' order."""
    lacking = {image["reference"]: lacks for image in piece.pictures_used() if (lacks := guards.picture_lacks(image))}
    rows: list[Picture] = list(piece.pictures.all())
    for reference, lacks in lacking.items():
        row = next(number for number, picture in enumerate(rows) if picture.reference == reference)
        field = {"description": "alt", "origin": "made"}.get(lacks[0], lacks[0])
        return _sheet(f"id_pictures-{row}-{field}")(piece)
    return _sheet("pictures")(piece)


def _has_answered(piece: Article, author: Author) -> bool:
    given = piece.disclosures.filter(author=author).first()
    return given is not None and given.is_complete


def _has_accepted(piece: Article, author: Author) -> bool:
    agreement = Agreement.objects.in_force()
    return agreement is None or agreement.acceptances.filter(author=author).exists()


def _has_confirmed(piece: Article, author: Author) -> bool:
    return author.bio_confirmed_until is not None and author.bio_confirmed_until >= clock.now()


DONE_BY: dict[Guard, Callable[[Article, Author], bool]] = {
    guards.disclosures_complete: _has_answered,
    guards.agreements_accepted: _has_accepted,
    guards.bios_confirmed: _has_confirmed,
}
OWED: dict[Guard, Callable[[Article], str]] = {
    guards.bios_confirmed: lambda piece: f"{reverse('editorial:profile')}#bio-year",
    guards.agreements_accepted: lambda piece: reverse("editorial:agreement"),
}
PLACES: dict[Guard, Callable[[Article], str]] = {
    guards.has_authors: _own_page,
    guards.headline_fits: _sheet("id_headline"),
    guards.has_dek: _sheet("id_dek"),
    guards.has_section: _sheet("id_section"),
    guards.has_label: _sheet("id_label"),
    guards.response_names_its_piece: _sheet("id_responds_to"),
    guards.has_body: _sheet("id_body"),
    guards.pictures_complete: _picture,
    guards.disclosures_complete: _interests,
    guards.ai_answered: _ai,
    guards.prior_answered: _prior,
    guards.authors_not_barred: _own_page,
    guards.agreements_accepted: lambda piece: reverse("editorial:agreement"),
    guards.libel_answered: _libel,
    guards.canonical_chosen: _question("id_canonical"),
    guards.byline_answered: lambda piece: reverse("editorial:byline", args=[piece.pk]),
    guards.few_open_pieces: lambda piece: reverse("editorial:index"),
}
