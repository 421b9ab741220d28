"""Applying, being invited, and opening one account: what holds whatever page or shell asks for it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User

from authors.models import Application, Author, Invitation, OldAuthorSlug
from editorial import joining
from editorial.models import Letter
from editorial.refusal import Refused
from network import clock
from tests import factories

SAID = {
    "name": "Nina Sand",
    "email": "nina@elsewhere.example",
    "place": "Ystad, a lighthouse",
    "links": "https://nina.example/",
    "sample": "The lamp turns whether anybody looks or not.",
    "why": "I know what is seen from up there.",
}


@pytest.fixture
def application(cast):
    return joining.apply(**SAID)


@pytest.fixture
def invitation(cast):
    return joining.invite(email=SAID["email"], name=SAID["name"], by=cast.edda, words="Write for us.")


def account(email: str = SAID["email"], username: str = "nina") -> User:
    return User.objects.create_user(username, email)


# Applying


def test_apply_promises_a_day_and_confirms_it(cast):
    application = joining.apply(**SAID)

    assert application.promised_by - application.applied_at >= timedelta(days=9, hours=23)
    letter = Letter.objects.get(kind="applied")
    assert letter.address == "nina@elsewhere.example"
    assert f"{application.promised_by:%-d %B %Y}" in letter.body


def test_apply_tells_every_editor_once(cast):
    joining.apply(**SAID)

    told = Letter.objects.filter(kind="application")
    assert {letter.to for letter in told} == {cast.edda, cast.emil, cast.axel}
    assert all("/admin/authors/application/" in letter.body for letter in told)


def test_receipt_holds_nothing_that_was_typed(cast):
    joining.apply(**SAID | {"name": "Win a prize at https://bad.example/"})

    letter = Letter.objects.get(kind="applied")
    assert "bad.example" not in letter.subject + letter.body


def test_second_application_of_an_address_changes_nothing(application):
    again = joining.apply(**SAID | {"email": "Nina@Elsewhere.example", "why": "Something else."})

    assert again is None
    assert Application.objects.get().why == SAID["why"]
    assert Letter.objects.filter(kind="applied").count() == 1


def test_second_application_is_answered_to_its_address_once(application):
    for _ in range(3):
        joining.apply(**SAID)

    letter = Letter.objects.get(kind="applied_again")
    assert letter.address == "nina@elsewhere.example"


def test_declined_person_may_apply_again(application, cast):
    joining.decline(application, by=cast.edda, words="Not this season.")

    assert joining.apply(**SAID) is not None
    assert Application.objects.count() == 2


# Deciding


def test_accept_mails_an_invitation(application, cast):
    invitation = joining.accept(application, by=cast.edda, words="Start with the lamp.")

    application.refresh_from_db()
    assert (application.decision, application.decided_by) == ("accepted", cast.edda)
    letter = Letter.objects.get(kind="invitation")
    assert (letter.address, letter.invitation) == ("nina@elsewhere.example", invitation)
    assert "Start with the lamp." in letter.body
    assert invitation.key() not in letter.body


def test_decline_mails_the_letter(application, cast):
    joining.decline(application, by=cast.edda, words="We had three lighthouses this year.")

    application.refresh_from_db()
    assert application.decision == "declined"
    letter = Letter.objects.get(kind="application_declined")
    assert "We had three lighthouses this year." in letter.body
    assert not Invitation.objects.exists()


def test_decline_needs_a_letter(application, cast):
    with pytest.raises(Refused, match="Write them a letter"):
        joining.decline(application, by=cast.edda, words="  ")

    application.refresh_from_db()
    assert application.decision == "pending"


@pytest.mark.parametrize("who", ["ana", "pia", "sten", "root"])
def test_only_editors_decide_and_invite(application, invitation, cast, who):
    by = getattr(cast, who)

    for act in (
        lambda: joining.accept(application, by=by),
        lambda: joining.decline(application, by=by, words="No."),
        lambda: joining.invite(email="x@y.example", name="X", by=by),
        lambda: joining.revoke(invitation, by=by),
        lambda: joining.send_again(invitation, by=by),
    ):
        with pytest.raises(Refused, match="Only editors"):
            act()

    application.refresh_from_db()
    invitation.refresh_from_db()
    assert application.decision == "pending"
    assert invitation.is_open
    assert Invitation.objects.count() == 1


def test_second_decision_reads_whose_the_first_was(application, cast):
    joining.accept(application, by=cast.edda)

    with pytest.raises(Refused, match="edda has accepted this application already"):
        joining.decline(application, by=cast.emil, words="No.")

    application.refresh_from_db()
    assert (application.decision, application.decided_by) == ("accepted", cast.edda)
    assert not Letter.objects.filter(kind="application_declined").exists()


def test_accept_that_cannot_invite_decides_nothing(application, cast):
    account()

    with pytest.raises(Refused, match="The account nina has this address already"):
        joining.accept(application, by=cast.edda)

    application.refresh_from_db()
    assert application.decision == "pending"
    assert not Letter.objects.filter(kind="invitation").exists()


# Inviting


def test_invite_again_ends_the_earlier_key(invitation, cast):
    later = joining.invite(email="NINA@elsewhere.example", name="Nina Sand", by=cast.emil)

    invitation.refresh_from_db()
    assert invitation.revoked_by == cast.emil
    assert Invitation.objects.by_key(invitation.key()) is None
    assert Invitation.objects.by_key(later.key()) == later


def test_invite_for_an_author_ends_a_key_at_another_address(cast):
    author = factories.make_author("Nina Sand")
    wrong = joining.invite(email="nian@elsewhere.example", name="Nina Sand", by=cast.edda, author=author)

    joining.invite(email="nina@elsewhere.example", name="Nina Sand", by=cast.edda, author=author)

    wrong.refresh_from_db()
    assert not wrong.is_open


def test_invite_refuses_an_author_with_an_account(cast):
    with pytest.raises(Refused, match="Ana Ruiz has an account already"):
        joining.invite(email="new@elsewhere.example", name="Ana Ruiz", by=cast.edda, author=cast.ana.author)

    assert not Invitation.objects.exists()


def test_invite_refuses_a_suspended_author(cast):
    author = factories.make_author("Nina Sand", status="suspended")

    with pytest.raises(Refused, match="suspended"):
        joining.invite(email="new@elsewhere.example", name="Nina Sand", by=cast.edda, author=author)

    assert not Invitation.objects.exists()


def test_send_again_makes_a_new_key_for_the_whole_time(invitation, cast):
    with time_machine.travel(invitation.expires_at + timedelta(days=1), tick=False):
        later = joining.send_again(invitation, by=cast.edda)

        assert later.is_open
        assert later.expires_at == clock.now() + timedelta(days=14)
    assert (later.email, later.name, later.words) == (invitation.email, invitation.name, invitation.words)


def test_revoke_ends_the_key(invitation, cast):
    joining.revoke(invitation, by=cast.emil)

    invitation.refresh_from_db()
    assert invitation.revoked_by == cast.emil
    assert Invitation.objects.by_key(invitation.key()) is None


def test_used_invitation_is_neither_revoked_nor_sent_again(invitation, cast):
    joining.redeem(invitation, account())

    with pytest.raises(Refused, match="used already"):
        joining.revoke(invitation, by=cast.edda)
    with pytest.raises(Refused, match="has been used"):
        joining.send_again(invitation, by=cast.edda)

    invitation.refresh_from_db()
    assert invitation.revoked_at is None
    assert Invitation.objects.count() == 1


# Redeeming


def test_redeem_makes_an_author_to_be_checked(invitation):
    user = account()

    author = joining.redeem(invitation, user)

    assert (author.name, author.slug, author.identity, author.user) == ("Nina Sand", "nina-sand", "pending", user)
    assert list(user.groups.values_list("name", flat=True)) == ["contributors"]
    assert not user.is_staff


def test_redeem_gives_the_account_its_author(cast):
    known = factories.make_author("Nina Sand", bio="She keeps the light.")
    invitation = joining.invite(email=SAID["email"], name="Nina", by=cast.edda, author=known)
    user = account()

    author = joining.redeem(invitation, user)

    assert author == known
    assert author.user == user
    assert author.bio == "She keeps the light."
    assert Author.objects.filter(name__startswith="Nina").count() == 1


def test_redeem_takes_a_slug_that_nobody_has_or_had(invitation):
    factories.make_author("Nina Sand")
    OldAuthorSlug.objects.create(slug="nina-sand-2", author=Author.objects.get(slug="nina-sand"))

    author = joining.redeem(invitation, account())

    assert author.slug == "nina-sand-3"


def test_redeem_names_an_author_whose_name_makes_no_slug(cast):
    invitation = joining.invite(email=SAID["email"], name="小林", by=cast.edda)

    assert joining.redeem(invitation, account()).slug == "author"


def test_redeem_works_once(invitation):
    first = account()
    joining.redeem(invitation, first)
    second = account(SAID["email"], "nina2")

    with pytest.raises(Refused, match="used or revoked"):
        joining.redeem(invitation, second)

    invitation.refresh_from_db()
    assert invitation.used_by == first
    assert not hasattr(second, "author")
    assert not second.groups.exists()


def test_redeem_refuses_another_address(invitation):
    with pytest.raises(Refused, match="another address"):
        joining.redeem(invitation, account("mallory@elsewhere.example"))

    invitation.refresh_from_db()
    assert invitation.is_open


@pytest.mark.parametrize("fate", ["revoked", "expired"])
def test_redeem_refuses_a_dead_invitation(invitation, cast, fate):
    user = account()
    if fate == "revoked":
        joining.revoke(invitation, by=cast.edda)
    later = clock.now() + timedelta(days=15 if fate == "expired" else 0)

    with time_machine.travel(later), pytest.raises(Refused):
        joining.redeem(invitation, user)

    assert not Author.objects.filter(user=user).exists()


def test_redeem_refuses_an_author_who_got_an_account_meanwhile(cast):
    known = factories.make_author("Nina Sand")
    invitation = joining.invite(email=SAID["email"], name="Nina", by=cast.edda, author=known)
    Author.objects.filter(pk=known.pk).update(user=account("other@elsewhere.example", "other"))
    user = account()

    with pytest.raises(Refused, match="has an account already"):
        joining.redeem(invitation, user)

    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert not user.groups.exists()
