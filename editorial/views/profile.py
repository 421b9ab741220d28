"""How an author is printed, and how readers can follow them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from authors import views as readers
from authors.models import Author
from editorial import permissions, writing
from editorial.forms.profile import BIO, LinkForms, ProfileForm, links_of
from editorial.views.own import SignedIn
from editorial.waiting import posted, signed_in
from network import clock, pictures


@signed_in
def profile(request: SignedIn) -> HttpResponse:
    author = _own(request)
    form = ProfileForm(**posted(request), instance=_own(request))
    links = LinkForms(**posted(request), initial=links_of(author), prefix="links")
    if request.method == "POST" and form.is_valid() and links.is_valid() and _keep(request, author, form, links):
        messages.success(
            request, "Saved, and your bio is confirmed for a year. Pieces that are signed keep the bio of their day."
        )
        return redirect("editorial:profile")
    context = {"form": form, "links": links, "author": author, "most": BIO}
    return render(request, "contribute/profile.html", context)


@signed_in
def preview(request: SignedIn) -> HttpResponse:
    """The public page as readers see it, or would."""
    return render(request, "contribute/profile_preview.html", readers.as_read(request, _own(request)))


@signed_in
def confirm(request: SignedIn) -> HttpResponse:
    """The bio as it stands, for another year."""
    author = _own(request)
    if request.method == "POST":
        writing.confirm_bio(author)
        messages.success(request, "Your bio is confirmed for another year. Nothing in it changed.")
    return redirect("editorial:profile")


def _own(request: SignedIn) -> Author:
    if not permissions.can_contribute(request.user):
        raise Http404
    return Author.objects.of(request.user).get()


def _keep(request: SignedIn, author: Author, form: ProfileForm, links) -> bool:
    try:
        changes = form.changes() | _portrait(form)
        writing.change_profile(author, changes, links.pairs(), by=request.user)
    except pictures.Refused as refusal:
        form.add_error("portrait", str(refusal))
        return False
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _portrait(form: ProfileForm) -> dict[str, Any]:
    """The columns of a portrait that is new or removed; nothing where it stays."""
    if upload := form.cleaned_data["portrait"]:
        clean = pictures.square(pictures.clean(upload).data)
        kept = form.instance.portrait
        kept.save(f"{clean.sha256}{clean.extension}", ContentFile(clean.data), save=False)
        return {"portrait": kept.name, "portrait_rights_at": clock.now()}
    if form.cleaned_data.get("remove_portrait"):
        return {"portrait": "", "portrait_alt": "", "portrait_rights_at": None}
    return {}
