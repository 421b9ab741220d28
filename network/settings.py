"""Settings: one file, grouped by heading, safe by default.

With DEBUG off a missing secret, host or mail sender stops the process with a sentence. docs/operations.md lists the
environment.
"""

import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from network.env import flag, listing, number, text

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
VAR.mkdir(exist_ok=True)

# Safety
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = text("SECRET_KEY", default="only-for-development" if DEBUG else None, example="fifty-random-characters")
HERE = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = listing("ALLOWED_HOSTS", default=HERE if DEBUG else None, example="www.network.example")
SITE_URL = text(
    "SITE_URL", default="http://127.0.0.1:8000" if DEBUG else None, example="https://www.network.example"
).rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []
if not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("SITE_URL begins with https://, as in SITE_URL=https://www.network.example.")
IS_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True  # a session's is anyway; a page that stays open asks for its token
HOST_ONLY = "__Host-" if IS_HTTPS else ""  # a browser takes such a cookie from this host alone, and only by HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{HOST_ONLY}sessionid", f"{HOST_ONLY}csrftoken"
MESSAGE_STORAGE = "network.cookies.Messages"
SECURE_SSL_REDIRECT = IS_HTTPS and not DEBUG
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS and not DEBUG else 0
# Whether the hosts beside this one take HTTPS, and whether browsers should be born knowing, is not ours to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Parts
INSTALLED_APPS = [
    "network",
    "authors",
    "articles",
    "editorial.apps.EditorialConfig",
    "editorial.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "markdownx",
]
MIDDLEWARE = [
    "network.watch.Watch",
    "network.headers.Headers",
    "csp.middleware.CSPMiddleware",
    "network.health.Health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "network.outage.Received",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "editorial.seen.Seen",
    "editorial.clockwork.Clockwork",
    *(["network.lost.Lost"] if DEBUG else []),
]
ROOT_URLCONF = "network.urls"
WSGI_APPLICATION = "network.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context.network",
                "editorial.waiting.tickets",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: what was acknowledged survives a power cut (synchronous FULL), and writers wait for each other (IMMEDIATE)
