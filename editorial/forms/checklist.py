from collections.abc import Iterator

from django import forms

from editorial.checklist import Line
from editorial.models import State

ASIDE = ("", "Leave it as it is")


class ChecklistForm(forms.Form):
    """For each item: what the editor says of it, and why, where it does not apply or opens again."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, lines: list[Line], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            states = [ASIDE, *(state for state in State.choices if state[0] != State.OPEN or not line.is_open)]
            self.fields[f"{line.item.key}-state"] = forms.ChoiceField(
                choices=states, required=False, widget=forms.RadioSelect, label=line.item.words
            )
            self.fields[f"{line.item.key}-reason"] = forms.CharField(
                required=False, max_length=300, label=f"Why, unless it is done: {line.item.words}"
            )

    def rows(self) -> Iterator[tuple[Line, forms.BoundField, forms.BoundField]]:
        for line in self.lines:
            yield line, self[f"{line.item.key}-state"], self[f"{line.item.key}-reason"]

    def clean(self) -> dict[str, object]:
        for key, (state, reason) in self.said().items():
            if state != State.DONE and not reason:
                self.add_error(f"{key}-reason", "Say why.")
        return self.cleaned_data

    def said(self) -> dict[str, tuple[str, str]]:
        """By key, the state and the reason, of those items that the editor says something of."""
        typed = {
            line.item.key: tuple(self.cleaned_data.get(f"{line.item.key}-{name}", "") for name in ("state", "reason"))
            for line in self.lines
        }
        return {key: (state, reason.strip()) for key, (state, reason) in typed.items() if state}
