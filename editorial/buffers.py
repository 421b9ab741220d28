"""What is typed into the sheet and not saved yet: kept for its writer every few seconds, found again when they return.

A buffer is no revision: nothing looks at it but its size, and nobody else sees it. It ends in three ways: its tab saves
the piece, its writer puts it aside (it stays within reach until it is swept), or another tab goes on from it.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import QueryDict
from django.utils.crypto import salted_hmac

from articles.models import Article, Revision
from editorial import writing
from editorial.forms.pictures import PictureWords
from editorial.forms.text import TextForm
from editorial.models import Buffer
from network import clock, markup

KEPT_FOR = timedelta(days=30)
MOST = 20  # texts of one person for one piece; the oldest goes first
NUMBERED = 2_000_000_000  # what a database holds in a positive integer
LONGEST_FIELD = 5_000  # characters of anything but the text itself, in which the longest has 500
FIELDS = (*writing.TEXT, "lead")
PICTURE_FIELD = re.compile(r"pictures-(\d{1,4}-[a-z_]{1,20}|(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS)")
TAB = re.compile(r"[0-9a-f-]{8,36}")
ASIDE = "aside "  # the tab of what was put aside, which no browser can name


class TooMuch(Exception):
    """More than any sheet can hold."""


def whose(user) -> str:
    """A name for this person in their own browser, by which it knows what is not to be shown to the next person."""
    return salted_hmac("editorial.buffers", str(user.pk)).hexdigest()[:24]


def typed_in(posted: Mapping[str, str]) -> dict[str, str]:
    """The fields of the sheet among what a browser sent. Raises TooMuch."""
    named = {name: value for name, value in posted.items() if name in FIELDS or PICTURE_FIELD.fullmatch(name)}
    typed = {name: value.replace("\0", "") for name, value in named.items()}  # PostgreSQL's JSON holds no NUL
    if len(typed.get("body", "").replace("\r\n", "\n")) > markup.LIMIT:
        raise TooMuch(f"The text has more than {markup.LIMIT:,} characters, so it is not kept here. Shorten it.")
    if any(len(value) > LONGEST_FIELD for name, value in typed.items() if name != "body"):
        raise TooMuch("One of the fields is too long to be kept. Shorten it.")
    return typed


def keep(piece: Article, *, by, tab: str, number: int, posted: Mapping[str, str]) -> Buffer:
    """Keep what a tab sent, unless it sent something newer already. Answers with what is kept now. Raises TooMuch."""
    typed = typed_in(posted)
    with transaction.atomic():
        row, is_new = Buffer.objects.get_or_create(
            article=piece, writer=by, tab=tab, defaults={"save_number": piece.save_number}
        )
        newer = Buffer.objects.filter(pk=row.pk, number__lt=number)
        taken = newer.update(number=number, typed=typed, kept_at=clock.now(), **_opened(piece, posted))
        if taken:
            _put_aside(Buffer.objects.of(by, piece).filter(pk=whole(posted.get("recovered")) or 0).exclude(tab=tab))
        if is_new:
            oldest = Buffer.objects.of(by, piece).values_list("pk", flat=True)[MOST:]
            Buffer.objects.filter(pk__in=list(oldest)).delete()
        row.refresh_from_db()
    return row


def keep_posted(piece: Article, *, by, posted: Mapping[str, str]) -> Buffer | None:
    """Keep what came with a form and is not saved, also from a browser without scripts, which names no tab."""
    tab, number = posted.get("tab", ""), whole(posted.get("number"))
    if not TAB.fullmatch(tab) or number is None:
        tab, number = str(uuid4()), 1
    try:
        return keep(piece, by=by, tab=tab, number=number, posted=posted)
    except TooMuch:
        return None


def _opened(piece: Article, posted: Mapping[str, str]) -> dict[str, Any]:
    """What the person had before their eyes when they began to type."""
    number = whole(posted.get("save_number"))
    return {
        "save_number": piece.save_number if number is None else number,
        "opened": opened(piece, posted.get("opened")),
    }


def opened(piece: Article, typed: object) -> Revision | None:
    """The revision of this piece that a form names."""
    return piece.revisions.filter(pk=whole(typed) or 0).first()


def whole(typed: object) -> int | None:
    """A whole number that a database can hold, or None."""
    text = str(typed)
    is_one = text.isascii() and text.isdigit() and len(text) <= 10
    return int(text) if is_one and int(text) <= NUMBERED else None


def saved(piece: Article, *, by, posted: Mapping[str, str]) -> None:
    """The piece was saved: empty what its tab had kept, and what any other holds word for word the same.

    The tab's own row stays behind, empty, with the number of the save: what the tab sent before and arrives after is
    older, and is left aside.
    """
    typed, tab = typed_in(posted), posted.get("tab", "")
    kept = Buffer.objects.of(by, piece)
    same = [row.pk for row in kept if row.typed and _text(row.typed) == _text(typed)]
    recovered = whole(posted.get("recovered")) or 0
    Buffer.objects.filter(pk__in=[*same, *kept.filter(pk=recovered).values_list("pk", flat=True)]).update(typed={})
    number = whole(posted.get("number"))
    if TAB.fullmatch(tab) and number is not None:
        values = {"typed": {}, "number": number, "save_number": piece.save_number, "kept_at": clock.now()}
        Buffer.objects.update_or_create(article=piece, writer=by, tab=tab, defaults=values)


def _text(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: typed.get(name, "").replace("\r\n", "\n") for name in writing.TEXT}


def waiting(piece: Article, *, by) -> list[Buffer]:
    """What this person typed into this piece and neither saved nor put aside, the newest first."""
    return list(Buffer.objects.of(by, piece).exclude(typed={}).exclude(tab__startswith=ASIDE))


def differs(row: Buffer, piece: Article) -> bool:
    """Whether saving what was typed would change anything."""
    data = as_data(row, piece)
    form = TextForm(data, instance=piece)
    words = PictureWords(data, queryset=piece.pictures.all(), prefix="pictures")
    return bool(set(form.changed_data) & set(FIELDS)) or any(row.has_changed() for row in words.forms)


def found(piece: Article, *, by, typed_pk: str) -> Buffer | None:
    """One of them by its number in an address, also one that was put aside."""
    return Buffer.objects.of(by, piece).exclude(typed={}).filter(pk=whole(typed_pk) or 0).first()


def put_aside(piece: Article, *, by, typed_pk: str) -> Buffer | None:
    """Show the saved text again from now on. What was typed stays within reach until it is swept."""
    row = found(piece, by=by, typed_pk=typed_pk)
    if row is not None:
        _put_aside(Buffer.objects.filter(pk=row.pk))
    return row


def _put_aside(rows: QuerySet[Buffer]) -> None:
    rows.exclude(tab__startswith=ASIDE).update(tab=Concat(Value(ASIDE), Cast("pk", CharField())))


def sweep() -> None:
    """Forget what has been left alone for a month, and with it what belongs to pieces that are no longer its writer's
    to change: it is shown to nobody before that, and comes back with the piece if that does."""
    old = Buffer.objects.filter(kept_at__lt=clock.now() - KEPT_FOR)
    if old.exists():
        old.delete()


def as_data(row: Buffer, piece: Article) -> QueryDict:
    """What was typed as a form's data, against what the writer had opened. Pictures that came since are among them."""
    data = QueryDict(mutable=True)
    data.update({name: getattr(piece, name) for name in ("response_kind", "language")})  # what older sheets did not ask
    data.update({name: value.replace("\r\n", "\n") for name, value in row.typed.items() if name in FIELDS})
    words = _words(row.typed)
    pictures = list(piece.pictures.all())
    data.update({"pictures-TOTAL_FORMS": str(len(pictures)), "pictures-INITIAL_FORMS": str(len(pictures))})
    for place, picture in enumerate(pictures):
        given = words.get(str(picture.pk), _as_they_are(picture))
        data.update({f"pictures-{place}-{name}": value for name, value in given.items()})
        data[f"pictures-{place}-id"] = str(picture.pk)
    data.update({"save_number": str(row.save_number), "opened": str(row.opened_id or ""), "recovered": str(row.pk)})
    return data


def _words(typed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The words that were typed for each picture, by its number."""
    rows: dict[str, dict[str, str]] = {}
    for name, value in typed.items():
        prefix, _, field = name.removeprefix("pictures-").partition("-")
        if name.startswith("pictures-") and prefix.isdigit():
            rows.setdefault(prefix, {})[field] = value
    return {row.pop("id"): row for row in rows.values() if "id" in row}


def _as_they_are(picture) -> dict[str, str]:
    values = {name: getattr(picture, name) for name in writing.PICTURE}
    return {name: "on" if value is True else str(value) for name, value in values.items() if value not in (None, False)}
