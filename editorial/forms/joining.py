"""What people fill in to join, and what editors fill in to let them."""

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest

from authors.models import Application, Author
from editorial import accounts
from editorial.forms.byline import Address, Name

LETTER = forms.Textarea(attrs={"rows": 8, "cols": 70})


class ApplicationForm(forms.ModelForm):
    """`website` is a trap for programs: people do not see it, and are told to leave it alone where they hear it."""

    website = forms.CharField(
        label="Leave this empty",
        required=False,
        help_text="Only programs fill this in. If it is filled in, please empty it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    class Meta:
        model = Application
        fields = ["name", "email", "place", "links", "sample", "why"]
        field_classes = {"name": Name, "email": Address}
        labels = {"name": "Your name", "email": "Your e-mail address"}
        error_messages = {
            "name": {"required": "Give your name."},
            "email": {"required": "Give an address at which we can answer you."},
            "place": {"required": "Say where you live and work; a few words are enough."},
            "sample": {"required": "Add some paragraphs of yours, so that an editor can hear you."},
            "why": {"required": "Say what you would write about."},
        }
        help_texts = {
            "name": "As you would sign a piece.",
            "email": "We answer to it, and show it to nobody but the desk.",
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "links": forms.Textarea(attrs={"rows": 3}),
            "sample": forms.Textarea(attrs={"rows": 10}),
            "why": forms.Textarea(attrs={"rows": 6}),
        }

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("This has to stay empty. Please empty it and send the form again.")
        return ""

    def said(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self) -> None:
        """Leave the record alone: `joining.apply` makes it, and no answer here may tell whether one waits already."""


class DeclineForm(forms.Form):
    words = forms.CharField(
        label="Your letter to them",
        required=False,
        max_length=5_000,
        widget=LETTER,
        help_text="Say why, and what they could do instead. A greeting and thanks are written for you.",
    )


class AcceptForm(forms.Form):
    words = forms.CharField(
        label="A word to them, if you like",
        required=False,
        max_length=2_000,
        widget=LETTER,
        help_text="It goes into the invitation, above the address at which they open their account.",
    )
    author = forms.ModelChoiceField(
        Author.objects.filter(user=None),
        required=False,
        label="Whose record it is",
        empty_label="A new author is made",
        help_text="If the network has printed them before, choose their record, and the account will speak for it.",
    )


class InviteForm(AcceptForm):
    name = Name(label="Name", max_length=120, help_text="As they would sign a piece.")
    email = Address(label="E-mail address", help_text="The account opens for this address only.")
    field_order = ["name", "email", "author", "words"]


class JoinForm(SignupForm):
    """Opens the account of an invitation, for its address whatever is typed. All of it happens, or nothing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        invitation = accounts.invitation(context.request)
        self.fields["email"].label = "E-mail address"
        self.fields["email"].disabled = True  # what a form says about it is not read
        self.initial["email"] = invitation.email if invitation else ""
        if "password1" in self.fields:
            self.fields["password1"].label = "Choose a password"
            self.fields["password1"].widget.attrs.pop("placeholder", None)

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        return super().save(request)
