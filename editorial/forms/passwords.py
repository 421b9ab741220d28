"""A new password, asked once: a browser shows what was typed, and a mistake is mended by mail."""

import time

from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, ResetPasswordKeyForm, SetPasswordForm
from django.http import HttpRequest

ALIKE = 0.1  # seconds that asking for a new password takes, for whoever asks and whether there is an account


class ChangeForm(ChangePasswordForm):
    password2 = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label, self.fields["password1"].label = "Your password now", "Your new password"


class FirstForm(SetPasswordForm):
    password2 = None


class AskForm(ResetPasswordForm):
    """By mail. Writing a letter takes some milliseconds, by which an account could be told from none."""

    def save(self, request: HttpRequest, **kwargs) -> str:
        until = time.monotonic() + ALIKE
        try:
            return super().save(request, **kwargs)
        finally:
            time.sleep(max(0.0, until - time.monotonic()))


class ResetForm(ResetPasswordKeyForm):
    password2 = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Your new password"
