"""A person with a browser of their own, at a real server."""

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from articles.models import Article
from tests import factories

WIDE = {"width": 1280, "height": 900}


class Visitor:
    """Somebody at a browser. `problems` holds what the browser complained about: scripts, the content policy."""

    def __init__(self, browser: Browser, base_url: str):
        self.base_url = base_url
        self.context = browser.new_context(base_url=base_url, viewport=WIDE)
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message) -> None:
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.problems.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def sign_in(self, username: str) -> "Visitor":
        self.go("/accounts/login/")
        self.page.locator("input[name=login]").fill(username)
        self.page.locator("input[name=password]").fill(factories.PASSWORD)
        self.press("Sign in")
        expect(self.page.locator("input[name=password]")).to_have_count(0)
        return self

    def come_signed_in(self, username: str) -> "Visitor":
        """As `sign_in` leaves somebody, by the same address; the pages of the form are what takes long in a browser."""
        client = Client()
        client.post("/accounts/login/", {"login": username, "password": factories.PASSWORD})
        cookies = [{"name": one.key, "value": one.value, "url": self.base_url} for one in client.cookies.values()]
        assert settings.SESSION_COOKIE_NAME in client.cookies
        self.context.add_cookies(cookies)
        return self

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state("domcontentloaded")

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state("domcontentloaded")

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def does_not_see(self, text: str) -> None:
        expect(self.page.locator("body")).not_to_contain_text(text)


def reaches(piece: Article, stage: str) -> None:
    """Wait until what a browser has just sent brought the piece there; it is read anew."""
    until = time.monotonic() + 10
    while piece.stage != stage and time.monotonic() < until:
        time.sleep(0.05)
        piece.refresh_from_db()
    assert piece.stage == stage


@pytest.fixture(scope="session")
def at_work():
    """The requests that the live server has begun and not ended, one mark each."""
    marks: list[object] = []

    def begin(**_):
        marks.append(object())

    def end(**_):
        marks.pop()

    request_started.connect(begin, sender=WSGIHandler)
    request_finished.connect(end, sender=WSGIHandler)
    yield marks
    request_started.disconnect(begin, sender=WSGIHandler)
    request_finished.disconnect(end, sender=WSGIHandler)


@pytest.fixture(autouse=True)
def _everybody_leaves(request, transactional_db, at_work):
    """Close every browser's windows so that nothing reaches the server afterwards: an open page, and one being closed,
    sends what was typed. Emptying the tables waits for nobody, and what comes later is found by the tests that follow."""
    at_work.clear()  # what another test asked of the application in this process, and did not read to its end
    yield
    if "browser" not in request.fixturenames:
        return
    for context in request.getfixturevalue("browser").contexts:
        context.set_offline(True)
        context.close()
    quiet, until = 0, time.monotonic() + 10
    while quiet < 3 and time.monotonic() < until:
        time.sleep(0.02)
        quiet = 0 if at_work else quiet + 1
    assert not at_work, "The server is still answering."


@pytest.fixture
def visitor(browser, live_server, settings, cast) -> Callable[..., Visitor]:
    """A function that brings somebody in: `visitor()` is a stranger, `visitor("ana")` has signed in. At the end nobody's
    browser may have complained."""
    settings.SITE_URL = live_server.url
    visitors: list[Visitor] = []

    def bring(username: str = "") -> Visitor:
        one = Visitor(browser, live_server.url)
        visitors.append(one)
        return one.come_signed_in(username) if username else one

    yield bring
    assert [problem for one in visitors for problem in one.problems] == []
