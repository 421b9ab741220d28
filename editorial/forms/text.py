"""The text of a piece and its pictures."""

import re
from typing import Any

from django import forms

from articles.models import Article, Picture
from editorial.widgets import MarkdownEditor
from network import languages, markup

RESPONDED = re.compile(r"(?:.*/articles/)?([-\w]+)/?")


class NewPieceForm(forms.ModelForm):
    class Meta:
        model = Article
        fields = ["headline", "section"]
        help_texts = {"headline": "A working headline; you can change it until you submit."}


class TextForm(forms.ModelForm):
    """The sheet: headline, dek, label, section, text, lead picture. Lenient, because a draft may be unfinished.

    Hidden in it: the save and the revision that the person had opened, their tab and what it has counted up to, and the
    buffer that filled the form.
    """

    save_number = forms.IntegerField(widget=forms.HiddenInput)
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    tab = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    number = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    recovered = forms.CharField(required=False, widget=forms.HiddenInput)
    responds_to = forms.CharField(
        required=False,
        label="In response to",
        help_text="The address of the piece this answers, if it is a response.",
    )
    language = forms.ChoiceField(
        choices=languages.CHOICES,
        required=False,
        help_text="What the piece is written in. Screen readers and search engines go by it.",
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
        fields = ["headline", "dek", "label", "section", "responds_to", "response_kind", "language", "body"]
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
        self.fields["opened"].initial = piece.revisions.order_by("-number").values_list("pk", flat=True).first()
        self.fields["response_kind"].required = False
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

    def clean_response_kind(self) -> str:
        """As it was, where a form does not send it."""
        return self.cleaned_data["response_kind"] or self.instance.response_kind

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.instance.language

    def changes(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in (*self.Meta.fields, "lead")}
        return values | {"body": values["body"].replace("\r\n", "\n")}

    def _post_clean(self) -> None:
        """Leave the piece alone: `writing.save` writes it, and what was typed stays in the form."""
