"""What somebody else saved meanwhile against what was typed here: each field put together, or a choice to make.

Every choice is named by what it is about, so that an answer still counts when the page is asked again, and stops to
count once either side has changed.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from articles.models import Article, Picture, Revision, Section
from articles.status import Label, ResponseKind
from editorial import diff
from editorial.forms.text import TextForm
from editorial.merging import Conflict, Part, Patience, joined, merge
from editorial.writing import PICTURE
from network import languages, markup

TEXTS = {"headline": "Headline", "dek": "Dek", "body": "Text"}
NAMED = {
    "label": "Label",
    "section": "Section",
    "responds_to": "In response to",
    "response_kind": "Kind of response",
    "language": "Language",
    "lead": "Lead picture",
}
CHOICES = dict(Label.choices) | dict(ResponseKind.choices) | languages.NAMES
NOT_KNOWN = object()
LOOKING = 1.0  # seconds for showing what differs


@dataclass
class Choice:
    """A passage or a field that both changed: yours, theirs or both."""

    key: str
    title: str
    mine: SafeString | str
    theirs: SafeString | str
    is_text: bool
    chosen: str = ""
    is_missing: bool = False


@dataclass
class Field:
    """One field of the sheet, in the three versions that a form would send."""

    name: str
    title: str
    parts: list[Part]
    mine: str
    is_text: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def value(self, choices: Mapping[str, str]) -> str:
        """What the field holds once each conflict is decided; an open one leaves mine."""
        settled = [part if isinstance(part, str) else _decided(part, choices, self) for part in self.parts]
        return joined(settled) if self.name == "body" else " ".join(settled)

    def conflicts(self) -> list[Conflict]:
        return [part for part in self.parts if isinstance(part, Conflict)]


def _decided(conflict: Conflict, choices: Mapping[str, str], of: Field) -> str:
    chosen = choices.get(_key(of.name, conflict))
    if chosen == "both" and of.is_text:
        return (joined if of.name == "body" else " ".join)([conflict.mine, conflict.theirs])
    return conflict.theirs if chosen == "theirs" else conflict.mine


def _key(name: str, conflict: Conflict) -> str:
    told = f"{name}\0{conflict.base}\0{conflict.mine}\0{conflict.theirs}"
    return "choice-" + hashlib.sha256(told.encode()).hexdigest()[:16]


class Comparison:
    """A form that was sent too late, the text it began from (`base`, if that is known) and what is saved now."""

    def __init__(self, form: TextForm, words, base: Revision | None, current: Article, answers: Mapping[str, str]):
        self.current, self.answers = current, answers
        self.saved = current.revisions.order_by("-number").first()
        self.fields = [*_texts(form, base, current), *_named(form, base, current), *_pictures(words, base, current)]
        self.patience = Patience(LOOKING)
        self.was_asked = any(name.startswith("choice-") for name in answers) or "together" in answers
        self.choices = list(self._choices())

    @property
    def is_settled(self) -> bool:
        return all(choice.chosen for choice in self.choices)

    def data(self) -> dict[str, str]:
        """The merged sheet, on top of what is saved now."""
        values = {one.name: one.value(self.answers) for one in self.fields}
        return values | {
            "save_number": str(self.current.save_number),
            "opened": str(self.saved.pk if self.saved else ""),
        }

    def came_in(self) -> list[tuple[str, SafeString | str]]:
        """What of theirs was taken over without a question."""
        changed = ((one, one.value({})) for one in self.fields)
        return [
            (one.title, self._difference(one.mine, merged) if one.is_text else one.names.get(merged, merged))
            for one, merged in changed
            if merged != one.mine
        ]

    def _choices(self) -> Iterator[Choice]:
        for one in self.fields:
            for conflict in one.conflicts():
                key = _key(one.name, conflict)
                mine, theirs = (self._side(one, conflict.base, side) for side in (conflict.mine, conflict.theirs))
                known = {"mine", "theirs", "both"} if one.is_text else {"mine", "theirs"}
                chosen = self.answers.get(key, "") if self.answers.get(key) in known else ""
                is_missing = self.was_asked and not chosen
                yield Choice(key, one.title, mine, theirs, one.is_text, chosen, is_missing)

    def _side(self, one: Field, base: str, side: str) -> SafeString | str:
        return self._difference(base, side) if one.is_text else one.names.get(side, side) or "nothing"

    def _difference(self, old: str, new: str) -> SafeString:
        return markup.difference(diff.by_words(old, new, seconds=self.patience.left()))


def _texts(form: TextForm, base: Revision | None, current: Article) -> Iterator[Field]:
    changes = form.changes()
    for name, title in TEXTS.items():
        mine, before = changes[name], getattr(base, name) if base else None
        yield Field(name, title, merge(before, mine, getattr(current, name)), mine, is_text=True)


def _named(form: TextForm, base: Revision | None, current: Article) -> Iterator[Field]:
    """The fields that hold a choice, as their form sends them."""
    changes, lead = form.changes(), base.lead if base else None
    begun = base or current
    trios = {
        "label": (begun.label, changes["label"], current.label),
        "section": (begun.section, changes["section"], current.section),
        "responds_to": (begun.responds_to, changes["responds_to"], current.responds_to),
        "response_kind": (begun.response_kind, changes["response_kind"], current.response_kind),
        "language": (begun.language, changes["language"], current.language),
        "lead": (_picture(current, lead), changes["lead"], current.lead_picture),
    }
    for name, trio in trios.items():
        names = {_sent(value): _said(value) for value in trio}
        before, mine, theirs = (_sent(value) for value in trio)
        yield Field(name, NAMED[name], _settled(before if base else NOT_KNOWN, mine, theirs), mine, names=names)


def _picture(piece: Article, image: Mapping | None) -> Picture | None:
    return piece.pictures.filter(reference=image["reference"]).first() if image else None


def _sent(value: object) -> str:
    if isinstance(value, Article):
        return value.get_absolute_url()
    return str(value.pk) if isinstance(value, Section | Picture) else str(value or "")


def _said(value: object) -> str:
    return str(CHOICES.get(value, value or "") if isinstance(value, str) else value or "")


def _settled(base: object, mine: str, theirs: str) -> list[Part]:
    if theirs in (mine, base):
        return [mine]
    return [theirs] if mine == base else [Conflict("", mine, theirs)]


def _pictures(words, base: Revision | None, current: Article) -> Iterator[Field]:
    """The words of each picture. What a picture outside the text said when the form was opened is not known."""
    before = {image["reference"]: image for image in base.images} if base else {}
    saved = {picture.pk: picture for picture in current.pictures.all()}
    for form in words.forms:
        picture = saved[form.instance.pk]
        frozen = before.get(picture.reference, {})
        for name in PICTURE:
            mine, theirs = (_ticked(value) for value in (form.cleaned_data[name], getattr(picture, name)))
            begun = frozen.get(name.removeprefix("is_"), NOT_KNOWN)
            begun = begun if begun is NOT_KNOWN else _ticked(begun)
            title = f"{form.fields[name].label}: {picture}"
            names = {"on": "yes", "": "no"} if name.startswith("is_") else {}
            yield Field(form.add_prefix(name), title, _settled(begun, mine, theirs), mine, names=names)


def _ticked(value: object) -> str:
    return ("on" if value else "") if isinstance(value, bool) else str(value or "")
