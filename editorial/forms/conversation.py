"""The words that go with a step, comments, and an author’s own edit of a proof."""

from typing import Any

from django import forms

from articles.models import Article
from editorial.conversation import LONGEST, LONGEST_QUOTE
from network import markup


class NoteForm(forms.Form):
    """The words that go with a step: a letter, a suggestion, a note in the trail."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label="A note, if you like", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 6})
    )


class CommentForm(forms.Form):
    """A comment, and the passage it is about: copied by hand, or by selecting it (static/js/passage-comment.js)."""

    quote = forms.CharField(
        label="Which passage? Copy its words",
        help_text="Leave it empty for a comment on the whole piece.",
        required=False,
        max_length=LONGEST_QUOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    prefix = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)  # type: ignore[assignment]
    suffix = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Your comment",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write something first."},
    )


class AnswerForm(forms.Form):
    """An answer to a comment, below it."""

    text = forms.CharField(
        label="Your answer",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write something first."},
    )


class ProofEditForm(forms.ModelForm):
    """What an author may change in a proof by their own hand; the rest they ask for in words."""

    save_number = forms.IntegerField(widget=forms.HiddenInput)
    body = forms.CharField(
        label="Text", max_length=markup.LIMIT, strip=False, widget=forms.Textarea(attrs={"rows": 24})
    )
    note = forms.CharField(
        label="A word to your editor, if you like",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Article
        fields = ["headline", "dek", "body"]
        widgets = {"dek": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["save_number"].initial = self.instance.save_number

    def changes(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return values | {"body": values["body"].replace("\r\n", "\n")}

    def _post_clean(self) -> None:
        """Leave the piece alone: the step writes it, and what was typed stays in the form."""
