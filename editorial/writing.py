"""Changing the working text: who may at which stage, never over somebody else's save, and always as a new revision."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from articles.models import Article, Byline, OldSlug, Picture, Revision
from articles.status import APPROVED, WITH_AUTHOR, Stage
from authors.models import Author
from editorial import permissions
from editorial.models import Disclosure
from editorial.refusal import Conflict, Refused
from network import clock
from network.fingerprint import fingerprint
from network.models import Network

TEXT = ("headline", "dek", "label", "section", "responds_to", "body")
PICTURE = ("alt", "is_decorative", "caption", "credit", "licence")
DECLARED = ("ai_use", "ai_tools", "has_checked_facts", "prior", "prior_url")


def start(author: Author, *, by, **text) -> Article:
    """A new draft with its byline."""
    with transaction.atomic():
        piece = Article(created_by=by, **text)
        piece.save(force_insert=True)
        byline = Byline(article=piece, author=author)
        byline.copy_from_author()
        byline.save()
        Revision.objects.freeze(piece, by=by)
    return piece


def add_authors(piece: Article, authors: Iterable[Author], *, by) -> None:
    """Credit more people, after those who are credited already. Each answers for themselves and signs by themselves."""
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        if not may_write(by, current) or current.live_id:
            raise Refused("The byline is not yours to change now.")
        for position, author in enumerate(authors, start=current.bylines.count()):
            byline = Byline(article=current, author=author, position=position)
            byline.copy_from_author()
            byline.save(force_insert=True)
        Revision.objects.freeze(current, by=by)


def may_write(user, piece: Article) -> bool:
    """Whether this person may change the text where it is now: its author while it is theirs, else its editor."""
    if piece.stage in WITH_AUTHOR:
        return permissions.can_write(user, piece)
    if piece.stage == Stage.IN_REVIEW:
        return permissions.can_ask_changes(user, piece)
    return False


def may_change(user, piece: Article) -> bool:
    """Whether this person may open the sheet: where a save is theirs, or where it would be the step `edit`."""
    return may_write(user, piece) or (piece.stage in APPROVED and permissions.can_edit(user, piece))


def save(piece: Article, changes: Mapping[str, Any], *, by, save_number: int | None = None) -> Article:
    """Save the working text and freeze it as a revision; a save that changes nothing makes none.

    `changes` holds any of TEXT, and `lead` and `pictures` as `apply` takes them. Raises Refused where the text is not
    this person's to change now, and Conflict where it was saved since `save_number`; nothing is changed then.
    """
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        if not may_write(by, current):
            raise Refused("The text is not yours to change now.")
        check_save_number(current, save_number)
        apply(current, changes)
        if permissions.is_author(by, current):
            refresh_bylines(current, by)
        Revision.objects.freeze(current, by=by)
    return current


def check_save_number(piece: Article, save_number: int | None) -> None:
    """Refuse to write over a save that this person has not seen. `None` is for a shell, which has no screen."""
    if save_number is not None and save_number != piece.save_number:
        raise Conflict("Somebody saved this piece after you opened it. Compare your text with theirs, then save again.")


def apply(piece: Article, changes: Mapping[str, Any]) -> None:
    """Write changed columns to the piece and its pictures. The caller holds the row and has asked who and where.

    `lead` is the new lead picture or None; `pictures` maps a picture's reference to its words.
    """
    fields = {name: changes[name] for name in TEXT if name in changes}
    if "lead" in changes:
        fields["lead_picture"] = changes["lead"]
    for name, value in fields.items():
        setattr(piece, name, value)
    piece.saved_at = clock.now()
    piece.save(update_fields=[*fields, "saved_at"])
    Article.objects.filter(pk=piece.pk).update(save_number=F("save_number") + 1)
    for reference, words in changes.get("pictures", {}).items():
        Picture.objects.filter(article=piece, reference=reference).update(**words)
    piece.refresh_from_db()


def restore(piece: Article, revision: Revision) -> None:
    """Bring the working text back to a frozen one, pictures, byline and disclosure line included."""
    images = {image["reference"]: image for image in revision.images}
    lead = next((image["reference"] for image in revision.images if image["lead"]), None)
    words = {
        reference: {
            "alt": image["alt"],
            "is_decorative": image["decorative"],
            **{name: image[name] for name in ("caption", "credit", "licence")},
        }
        for reference, image in images.items()
    }
    text = {name: getattr(revision, name) for name in TEXT}
    lead_picture = piece.pictures.filter(reference=lead).first() if lead else None
    apply(piece, {**text, "lead": lead_picture, "pictures": words})
    _restore_bylines(piece, revision)


def _restore_bylines(piece: Article, revision: Revision) -> None:
    piece.bylines.exclude(author__in=revision.author_ids).delete()
    for position, printed in enumerate(revision.byline):
        values = {key: printed[key] for key in ("role", "bio", "first_name", "links", "disclosure")}
        piece.bylines.update_or_create(
            author_id=printed["author"], defaults={"position": position, "printed_name": printed["name"], **values}
        )
        _forget_other_answers(piece, printed)


def _forget_other_answers(piece: Article, printed: Mapping[str, Any]) -> None:
    """Answers that say something else than the restored line belong to the text that is gone. They are asked again."""
    given = piece.disclosures.filter(author_id=printed["author"]).first()
    if given and _line(given) not in ("", printed["disclosure"]):
        given.delete()


def refresh_bylines(piece: Article, by) -> None:
    """Print the author as their profile says today: their own save or submit is the moment they agree to that."""
    for byline in piece.bylines.filter(author__user=by).select_related("author"):
        byline.copy_from_author()
        given = piece.disclosures.select_related("author").filter(author=byline.author).first()
        byline.disclosure = _line(given)
        byline.save(update_fields=["printed_name", "role", "bio", "first_name", "links", "disclosure"])


def _line(given: Disclosure | None) -> str:
    """What is printed of an author's answers: nothing until every question has one."""
    return given.line() if given and given.is_complete else ""


