"""An author who turns out to be made up: all that readers have of theirs goes under review, in one transaction."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from articles.models import Article
from authors.admin import AuthorAdmin
from authors.models import Author, Status
from editorial import permissions, site, workflow
from editorial.forms.fabrication import FabricationForm, TakeBackForm
from editorial.refusal import Refused
from editorial.waiting import posted

PAGE = "admin:authors_author_change"
MARKED = "Marked as fabricated: "


def mark(author: Author, *, by, notice: str) -> int:
    """Mark an author as fabricated and challenge each live piece of theirs with the same note for readers. Returns how
    many pieces that were. Raises Refused, and changes nothing, also where one of the pieces cannot be challenged."""
    if not permissions.keeps_standards(by):
        raise Refused("A person in standards marks an author as fabricated.")
    with transaction.atomic():
        current = Author.objects.select_for_update().get(pk=author.pk)
        if current.user_id == by.pk:
            raise Refused("You are this author. Somebody else decides.")
        pieces = list(live_pieces(current))
        for piece in pieces:
            workflow.take("challenge", piece, by=by, notice=notice)
        Author.objects.filter(pk=author.pk).update(status=Status.FABRICATED)
        LogEntry.objects.log_actions(by.pk, [current], CHANGE, MARKED + notice.strip(), single_object=True)
    return len(pieces)


def take_back(author: Author, *, by, reason: str) -> None:
    """The mark was wrong, as somebody else in standards than who set it says. The pieces stay under review until each
    is cleared. Raises Refused."""
    if not permissions.keeps_standards(by):
        raise Refused("A person in standards takes the mark back.")
    if not reason.strip():
        raise Refused("Say why the mark was wrong: it stands in the author's history.")
    with transaction.atomic():
        current = Author.objects.select_for_update().get(pk=author.pk)
        if current.status != Status.FABRICATED:
            raise Refused("This author is not marked as fabricated.")
        if by.pk in (current.user_id, marked_by(current)):
            raise Refused("Somebody else in standards takes the mark back: neither who set it nor the author.")
        Author.objects.filter(pk=author.pk).update(status=Status.ACTIVE)
        said = f"No longer marked as fabricated: {reason.strip()}"
        LogEntry.objects.log_actions(by.pk, [current], CHANGE, said, single_object=True)


def marked_by(author: Author) -> int | None:
    """The account that set the mark last."""
    kind = ContentType.objects.get_for_model(Author)
    entries = LogEntry.objects.filter(content_type=kind, object_id=author.pk, change_message__startswith=MARKED)
    return entries.order_by("-pk").values_list("user", flat=True).first()


def live_pieces(author: Author):
    return Article.objects.listed().filter(authors=author).select_related("live__revision")


class FabricatedAuthors(AuthorAdmin):
    """The desk's page of an author, with the one act that reaches into pieces."""

    change_form_template = "desk/author_form.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [path("<int:pk>/fabricated/", wrap(fabricated), name="desk_fabricated"), *super().get_urls()]


def fabricated(request: HttpRequest, pk: int) -> HttpResponse:
    """What will happen, and one button."""
    if not permissions.keeps_standards(request.user):
        raise PermissionDenied
    site.ask_again(request)
    author = get_object_or_404(Author, pk=pk)
    is_marked = author.status == Status.FABRICATED
    form = (TakeBackForm if is_marked else FabricationForm)(**posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _done(author, request.user, is_marked, **form.cleaned_data))
        except Refused as refusal:
            refusals = refusal.sentences
        else:
            return redirect(PAGE, pk)
    title = "Take the mark back" if is_marked else "Mark as fabricated"
    context = {"title": title, "author": author, "form": form, "refusals": refusals, "is_marked": is_marked}
    context["pieces"] = live_pieces(author)
    return render(request, "desk/fabricated.html", admin.site.each_context(request) | context)


def _done(author: Author, user, is_marked: bool, **said: str) -> str:
    """The one act or the other, and what is said of it."""
    if is_marked:
        take_back(author, by=user, **said)
        return f"{author.name} is no longer marked as fabricated. Clear the pieces one by one."
    count = mark(author, by=user, **said)
    pieces = "1 piece is" if count == 1 else f"{count} pieces are"
    return f"{author.name} is marked as fabricated, and {pieces} under review."
