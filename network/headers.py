"""What every answer tells the browser beyond what Django and the content policy say."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NOTHING = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture", "browsing-topics")
HSTS = f"max-age={settings.SECURE_HSTS_SECONDS}" + (
    "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Permissions-Policy": ", ".join(f"{name}=()" for name in NOTHING),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Headers:
    """On every answer, errors, static files and pictures included. What is public says by itself that others may embed
    it (network/files.py); what is asked for by somebody who is signed in is kept by nobody on the way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():  # also on what is answered before Django says so
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:  # a page of the sign-in library says nothing by itself
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
