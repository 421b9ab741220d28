"""Signing up only by invitation, signing in, and what rests encrypted."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.contrib.auth.models import User
from django.core import mail
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.urls import reverse

from authors.models import Author, Invitation
from editorial import joining, post
from editorial.accounts import SecondSteps
from editorial.models import Letter
from editorial.templatetags.sign_in import as_json, device
from network import clock
from tests import factories

ADDRESS = "nina@elsewhere.example"
PASSWORD = "a lamp that turns"


@pytest.fixture
def invitation(cast):
    return joining.invite(email=ADDRESS, name="Nina Sand", by=cast.edda)


def open_the_door(client, invitation, way: str = "password"):
    return client.post(f"/join/{invitation.key()}/", {"way": way})


def sign_up(client, **changed):
    return client.post("/accounts/signup/", {"email": ADDRESS, "password1": PASSWORD} | changed)


def sign_in(client, username: str, password: str = factories.PASSWORD):
    return client.post("/accounts/login/", {"login": username, "password": password})


# Signing up


def test_sign_up_is_closed_to_strangers(client, cast):
    before = User.objects.count()

    for address in ("/accounts/signup/", "/accounts/signup/passkey/"):
        page = client.get(address).content.decode()
        client.post(address, {"email": "x@y.example", "password1": PASSWORD})

        assert "Accounts come by invitation" in page
    assert User.objects.count() == before


def test_join_says_who_invites_whom(client, invitation):
    page = client.get(f"/join/{invitation.key()}/").content.decode()

    assert "The Signal invites you to write" in page
    assert "Nina Sand" in page
    assert ADDRESS in page


def test_looking_opens_no_door(client, invitation):
    client.get(f"/join/{invitation.key()}/")
    sign_up(client)

    assert not User.objects.filter(email=ADDRESS).exists()
    assert Invitation.objects.open().get() == invitation


def test_invited_person_gets_an_account_that_is_an_author(client, invitation):
    open_the_door(client, invitation)
    answer = sign_up(client)

    assert answer["Location"] == "/contribute/"
    user = User.objects.get(email=ADDRESS)
    assert user.username == "nina"
    assert user.get_full_name() == "Nina Sand"
    assert user.author.name == "Nina Sand"
    assert (EmailAddress.objects.get(user=user).email, EmailAddress.objects.get(user=user).verified) == (ADDRESS, True)
    assert client.get("/contribute/").status_code == 200


def test_typed_address_is_not_read(client, invitation):
    open_the_door(client, invitation)
    sign_up(client, email="mallory@bad.example")

    assert not User.objects.filter(email__contains="mallory").exists()
    assert not EmailAddress.objects.filter(email__contains="mallory").exists()
    assert EmailAddress.objects.get(user__email=ADDRESS).verified


def test_address_in_the_query_is_not_read(client, invitation):
    open_the_door(client, invitation)
    page = client.get("/accounts/signup/?email=mallory@bad.example").content.decode()

    assert "mallory" not in page
    assert ADDRESS in page


def test_weak_password_opens_nothing(client, invitation):
    open_the_door(client, invitation)
    page = sign_up(client, password1="short").content.decode()

    assert "at least 10 characters" in page
    assert Invitation.objects.open().get() == invitation
    assert not Author.objects.filter(name="Nina Sand").exists()


def test_invitation_opens_one_account(client, invitation):
    other = Client()
    open_the_door(client, invitation)
    open_the_door(other, invitation)
    sign_up(client)
    answer = sign_up(other)

    assert "Accounts come by invitation" in answer.content.decode()
    assert User.objects.filter(email=ADDRESS).count() == 1
    assert Client().get(f"/join/{invitation.key()}/").status_code == 410


def test_passkey_sign_up_redeems_the_invitation_too(client, invitation):
    assert open_the_door(client, invitation, "passkey")["Location"] == "/accounts/signup/passkey/"
    answer = client.post("/accounts/signup/passkey/", {"email": "mallory@bad.example"})

    assert answer["Location"] == "/accounts/2fa/webauthn/signup/"
    user = User.objects.get(email=ADDRESS)
    assert not user.has_usable_password()
    assert user.author.name == "Nina Sand"
    assert not Invitation.objects.open().exists()
    assert client.get("/contribute/").status_code == 302


def test_account_without_its_passkey_is_reached_by_mail(client, invitation):
    open_the_door(client, invitation, "passkey")
    client.post("/accounts/signup/passkey/", {})
    client.post("/accounts/logout/")
    post.sweep()
    mail.outbox.clear()

    client.post("/accounts/password/reset/", {"email": ADDRESS})
    post.sweep()

    assert "/accounts/password/reset/key/" in mail.outbox[0].body


@pytest.mark.parametrize("fate", ["forged", "cut off", "revoked", "expired", "other salt"])
def test_dead_key_opens_no_door(client, invitation, cast, fate):
    key, at = invitation.key(), clock.now()
    if fate == "forged":
        key = f"{invitation.pk + 1}:{key.partition(':')[2]}"
    if fate == "cut off":
        key = key[:-3]
    if fate == "other salt":
        key = Signer(salt="another").sign(str(invitation.pk))
    if fate == "revoked":
        joining.revoke(invitation, by=cast.edda)
    if fate == "expired":
        at += timedelta(days=14, seconds=1)

    with time_machine.travel(at):
        answer = client.post(f"/join/{key}/", {"way": "password"})
        sign_up(client)

    assert answer.status_code == 410
    assert "This invitation opens no account" in answer.content.decode()
    assert not User.objects.filter(email=ADDRESS).exists()


def test_door_closes_when_the_invitation_is_revoked_meanwhile(client, invitation, cast):
    open_the_door(client, invitation)
    joining.revoke(invitation, by=cast.edda)
    sign_up(client)

    assert not User.objects.filter(email=ADDRESS).exists()


def test_key_survives_a_change_of_the_secret(client, invitation, settings):
    key = invitation.key()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret"

    assert client.get(f"/join/{key}/").status_code == 200


def test_somebody_signed_in_opens_no_second_account(client, invitation, cast):
    client.force_login(cast.ana)
    page = client.get(f"/join/{invitation.key()}/").content.decode()
    open_the_door(client, invitation)

    assert "You are signed in as" in page
    assert "invitation" not in client.session


def test_two_browsers_with_one_key_open_one_account(transactional_db, cast, invitation):
    gate, answers = threading.Barrier(2), []

    def join():
        browser = Client()
        open_the_door(browser, invitation)
        gate.wait(timeout=20)
        answers.append(sign_up(browser))
        connection.close()

    threads = [threading.Thread(target=join) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 2
    assert User.objects.filter(author__name="Nina Sand").count() == 1
    assert Author.objects.filter(name="Nina Sand").count() == 1
    invitation.refresh_from_db()
    assert invitation.used_by.author.name == "Nina Sand"


# Signing in


@pytest.mark.parametrize("username, address", [("edda", "/admin/"), ("axel", "/contribute/"), ("ana", "/contribute/")])
def test_sign_in_leads_to_where_somebody_works(username, address, client, cast):
    answer = sign_in(client, username)

    assert answer["Location"] == address


def test_unverified_address_is_confirmed_by_the_code_in_the_letter(client, cast):
    EmailAddress.objects.filter(user=cast.ana).update(verified=False)

    answer = sign_in(client, "ana")
    page = client.get(answer["Location"]).content.decode()
    code = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox[0].body, re.MULTILINE)[0]
    done = client.post(answer["Location"], {"code": code})

    assert "Type the code from that letter" in page
    assert "A letter with a link" not in page
    assert done["Location"] == "/contribute/"
    assert EmailAddress.objects.get(user=cast.ana).verified


@pytest.mark.parametrize("many, is_offered", [(1, False), (2, True)])
def test_the_only_address_is_neither_removed_nor_chosen(client, cast, many, is_offered):
    sign_in(client, "ana")
    for number in range(many - 1):
        EmailAddress.objects.create(user=cast.ana, email=f"ana{number}@elsewhere.example", verified=True)

    page = client.get("/accounts/email/").text

    assert ("Remove it" in page) == ("Make it the main one" in page) == is_offered


def test_foot_leads_somebody_signed_in_to_their_pieces(client, cast):
    foot = '<li><a href="/contribute/">Your pieces</a></li>'
    before = client.get("/accounts/login/").text
    sign_in(client, "ana")

    page = client.get("/contribute/").text.partition("<footer")[2]

    assert "Sign in" in before.partition("<footer")[2]
    assert "Sign in" not in page
    assert foot in page


def test_account_without_an_address_is_told_what_to_do(client, cast):
    User.objects.create_superuser("machine", "", factories.PASSWORD)

    answer = sign_in(client, "machine")
    page = client.get(answer["Location"]).content.decode()

    assert "This account has no e-mail address" in page
    assert "_auth_user_id" not in client.session


def test_library_mail_is_the_networks(client, cast):
    client.post("/accounts/password/reset/", {"email": cast.ana.email})
    post.sweep()

    message = mail.outbox[0]
    assert message.from_email == "The Signal <desk@signal.example>"
    assert message.subject == "Choose a new password"
    assert "The Signal" in message.body
    assert "testserver!" not in message.body
    assert message.alternatives[0][1] == "text/html"


def test_forgotten_password_by_a_second_address_is_answered_there(client, cast):
    EmailAddress.objects.create(user=cast.ana, email="ana@elsewhere.example", verified=True)

    client.post("/accounts/password/reset/", {"email": "Ana@elsewhere.example"})
    post.sweep()

    message = mail.outbox[0]
    assert message.to == ["ana@elsewhere.example"]
    path = re.search(r"/accounts/password/reset/key/\S+", message.body)[0]
    page = client.get(path, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD})
    cast.ana.refresh_from_db()
    assert cast.ana.check_password(PASSWORD)
    assert "reset/key/" not in Letter.objects.get().body


def test_change_of_password_is_told(client, cast):
    client.force_login(cast.ana)
    sign_in(client, "ana")
    client.post(
        "/accounts/password/change/",
        {"oldpassword": factories.PASSWORD, "password1": PASSWORD},
    )

    assert mail.outbox[-1].subject == "Your password has been changed"
    assert "If it was not you" in mail.outbox[-1].body


def test_nobody_is_asked_again_who_has_just_signed_in(client, cast):
    sign_in(client, "ana")
    at_once = client.get("/accounts/2fa/webauthn/add/")
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        later = client.get("/accounts/2fa/webauthn/add/")

    assert at_once.status_code == 200
    assert later["Location"].startswith("/accounts/reauthenticate/")


# What rests


def test_secret_of_an_app_rests_encrypted():
    sealed = SecondSteps().encrypt("JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert SecondSteps().decrypt(sealed) == "JBSWY3DPEHPK3PXP"


def test_secret_of_an_app_survives_a_change_of_the_sites_secret(settings):
    sealed = SecondSteps().encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret"

    assert SecondSteps().decrypt(sealed) == "JBSWY3DPEHPK3PXP"

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        SecondSteps().decrypt(sealed)


def test_app_is_set_up_by_a_picture_of_its_own_address(client, cast):
    sign_in(client, "ana")
    assert client.get("/accounts/2fa/totp/code.svg").status_code == 404

    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    picture = client.get("/accounts/2fa/totp/code.svg")

    assert 'src="/accounts/2fa/totp/code.svg"' in page
    assert "data:" not in page
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Safari/604", "Safari on iPhone or iPad"),
        ("curl/8.5", "A program"),
    ],
)  # fmt: skip
def test_device_is_named_so_that_its_owner_knows_it(user_agent, words):
    assert device(user_agent) == words


def test_options_of_a_passkey_are_json():
    assert as_json({"publicKey": {"challenge": "a"}}) == '{"publicKey": {"challenge": "a"}}'


def test_new_password_is_asked_once(client, cast):
    client.post("/accounts/login/", {"login": "ana", "password": factories.PASSWORD})
    newer = "quite another long password"

    page = client.get("/accounts/password/change/").text
    client.post("/accounts/password/change/", {"oldpassword": factories.PASSWORD, "password1": newer})

    assert "again" not in page.lower()
    cast.ana.refresh_from_db()
    assert cast.ana.check_password(newer)


@pytest.mark.parametrize("address", ["/admin/", "/admin/articles/article/", "/admin/articles/article/calendar/"])
def test_desk_opens_only_with_a_second_step(client, cast, settings, address):
    settings.REQUIRE_SECOND_STEP = True
    client.force_login(cast.edda)

    answer = client.get(address, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("mfa_index")
    assert "The desk wants a second step besides a password." in answer.content.decode()
    Authenticator.objects.create(user=cast.edda, type=Authenticator.Type.TOTP, data={})
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/markdownx/markdownify/", "/markdownx/upload/", "/contribute/{}/paste/"])
def test_no_way_around_the_desks_door_leads_to_a_text(client, cast, at_stage, settings, address):
    piece = at_stage("in_review")
    settings.REQUIRE_SECOND_STEP = True
    client.force_login(cast.edda)

    def answer() -> int:
        said = {"piece": piece.pk, "content": "x", "html": "x", "image": factories.image_file(), "alt": "A gull"}
        return client.post(address.format(piece.pk), said).status_code

    assert answer() == 404
    Authenticator.objects.create(user=cast.edda, type=Authenticator.Type.TOTP, data={})
    assert answer() == 200
    assert piece.pictures.count() == ("upload" in address)


def test_second_step_is_not_asked_of_who_cannot_enter(client, cast, settings):
    settings.REQUIRE_SECOND_STEP = True
    client.force_login(cast.ana)

    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/contribute/").status_code == 200


def test_use_of_a_sign_in_is_written_down_by_the_minute_and_for_each_place(client, cast):
    client.force_login(cast.ana)
    begun = clock.now()
    seen = []
    for seconds, place in ((0, "127.0.0.1"), (30, "127.0.0.1"), (40, "127.0.0.9"), (120, "127.0.0.9")):
        with time_machine.travel(begun + timedelta(seconds=seconds), tick=False):
            client.get("/contribute/", REMOTE_ADDR=place)
        seen.append(UserSession.objects.values_list("last_seen_at", "ip").get(user=cast.ana))

    assert [round((at - begun).total_seconds()) for at, _ in seen] == [0, 0, 40, 120]
    assert [place for _, place in seen] == ["127.0.0.1", "127.0.0.1", "127.0.0.9", "127.0.0.9"]
