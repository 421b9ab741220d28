"""What people get while a part of the site is away: a plain page with what they typed, in a form to be sent again.

It asks nothing of the parts: no database, no cache, no session. Any other failure is Django's own answer.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

AWAY = (OperationalError, InterfaceError, InternalError, OSError)  # a database locked, full, gone; a disk; a network
SECONDS = "30"
REFUSED = "file_refused_by_disk"  # on a request: why
# What a form says besides what its writer typed. It goes back with the form, and nobody needs to see it.
UNSEEN = ("csrfmiddlewaretoken", "writer", "whose", "tab", "opened", "seen", "terms", "recovered", "next")
SECRET = ("/accounts/", "/join/")  # forms with passwords and codes: nothing of them is shown again


class Typed(NamedTuple):
    name: str
    value: str
    is_words: bool


def failed(request: HttpRequest) -> HttpResponse:
    """In the place of Django's answer to an error that nothing caught."""
    error = sys.exc_info()[1]
    if not is_away(error):
        return HttpResponse(render_to_string("500.html"), status=500)
    typed = list(_typed(request))
    context = {"typed": typed, "has_words": any(row.is_words for row in typed), "path": request.get_full_path()}
    context["had_file"] = (request.content_type or "").startswith("multipart/") and bool(typed)
    headers = {"Retry-After": SECONDS, "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("503.html", context), status=503, headers=headers)


class ToDisk(TemporaryFileUploadHandler):
    """A file that came with a form. Where the disk does not take it, the form is read to its end all the same."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._skip(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._skip(error)

    def _skip(self, error: OSError) -> None:
        vars(self.request)[REFUSED] = error
        if file := self.__dict__.pop("file", None):
            with suppress(OSError):
                file.close()
        raise SkipFile from error


class Received:
    """A file that the disk did not take is an outage. A view would take it for one that nobody chose."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if request.content_type == "multipart/form-data":
            len(request.POST)  # reads the form, if nothing has yet
        if error := vars(request).get(REFUSED):
            raise error


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """In the place of Django's answer to a request that makes no sense. That one looks at the form once more, which may
    be what cannot be read, and fails with it."""
    return HttpResponse(render_to_string("400.html"), status=400)


def is_away(error: BaseException | None) -> bool:
    """Whether a part did not answer. Redis is not installed everywhere, so its errors are known by their home."""
    return isinstance(error, AWAY) or type(error).__module__.partition(".")[0] == "redis"


def _typed(request: HttpRequest) -> Iterator[Typed]:
    if request.method != "POST" or request.path.startswith(SECRET):
        return
    try:
        posted = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # noqa: BLE001 - what cannot be read any more cannot be given back
        return
    for name, value in posted:
        if "password" not in name:
            is_told = name in UNSEEN or name.endswith("_FORMS") or value.isdigit() or _is_choice(value)
            yield Typed(name, value, not is_told)


def _is_choice(value: str) -> bool:
    """Nothing, a tick, or one of several: words are more than one, or begin with a capital."""
    return not value.strip() or (value.isidentifier() and value.islower())
