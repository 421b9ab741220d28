"""For whoever runs the site: a name for each request, a line in the log for each, and what went wrong, counted."""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from threading import Lock
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from network import clock
from network.lines import request_id
from network.models import Tally

GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
NOT_TOLD = ("/healthz", "/readyz", settings.STATIC_URL)  # asked every few seconds, and beside every page
UNKNOWN = "no such page"

logger = logging.getLogger(__name__)
_noted: ContextVar[list[tuple[str, str]] | None] = ContextVar("noted", default=None)
_waiting: Counter[tuple[str, str]] = Counter()
_lock = Lock()


def note(kind: str, what: str) -> None:
    """Count one more of a kind once the request is answered: a transaction that is rolled back takes no count along.
    Outside of requests nothing is counted."""
    if (noted := _noted.get()) is not None:
        noted.append((kind, what[:120]))


class Watch:
    """Around everything else. `X-Request-ID` is believed where a proxy of ours sets it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        name, noted = request_id.set(_named(request)), _noted.set([])
        request.name_in_log = request_id.get()  # type: ignore[attr-defined]  # Django tells of an answer after this
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            if response.status_code >= 500:
                note("error", route(request))
            if not request.path_info.startswith(NOT_TOLD):
                _tell(request, response, time.monotonic() - started)
                _count(_noted.get() or [], is_well=response.status_code < 500)
        finally:
            request_id.reset(name)
            _noted.reset(noted)
        return response


def _named(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
    return given if GIVEN.fullmatch(given) else uuid4().hex[:16]


def route(request: HttpRequest) -> str:
    """The pattern of an address, since an address itself may be a key."""
    try:
        return f"/{(request.resolver_match or resolve(request.path_info)).route}"
    except Resolver404:
        return UNKNOWN


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    said = {"method": request.method, "route": route(request), "status": response.status_code}
    logger.info("request", extra={"said": said | {"ms": round(seconds * 1000)}})


def _count(noted: list[tuple[str, str]], *, is_well: bool) -> None:
    """Write down what was noted. While the database may be away it waits for the next request that goes well."""
    with _lock:
        _waiting.update(noted)
        if not is_well or not _waiting:
            return
        now = dict(_waiting)
        _waiting.clear()
    try:
        for (kind, what), number in now.items():
            _write(kind, what, number)
    except DatabaseError:
        logger.exception("What was noted could not be counted.")


@transaction.atomic
def _write(kind: str, what: str, number: int) -> None:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    row, _ = Tally.objects.get_or_create(kind=kind, what=what, hour=hour)
    Tally.objects.filter(pk=row.pk).update(number=F("number") + number)
