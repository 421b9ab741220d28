"""The sheet: the page on which a text is written, the same for its author and its editor."""

from collections.abc import Callable

from django.http import HttpRequest

from articles.models import Article, Picture
from editorial import diff, uploads
from editorial.forms import PictureWords, TextForm
from editorial.refusal import Conflict, Refused
from editorial.writing import PICTURE
from network import markup, pictures


class Sheet:
    """A piece's text and pictures as forms; what was typed stays in them whatever happens."""

    def __init__(self, piece: Article, request: HttpRequest):
        self.piece, self.request = piece, request
        data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        self.form = TextForm(*data, instance=piece)
        self.words = PictureWords(data[0], queryset=piece.pictures.all(), prefix="pictures")
        self.refusals: list[str] = []
        self.theirs: list[tuple[str, str]] = []

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

    def _write(self, write: Callable[..., Article]) -> None:
        changes = self.form.changes() | {"pictures": self._words()}
        if added := self._uploaded():
            changes["lead"] = changes["lead"] or added
        write(self.piece, changes, by=self.request.user, save_number=self.form.cleaned_data["save_number"])

    def _words(self) -> dict[str, dict[str, object]]:
        return {
            form.instance.reference: {name: form.cleaned_data[name] for name in PICTURE}
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
        """Show what the other person saved against what was typed here, and let this one save over it knowingly."""
        current = Article.objects.get(pk=self.piece.pk)
        self.refusals = conflict.sentences
        mine = self.form.changes()
        for title, name in (("Headline", "headline"), ("Dek", "dek"), ("Text", "body")):
            if (saved := getattr(current, name)) != mine[name]:
                self.theirs.append((title, markup.difference(diff.by_words(saved, mine[name]))))
        data = self.request.POST.copy()
        data["save_number"] = str(current.save_number)
        self.form.data = data

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
        return {
            "article": self.piece,
            "form": self.form,
            "pictures": self.words,
            "preview": preview,
            "refusals": self.refusals,
            "theirs": self.theirs,
            "count": count,
        }
