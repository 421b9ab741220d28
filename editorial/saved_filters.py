"""What somebody at the desk keeps of the list of pieces: its filters and its search, under a name of their own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from editorial import permissions
from editorial.models import SavedFilter
from editorial.models.saved_filter import MOST, only_known


def chosen(request: HttpRequest) -> str:
    """What the list's address chooses, for the form above the list; nothing where it chooses nothing."""
    return only_known(request.META.get("QUERY_STRING", ""))


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Under a name that is there already, what is kept takes the place of what was."""
    if not permissions.is_on_desk(request.user):
        raise PermissionDenied
    query = only_known(request.POST.get("query", ""))
    name = " ".join(request.POST.get("name", "").replace("\0", " ").split())
    if refusal := _refusal(request.user, name, query):
        messages.error(request, refusal)
        return redirect(f"{reverse('admin:articles_article_changelist')}?{query}")
    SavedFilter.objects.update_or_create(owner=request.user, name=name, defaults={"query": query})
    messages.success(request, f"Kept as “{name}”, on the first page under the queues.")
    return redirect(f"{reverse('admin:articles_article_changelist')}?{query}")


def _refusal(user, name: str, query: str) -> str:
    """Why it cannot be kept, and what to do; nothing where it can."""
    if not query:
        return "There is nothing to keep yet. Choose a filter or search first."
    if not name:
        return "Give the filter a name."
    try:
        SavedFilter(owner=user, name=name, query=query).clean_fields()
    except ValidationError:
        return "The name is too long. 60 letters are the most."
    others = user.saved_filters.exclude(name=name)
    return f"You have {MOST} filters, which is the most. Remove one first." if others.count() >= MOST else ""


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SavedFilter, owner=request.user, pk=min(pk, 2**31))
    found.delete()
    messages.success(request, f"The filter “{found.name}” is removed.")
    return redirect("admin:index")
