"""What the desk fills in on a step's own page."""

from datetime import UTC

from django import forms

from articles.models import Article, Tag
from articles.models.notice import Basis
from articles.models.publication import Kind, Severity
from editorial import assignment, checklist, diff, letters
from editorial.forms.text import RESPONDED
from editorial.models import Announcement, Comment, Priority
from editorial.workflow import Step

UNANNOUNCED = (Kind.UPDATE, Kind.CLARIFICATION)
MINOR_IS = (
    "Minor is at most 15 words and 3 % of the text, and no number, date, name, quotation, negation or link; it is "
    "checked. Every other kind needs a notice."
)
NOTE_LABELS = {
    "decline": "Your letter to the author",
    "kill": "Your letter to the author",
    "ask_changes": "A word to go with your comments",
    "override": "The reason, as readers will see it",
    "check_in": "The reason, for whoever has the text",
    "hand_over": "A word for the other editor",
}
CORRECTED = ("severity", "place", "wrong", "right")
LACKING_OF_CORRECTION = {
    "severity": "Say how much it mattered.",
    "wrong": "Give the words as they stood.",
    "right": "Give the right words.",
}
ASKED = {
    "challenge": ("notice",),
    "clear": ("notice",),
    "retract": ("notice", "says", "keeps_text"),
    "reinstate": ("notice",),
    "remove": ("notice", "basis"),
    "merge": ("notice", "into"),
}


FOUND = "What was found. It stands, dated, above the text of the piece, and where readers see how it got here."


class Keys(forms.MultipleChoiceField):
    """Any key: what somebody else ticked meanwhile is asked no more, and is no mistake."""

    def valid_value(self, value: str) -> bool:
        return True


