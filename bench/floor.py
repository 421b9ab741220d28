"""The floor: Django with nothing in it, and a page of 30 KB that never changes."""

import django
from django.conf import settings

settings.configure(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"], SECRET_KEY="the floor has none")
django.setup()

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

PAGE = b"<p>What the gulls said.</p>\n".ljust(30_000, b".")
urlpatterns = [path("", lambda request: HttpResponse(PAGE))]
application = get_wsgi_application()