def print_as_today(by) -> None:
    """Take a changed profile over into the pieces that are with this author; what is at the desk stays as signed."""
    with transaction.atomic():
        for piece in Article.objects.with_author().select_for_update().filter(bylines__author__user=by):
            refresh_bylines(piece, by)
            Revision.objects.freeze(piece, by=by)


def declare(piece: Article, *, by, answers: Mapping[str, Any], **declared) -> None:
    """Keep an author's own answers about interests, and the piece's about AI and earlier publication."""
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        if current.stage not in WITH_AUTHOR or not permissions.can_write(by, current):
            raise Refused("The questions are answered by an author, while the piece is with them.")
        disclosure, _ = Disclosure.objects.update_or_create(
            article=current,
            author=by.author,
            defaults={"answers": dict(answers), "answered_by": by, "answered_at": clock.now()},
        )
        current.bylines.filter(author=by.author).update(disclosure=_line(disclosure))
        Article.objects.filter(pk=piece.pk).update(**{name: declared[name] for name in DECLARED if name in declared})
        Revision.objects.freeze(Article.objects.get(pk=piece.pk), by=by)


def set_details(piece: Article, *, by, slug: str, **details) -> None:
    """What the desk decides beside the text: address, tags, embargo, hold. A public address redirects for ever."""
    with transaction.atomic():
        current = Article.objects.select_for_update().get(pk=piece.pk)
        if not (permissions.can_edit(by, current) or permissions.can_hold(by, current)):
            raise Refused("The details of a piece are the desk's to set.")
        if "is_on_legal_hold" in details and not permissions.can_hold(by, current):
            raise Refused("A legal hold is set and lifted by a person in standards.")
        one_address_at_a_time()
        if slug and Article.objects.filter(slug=slug).exclude(pk=piece.pk).exists():
            raise Refused("Another piece has this address. Choose a different one.")
        if OldSlug.objects.filter(slug=slug).exclude(article=current).exists():
            raise Refused("Another piece once had this address. Choose a different one.")
        if current.live_id and slug != current.slug:
            OldSlug.objects.filter(slug=slug).delete()
            OldSlug.objects.get_or_create(slug=current.slug, defaults={"article": current})
        tags = details.pop("tags", None)
        Article.objects.filter(pk=piece.pk).update(slug=slug, **details)
        if tags is not None:
            current.tags.set(tags)


def one_address_at_a_time() -> None:
    """Wait while somebody else gives a piece an address: what was free when they looked is still free when they write.
    The network's row stands for all addresses and is held to the end of the transaction."""
    Network.objects.select_for_update().get(pk=Network.load().pk)


def working_hash(piece: Article) -> str:
    """The package hash of the text as it is now: what a person's screen shows, and what a key must name."""
    return fingerprint(piece.package())
