"""What somebody typed while their sign-in ran out: it waits behind the sign-in page and comes back into its form.

Each form of the contributor's side carries a ticket that says whose it is. A form that arrives from nobody is kept in
the session under that name; once the same person has signed in and is on the same page, it is filled in again. Nothing
is carried out by itself: they press the button once more.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject, lazystr

TICKET = "writer"
SALT = "editorial.waiting"
KEPT = "waiting"
VALID_FOR = 30 * 24 * 3600  # seconds: as long as a tab may sensibly have been open
LONGEST = 1_000_000  # characters; a text has at most 200,000
SIGNED_OUT = (
    "You were signed out when you sent this. What you typed is below, and nothing of it is saved yet: "
    "look at it and send it again."
)


def ticket(user) -> str:
    """Says whose form this is, until they change their password."""
    return signing.dumps([user.pk, user.get_session_auth_hash()[:20]], salt=SALT)


def writer(typed: str) -> User | None:
    """Whose ticket it is; nobody's where it is forged, too old, or from before a change of password."""
    try:
        pk, proof = signing.loads(typed, salt=SALT, max_age=VALID_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = get_user_model().objects.filter(pk=pk, is_active=True).first()
    return user if user and constant_time_compare(user.get_session_auth_hash()[:20], proof) else None


def tickets(request: HttpRequest) -> dict[str, Any]:
    """For every template, made only where one is asked for: a reader's page opens no session."""
    return {"ticket": SimpleLazyObject(lambda: lazystr(ticket(request.user) if request.user.is_authenticated else ""))}


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For people who are signed in, in their own time zone. What others sent waits until they are. Nothing between
    the site and their browser keeps a page, and the browser asks before it shows one again."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            _keep(request)
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if _is_of_another(request):
            raise PermissionDenied
        with timezone.override(_zone(request.user)):
            response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return wrapped


def _is_of_another(request: HttpRequest) -> bool:
    """Whether the form was opened by somebody who was signed in here before: nothing is done in another's name."""
    owner = writer(request.POST[TICKET]) if request.method == "POST" and request.POST.get(TICKET) else None
    return owner is not None and owner.pk != request.user.pk


def _zone(user) -> ZoneInfo:
    return ZoneInfo(user.author.time_zone if hasattr(user, "author") else "UTC")


def _keep(request: HttpRequest) -> None:
    if request.method != "POST" or (person := writer(request.POST.get(TICKET, ""))) is None:
        return
    fields = request.POST.copy()
    for name in ("csrfmiddlewaretoken", TICKET):
        fields.pop(name, None)
    typed = fields.urlencode()
    if len(typed) <= 3 * LONGEST:  # an encoded character takes up to nine
        request.session[KEPT] = {"path": request.path, "writer": person.pk, "typed": typed}


def posted(request: HttpRequest) -> dict[str, Any]:
    """A form's `data` and `files`: what was posted, also where that is nothing at all; on a GET what waited for this
    person on this page, or none."""
    if request.method == "POST":
        return {"data": request.POST, "files": request.FILES}
    if (typed := _came_back(request)) is not None:
        return {"data": typed, "files": None}
    return {}


def _came_back(request: HttpRequest) -> QueryDict | None:
    """What waited here, once; every form of the page may ask for it."""
    if not hasattr(request, "_came_back"):
        kept = request.session.get(KEPT, {})
        is_mine = (kept.get("path"), kept.get("writer")) == (request.path, request.user.pk)
        if is_mine:
            del request.session[KEPT]
            messages.warning(request, SIGNED_OUT)
        request._came_back = QueryDict(kept["typed"]) if is_mine else None  # type: ignore[attr-defined]  # noqa: SLF001
    return request._came_back  # type: ignore[attr-defined]  # noqa: SLF001
