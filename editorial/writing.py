"""Changing the working text: who may at which stage, never over somebody else's save, and always as a new revision."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from articles.models import Article, Byline, OldSlug, Picture, Revision
from articles.status import APPROVED, WITH_AUTHOR, Stage
from authors.models import Author
from editorial import permissions
from editorial.models import CheckOut, Disclosure
from editorial.refusal import Conflict, Refused
from network import clock
from network.fingerprint import fingerprint
from network.models import Network

TEXT = ("headline", "dek", "label", "section", "responds_to", "response_kind", "language", "body")
CHECK_OUTS = ("check_out", "check_in")  # lines of the trail: the text was taken; it was freed by force
PICTURE = ("alt", "is_decorative", "caption", "credit", "licence", "made")
FOCUS = ("focus_x", "focus_y")  # of a picture, too, but no part of what is signed
DECLARED = (
    "ai_use", "ai_tools", "has_checked_facts", "prior", "prior_url", "canonical", "libel", "libel_detail",
)  # fmt: skip
EARLIER = ("prior", "prior_url", "canonical")  # where readers and machines are led from the moment it is public
PROFILE = (
    "familiar", "role", "bio", "long_bio", "portrait", "portrait_alt", "portrait_rights_at", "time_zone", "mail",
    "takes_letters",
)  # fmt: skip


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
        check_out_of_others(current, by)
        check_save_number(current, save_number)
        apply(current, changes)
        if permissions.is_author(by, current):
            refresh_bylines(current, by)
        Revision.objects.freeze(current, by=by)
    return current


def check_out_of_others(piece: Article, by) -> None:
    """At the desk one person changes a text at a time. Refuse whoever would do so while somebody else has it checked
    out, or whose own check-out was ended by force and who has not taken the text again."""
    if piece.stage in WITH_AUTHOR:
        return
    other = CheckOut.objects.live().filter(article=piece).exclude(holder=by).select_related("holder").first()
    if other is not None:
        raise Refused(other.sentence())
    if was_taken_from(piece, by):
        raise Refused("Your check-out was ended by force. Take the text again, then save.")


def was_taken_from(piece: Article, by) -> bool:
    """Whether the last that the trail tells of the text's check-outs is that this person lost it by force."""
    lines = list(piece.trail.filter(step__in=CHECK_OUTS).order_by("-seq").values_list("step", "actor")[:2])
    return len(lines) == 2 and lines[0][0] == "check_in" and lines[1] == ("check_out", by.pk)


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
    for reference, given in changes.get("pictures", {}).items():
        mine = Picture.objects.filter(article=piece, reference=reference)
        if words := {name: given[name] for name in PICTURE if name in given}:
            mine.update(**words)
        if set(FOCUS) <= set(given):
            mine.aim(given["focus_x"], given["focus_y"])
    piece.refresh_from_db()


def restore(piece: Article, revision: Revision) -> None:
    """Bring the working text back to a frozen one, pictures, byline and disclosure line included."""
    images = {image["reference"]: image for image in revision.images}
    lead = next((image["reference"] for image in revision.images if image["lead"]), None)
    words = {
        reference: {
            "alt": image["alt"],
            "is_decorative": image["decorative"],
            **{name: image.get(name, "") for name in ("caption", "credit", "licence", "made")},
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


def change_profile(author: Author, changes: Mapping[str, Any], links: Iterable[tuple[str, str]], *, by) -> None:
    """Keep how an author is printed, which confirms their bio, and print it so in the pieces that are with them.

    `changes` holds any of PROFILE, `name` and `slug`. Raises ValidationError; nothing is changed then.
    """
    with transaction.atomic():
        pieces = _held_with_author(by)
        current = Author.objects.select_for_update(no_key=True).get(pk=author.pk)
        current.rename(changes.get("name", current.name))
        current.move(changes.get("slug", current.slug))
        for name in PROFILE:
            setattr(current, name, changes.get(name, getattr(current, name)))
        current.bio_confirmed_at = clock.now()
        current.save(update_fields=[*PROFILE, "bio_confirmed_at"])
        current.follow_at(links)
        _print_as_today(pieces, by)


def confirm_bio(author: Author) -> None:
    """The bio holds for another year as it stands; nothing that is printed changes."""
    Author.objects.filter(pk=author.pk).update(bio_confirmed_at=clock.now())


def _held_with_author(by) -> list[Article]:
    """The pieces that are with this author, held: first these, then the author, as a step does."""
    mine = Byline.objects.filter(author__user=by).values("article")
    return list(Article.objects.with_author().select_for_update().filter(pk__in=mine).order_by("pk"))


def _print_as_today(pieces: Iterable[Article], by) -> None:
    """Take a changed profile over into the pieces that are with this author; what is at the desk stays as signed."""
    for piece in pieces:
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
        open_ones = [name for name in DECLARED if name in declared and name not in settled(current)]
        Article.objects.filter(pk=piece.pk).update(**{name: declared[name] for name in open_ones})
        Revision.objects.freeze(Article.objects.get(pk=piece.pk), by=by)


def settled(piece: Article) -> tuple[str, ...]:
    """What is no part of a signed text, and shows at once: it stays as it was when readers first had the piece."""
    return EARLIER if piece.live_id and piece.prior else ()


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
