"""The questions before a submission, and the agreement."""

from collections.abc import Mapping
from typing import Any

from django import forms

from articles.models import Article
from articles.models.article import AiUse, Canonical, Libel, Prior
from editorial.models.disclosure import QUESTIONS
from editorial.writing import DECLARED, settled

SETTLED = "Readers have the piece already, so this stays as it was."
Pairs = list[tuple[forms.BoundField, forms.BoundField]]


class DeclarationsForm(forms.Form):
    """Direct questions with “no” as an explicit answer. Nothing is preselected that this author has not answered; who
    answered for the whole piece is said beside it, and nobody's tick under the facts counts for somebody else.

    `answers` and `earlier`, another piece for whose whole this author answered, are what they said last time.
    """

    ai_use = forms.ChoiceField(label="Was AI used for this piece?", choices=AiUse.choices, widget=forms.RadioSelect)
    ai_tools = forms.CharField(label="If so, which tools?", max_length=200, required=False)
    has_checked_facts = forms.BooleanField(
        label="I checked every fact and quotation", error_messages={"required": "Please confirm that you checked them."}
    )
    prior = forms.ChoiceField(label="Was it published before?", choices=Prior.choices, widget=forms.RadioSelect)
    prior_url = forms.URLField(label="If elsewhere, at which address?", required=False, assume_scheme="https")
    canonical = forms.ChoiceField(
        label="If elsewhere, which page is the original?",
        help_text="Search engines are sent to that one.",
        choices=Canonical.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    libel = forms.ChoiceField(
        label="Could anybody named in the piece call it defamation?",
        help_text="The desk sees your answer, readers do not. A yes is no refusal: an editor looks at it with you.",
        choices=Libel.choices,
        widget=forms.RadioSelect,
    )
    libel_detail = forms.CharField(
        label="If so, who, and about which passage?",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    has_read = forms.BooleanField(
        label="I have read each answer; it is right for this piece",
        error_messages={"required": "Read each answer, and say that it is right for this piece."},
    )

    def __init__(
        self,
        *args,
        piece: Article,
        answers: Mapping[str, Any] | None = None,
        earlier: Article | None = None,
        is_first: bool,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        for name in DECLARED:
            self.initial.setdefault(name, getattr(piece, name))
        if earlier and not piece.ai_use:
            self.initial.update(ai_use=earlier.ai_use, ai_tools=earlier.ai_tools)
        if earlier and not piece.prior and earlier.prior == Prior.EXCLUSIVE:  # another address is that of another piece
            self.initial["prior"] = earlier.prior
        for name in settled(piece):
            self.fields[name].disabled = True
            self.fields["prior"].help_text = SETTLED
        if is_first:
            self.initial["has_checked_facts"] = False
        for question in QUESTIONS:
            self._ask(question, (answers or {}).get(question.key))
        self.order_fields([name for question in QUESTIONS for name in (f"q_{question.key}", f"d_{question.key}")])

    def _ask(self, question, answer: Mapping[str, Any] | None) -> None:
        choices = [("no", "No"), ("yes", "Yes")]
        initial = None if answer is None else "yes" if answer["yes"] else "no"
        self.fields[f"q_{question.key}"] = forms.ChoiceField(
            label=question.words, choices=choices, widget=forms.RadioSelect, initial=initial
        )
        self.fields[f"d_{question.key}"] = forms.CharField(
            label="If yes, who or what?", max_length=300, required=False, initial=(answer or {}).get("detail", "")
        )

    def pairs(self) -> Pairs:
        """Each question about interests with the field that says who or what."""
        return [(self[f"q_{question.key}"], self[f"d_{question.key}"]) for question in QUESTIONS]

    @property
    def has_errors_on_piece(self) -> bool:
        return any(name in self.errors for name in DECLARED)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for question in QUESTIONS:
            if data.get(f"q_{question.key}") == "yes" and not data.get(f"d_{question.key}", "").strip():
                self.add_error(f"d_{question.key}", "Say who or what, so that readers can be told.")
        if data.get("ai_use") not in (None, AiUse.NONE) and not data.get("ai_tools", "").strip():
            self.add_error("ai_tools", "Name the tools that were used.")
        if data.get("libel") == Libel.YES and not data.get("libel_detail", "").strip():
            self.add_error("libel_detail", "Say who, and about which passage.")
        if data.get("prior") == Prior.ELSEWHERE:
            self._check_earlier(data)
        return data

    def _check_earlier(self, data: Mapping[str, Any]) -> None:
        if not data.get("prior_url") and "prior_url" not in self.errors:
            self.add_error("prior_url", "Give the address of the earlier publication.")
        if not data.get("canonical"):
            self.add_error("canonical", "Say which page is the original.")

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
        """The answers for the whole piece; what only follows from a yes is dropped with a no."""
        data = {name: self.cleaned_data[name] for name in DECLARED}
        if data["prior"] != Prior.ELSEWHERE:
            data |= {"prior_url": "", "canonical": ""}
        if data["libel"] != Libel.YES:
            data["libel_detail"] = ""
        return data


class AgreementForm(forms.Form):
    terms = forms.CharField(widget=forms.HiddenInput)
    accept = forms.BooleanField(
        label="I have read the agreement and accept it", error_messages={"required": "Tick that you accept it."}
    )


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
