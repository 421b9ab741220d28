"""What every answer tells the browser: pages, errors, files, redirects, and what is ready before Django is asked."""

import os
import socket
import subprocess
import sys
import time
from http.client import HTTPResponse

import pytest
from django.test import Client
from django.urls import path

from network import clock
from network.edition import Page
from tests import factories

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}  # fmt: skip
OF_FILES = {"default-src 'none'", "frame-ancestors 'none'", "sandbox"}


def broken(request):
    raise ZeroDivisionError


urlpatterns = [path("broken/", broken)]


def assert_guarded(headers) -> None:
    assert set(headers["Content-Security-Policy"].split("; ")) in (POLICY, OF_FILES)
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "same-origin")
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin")


@pytest.fixture
def public(cast):
    """A live piece with a picture."""
    piece = factories.make_piece(cast.ana, cast.section)
    piece.lead_picture = factories.make_picture(piece, cast.ana)
    piece.save(update_fields=["lead_picture"])
    return factories.advance(piece, "published", cast)


ANSWERS = {
    "a page": (200, "/"),
    "a piece": (200, "/articles/gulls-at-six/"),
    "a feed": (200, "/feeds/rss.xml"),
    "JSON": (200, "/feeds/feed.json"),
    "robots.txt": (200, "/robots.txt"),
    "a static file": (200, "/static/icon.svg"),
    "a share image": (200, "/articles/gulls-at-six/share.png"),
    "a page of signing in": (200, "/accounts/login/"),
    "health": (200, "/healthz"),
    "readiness": (200, "/readyz"),
    "what is not there": (404, "/nothing-here/"),
    "a file that is not there": (404, "/static/nothing.css"),
    "a redirect": (302, "/contribute/"),
    "a missing slash": (301, "/articles"),
    "a wrong method": (405, "/admin/logout/"),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_answer_is_guarded(name, method, client, cast, public, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True  # nothing is collected here
    status, path = ANSWERS[name]
    if status == 405:
        client.force_login(cast.edda)

    answer = getattr(client, method)(path)

    assert answer.status_code == status
    assert_guarded(answer.headers)


def test_picture_is_guarded_and_may_be_shown_elsewhere(client, public):
    answer = client.get(public.lead_picture.get_absolute_url())

    assert_guarded(answer.headers)
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_refusals_and_breakdowns_are_guarded(cast, settings):
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.force_login(cast.ana)
    answers = [
        (400, strict.get("/", HTTP_HOST="evil.example")),
        (403, strict.post("/contribute/new/")),
        (403, strict.get("/admin/login/")),
    ]
    settings.ROOT_URLCONF = __name__
    answers.append((500, strict.get("/broken/")))

    for status, answer in answers:
        assert answer.status_code == status
        assert_guarded(answer.headers)


def test_what_is_no_request_is_guarded(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    web_server = [sys.executable, "-m", "gunicorn", "network.wsgi:application", "--no-control-socket"]
    options = ["--worker-class", "network.web_worker.Worker", "--bind", f"127.0.0.1:{port}"]
    environment = os.environ | {"DEBUG": "1", "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}"}
    process = subprocess.Popen([*web_server, *options], env=environment, stderr=subprocess.DEVNULL)
    try:
        answers = [refused(port, f"GET /{'a' * 9_000} HTTP/1.1"), refused(port, "GET / HTTP/1.1\r\nnonsense")]
    finally:
        process.terminate()
        process.wait(20)

    assert [answer.status for answer in answers] == [414, 400]
    for answer in answers:
        assert_guarded(answer.headers)


def refused(port: int, request: str) -> HTTPResponse:
    until = time.monotonic() + 30
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.1)
    connection.sendall(f"{request}\r\n\r\n".encode())
    answer = HTTPResponse(connection)
    answer.begin()
    connection.close()
    return answer


def test_page_that_is_ready_is_guarded_also_when_it_has_not_changed(client, public):
    answer, seen = client.get("/"), {}
    page = Page(list(answer.headers.items()), answer.content, None, clock.now())

    for asked in ({}, {"HTTP_ACCEPT_ENCODING": "gzip"}, {"HTTP_IF_NONE_MATCH": f'W/"{page.tag}"'}):
        page.answer(
            {"REQUEST_METHOD": "GET"} | asked,
            lambda status, headers: seen.update({status[:3]: dict(headers)}),
            time.time(),
        )

    assert set(seen) == {"200", "304"}
    for headers in seen.values():
        assert_guarded(headers)
