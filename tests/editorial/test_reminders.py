"""Letters that time owes: once each, only to whom they concern, and nothing where nothing is due."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from authors.models import Author, Mail
from editorial import conversation, reminders
from editorial.models import Letter, Submission
from editorial.workflow import take
from network import clock
from network.models import Network
from tests import factories


def after(**pause):
    return clock.at(clock.now() + timedelta(**pause))


def written(*kinds: str) -> list[tuple[str, str]]:
    rows = Letter.objects.filter(kind__in=kinds).order_by("pk")
    return [(letter.kind, letter.to.username) for letter in rows]


PROOF = ("proof_half", "proof_due", "proof_late")


@pytest.fixture
def shared_proof(cast):
    """A proof that waits for Ana and Bo, until four days from now."""
    piece = take("submit", factories.make_piece(cast.ana, cast.section, cast.bo), by=cast.ana)
    piece = factories.edit_by_desk(take("claim", piece, by=cast.edda), cast.edda)
    return factories.approve(piece, cast.edda)


# Proofs


def test_approve_to_a_proof_sets_the_day_by_which_it_should_be_signed(shared_proof):
    Network.objects.update(proof_days=9)
    due = shared_proof.submissions.get().proof_due_at

    assert timedelta(days=4) - timedelta(minutes=1) < due - clock.now() < timedelta(days=4)
    assert f"{due:%A}, {due.day}" in Letter.objects.filter(kind="proof").first().body


def test_nothing_is_written_before_half_time(shared_proof):
    with after(days=1, hours=23):
        assert reminders.send() == 0


def test_at_half_time_those_who_have_not_signed_are_reminded_once(cast, shared_proof):
    take("sign", shared_proof, by=cast.ana)

    for _ in range(3):
        with after(days=2, minutes=1):
            reminders.send()

    assert written(*PROOF) == [("proof_half", "bo")]


def test_when_it_is_due_authors_and_their_editor_hear_once(cast, shared_proof):
    for days in (2.1, 4.1, 4.2, 30):
        with after(days=days):
            reminders.send()

    assert written(*PROOF) == [
        ("proof_half", "ana"),
        ("proof_half", "bo"),
        ("proof_due", "ana"),
        ("proof_due", "bo"),
        ("proof_late", "edda"),
    ]
    assert "Ana Ruiz and Bo Lindqvist have not answered yet." in Letter.objects.get(kind="proof_late").body


def test_a_second_proof_is_reminded_of_again(cast, at_stage):
    piece = at_stage("proof")
    with after(days=3):
        reminders.send()
        piece = take("suggest", piece, by=cast.ana, note="Say seven.")
        piece = factories.approve(factories.edit_by_desk(piece, cast.edda, "Seven gulls.\n"), cast.edda)
    with after(days=5.5):
        reminders.send()

    assert written(*PROOF) == [("proof_half", "ana"), ("proof_half", "ana")]


def test_a_proof_that_was_answered_is_not_reminded_of(cast, at_stage):
    take("suggest", at_stage("proof"), by=cast.ana, note="Say seven.")

    with after(days=20):
        reminders.send()

    assert Submission.objects.get().proof_due_at is None
    assert written(*PROOF) == []


def test_send_asks_little_where_nothing_is_due(shared_proof, django_assert_num_queries):
    with django_assert_num_queries(3):
        reminders.send()


def test_send_reminders_is_a_command(shared_proof, capsys):
    with after(days=3):
        call_command("send_reminders")

    assert capsys.readouterr().out == "2\n"


# Bios


def test_a_bio_that_runs_out_is_asked_about_once_a_year(cast):
    Author.objects.filter(user=cast.ana).update(bio_confirmed_at=clock.now() - timedelta(days=300))

    for days in (0, 34, 36, 50):
        with after(days=days):
            reminders.send()

    assert written("bio_due") == [("bio_due", "ana")]


# The digest


@pytest.fixture
def daily(cast, at_stage):
    """A piece of Ana's, who wants one letter a day."""
    Author.objects.filter(user=cast.ana).update(mail=Mail.DIGEST)
    return at_stage("in_review")


def test_the_digest_tells_of_all_comments_once_a_day_after_the_oldest(cast, daily):
    for hours in (0, 5, 23):
        with after(hours=hours):
            conversation.say(daily, by=cast.edda, text=f"At {hours}.")
    conversation.say(daily, by=cast.edda, text="Between us.", is_shared=False)

    for hours in (20, 24.1, 25, 60):
        with after(hours=hours):
            reminders.send()

    (letter,) = Letter.objects.filter(kind__in=["digest", "comment"])
    assert [f"At {hours}." in letter.body for hours in (0, 5, 23)] == [True, True, True]
    assert "Between us." not in letter.body


def test_a_comment_after_the_digest_is_in_the_next_one(cast, daily):
    conversation.say(daily, by=cast.edda, text="The first.")
    with after(hours=25):
        reminders.send()
        conversation.say(daily, by=cast.edda, text="The second.")
    with after(hours=50):
        reminders.send()

    first, second = Letter.objects.filter(kind="digest").order_by("pk")
    assert ("The first." in first.body, "The second." in first.body) == (True, False)
    assert ("The first." in second.body, "The second." in second.body) == (False, True)


def test_what_a_request_for_changes_has_told_is_not_told_again(cast, daily):
    conversation.say(daily, by=cast.edda, text="Who told you?")
    take("ask_changes", daily, by=cast.edda)

    with after(days=2):
        reminders.send()

    assert written("digest") == []


def test_what_was_told_one_by_one_is_not_told_again(cast, at_stage):
    conversation.say(at_stage("in_review"), by=cast.edda, text="Who told you?")
    Author.objects.filter(user=cast.ana).update(mail=Mail.DIGEST)

    with after(days=2):
        reminders.send()

    assert written("comment", "digest") == [("comment", "ana")]
