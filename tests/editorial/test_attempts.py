"""What somebody tries who wants in: another's session, another host, another site's page, and guessing who has an account."""

import json
import re
import time
from base64 import urlsafe_b64encode
from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from articles.models import Article, Repin
from editorial import post
from editorial.forms.passwords import ALIKE
from tests import factories

EVIL = "evil.example"


def sign_in(client: Client, username: str = "ana", password: str = factories.PASSWORD, address: str = ""):
    return client.post(f"/accounts/login/{address}", {"login": username, "password": password})


class Counting(MD5PasswordHasher):
    """How often a password is hashed: what takes time with Argon2."""

    times = 0

    def encode(self, *args, **kwargs):
        Counting.times += 1
        return super().encode(*args, **kwargs)


# Sessions, hosts, addresses


def test_session_from_before_signing_in_opens_nothing(client, cast):
    client.post("/accounts/login/", {"login": "ana", "password": "no"})
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted

    sign_in(client)
    thief = Client()
    thief.cookies["sessionid"] = planted

    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert thief.get("/contribute/").status_code == 302


def test_signing_out_ends_the_session_for_whoever_has_copied_it(client, cast):
    sign_in(client)
    copied = Client()
    copied.cookies["sessionid"] = client.session.session_key
    assert copied.get("/contribute/").status_code == 200

    client.post("/accounts/logout/")

    assert copied.get("/contribute/").status_code == 302


@pytest.mark.parametrize("host", [EVIL, f"testserver@{EVIL}", f"testserver.{EVIL}", "testserver:80@x", "[::2]", ""])
def test_no_page_is_made_for_another_host(host, client, cast):
    assert client.get("/accounts/login/", HTTP_HOST=host).status_code == 400


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_HOST", "HTTP_X_ORIGINAL_URL"])
def test_no_letter_leads_to_another_host(header, client, cast):
    client.post("/accounts/password/reset/", {"email": cast.ana.email}, **{header: f"host={EVIL}"})
    post.sweep()

    assert "/accounts/password/reset/key/" in mail.outbox[0].body
    assert EVIL not in str(mail.outbox[0].message())


