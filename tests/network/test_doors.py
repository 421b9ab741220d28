"""What the settings of a real site close: its cookies, its checks, its calls to elsewhere, its keys."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests import factories

ROOT = Path(__file__).parent.parent.parent
REAL = {
    "DEBUG": "0",
    "SECRET_KEY": "a-key-of-fifty-different-letters-0123456789-and-more-than-that",
    "ALLOWED_HOSTS": "www.network.example",
    "SITE_URL": "https://www.network.example",
    "EMAIL_URL": "smtp://127.0.0.1",
}
CALLS = {"socket", "urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "telnetlib"}
MAY_CALL = {"editorial/management/commands/demo.py"}  # asks whether its own port is free


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}


def real_site(*words: str) -> subprocess.CompletedProcess:
    command, settings = [sys.executable, *words], {"DJANGO_SETTINGS_MODULE": "network.settings"}
    return subprocess.run(
        command, cwd=ROOT, env=_environment() | settings | REAL, capture_output=True, text=True, check=False
    )


def test_check_for_deployment_finds_nothing():
    said = real_site("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert said.returncode == 0, said.stderr


def test_cookies_of_a_real_site_are_its_own():
    names = "SESSION_COOKIE CSRF_COOKIE".split()
    asked = "; ".join(
        f"print(s.{n}_NAME, s.{n}_SECURE, s.{n}_DOMAIN, s.{n}_PATH, s.{n}_SAMESITE, s.{n}_HTTPONLY)" for n in names
    )
    said_once = "from network.cookies import OwnCookie; print(OwnCookie.cookie_name)"
    code = f"from django.conf import settings as s; {asked}; {said_once}"

    said = real_site("-c", code).stdout.splitlines()

    assert said == ["__Host-sessionid True None / Lax True", "__Host-csrftoken True None / Lax True", "__Host-messages"]


def test_no_module_asks_anything_of_another_machine():
    """Mail goes by Django's own backends, the database and the cache by their drivers. Whoever adds a call to elsewhere has
    to keep it from private addresses, and names it here."""
    found = set()
    for path in (
        path for app in ("network", "authors", "articles", "editorial") for path in (ROOT / app).rglob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            if CALLS & set(names):
                found.add(str(path.relative_to(ROOT)))

    assert found <= MAY_CALL


@pytest.fixture
def ana(cast):
    return cast.ana


def sign_in(client: Client, name: str, password: str = factories.PASSWORD, **more):
    return client.post("/accounts/login/", {"login": name, "password": password}, **more)


def test_session_before_signing_in_is_not_the_one_after(client, ana):
    client.get("/accounts/login/")
    client.session.save()
    before = client.session.session_key
    sign_in(client, "ana")

    assert client.session.session_key != before


def test_wrong_host_is_refused(client, db):
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(to, client, ana):
    answer = client.post(f"/accounts/login/?next={to}", {"login": "ana", "password": factories.PASSWORD, "next": to})

    assert "elsewhere" not in answer["Location"]
    assert answer["Location"].startswith("/")


def test_sign_in_tells_nobody_who_has_an_account(client, ana):
    there, nowhere = sign_in(client, "ana", "wrong words here"), sign_in(Client(), "nobody", "wrong words here")

    assert there.status_code == nowhere.status_code == 200
    assert len(there.content) == len(nowhere.content) - len("nobody") + len("ana")


def test_forged_sign_in_and_forged_letter_to_the_desk_are_refused(ana):
    client = Client(enforce_csrf_checks=True)

    assert sign_in(client, "ana").status_code == 403
    client.force_login(ana)
    assert client.post("/contribute/new/", {"headline": "x"}).status_code == 403
    assert not ana.author.articles.exists()


def test_nobody_is_locked_out_by_somebody_elsewhere(ana):
    for number in range(12):
        sign_in(Client(), "ana", f"wrong {number}", REMOTE_ADDR="198.51.100.7")

    assert "wrong too often" in sign_in(Client(), "ana", REMOTE_ADDR="198.51.100.7").content.decode()
    assert sign_in(Client(), "ana", REMOTE_ADDR="203.0.113.9").status_code == 302


# Asking again


@pytest.mark.parametrize("path", ["steps/retract/", "steps/remove/", "steps/challenge/", "details/"])
def test_what_only_standards_do_asks_who_it_is_again(path, client, cast, at_stage, settings):
    settings.REQUIRE_SECOND_STEP = True
    cast.sten.authenticator_set.create(type="recovery_codes", data={})
    cast.sten.authenticator_set.create(type="totp", data={"secret": "x"})
    piece = at_stage("published")
    client.force_login(cast.sten)

    answer = client.post(f"/admin/articles/article/{piece.pk}/{path}", {"note": "x", "notice": "x"})

    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert piece.standing == type(piece).objects.get(pk=piece.pk).standing


def test_who_has_just_said_who_they_are_is_not_asked_again(client, cast, at_stage, settings):
    settings.REQUIRE_SECOND_STEP = True
    cast.sten.authenticator_set.create(type="totp", data={"secret": "x"})
    client.force_login(cast.sten)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})

    answer = client.get(f"/admin/articles/article/{at_stage('published').pk}/steps/retract/")

    assert answer.status_code == 200
