"""A stored file as an answer, and who asks for it."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.files.base import File
from django.http import FileResponse, Http404, HttpRequest

A_DAY = 86_400
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; sandbox"  # whatever it were, it is no page of ours


def answer(file: File, *, is_public: bool, is_final: bool = False, content_type: str = "") -> FileResponse:
    """A cleaned picture. Its address never shows anything else, so a browser may keep a public one for a day.

    A final one has its size, its cut and its format in its address, so nobody asks whether it has changed; still it is
    kept for a day only, since a picture may have to be removed.
    """
    try:
        response = FileResponse(file.open("rb"), content_type=content_type or None)
    except FileNotFoundError:
        raise Http404 from None
    kept = f"max-age={A_DAY}" + (", immutable" if is_final else "")
    response["Cache-Control"] = f"public, {kept}" if is_public else "private, no-store"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = NOTHING_RUNS
    if is_public:
        response["Cross-Origin-Resource-Policy"] = "cross-origin"  # in a feed reader, on the page that republishes it
    return response


def person(request: HttpRequest) -> User | AnonymousUser:
    """Who asks. Of whoever brings no session nothing is asked, so that a proxy may keep what it gets for everybody."""
    return request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else AnonymousUser()
