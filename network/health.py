"""For whoever watches the site: is the process up, and can it work? Asked by machines, often, from inside."""

import os
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse


class Health:
    """Answers `/healthz` and `/readyz` before anything else is asked: no host is checked, no session read, nobody sent
    on to HTTPS, since a probe comes by the machine's own address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
        if request.path_info == "/readyz":
            return _ready()
        return self.get_response(request)


def _ready() -> HttpResponse:
    """200 where every part answers, else 503; which parts do not, and no word of why: strangers may ask, too."""
    parts = {"database": _database, "cache": _cache, "storage": _storage}
    found = {name: "ok" if _answers(ask) else "no answer" for name, ask in parts.items()}
    status = 200 if set(found.values()) == {"ok"} else 503
    return JsonResponse(found, status=status, headers={"Cache-Control": "no-store"})


def _answers(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except Exception:  # noqa: BLE001 - whatever a part raises, it does not answer
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        return cursor.fetchone() is not None


def _cache() -> bool:
    cache.set("readyz", "ok", timeout=60)
    return cache.get("readyz") == "ok"


def _storage() -> bool:
    """A folder is looked at; a bucket is asked what is in it, and raises where it does not answer."""
    if settings.MEDIA_ROOT:
        return os.access(settings.MEDIA_ROOT, os.W_OK)
    return default_storage.listdir("readyz") is not None
