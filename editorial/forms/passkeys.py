"""What a browser says of a passkey. It may be written by hand: what makes no sense is a wrong key, not our error."""

import struct
from typing import Any

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
    SignupWebAuthnForm,
)
from django import forms

from editorial.accounts import WRONG_CODE

# What the libraries raise of a credential that lacks a part, or has another in its place.
NONSENSE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error)


class _Shown:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NONSENSE:
            raise forms.ValidationError(WRONG_CODE) from None


class _Made:
    def clean(self) -> dict:
        try:
            return super().clean()  # type: ignore[misc]
        except NONSENSE:
            raise forms.ValidationError(WRONG_CODE) from None


class AuthenticateForm(_Shown, AuthenticateWebAuthnForm):
    pass


class LoginForm(_Shown, LoginWebAuthnForm):
    pass


class ReauthenticateForm(_Shown, ReauthenticateWebAuthnForm):
    pass


class AddForm(_Made, AddWebAuthnForm):
    pass


class SignupForm(_Made, SignupWebAuthnForm):
    pass
