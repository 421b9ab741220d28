"""Asking somebody to share a byline."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

NO_ADDRESS = RegexValidator(r"[/@]", "Write a name, without an address.", inverse_match=True)


ONE_WAY = RegexValidator(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]",
    "Write a name without control characters.",
    inverse_match=True,
)
A_HOST = RegexValidator(
    r"\]$", "Write an address with the name of its host, as in name@example.org.", inverse_match=True
)


class Name(forms.CharField):
    """Somebody's name, on one line: it stands in letters to people who never asked for one."""

    default_validators = [NO_ADDRESS, ONE_WAY]

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class Address(forms.EmailField):
    """Where a letter may go: to a host with a name. One with a number, a@[127.0.0.1], may be a machine of ours."""

    default_validators = [*forms.EmailField.default_validators, A_HOST]


class AskForm(forms.Form):
    name = Name(label="Their name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = Address(
        label="Their e-mail address",
        max_length=254,
        help_text="If they write here already, the address of their account.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
