"""Gunicorn's worker, whose own answers to what is no request (a line too long, a header that makes no sense) carry the
site's headers like every other answer, and which leaves connections to processes that have fewer."""

import time
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker

POLICY = "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n"


STEP, MOST_STEPS = 0.0001, 8  # seconds; who has more connections waits no longer


class Worker(ThreadWorker):
    def accept(self, listener: Any) -> None:
        """Of several processes the one with fewer connections takes the next: each lets others come first, the longer
        the more it has. Otherwise the one that happens to be awake takes all, and the others have nothing to do."""
        if self.cfg.workers > 1:
            time.sleep(min(self.nr_conns, MOST_STEPS) * STEP)
        super().accept(listener)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        super().handle_error(req, WithHeaders(client), addr, exc)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """What a request still sends after it is answered may make no sense. It is not answered once more for that: the
        connection ends, since nobody knows where the next request begins."""
        try:
            return super()._keepalive_after(conn, keepalive)
        except ParseException:
            return False


class WithHeaders:
    """A connection on which an answer gets our headers behind its first line."""

    def __init__(self, connection: Any):
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def sendall(self, answer: bytes) -> None:
        always = import_string("network.headers.ALWAYS")  # the settings are read by now, and not before
        if settings.SECURE_HSTS_SECONDS:
            always = always | {"Strict-Transport-Security": import_string("network.headers.HSTS")}
        ours = POLICY + "".join(f"{name}: {value}\r\n" for name, value in always.items())
        status, rest = answer.split(b"\r\n", 1)
        self._connection.sendall(status + b"\r\n" + ours.encode() + rest)