DATABASES = {"default": dj_database_url.parse(text("DATABASE_URL", default=f"sqlite:///{VAR / 'network.sqlite3'}"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Each thread has two connections, so what one may keep is little; the machine keeps the file for all of them.
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-1000;",
    }
    # Opened once: what lies beside the file is made anew with a first connection, for which a full disk has no room.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
else:
    # A new connection takes longer than most pages, and knows no table yet. One that broke is noticed before it is
    # used, and a database that moved after these seconds.
    DATABASES["default"] |= {"CONN_MAX_AGE": 5, "CONN_HEALTH_CHECKS": True}
    # Compiling a statement of the desk takes longer than running it. PGOPTIONS counts for nothing beside options.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    given = [options.get("options", ""), text("PGOPTIONS", default="")]
    options["options"] = " ".join(["-c jit=off", *filter(None, given)])

# Cache
CACHE_URL = text("CACHE_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "network.shared_cache.SharedCache", "LOCATION": str(VAR / "cache.sqlite3")}
}
CACHES["default"]["KEY_FUNCTION"] = "network.shared_cache.veiled"

EDITION_MEMORY = number("EDITION_MEMORY", default=32, least=1)  # MB of ready pages that each web process keeps


# Files: a folder, or a bucket of a store that speaks S3 (network/bucket.py)
def _folder(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise ValueError
    return Path(parts.path)


def _bucket(url: str) -> dict[str, object]:
    """Under the library's own names: of a setting with KEY in its name Django's pages show nothing."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    tls, region = asked.pop("tls", "1"), asked.pop("region", "")
    name, host, key, secret = parts.path.removeprefix("/"), parts.hostname, parts.username, parts.password
    if asked or tls not in ("0", "1") or parts.fragment or bool(key) != bool(secret) or bool(parts.port) > bool(host):
        raise ValueError
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}", name):
        raise ValueError
    address = f"{'https' if tls == '1' else 'http'}://{parts.netloc.rpartition('@')[2]}" if host else None
    region = region or ("us-east-1" if host else "")  # a signature names one, also where a store has none
    found: dict[str, object] = {"AWS_STORAGE_BUCKET_NAME": name, "AWS_S3_ENDPOINT_URL": address}
    found["AWS_S3_REGION_NAME"] = region or None
    if key and secret:  # else the library looks for keys: in the environment, then in what the machine may do
        found |= {"AWS_S3_ACCESS_KEY_ID": unquote(key), "AWS_S3_SECRET_ACCESS_KEY": unquote(secret)}
        found |= {"AWS_SESSION_TOKEN": None, "AWS_S3_SESSION_PROFILE": None}
    return found


_uploads = VAR / "media"
_place = text("STORAGE_URL", default=f"file://{_uploads}")
try:
    MEDIA_ROOT: Path | str = "" if _place.startswith("s3://") else _folder(_place)
    globals().update({} if MEDIA_ROOT else _bucket(_place))
except ValueError:
    raise ImproperlyConfigured(
        "STORAGE_URL names a folder, as in STORAGE_URL=file:///srv/network/media, or a bucket, as in "
        "STORAGE_URL=s3://KEY:SECRET@store.example:9000/bucket?region=eu-west-1, with %2F for a / in KEY or SECRET."
    ) from None
if not MEDIA_ROOT and not find_spec("storages"):
    raise ImproperlyConfigured('STORAGE_URL=s3://… needs a library more: .venv/bin/python -m pip install ".[s3]".')
if _uploads == MEDIA_ROOT and not _uploads.is_symlink():  # any other that is missing may be a disk that is away
    _uploads.mkdir(exist_ok=True)
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "network" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage" if MEDIA_ROOT else "network.bucket.Bucket"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "network.stylesheets.WholeSheets"
    },
}

# Background work
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}


# Mail: smtp://user:password@host:port?tls=1, or files below a folder
def _mail(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": parts.path}
    if parts.scheme not in ("smtp", "smtps"):
        raise ImproperlyConfigured(
            "EMAIL_URL starts with smtp://, smtps:// or file://, as in smtp://user:pw@mail.example:587?tls=1."
        )
    return {
        "EMAIL_BACKEND": "network.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": "tls=1" in parts.query,
    }


EMAIL_TIMEOUT = 20
globals().update(
    _mail(
        text(
            "EMAIL_URL",
            default=f"file://{VAR / 'mail'}" if DEBUG else None,
            example="smtp://user:pw@mail.example:587?tls=1",
        )
    )
)

# Readers' letters: with EMAIL_REPLY an answer by mail reaches the other side through manage.py receive_letter
EMAIL_REPLY = text("EMAIL_REPLY", default="", example="reply@letters.network.example")
if EMAIL_REPLY and not re.fullmatch(r"[a-z0-9._-]{1,24}@[a-z0-9-]+(\.[a-z0-9-]+)+", EMAIL_REPLY):
    raise ImproperlyConfigured(
        "EMAIL_REPLY is a plain address in small letters, as in EMAIL_REPLY=reply@letters.network.example."
    )
LETTERS_AN_HOUR = number("LETTERS_AN_HOUR", default=120, least=1)
LETTERS_KEPT_DAYS = number("LETTERS_KEPT_DAYS", default=90, least=1)

# Accounts: by invitation only; one sign-in for the site and the admin, by password, passkey, and codes as a second step
AUTH_USER_MODEL = "auth.User"
AUTHENTICATION_BACKENDS = ["editorial.accounts.Rights"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "editorial.accounts.InvitationOnly"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "editorial.forms.joining.JoinForm",
    "change_password": "editorial.forms.passwords.ChangeForm",
    "set_password": "editorial.forms.passwords.FirstForm",
    "reset_password": "editorial.forms.passwords.AskForm",
    "reset_password_from_key": "editorial.forms.passwords.ResetForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # the sender's name is the network's
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a letter for each change of how somebody signs in
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letter to people who have no account
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_GET = False
REQUIRE_SECOND_STEP = flag("REQUIRE_SECOND_STEP", default=not DEBUG)  # of whoever opens the desk
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # passkeys want HTTPS, but for “localhost” on this machine
MFA_ADAPTER = "editorial.accounts.SecondSteps"
MFA_FORMS = {
    "authenticate_webauthn": "editorial.forms.passkeys.AuthenticateForm",
    "login_webauthn": "editorial.forms.passkeys.LoginForm",
    "reauthenticate_webauthn": "editorial.forms.passkeys.ReauthenticateForm",
    "add_webauthn": "editorial.forms.passkeys.AddForm",
    "signup_webauthn": "editorial.forms.passkeys.SignupForm",
}
USERSESSIONS_TRACK_ACTIVITY = True
ACCOUNT_SESSION_REMEMBER = True
# Proxies in front of us whose word about a client's address counts; without it, limits would count everybody as one.
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "editorial:index"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

# Words and time: stored in UTC, shown with the zone
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Uploads: a body larger than this is refused before it is read; files over 2.5 MB go to disk
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "network.outage.ToDisk"]

# Logs: one line of JSON for each request and for whatever goes wrong, or plain text
LOG_FORMAT = text("LOG_FORMAT", default="plain" if DEBUG else "json")
if LOG_FORMAT not in ("plain", "json"):
    raise ImproperlyConfigured("LOG_FORMAT is json or plain, as in LOG_FORMAT=json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "network.lines.Lines"}, "plain": {"format": "%(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"network.watch": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"}},
}