class StepForm(forms.Form):
    """The hash of the text on the screen, a note, and what this one step asks for."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 6, "cols": 70}))

    def __init__(self, *args, step: Step, piece: Article, **kwargs):
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields["note"].label = NOTE_LABELS.get(step.name, "Note for the trail")
        if step.name in letters.OF_STEP:
            self.fields["note"].widget.attrs["rows"] = 12
        if step.needs_note:
            self.fields["note"].help_text = step.needs_note
        if step.name == "approve":
            items = [(line.item.key, line.item.words) for line in checklist.open_lines(piece)]
            self.fields["checklist"] = Keys(
                choices=items,
                required=False,
                widget=forms.CheckboxSelectMultiple if items else forms.MultipleHiddenInput,
                label="You vouch that",
            )
        if step.name == "schedule":
            self.fields["at"] = forms.DateTimeField(
                label="Readers see it from (UTC)",
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            )
        self._ask_of_change(piece)
        self.order_fields(["checklist", "kind", "notice", *CORRECTED, "at", "note"])

    def _ask_of_change(self, piece: Article) -> None:
        """What kind it is and what readers are told, until that is announced."""
        told = piece.announcements.standing()
        is_asked = self.step.name == "announce" or (self.step.name == "publish" and not told)
        if is_asked and piece.is_amendment:
            reasons = diff.why_not_minor(piece.live.revision.package(), piece.package()) if piece.live else []
            said = f"This change is {'not minor: ' + '; '.join(reasons) if reasons else 'minor'}."
            self.fields["kind"] = forms.ChoiceField(
                label="Kind of change",
                choices=[(kind.value, kind.label) for kind in self._kinds(told, is_minor=not reasons)],
                widget=forms.RadioSelect,
                help_text=f"{MINOR_IS} {said}",
                error_messages={"invalid_choice": f"It cannot be of this kind here. {said}"},
            )
            self.fields["notice"] = forms.CharField(
                label="Notice for readers", required=False, widget=forms.Textarea(attrs={"rows": 3, "cols": 70})
            )
            self.fields |= _correction_fields() if self.step.name == "announce" else {}

    def _kinds(self, told: Announcement | None, *, is_minor: bool) -> list[Kind]:
        """A correction is announced to its author first, so it cannot be published unannounced. Of a minor change there
        is nothing to announce, but that what was announced before is taken back."""
        if self.step.name == "publish":
            return [Kind.MINOR, *UNANNOUNCED] if is_minor else [*UNANNOUNCED]
        takes_back = is_minor and told and not told.is_silent
        return [*([Kind.MINOR] if takes_back else []), *UNANNOUNCED, Kind.CORRECTION]

    def clean(self) -> dict[str, object]:
        """The step refuses all of this too. Here each sentence stands once, where it can be mended."""
        data = super().clean() or {}
        if self.step.needs_note and "note" in data and not data["note"]:
            self.add_error("note", self.step.needs_note)
            self["note"].help_text = ""
        if data.get("kind") == Kind.CORRECTION:
            for name, sentence in LACKING_OF_CORRECTION.items():
                if not data.get(name):
                    self.add_error(name, sentence)
        return data

    def data_for_step(self) -> dict[str, object]:
        """What `take` is given besides the note."""
        names = {
            "approve": ("checklist", "seen"),
            "override": ("seen",),
            "schedule": ("at",),
            "announce": ("kind", "notice"),
            "publish": ("kind", "notice"),
        }
        data = {name: self.cleaned_data[name] for name in names.get(self.step.name, ()) if name in self.cleaned_data}
        if "seen" in data:
            data["seen"] = data["seen"] or "nothing"  # an approval of a text that no page has shown is refused
        if at := data.get("at"):
            data["at"] = at.astimezone(UTC)
        if data.get("kind") == Kind.CORRECTION:
            data["correction"] = {name: self.cleaned_data[name] for name in CORRECTED if self.cleaned_data[name]}
        return data


def _correction_fields() -> dict[str, forms.Field]:
    """What readers are told of a correction beside its notice."""
    lines = forms.Textarea(attrs={"rows": 2, "cols": 70})
    return {
        "severity": forms.ChoiceField(
            label="A correction: how much did it matter?",
            choices=Severity.choices,
            required=False,
            widget=forms.RadioSelect,
        ),
        "place": forms.CharField(
            label="A correction: where was it?",
            max_length=200,
            required=False,
            help_text="As in “the third paragraph”.",
        ),
        "wrong": forms.CharField(
            label="A correction: what did it say?",
            max_length=1_000,
            required=False,
            help_text="The words as they stood, without “It said”.",
            widget=lines,
        ),
        "right": forms.CharField(label="A correction: what is right?", max_length=1_000, required=False, widget=lines),
    }


class StandingForm(StepForm):
    """What readers are told when a published piece is challenged or taken back. Where a proposal waits for its second
    person, nothing is filled in any more: it is confirmed as it stands."""

    proposal = forms.IntegerField(widget=forms.HiddenInput, required=False)
    notice = forms.CharField(
        label="What readers are told",
        help_text="What happened, and why. It stands at the piece's address, with the date.",
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
    )
    says = forms.CharField(
        label="Who retracts it", max_length=200, help_text="As in “its author and the network”. Readers see it."
    )
    keeps_text = forms.TypedChoiceField(
        label="The text",
        choices=[("yes", "Stays readable, marked as retracted"), ("no", "Is no longer shown")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    basis = forms.ChoiceField(label="On what basis", choices=Basis.choices, widget=forms.RadioSelect)
    into = forms.CharField(label="The address of the other piece", help_text="A piece that is live now.")

    def __init__(self, *args, step: Step, piece: Article, **kwargs):
        super().__init__(*args, step=step, piece=piece, **kwargs)
        if step.name in ("clear", "reinstate"):
            self.fields["notice"].help_text = FOUND
        self.waiting = piece.proposals.open().select_related("proposed_by", "into").first()
        asked = () if self.waiting else ASKED[step.name]
        for name in set(ASKED["retract"] + ASKED["remove"] + ASKED["merge"]) - set(asked):
            del self.fields[name]
        self.initial["proposal"] = self.waiting.pk if self.waiting else None
        self.order_fields([*asked, "note"])

    def clean_into(self) -> Article:
        match = RESPONDED.fullmatch(self.cleaned_data["into"].strip())
        found = Article.objects.live().filter(slug=match[1]).first() if match else None
        if found is None:
            raise forms.ValidationError("No published piece has this address. Copy it from the piece's page.")
        return found

    def data_for_step(self) -> dict[str, object]:
        names = ["proposal"] if self.waiting else [*ASKED[self.step.name]]
        return {name: self.cleaned_data[name] for name in names}


class HandOverForm(StepForm):
    to = forms.TypedChoiceField(label="To which editor", coerce=int)

    def __init__(self, *args, step: Step, piece: Article, **kwargs):
        super().__init__(*args, step=step, piece=piece, **kwargs)
        self.editors = {editor.pk: editor for editor in assignment.others(piece)}
        names = [(str(pk), assignment.name(editor)) for pk, editor in self.editors.items()]
        self.fields["to"].choices = [("", "Choose an editor"), *names]  # type: ignore[attr-defined]
        if not names:
            self.fields["to"].help_text = "No other editor can decide on this piece now."
        self.order_fields(["to", "note"])

    def data_for_step(self) -> dict[str, object]:
        return {"to": self.editors[self.cleaned_data["to"]]}


class AssignForm(StepForm):
    due_on = forms.DateField(
        label="Due on",
        required=False,
        help_text="The day by which the desk means to be done with it, or none. The author is not told.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args, step: Step, piece: Article, **kwargs):
        super().__init__(*args, step=step, piece=piece, **kwargs)
        if submission := piece.submissions.open().first():
            self.initial["due_on"], self.initial["priority"] = submission.due_on, submission.priority
        self.order_fields(["due_on", "priority", "note"])

    def data_for_step(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in ("due_on", "priority")}


def form_for(step: Step) -> type[StepForm]:
    own = {"hand_over": HandOverForm, "assign": AssignForm}
    return StandingForm if step.name in ASKED else own.get(step.name, StepForm)


class DeskCommentForm(forms.ModelForm):
    """What stands around the passage is cut to its length where it is kept: a browser sends a line break as two."""

    prefix = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)  # type: ignore[assignment]
    suffix = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    class Meta:
        model = Comment
        fields = ["quote", "text", "is_shared", "is_blocking"]
        labels = {
            "quote": "Which passage? Copy its words, or leave it empty",
            "text": "Comment",
            "is_shared": "The author sees it",
            "is_blocking": "Nothing is published while it is open",
        }
        help_texts = {"is_shared": "They get it by mail, at once or once a day as they chose."}
        widgets = {
            "quote": forms.Textarea(attrs={"rows": 2, "cols": 70}),
            "text": forms.Textarea(attrs={"rows": 4, "cols": 70}),
        }


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
