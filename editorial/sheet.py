"""The sheet: the page on which a text is written, the same for its author and its editor."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, QueryDict

from articles.models import Article, Picture
from editorial import buffers, uploads
from editorial.comparison import Comparison
from editorial.forms.pictures import PictureWords
from editorial.forms.text import TextForm
from editorial.models import Buffer
from editorial.refusal import Conflict, Refused
from editorial.waiting import posted
from editorial.writing import FOCUS, PICTURE
from network import markup, pictures


class Sheet:
    """A piece's text and pictures as forms; what was typed stays in them whatever happens.

    They are filled from what was sent; or from what was sent while nobody was signed in; or from the buffer that the
    person left, the newest or the one that the address names; or from what is saved.
    """

    def __init__(self, piece: Article, request: HttpRequest):
        self.piece, self.request = piece, request
        self.refusals: list[str] = []
        self.recovered: Buffer | None = None
        self.others: list[Buffer] = []
        self.comparison: Comparison | None = None
        given = posted(request)
        self.came_back = bool(given) and request.method != "POST"
        self._fill(given or ({"data": self._typed_before()} if request.method == "GET" else {}))

    def _fill(self, given: dict[str, Any]) -> None:
        self.form = TextForm(**given, instance=self.piece)
        self.words = PictureWords(given.get("data"), queryset=self.piece.pictures.all(), prefix="pictures")

    def _typed_before(self) -> QueryDict | None:
        """What this person typed and had not saved; the others wait to be opened by their links."""
        buffers.sweep()
        user, asked = self.request.user, self.request.GET
        waiting = [row for row in buffers.waiting(self.piece, by=user) if buffers.differs(row, self.piece)]
        if "aside" not in asked:
            named = buffers.found(self.piece, by=user, typed_pk=asked.get("buffer", ""))
            self.recovered = named or next(iter(waiting), None)
        self.others = [row for row in waiting if row != self.recovered]
        return buffers.as_data(self.recovered, self.piece) if self.recovered else None

    def save(self, write: Callable[..., Article]) -> bool:
        """Save what was typed by `write`, a new picture with it. False where it is refused or only previewed."""
        if not (self.form.is_valid() and self.words.is_valid()) or "preview" in self.request.POST:
            return False
        try:
            self._write(write)
        except pictures.Refused as refusal:
            self.form.add_error("upload", str(refusal))
            return False
        except markup.TooLong as error:
            self.form.add_error("body", str(error))
            return False
        except Conflict as conflict:
            self._compare(conflict)
            return False
        except Refused as refusal:
            self.refusals = refusal.sentences
            return False
        return True

    def keep(self) -> None:
        """Keep what was typed and refused, so that it is found again once the text is this person's to change."""
        posted = self.request.POST.dict()
        row = buffers.keep_posted(self.piece, by=self.request.user, posted=posted)
        if row is not None:
            self._fill({"data": posted | {"recovered": str(row.pk)}})

    def _write(self, write: Callable[..., Article]) -> None:
        changes = self.form.changes() | {"pictures": self._words()}
        if added := self._uploaded():
            changes["lead"] = changes["lead"] or added
        saved = write(self.piece, changes, by=self.request.user, save_number=self.form.cleaned_data["save_number"])
        buffers.saved(saved, by=self.request.user, posted=self.request.POST.dict())

    def _words(self) -> dict[str, dict[str, object]]:
        return {
            form.instance.reference: {name: form.cleaned_data[name] for name in (*PICTURE, *FOCUS)}
            for form in self.words
            if form.has_changed()
        }

    def _uploaded(self) -> Picture | None:
        if not (upload := self.form.cleaned_data.get("upload")):
            return None
        if uploads.is_over(self.request):
            raise pictures.Refused(uploads.TOO_MANY)
        return Picture.objects.take_in(upload, article=self.piece, by=self.request.user)

    def _compare(self, conflict: Conflict) -> None:
        """Put both texts together. Where a person has to choose, ask; else show the result once more before a save."""
        current = Article.objects.get(pk=self.piece.pk)
        base = buffers.opened(self.piece, self.form.cleaned_data["opened"])
        self.comparison = Comparison(self.form, self.words, base, current, self.request.POST.dict())
        if self.comparison.is_settled:
            data = self.request.POST.dict() | self.comparison.data()
            self._fill({"data": {name: value for name, value in data.items() if not _is_unticked(name, value)}})
        else:
            self.refusals = conflict.sentences

    def _preview(self) -> tuple[str, int]:
        """The text as readers would see it and its words; neither for a text that cannot be laid out."""
        body = self.form["body"].value() or ""
        try:
            return markup.render(body, doc_id="preview", pictures=uploads.sources(self.piece)), markup.words(body)
        except markup.TooLong as error:
            if str(error) not in self.form.errors.get("body", []):
                self.refusals.append(str(error))
            return "", 0

    def context(self) -> dict[str, object]:
        preview, count = self._preview()
        is_get = self.request.method == "GET"
        return {
            "article": self.piece,
            "form": self.form,
            "pictures": self.words,
            "preview": preview,
            "refusals": self.refusals,
            "comparison": self.comparison,
            "recovered": self.recovered,
            "others": self.others,
            "aside": self.request.GET.get("aside", "") if is_get else "",
            "came_back": self.came_back,
            "count": count,
            "minutes": markup.reading_minutes(count),
            "speed": markup.READING_SPEED,
            "whose": buffers.whose(self.request.user),
        }


def _is_unticked(name: str, value: str) -> bool:
    """A box that is not ticked sends nothing."""
    return name.rpartition("-")[2].startswith("is_") and not value