PLACES = (
    f"https://{EVIL}", f"//{EVIL}", f"///{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"https:{EVIL}", f"\t//{EVIL}",
    f"/\t/{EVIL}", "javascript:alert(1)", "data:text/html,x", f"http:///{EVIL}", f"https://testserver@{EVIL}",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_signing_in_and_out_leads_nowhere_else(place, client, cast):
    answers = [
        sign_in(client, address=f"?next={quote(place)}"),
        client.get(f"/accounts/login/?next={quote(place)}"),
        client.post(f"/accounts/reauthenticate/?next={quote(place)}", {"password": factories.PASSWORD}),
        client.post(f"/accounts/logout/?next={quote(place)}", {"next": place}),
    ]

    for answer in answers:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert EVIL not in answer["Location"]


# Who has an account


def test_wrong_password_says_and_costs_the_same_with_and_without_an_account(client, cast, settings):
    settings.PASSWORD_HASHERS = ["tests.editorial.test_attempts.Counting"]
    cast.ana.set_password(factories.PASSWORD)
    cast.ana.save()
    seen = []

    for name in ("ana", "eva", "ana@people.example", "eva@people.example"):
        Counting.times = 0
        with CaptureQueriesContext(connection) as queries:
            answer = sign_in(Client(), name, "a wrong password")
        page = answer.text.replace(name, "NAME")
        seen.append((answer.status_code, len(page), Counting.times, len(queries) if "@" not in name else 0))

    assert seen[0] == seen[1]
    assert seen[2] == seen[3]


def test_forgotten_password_says_the_same_to_everybody(client, cast):
    answers = [client.post("/accounts/password/reset/", {"email": email}) for email in (cast.ana.email, f"x@{EVIL}")]

    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    post.sweep()
    assert [message.to for message in mail.outbox] == [[cast.ana.email]]


# Pages of other sites


def views(resolver=None, prefix: str = ""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry.callback
        else:
            yield from views(entry, route)


def test_only_readers_forms_ask_for_no_proof():
    exempt = {route for route, view in views() if getattr(view, "csrf_exempt", False)}

    assert exempt == {
        "articles/<slug:slug>/write-to-the-author/",
        "articles/<slug:slug>/ask-for-a-correction/",
        "contact/",
        "letters/confirm/<str:key>/",
        "letters/<slug:key>/",
        "write-for-us/",
    }


def test_forged_form_does_nothing(cast, at_stage):
    piece = at_stage("in_review")
    before = Article.objects.filter(pk=piece.pk).values().get()
    author, editor = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    author.force_login(cast.ana)
    editor.force_login(cast.edda)
    desk = f"/admin/articles/article/{piece.pk}"
    forged = [
        *((author, f"/contribute/{piece.pk}/{page}/") for page in ("withdraw", "edit", "comment", "buffer", "paste")),
        *(
            (author, f"/{page}/")
            for page in ("accounts/logout", "accounts/email", "markdownx/upload", "contribute/new")
        ),
        *((editor, f"{desk}/{page}/") for page in ("steps/decline", "details", "check-out", "comment", "risk")),
        (editor, "/admin/logout/"),
    ]

    answers = [who.post(address, {"note": "Forged."}).status_code for who, address in forged]

    assert answers == [403] * len(forged)
    assert Article.objects.filter(pk=piece.pk).values().get() == before
    assert author.get("/contribute/").status_code == 200


def test_new_words_under_old_pieces_ask_who_it_is_again(client, cast, at_stage, settings):
    at_stage("published")
    words = factories.make_disclaimer("New words of {network}, {author}, {contact}.", version=2)
    settings.REQUIRE_SECOND_STEP = True
    cast.sten.authenticator_set.create(type="totp", data={"secret": "x"})
    client.force_login(cast.sten)

    answer = client.post(f"/admin/articles/disclaimer/{words.pk}/apply/", {"note": "x"})

    assert "/reauthenticate/" in answer["Location"]
    assert not Repin.objects.exists()


# Passkeys written by hand

JUNK = (None, 1, "", "x", "AA", [], {}, [1], {"id": 1}, "é", "\x00", True, 1e400)
CLIENT_DATA = urlsafe_b64encode(b'{"type": "webauthn.get", "challenge": "AA", "origin": "https://testserver"}').decode()
WHOLE = {
    "id": "AA",
    "rawId": "AA",
    "type": "public-key",
    "clientExtensionResults": {},
    "response": {
        "clientDataJSON": CLIENT_DATA,
        "authenticatorData": "AA" * 37,
        "signature": "AA",
        "userHandle": "MQ",
        "attestationObject": "oA",
    },
}


def credentials():
    """Nothing, nonsense, and a whole one with one part gone or another in its place."""
    yield from JUNK
    for name in WHOLE:
        yield {key: value for key, value in WHOLE.items() if key != name}
        yield from (WHOLE | {name: junk} for junk in JUNK)
    for name in WHOLE["response"]:
        yield WHOLE | {"response": {key: value for key, value in WHOLE["response"].items() if key != name}}
        yield from (WHOLE | {"response": WHOLE["response"] | {name: junk}} for junk in JUNK)


@pytest.mark.parametrize("path", ["login", "add"])
def test_passkey_that_makes_no_sense_is_a_wrong_one_and_no_error_of_ours(path, client, cast, settings):
    settings.MFA_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS = False
    address = f"/accounts/2fa/webauthn/{path}/"
    if path != "login":
        client.force_login(cast.ana)
        client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    client.get(address)
    wrong = []

    for credential in credentials():
        answer = client.post(address, {"credential": json.dumps(credential)})
        if answer.status_code not in (200, 302):
            wrong.append((answer.status_code, credential))

    assert wrong == []


@pytest.mark.parametrize("path", ["/contact/", "/accounts/login/", "/contribute/", "/nowhere/"])
def test_form_that_cannot_be_read_gets_a_page_of_ours(path, cast):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.get("/accounts/login/")

    answer = client.post(path, "a=b", content_type="application/x-www-form-urlencoded; charset=latin-1")

    assert answer.status_code in (302, 400, 404)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Request-ID"]


# One account, guessed at from many networks


def wrong(count: int, name: str, network: int = 0) -> None:
    for number in range(count):
        sign_in(Client(REMOTE_ADDR=f"10.{network}.{number}.1"), name, "a wrong password")


def gets_in(name: str, address: str) -> bool:
    client = Client(REMOTE_ADDR=address)
    sign_in(client, name, factories.PASSWORD)
    return "_auth_user_id" in client.session


def test_account_that_is_guessed_at_from_everywhere_opens_only_where_it_was_opened_before(cast):
    assert gets_in("ana", "192.0.2.1")
    wrong(10, "ana")
    wrong(10, cast.ana.email, network=1)

    assert not gets_in("ana", "192.0.2.99")
    assert gets_in("ana", "192.0.2.1")
    assert gets_in("bo", "192.0.2.99")


def test_new_password_by_mail_ends_the_count(cast, client):
    wrong(20, "ana")
    assert not gets_in("ana", "192.0.2.99")
    client.post("/accounts/password/reset/", {"email": cast.ana.email})
    post.sweep()
    path = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)[0]
    page = client.get(path, follow=True)

    client.post(page.request["PATH_INFO"], {"password1": factories.PASSWORD})

    assert gets_in("ana", "192.0.2.99")


def test_forgotten_password_takes_as_long_for_everybody(client, cast):
    taken = []
    for email in (cast.ana.email, f"x@{EVIL}"):
        begun = time.monotonic()
        client.post("/accounts/password/reset/", {"email": email})
        taken.append(time.monotonic() - begun)

    assert min(taken) >= ALIKE
