"""A new password, asked once: a browser shows what was typed, and a mistake is mended by mail."""

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SetPasswordForm


class ChangeForm(ChangePasswordForm):
    password2 = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label, self.fields["password1"].label = "Your password now", "Your new password"


class FirstForm(SetPasswordForm):
    password2 = None


class ResetForm(ResetPasswordKeyForm):
    password2 = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Your new password"
