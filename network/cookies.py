"""What is said after a redirect is kept in a cookie, which belongs to this host alone, like the others."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class OwnCookie(CookieStorage):
    cookie_name = f"{settings.HOST_ONLY}messages"


class Messages(FallbackStorage):
    storage_classes = (OwnCookie, SessionStorage)
