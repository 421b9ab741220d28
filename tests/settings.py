"""The project's own settings, made safe and quick for tests: nothing here changes a rule."""

import os
import tempfile

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's own thread

from network.settings import *  # noqa: F403
from network.settings import DATABASES, MIDDLEWARE

MEDIA_ROOT = tempfile.mkdtemp(prefix="media-", dir=VAR)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MIDDLEWARE.remove("network.lost.Lost")  # tests see what a site of its own answers
if not CACHE_URL:  # noqa: F405
    options = {"MAX_ENTRIES": 100_000}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": options}}
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    # What was asked for in no order comes in the other one: PostgreSQL promises none, and its order changes by the day.
    options["init_command"] += "; PRAGMA reverse_unordered_selects=ON"
