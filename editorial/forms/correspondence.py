"""What readers fill in to write to an author or to the desk, and what these fill in to answer."""

import re
from typing import Any

from django import forms

from articles.models import Article, Publication
from editorial import intake
from editorial.forms.byline import Address, Name
from editorial.models import Outcome
from editorial.models.correspondence import Topic

LONGEST = 20_000
QUICK = "That was very quick, as programs are. If you are a person, press the button once more: nothing is lost."
OLD = "This page was opened a while ago. Nothing is lost: look at what you wrote, and press the button once more."
SLUG = re.compile(r"/articles/([-\w]+)/?")
DESK = "desk"


class Written(forms.CharField):
    """Text as somebody typed it, its line breaks the same from every browser."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


def letter(label: str, missing: str, *, rows: int = 8, most: int = LONGEST, **more: Any) -> Written:
    return Written(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
        **more,
    )


class ReaderForm(forms.Form):
    """Who writes, and what keeps programs out. `room` names the form, so that the word of one does not open another;
    `website` is a trap: people do not see it."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(
        label="Leave this empty",
        required=False,
        help_text="Only programs fill this in. If it is filled in, please empty it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, room: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room
        self.initial["opened"] = intake.opened(room)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("This has to stay empty. Please empty it and send the form again.")
        return ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        age = intake.seconds_open(data.get("opened", ""), self.room)
        if age is None:
            self.data = {**self.data.dict(), self.add_prefix("opened"): self.initial["opened"]}  # type: ignore[attr-defined]
            self.add_error(None, OLD)
        elif age < intake.FAST:
            self.add_error(None, QUICK)
        return data


class SignedForm(ReaderForm):
    """With a name and an address, which come last: first what somebody wants to say."""

    name = Name(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Give your name, as you sign a letter."},
    )
    email = Address(
        label="Your e-mail address",
        help_text="We send you a letter to confirm it. Only the desk sees it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Give an address at which you can be answered."},
    )


class AuthorLetterForm(SignedForm):
    """To one of a piece's authors. Without an author who can be reached, it goes to the desk."""

    author = forms.ChoiceField(label="To", widget=forms.RadioSelect, error_messages={"required": "Choose to whom."})
    text = letter(
        "Your letter", "Write your letter.", help_text="Say which passage you mean, and how you know what you know."
    )
    may_be_published = forms.BooleanField(label="It may be published as a letter, with my name", required=False)
    field_order = ["author", "text", "may_be_published", "name", "email"]

    def __init__(self, *args, choices: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["author"].choices = choices  # type: ignore[attr-defined]
        if choices[0][0] != DESK:
            self.fields["email"].help_text = "We send you a letter to confirm it. The author does not see it."
        if len(choices) == 1:
            del self.fields["author"]


class ContactForm(SignedForm):
    topic = forms.ChoiceField(
        label="What it is about",
        choices=[(topic, topic.label) for topic in (Topic.PUBLICATION, Topic.PIECE, Topic.PRIVACY, Topic.GENERAL)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is about."},
    )
    piece = forms.CharField(
        label="Which piece, if it is about one",
        required=False,
        max_length=300,
        help_text="Its address, or its headline.",
    )
    text = letter("Your letter", "Write your letter.")
    field_order = ["topic", "piece", "text", "name", "email"]

    def clean_piece(self) -> str:
        return " ".join(self.cleaned_data["piece"].split())

    def said(self) -> dict[str, Any]:
        """With the piece that was named, where it is one; else its name stands above the letter."""
        typed, text = self.cleaned_data["piece"], self.cleaned_data["text"]
        found = SLUG.search(typed)
        article = Article.objects.live().filter(slug=found[1]).first() if found else None
        if typed and article is None:
            text = f"About: {typed}\n\n{text}"
        return {"article": article, "text": text, "topic": Topic(self.cleaned_data["topic"])}


class CorrectionForm(SignedForm):
    quote = letter(
        "The passage",
        "Copy the passage that is wrong.",
        rows=3,
        most=2_000,
        help_text="Copied from the piece, as it stands there.",
    )
    wrong = letter("What is wrong with it", "Say what is wrong.", rows=4, most=5_000)
    right = letter("What is right", "", rows=3, most=5_000, required=False)
    source = letter(
        "Where that can be read",
        "",
        rows=2,
        most=2_000,
        required=False,
        help_text="An address, a book, a document, or how you know. With a source it goes faster.",
    )
    field_order = ["quote", "wrong", "right", "source", "name", "email"]

    def said(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("quote", "wrong", "right", "source")}


class ReaderAnswerForm(ReaderForm):
    text = letter("Your answer", "Write your answer.")


class LetterAnswerForm(forms.Form):
    text = letter("Your answer", "Write your answer.", help_text="Sent to the reader by mail, without your address.")


class ReportForm(forms.Form):
    why = letter("What is wrong with it", "Say what is wrong, so that the desk knows.", rows=4, most=2_000)


class OutcomeForm(forms.Form):
    """How a request for a correction ends: in words, and with the published version that did it."""

    outcome = forms.ChoiceField(
        choices=[choice for choice in Outcome.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it."},
    )
    publication = forms.ModelChoiceField(
        Publication.objects.none(),
        required=False,
        label="The published version that did it",
        empty_label="None: nothing changed",
    )
    words = letter(
        "The answer", "Say in words what you did, or why nothing changes.", rows=5, most=5_000,
        help_text="The reader gets it by mail, and reads it on the page of their request.",
    )  # fmt: skip

    def __init__(self, *args, piece: Article, **kwargs):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["publication"]
        field.queryset = piece.publications.filter(number__gt=1).select_related("revision").order_by("-number")
        field.label_from_instance = lambda row: f"Version {row.number}, {row.get_kind_display().lower()}"
