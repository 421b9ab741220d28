"""The reader pages' cache, and what makes it stale.

Everything that readers see belongs to an edition, whose number the database counts up in the same transaction that
changes any of it. A page that was made is kept in this process under the number that was read before it was made, and
is given out only while that number is still the newest: nobody has to tell a cache anything, and nothing that a cache
forgets or remembers can bring an old page back. Reading the number is one statement of some microseconds.

`Edition` stands before Django, in network/wsgi.py: a page that is ready is answered before there is a request, a
session or a template. A view says with `@kept` that its page is the same for everybody who has not signed in. A page
of an older edition is not thrown away: where the rows that it was made from are still the same, it belongs to the new
one as well (network/reread.py).
"""

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import parse_qs

from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe

from network import clock, reread

NUMBER = "SELECT number FROM network_edition WHERE id = 1"
MARK = "network.edition"  # in the WSGI environment: this answer may be kept, and until when
KNOWN_QUERY = re.compile(r"(page=[0-9]{1,6}|letter=[A-Z])?")
FOR_SHARED_CACHES = "public, max-age=0, s-maxage=1"  # a proxy asks again after a second, and is mostly told: 304
LONGEST_CONNECTION = 5.0  # seconds, after which it is made anew: a database may be restored or moved
PREPARED = {"server_side_binding": True, "prepare_threshold": 0}  # making a plan takes longer than what it plans
ONE_PLAN = " -c plan_cache_mode=force_generic_plan"
NO_TIME = 0.05  # seconds that an answer may take and still count as given at once
PATIENCE = 10.0  # seconds to wait for a page that somebody else is making
LEAST_COMPRESSED = 500  # bytes; less fits in one packet anyhow
SOON = timedelta(seconds=2)  # dates in headers are whole seconds: what is older than this is not made twice in one
OF_ONE_ANSWER = frozenset({"content-length", "date", "etag", "last-modified", "x-request-id"})
OF_THE_BODY = frozenset({"content-type", "content-language"})
OF_THE_ADDRESS = (
    "HTTP_HOST", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "SCRIPT_NAME", "PATH_INFO",
)  # fmt: skip
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE")

Environ = dict[str, Any]
Start = Callable[..., Any]
Key = tuple[str, ...]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def kept(*asked: str) -> Callable[[View], View]:
    """A view whose page is the same for everybody who has not signed in, until what readers see changes. `asked` names
    what it looks at in an address behind the question mark; with anything else there, its page is not kept."""

    def mark(view: View) -> View:
        @wraps(view)
        def marked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
            response = view(request, *args, **named)
            if response.status_code == 200 and settings.SESSION_COOKIE_NAME not in request.COOKIES:
                response.headers["Cache-Control"] = FOR_SHARED_CACHES
                response.headers["Surrogate-Key"] = "readers"
                patch_vary_headers(response, ["Accept-Encoding"])
                request.environ[MARK] = getattr(request, "edition_ends_at", None)  # type: ignore[attr-defined]
            return response

        marked.kept_for = frozenset(asked)  # type: ignore[attr-defined]
        return marked  # type: ignore[return-value]

    return mark


def ends(request: HttpRequest, moment: datetime | None) -> None:
    """Say that what this request sees changes at a moment, by time alone."""
    known = getattr(request, "edition_ends_at", None)
    if moment is not None and (known is None or moment < known):
        request.edition_ends_at = moment  # type: ignore[attr-defined]


