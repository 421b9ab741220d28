"""Applications and invitations in the admin: read by the desk, decided by editors, each decision on its own page."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authors.models import Application, Invitation
from editorial import joining
from editorial.refusal import Refused
from network import clock
from tests import factories

APPLICATIONS, INVITATIONS = "/admin/authors/application/", "/admin/authors/invitation/"


def apply(number: int = 1) -> Application:
    said = {"place": "Ystad", "links": "", "sample": "The lamp turns.", "why": "I see far."}
    return joining.apply(name=f"Nina Sand {number}", email=f"nina{number}@elsewhere.example", **said)


@pytest.fixture
def application(cast):
    return apply()


@pytest.fixture
def invitation(cast):
    return joining.invite(email="ivo@elsewhere.example", name="Ivo Brand", by=cast.edda)


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.edda)
    return client


def test_list_shows_what_waits_and_marks_what_is_late(editor, application):
    with time_machine.travel(clock.now() + timedelta(days=11)):
        page = editor.get(APPLICATIONS).content.decode()

    assert "Nina Sand 1" in page
    assert ", late" in page


def test_list_hides_what_is_answered_until_asked(editor, application, cast):
    joining.decline(application, by=cast.edda, words="No.")

    assert "Nina Sand 1" not in editor.get(APPLICATIONS).content.decode()
    assert "Nina Sand 1" in editor.get(f"{APPLICATIONS}?answer=declined").content.decode()
    assert "Nina Sand 1" in editor.get(f"{APPLICATIONS}?answer=all").content.decode()
    assert "Nina Sand 1" in editor.get(f"{APPLICATIONS}?answer=all&q=nina").content.decode()


@pytest.mark.parametrize("address", [APPLICATIONS, INVITATIONS])
def test_list_asks_as_often_for_many_as_for_one(editor, cast, address):
    def fill(numbers):
        for number in numbers:
            joining.accept(apply(number), by=cast.edda)
            apply(number)

    fill([1])
    editor.get(address)
    with CaptureQueriesContext(connection) as few:
        editor.get(address)
    fill(range(2, 31))
    with CaptureQueriesContext(connection) as many:
        editor.get(address)

    assert len(many) == len(few)


def test_page_shows_the_application(editor, application):
    page = editor.get(f"{APPLICATIONS}{application.pk}/change/").content.decode()

    assert "I see far." in page
    assert "The lamp turns." in page
    assert f"{APPLICATIONS}{application.pk}/accept/" in page


def test_page_says_that_an_account_has_the_address(editor, application, cast):
    Application.objects.filter(pk=application.pk).update(email=cast.ana.email)

    assert "The account ana has this address" in editor.get(f"{APPLICATIONS}{application.pk}/change/").content.decode()


def test_looking_at_a_decision_decides_nothing(editor, application, invitation):
    for address in (f"{APPLICATIONS}{application.pk}/accept/", f"{APPLICATIONS}{application.pk}/decline/"):
        assert editor.get(address).status_code == 200
    for address in (f"{INVITATIONS}{invitation.pk}/revoke/", f"{INVITATIONS}{invitation.pk}/again/"):
        assert editor.get(address).status_code == 200

    application.refresh_from_db()
    assert application.decision == "pending"
    assert Invitation.objects.open().get() == invitation


def test_editor_accepts_for_an_author_without_account(editor, application):
    author = factories.make_author("Nina Sand")

    editor.post(f"{APPLICATIONS}{application.pk}/accept/", {"words": "Welcome.", "author": author.pk})

    invitation = Invitation.objects.get()
    assert (invitation.application, invitation.author, invitation.words) == (application, author, "Welcome.")


def test_editor_cannot_choose_an_author_with_account(editor, application, cast):
    page = editor.post(f"{APPLICATIONS}{application.pk}/accept/", {"words": "Hi.", "author": cast.ana.author.pk})

    assert page.status_code == 200
    assert not Invitation.objects.exists()


def test_decline_without_a_letter_says_so(editor, application):
    page = editor.post(f"{APPLICATIONS}{application.pk}/decline/", {"words": ""}).content.decode()

    assert "Write them a letter" in page
    application.refresh_from_db()
    assert application.decision == "pending"


def test_editor_declines_with_a_letter(editor, application):
    editor.post(f"{APPLICATIONS}{application.pk}/decline/", {"words": "Not now."})

    application.refresh_from_db()
    assert application.decision == "declined"


def test_second_editor_reads_who_was_first(editor, application, cast):
    joining.accept(application, by=cast.emil)

    page = editor.post(f"{APPLICATIONS}{application.pk}/decline/", {"words": "My long letter."}).content.decode()

    assert "emil has accepted this application already" in page
    assert "My long letter." in page


def test_editor_invites_revokes_and_sends_again(editor, cast):
    editor.post(f"{INVITATIONS}add/", {"name": "Ivo Brand", "email": "ivo@elsewhere.example", "words": ""})
    first = Invitation.objects.get()
    editor.post(f"{INVITATIONS}{first.pk}/again/")
    second = Invitation.objects.open().get()
    editor.post(f"{INVITATIONS}{second.pk}/revoke/")

    assert first != second
    assert not Invitation.objects.open().exists()
    assert "revoked" in editor.get(f"{INVITATIONS}{second.pk}/change/").content.decode().lower()


@pytest.mark.parametrize("state", ["open", "used", "revoked", "expired"])
def test_invitations_are_filtered_by_state(editor, cast, invitation, state):
    if state == "used":
        joining.redeem(invitation, User.objects.create_user("ivo", invitation.email))
    if state == "revoked":
        joining.revoke(invitation, by=cast.edda)
    if state == "expired":
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=clock.now() - timedelta(days=1))

    for asked in ("open", "used", "revoked", "expired"):
        page = editor.get(f"{INVITATIONS}?state={asked}").content.decode()
        assert ("Ivo Brand" in page) == (asked == state)


@pytest.mark.parametrize("who", ["pia", "sten", "root"])
def test_others_on_the_desk_read_and_decide_nothing(client, cast, application, invitation, who):
    client.force_login(getattr(cast, who))

    assert client.get(f"{APPLICATIONS}{application.pk}/change/").status_code == 200
    assert "/accept/" not in client.get(f"{APPLICATIONS}{application.pk}/change/").content.decode()
    for address in (
        f"{APPLICATIONS}{application.pk}/accept/",
        f"{APPLICATIONS}{application.pk}/decline/",
        f"{INVITATIONS}add/",
        f"{INVITATIONS}{invitation.pk}/revoke/",
        f"{INVITATIONS}{invitation.pk}/again/",
    ):
        assert client.post(address, {"name": "X", "email": "x@y.example", "words": "No."}).status_code == 403

    application.refresh_from_db()
    assert application.decision == "pending"
    assert Invitation.objects.open().get() == invitation


@pytest.mark.parametrize("who", ["ana", None])
def test_outsiders_see_nothing(client, cast, application, who):
    if who:
        client.force_login(getattr(cast, who))

    for address in (APPLICATIONS, f"{APPLICATIONS}{application.pk}/change/", f"{APPLICATIONS}{application.pk}/accept/"):
        assert "Nina" not in client.get(address).content.decode()


def test_rows_are_neither_written_nor_deleted(editor, application, invitation, cast):
    editor.force_login(cast.root)
    editor.post(f"{APPLICATIONS}{application.pk}/change/", {"name": "Changed"})
    editor.post(f"{APPLICATIONS}{application.pk}/delete/", {"post": "yes"})
    editor.post(f"{INVITATIONS}{invitation.pk}/delete/", {"post": "yes"})

    application.refresh_from_db()
    assert application.name == "Nina Sand 1"
    assert Invitation.objects.filter(pk=invitation.pk).exists()


def test_two_editors_at_once_make_one_decision(transactional_db, cast, application):
    gate, said = threading.Barrier(2), []

    def decide(act):
        gate.wait(timeout=20)
        try:
            act()
        except Refused as refusal:
            said.append(str(refusal))
        connection.close()

    acts = (
        lambda: joining.accept(application, by=cast.edda),
        lambda: joining.decline(application, by=cast.emil, words="No."),
    )
    threads = [threading.Thread(target=decide, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    application.refresh_from_db()
    assert len(said) == 1
    assert "already" in said[0]
    assert Invitation.objects.exists() == (application.decision == "accepted")


def test_the_author_page_says_which_agreements_were_accepted(editor, cast):
    first, second = factories.make_agreement(), factories.make_agreement()
    for agreement in (first, second):
        agreement.accept(cast.bo.author, by=cast.bo)
    address = "/admin/authors/author/{}/change/"

    bos = editor.get(address.format(cast.bo.author.pk)).text
    new = editor.get("/admin/authors/author/add/")

    said = [f"version {agreement.version} on" in bos for agreement in (first, second)]
    assert said == [True, True]
    assert "None yet" in new.text
