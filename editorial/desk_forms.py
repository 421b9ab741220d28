"""What the desk fills in on a step's own page."""

from datetime import UTC

from django import forms

from articles.models import Article, Tag
from articles.models.publication import Kind
from editorial.checklist import CHECKLIST
from editorial.models import Comment
from editorial.workflow import Step

KINDS = [(kind.value, kind.label) for kind in (Kind.MINOR, Kind.UPDATE, Kind.CLARIFICATION, Kind.CORRECTION)]
MINOR_IS = (
    "Minor is at most 15 words and 3 % of the text, and no number, date, name, quotation, negation or link; it is "
    "checked. Every other kind needs a notice."
)
NOTE_LABELS = {"decline": "Your letter to the author", "ask_changes": "A word to go with your comments"}


class StepForm(forms.Form):
    """The hash of the text on the screen, a note, and what this one step asks for."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 6, "cols": 70}))

    def __init__(self, *args, step: Step, piece: Article, **kwargs):
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields["note"].label = NOTE_LABELS.get(step.name, "Note for the trail")
        if step.needs_note:
            self.fields["note"].help_text = step.needs_note
        if step.name == "approve":
            items = [(item.key, item.words) for item in CHECKLIST]
            self.fields["checklist"] = forms.MultipleChoiceField(
                choices=items, required=False, widget=forms.CheckboxSelectMultiple, label="You vouch that"
            )
        if step.name == "schedule":
            self.fields["at"] = forms.DateTimeField(
                label="Readers see it from (UTC)",
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            )
        if step.name == "publish" and piece.is_amendment:
            self.fields["kind"] = forms.ChoiceField(
                label="Kind of change", choices=KINDS, widget=forms.RadioSelect, help_text=MINOR_IS
            )
            self.fields["notice"] = forms.CharField(
                label="Notice for readers", required=False, widget=forms.Textarea(attrs={"rows": 3, "cols": 70})
            )
        self.order_fields(["checklist", "kind", "notice", "at", "note"])

    def data_for_step(self) -> dict[str, object]:
        """What `take` is given besides the note."""
        names = {"approve": ("checklist", "seen"), "schedule": ("at",), "publish": ("kind", "notice")}
        data = {name: self.cleaned_data[name] for name in names.get(self.step.name, ()) if name in self.cleaned_data}
        if "seen" in data:
            data["seen"] = data["seen"] or "nothing"  # an approval of a text that no page has shown is refused
        if at := data.get("at"):
            data["at"] = at.astimezone(UTC)
        return data


class DeskCommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = ["text", "is_shared", "is_blocking"]
        labels = {
            "text": "Comment",
            "is_shared": "The author sees it",
            "is_blocking": "Nothing is published while it is open",
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "cols": 70})}


class DetailsForm(forms.ModelForm):
    """What the desk decides beside the text."""

    tags = forms.ModelMultipleChoiceField(Tag.objects.all(), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Article
        fields = ["slug", "tags", "embargo_until", "is_on_legal_hold"]
        labels = {"slug": "Address", "embargo_until": "Embargo until (UTC)"}
        help_texts = {"slug": "The last part of the piece's address. A published address redirects for ever."}
        field_classes = {"embargo_until": forms.DateTimeField}
        widgets = {"embargo_until": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}

    def __init__(self, *args, may_hold: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_hold:
            del self.fields["is_on_legal_hold"]

    def _post_clean(self) -> None:
        """Check uniqueness, but leave the piece to `writing.set_details`."""
        slug = self.cleaned_data.get("slug", "")
        if slug and Article.objects.filter(slug=slug).exclude(pk=self.instance.pk).exists():
            self.add_error("slug", "Another piece has this address.")
        if not slug and self.instance.live_id:
            self.add_error("slug", "A published piece keeps an address.")