class Page:
    """A whole answer, in the forms in which it is asked for.

    Where a view gives a date, the page says when it was begun: more changes it than any view could name. It does so
    only once it is older than SOON, so that no two pages of one address have one date.
    """

    def __init__(
        self,
        headers: list[tuple[str, str]],
        body: bytes,
        ends_at: datetime | None,
        begun_at: datetime,
        notes: reread.Notes | None = None,
    ):
        self.notes = notes or reread.NOTHING
        self.headers = [(name, value) for name, value in headers if name.lower() not in OF_ONE_ANSWER]
        self.body, self.ends_at = body, ends_at
        self.packed = gzip.compress(body, 6, mtime=0) if len(body) >= LEAST_COMPRESSED else b""
        self.tag = hashlib.sha256(body).hexdigest()[:24]
        self.begun_at = begun_at
        is_dated = any(name.lower() == "last-modified" for name, _ in headers)
        self.modified = http_date(begun_at.timestamp()) if is_dated else ""

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed) + self.notes.size

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= clock.now()

    def answer(self, environ: Environ, start: Start, asked_at: float) -> Iterable[bytes]:
        """`asked_at`: when the number of the edition was asked for, in seconds since 1970. From then on a proxy counts
        its second, also where the page had to be waited for."""
        headers = [*self.headers, ("ETag", f'W/"{self.tag}"')]
        if time.time() - asked_at > NO_TIME:
            headers.append(("Age", "1"))
        if self.modified and clock.now() - self.begun_at > SOON:
            headers.append(("Last-Modified", self.modified))
        if settings.TRUSTED_PROXIES:  # nginx counts whole seconds, and would keep “a second” for nearly two
            headers.append(("X-Accel-Expires", f"@{int(asked_at)}"))
        if self._is_known_to(environ):
            start("304 Not Modified", [pair for pair in headers if pair[0].lower() not in OF_THE_BODY])
            return []
        body = self.body
        if self.packed and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = self.packed
            headers.append(("Content-Encoding", "gzip"))
        start("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _is_known_to(self, environ: Environ) -> bool:
        """By its tag; by its date only where no tag is sent (RFC 9110, 13.2.2)."""
        if tags := environ.get("HTTP_IF_NONE_MATCH"):
            return any(tag.strip().removeprefix("W/").strip('"') in (self.tag, "*") for tag in tags.split(","))
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if not (since and self.modified):
            return False
        seconds, modified = parse_http_date_safe(since), parse_http_date_safe(self.modified)
        return seconds is not None and modified is not None and modified <= seconds


def _takes_gzip(accepted: str) -> bool:
    return any(
        name.strip() in ("gzip", "*") and quality.replace(" ", "") not in ("q=0", "q=0.0")
        for name, _, quality in (one.partition(";") for one in accepted.lower().split(","))
    )


class Shelf:
    """Pages, each with the number of the edition for which it is ready, at most so many bytes of them: the least asked
    for goes first."""

    def __init__(self, most: int):
        self.most, self.number, self.size = most, 0, 0
        self.pages: OrderedDict[Key, tuple[int, Page]] = OrderedDict()
        self.makers: dict[Key, list] = {}  # of each page that is being made: its lock, and how many wait for it
        self.lock = threading.Lock()

    def get(self, number: int, key: Key) -> Page | None:
        with self.lock:
            self.number = max(number, self.number)
            ready_for, page = self.pages.get(key, (0, None))
            if page is None or page.is_over or ready_for != number:
                return None
            self.pages.move_to_end(key)
            return page

    def begin(self, number: int) -> None:
        """Nothing is left where the number went back: an older database is in the place of this one, and will count
        its own way to the same numbers."""
        with self.lock:
            self.pages.clear()
            self.number, self.size = number, 0

    def older(self, key: Key) -> Page | None:
        """What was ready for an edition before this one, and may be so for this one."""
        with self.lock:
            _, page = self.pages.get(key, (0, None))
            return None if page is None or page.is_over else page

    def put(self, number: int, key: Key, page: Page) -> None:
        """A page that was begun before this edition is ready for its own alone, and may be asked about."""
        with self.lock:
            self.number = max(number, self.number)
            if key in self.pages:
                if number < self.pages[key][0]:
                    return
                self.size -= self.pages.pop(key)[1].size
            self.pages[key] = number, page
            self.size += page.size
            while self.size > self.most:
                self.size -= self.pages.popitem(last=False)[1][1].size

    @contextmanager
    def maker(self, key: Key) -> Iterator[bool]:
        """One at a time for each page; False for whoever has waited too long."""
        with self.lock:
            entry = self.makers.setdefault(key, [threading.Lock(), 0])
            entry[1] += 1
        has_lock = entry[0].acquire(timeout=PATIENCE)
        try:
            yield has_lock
        finally:
            if has_lock:
                entry[0].release()
            with self.lock:
                entry[1] -= 1
                if not entry[1]:
                    self.makers.pop(key, None)


class Connection:
    """A connection to the database that no request closes. On PostgreSQL `statement` is prepared on it, unnamed."""

    def __init__(self, statement: str = "") -> None:
        self.wrapper: BaseDatabaseWrapper | None = None
        self.statement, self.since = statement, 0.0

    def opened(self) -> BaseDatabaseWrapper:
        if self.wrapper is None or time.monotonic() - self.since > LONGEST_CONNECTION:
            self.close()
            self.wrapper = connections.create_connection("default")
            self.wrapper.inc_thread_sharing()  # of threads that take turns
            if self.wrapper.vendor == "postgresql":
                own = self.wrapper.settings_dict
                prepared = PREPARED | {"options": own["OPTIONS"].get("options", "") + ONE_PLAN}
                self.wrapper.settings_dict = own | {"OPTIONS": own["OPTIONS"] | prepared}
            self.wrapper.ensure_connection()
            if self.wrapper.vendor == "postgresql" and self.statement:
                self.wrapper.connection.pgconn.prepare(b"", self.statement.encode())
            self.since = time.monotonic()
        return self.wrapper

    def close(self) -> None:
        wrapper, self.wrapper = self.wrapper, None
        if wrapper is not None:
            wrapper.close()


class Counter:
    """The number of the newest edition. Whoever asks is told what a statement found that was begun after they asked;
    threads that wait for one another to ask it need one statement, and not one each."""

    def __init__(self) -> None:
        self.connection, self.turn = Connection(NUMBER), threading.Lock()
        self.begun = 0  # statements so far
        self.found: int | None = None  # by the last of them

    def newest(self) -> int | None:
        """Nothing where the database does not answer: then every request goes the long way, and says so itself."""
        begun_before = self.begun
        with self.turn:
            if self.begun == begun_before:
                self.begun += 1
                self.found = self._ask()
            return self.found

    def _ask(self) -> int | None:
        try:
            wrapper = self.connection.opened()
            if wrapper.vendor == "postgresql":  # past psycopg's cursor, which takes longer than the server
                return int(wrapper.connection.pgconn.exec_prepared(b"", None).get_value(0, 0))
            return wrapper.connection.execute(NUMBER).fetchone()[0]
        except Exception:  # noqa: BLE001 - whatever the driver raises, or finds no number to be
            self.connection.close()
            return None


class Reader(threading.local):
    """Asks about pages that may be as they were, over a connection of each thread's own."""

    def __init__(self) -> None:
        self.connection = Connection()

    def finds_as_before(self, page: Page) -> bool:
        """Whether a page would be made of the same rows today."""
        try:
            return page.notes.hold(self.connection.opened())
        except Exception:  # noqa: BLE001 - whatever the driver raises: the page is made anew, and says so itself
            self.connection.close()
            return False


class Edition:
    """A WSGI application before another: what is ready it answers, what is not it has made, once."""

    def __init__(self, application: Callable[[Environ, Start], Iterable[bytes]]):
        self.application = application
        self.shelf = Shelf(settings.EDITION_MEMORY * 1024 * 1024)
        self.counter, self.reader = Counter(), Reader()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        key = _key(environ)
        if key is None or not (key in self.shelf.pages or _is_kept(environ)):
            return self.application(environ, start)
        asked_at, number = time.time(), self._newest()
        if number is None:
            return self.application(environ, start)
        page = self.shelf.get(number, key)
        if page is None:
            return self._made(number, key, environ, start, asked_at)
        return page.answer(environ, start, asked_at)

    def _newest(self) -> int | None:
        """Asked once more where another thread knows a newer one already: it was quicker, or the database went back."""
        number = self.counter.newest()
        if number is not None and number < self.shelf.number:
            number = self.counter.newest()
            if number is not None and number < self.shelf.number:
                self.shelf.begin(number)
        return number

    def _made(self, number: int, key: Key, environ: Environ, start: Start, asked_at: float) -> Iterable[bytes]:
        with self.shelf.maker(key) as is_ours:
            if not is_ours:
                return self.application(environ, start)
            if page := self.shelf.get(number, key):  # somebody else was quicker
                return page.answer(environ, start, asked_at)
            if (page := self.shelf.older(key)) and self.reader.finds_as_before(page):
                self.shelf.put(number, key, page)
                return page.answer(environ, start, asked_at)
            asked = {name: value for name, value in environ.items() if name not in CONDITIONS}
            asked["REQUEST_METHOD"] = "GET"
            begun_at = clock.now()
            with reread.noted(connection) as notes:
                status, headers, body = _whole(self.application, asked)
            if not _may_be_kept(status, headers, asked):
                start(status, headers)
                return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
            page = Page(headers, body, asked[MARK], begun_at, notes)
            self.shelf.put(number, key, page)
            return page.answer(environ, start, asked_at)


def _key(environ: Environ) -> Key | None:
    """By what an answer may differ. Nothing for what is never kept: what is sent or sought, or of whoever signed in.
    Gunicorn takes SCRIPT_NAME, which stands before every link, from a header where a proxy lets it through."""
    query = environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not KNOWN_QUERY.fullmatch(query):
        return None
    if settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
        return None
    return (*(environ.get(name, "") for name in OF_THE_ADDRESS), query)


def _is_kept(environ: Environ) -> bool:
    try:
        path = environ.get("PATH_INFO", "").encode("latin-1").decode()
        kept_for: frozenset[str] | None = getattr(resolve(path).func, "kept_for", None)
    except (Http404, UnicodeError):
        return False
    return kept_for is not None and kept_for >= set(parse_qs(environ.get("QUERY_STRING", "")))


def _whole(application: Callable[..., Iterable[bytes]], environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
    said: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        said[:] = [status, headers]
        return lambda data: None

    answer = application(environ, start)
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return said[0], said[1], body


def _may_be_kept(status: str, headers: list[tuple[str, str]], environ: Environ) -> bool:
    """A view said so, and nothing between it and here thought otherwise."""
    if MARK not in environ or not status.startswith("200"):
        return False
    said = {name.lower(): value for name, value in headers}
    return "set-cookie" not in said and not {"cookie", "*"} & {
        one.strip().lower() for one in said.get("vary", "").split(",")
    }
