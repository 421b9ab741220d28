"""What readers are told about the pieces of an author who turns out to be made up."""

from django import forms


class FabricationForm(forms.Form):
    notice = forms.CharField(
        label="What readers are told",
        help_text="It stands above each of the pieces, with the date: what is known, and what is being checked.",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 70}),
    )


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="Why the mark was wrong",
        help_text="It stands in the author's history.",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 70}),
    )
