"""What people fill in. A form checks what was typed; who may, where and whether it is complete is asked elsewhere."""

import re
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms import inlineformset_factory, modelformset_factory
from django.http import HttpRequest

from articles.models import Article, Picture
from articles.models.article import AiUse, Prior
from authors.models import Author, SocialLink
from editorial.models import Comment
from editorial.models.disclosure import QUESTIONS
from editorial.widgets import MarkdownEditor
from editorial.writing import PICTURE
from network import markup

RESPONDED = re.compile(r"(?:.*/articles/)?([-\w]+)/?")


def posted(request: HttpRequest) -> dict[str, Any]:
    """A form's `data` and `files`: what was posted, also where that is nothing at all; none on a GET."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}


class NewPieceForm(forms.ModelForm):
    class Meta:
        model = Article
        fields = ["headline", "section"]
        help_texts = {"headline": "A working headline; you can change it until you submit."}


class TextForm(forms.ModelForm):
    """The sheet: headline, dek, label, section, text, lead picture. Lenient, because a draft may be unfinished."""

    save_number = forms.IntegerField(widget=forms.HiddenInput)
    responds_to = forms.CharField(
        required=False,
        label="In response to",
        help_text="The address of the piece this answers, if it is a response.",
    )
    lead = forms.ModelChoiceField(
        Picture.objects.none(), required=False, label="Lead picture", empty_label="No lead picture"
    )
    upload = forms.FileField(
        required=False,
        label="Add a picture",
        help_text="JPEG, PNG, WebP, AVIF or GIF, at most 15 MB. It becomes the lead picture if there is none yet.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"}),
    )

    class Meta:
        model = Article
        fields = ["headline", "dek", "label", "section", "responds_to", "body"]
        widgets = {"dek": forms.Textarea(attrs={"rows": 2}), "headline": forms.TextInput(attrs={"size": 60})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        piece = self.instance
        self.fields["body"] = forms.CharField(
            required=False, label="Text", max_length=markup.LIMIT, strip=False, widget=MarkdownEditor(piece.pk)
        )
        self.fields["lead"].queryset = piece.pictures.all()  # type: ignore[attr-defined]
        self.fields["lead"].initial = piece.lead_picture
        self.fields["save_number"].initial = piece.save_number
        self.initial["responds_to"] = piece.responds_to.get_absolute_url() if piece.responds_to else ""

    def clean_responds_to(self) -> Article | None:
        typed = self.cleaned_data["responds_to"].strip()
        if not typed:
            return None
        match = RESPONDED.fullmatch(typed)
        found = Article.objects.live().filter(slug=match[1]).first() if match else None
        if found is None:
            raise forms.ValidationError("No published piece has this address. Copy it from the piece's page.")
        return found

    def changes(self) -> dict[str, Any]:
        names = ("headline", "dek", "label", "section", "responds_to", "body", "lead")
        values = {name: self.cleaned_data[name] for name in names}
        return values | {"body": values["body"].replace("\r\n", "\n")}

    def _post_clean(self) -> None:
        """Leave the piece alone: `writing.save` writes it, and what was typed stays in the form."""


PictureWords: type[forms.BaseModelFormSet] = modelformset_factory(Picture, fields=PICTURE, extra=0, can_delete=False)


class DeclarationsForm(forms.Form):
    """Direct questions with “no” as an explicit answer. Nothing is preselected."""

    ai_use = forms.ChoiceField(label="Was AI used for this piece?", choices=AiUse.choices, widget=forms.RadioSelect)
    ai_tools = forms.CharField(label="Which tools?", max_length=200, required=False)
    has_checked_facts = forms.BooleanField(
        label="I checked every fact and quotation", error_messages={"required": "Please confirm that you checked them."}
    )
    prior = forms.ChoiceField(label="Was it published before?", choices=Prior.choices, widget=forms.RadioSelect)
    prior_url = forms.URLField(label="Where? Give the address", required=False, assume_scheme="https")

    def __init__(self, *args, piece: Article, answers: dict[str, Any] | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.initial.setdefault(name, getattr(piece, name))
        for question in QUESTIONS:
            self._ask(question, (answers or {}).get(question.key))
        self.order_fields([name for question in QUESTIONS for name in (f"q_{question.key}", f"d_{question.key}")])

    def _ask(self, question, answer: dict[str, Any] | None) -> None:
        choices = [("no", "No"), ("yes", "Yes")]
        initial = None if answer is None else "yes" if answer["yes"] else "no"
        self.fields[f"q_{question.key}"] = forms.ChoiceField(
            label=question.words, choices=choices, widget=forms.RadioSelect, initial=initial
        )
        self.fields[f"d_{question.key}"] = forms.CharField(
            label="If yes, who or what?", max_length=300, required=False, initial=(answer or {}).get("detail", "")
        )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each question about interests with the field that says who or what."""
        return [(self[f"q_{question.key}"], self[f"d_{question.key}"]) for question in QUESTIONS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for question in QUESTIONS:
            if data.get(f"q_{question.key}") == "yes" and not data.get(f"d_{question.key}", "").strip():
                self.add_error(f"d_{question.key}", "Say who or what, so that readers can be told.")
        if data.get("prior") == Prior.ELSEWHERE and not data.get("prior_url"):
            self.add_error("prior_url", "Give the address of the earlier publication.")
        if data.get("ai_use") not in (None, AiUse.NONE) and not data.get("ai_tools", "").strip():
            self.add_error("ai_tools", "Name the tools that were used.")
        return data

    def answers(self) -> dict[str, dict[str, Any]]:
        data = self.cleaned_data
        return {
            question.key: {
                "yes": data[f"q_{question.key}"] == "yes",
                "detail": data[f"d_{question.key}"].strip() if data[f"q_{question.key}"] == "yes" else "",
            }
            for question in QUESTIONS
        }

    def declared(self) -> dict[str, Any]:
        names = ("ai_use", "ai_tools", "has_checked_facts", "prior", "prior_url")
        return {name: self.cleaned_data[name] for name in names}


class SubmitForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    terms = forms.CharField(widget=forms.HiddenInput, required=False)
    accept = forms.BooleanField(
        label="I have read the agreement and accept it", error_messages={"required": "Accept the agreement to submit."}
    )

    def __init__(self, *args, needs_agreement: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not needs_agreement:
            del self.fields["accept"]


class NoteForm(forms.Form):
    """The words that go with a step: a letter, a suggestion, a note in the trail."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label="A note, if you like", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 6})
    )


class CommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = ["text"]
        labels = {"text": "Your comment"}
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}


class ProfileForm(forms.ModelForm):
    """How an author is printed. Saving it confirms the bio for a year."""

    portrait = forms.FileField(
        required=False,
        help_text="A picture of you that you may use. It is cropped to a square.",
        widget=forms.FileInput,
    )
    time_zone = forms.ChoiceField(choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())])

    class Meta:
        model = Author
        fields = ["familiar", "role", "bio", "long_bio", "portrait", "portrait_alt", "time_zone"]
        widgets = {
            "bio": forms.Textarea(attrs={"rows": 3, "maxlength": 160}),
            "long_bio": forms.Textarea(attrs={"rows": 6}),
        }


LinkForms: type[forms.BaseInlineFormSet] = inlineformset_factory(
    Author, SocialLink, fields=["site", "handle"], extra=2, can_delete=True
)
