"""A site of its own for tests in real processes: the tests' database, ready pages, and a clock that may be wrong."""

import os
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from network import clock

django_application = get_wsgi_application()

from network.edition import Edition  # noqa: E402 - it looks at what Django has loaded

site = Edition(django_application)
AHEAD = timedelta(seconds=float(os.environ.get("CLOCK_AHEAD", "0")))


def application(environ, start_response):
    with clock.at(timezone.now() + AHEAD):
        return site(environ, start_response)
