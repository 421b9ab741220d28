"""For whom somebody works, in their own words: the desk's people and authors with one employer are kept apart."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from authors.models import Employment
from editorial.views.own import SignedIn
from editorial.waiting import posted, signed_in


class EmployerForm(forms.ModelForm):
    class Meta:
        model = Employment
        fields = ["employer"]
        labels = {"employer": "For whom do you work?"}
        help_texts = {"employer": "Its whole name, as it writes it itself. One at a time."}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.user = user

    def clean_employer(self) -> str:
        """Compared without case and blanks, as it is kept."""
        name = " ".join(self.cleaned_data["employer"].split())
        if self.instance.user.employments.filter(key=name.casefold()).exists():
            raise forms.ValidationError("That one is listed already.")
        return name


@signed_in
def employers(request: SignedIn) -> HttpResponse:
    """Everybody adds their own; nobody takes their own away, since that would end their own conflict."""
    form = EmployerForm(**posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Kept. From now on it is looked at before anybody judges a piece.")
        return redirect("editorial:employers")
    context = {"form": form, "employments": request.user.employments.all()}
    return render(request, "contribute/employers.html", context)
