"""All that is held about a person, for them to take along."""

from tempfile import TemporaryFile

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.models import User
from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from editorial import person
from editorial.views.own import SignedIn
from editorial.waiting import signed_in


@signed_in
@reauthentication_required
def everything(request: SignedIn) -> HttpResponse:
    """What the copy holds and what can be erased; the button makes it. Who sits down at an open browser gets none."""
    if request.method == "POST":
        return download(request.user)
    return render(request, "contribute/everything.html")


def download(who: User) -> HttpResponse:
    packed = TemporaryFile()  # noqa: SIM115 - the answer closes it
    person.pack(who, packed)
    packed.seek(0)
    response = FileResponse(packed, as_attachment=True, filename=f"{who.get_username()}.zip")
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]  # both are answers, and decorators know one of them
