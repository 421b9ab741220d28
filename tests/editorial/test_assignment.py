"""Who at the desk does what by when: handing over, due day and priority, claims that lapse."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from editorial import assignment, conversation, trail, workflow
from editorial.models import Submission
from editorial.workflow import Refused, take
from network import clock
from network.models import Network
from tests import factories

LATER = timedelta(days=7, minutes=1)


def trip(piece: Article) -> Submission:
    return piece.submissions.open().get()


def address(piece: Article, step: str) -> str:
    return reverse("admin:desk_step", args=[piece.pk, step])


# Handing over


@pytest.mark.parametrize("stage", ["in_review", "proof", "ready", "scheduled"])
def test_hand_over_names_both_in_the_trail_writes_to_the_other_and_moves_nothing(stage, cast, at_stage):
    piece = at_stage(stage)

    moved = take("hand_over", piece, by=cast.edda, to=cast.emil, note="You know the harbour.")

    event = piece.trail.latest("seq")
    assert (moved.stage, trip(piece).claimed_by) == (stage, cast.emil)
    assert (event.actor, event.note) == (cast.edda, "From edda to emil. You know the harbour.")
    letter = piece.letters.get(kind="handed_over")
    assert letter.to == cast.emil
    assert "You know the harbour." in letter.body
    assert list(trail.verify()) == []


def test_hand_over_lets_an_editor_take_a_piece_from_one_who_is_away(cast, at_stage):
    piece = at_stage("in_review")

    take("hand_over", piece, by=cast.emil, to=cast.emil)

    assert trip(piece).claimed_by == cast.emil
    assert not piece.letters.filter(kind="handed_over").exists()


@pytest.mark.parametrize("who", [None, "edda", "pia", "sten", "ana", "axel", "root"])
def test_hand_over_to_somebody_who_may_not_decide_changes_nothing(who, cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.axel)
    piece = take("claim", take("submit", piece, by=cast.ana), by=cast.edda)
    lines = piece.trail.count()

    with pytest.raises(Refused):
        take("hand_over", piece, by=cast.edda, to=getattr(cast, who) if who else None)

    assert (trip(piece).claimed_by, piece.trail.count()) == (cast.edda, lines)
    assert not piece.letters.filter(kind="handed_over").exists()


def test_hand_over_to_an_editor_who_is_recused_changes_nothing(cast, at_stage):
    piece = at_stage("in_review")
    take("recuse", piece, by=cast.emil, note="The author is my cousin.")

    with pytest.raises(Refused, match="cannot decide"):
        take("hand_over", piece, by=cast.edda, to=cast.emil)

    assert trip(piece).claimed_by == cast.edda
    assert cast.emil not in assignment.others(piece)


def test_hand_over_page_offers_the_other_editors_and_hands_over(client, cast, at_stage):
    piece = at_stage("in_review")
    client.force_login(cast.edda)

    shown = client.get(address(piece, "hand_over")).content.decode()
    assert ">emil</option>" in shown
    assert ">edda</option>" not in shown
    client.post(address(piece, "hand_over"), {"to": cast.emil.pk, "note": "Yours."})

    assert trip(piece).claimed_by == cast.emil


def test_hand_over_page_refuses_a_made_up_editor(client, cast, at_stage):
    piece = at_stage("in_review")
    client.force_login(cast.edda)

    client.post(address(piece, "hand_over"), {"to": cast.pia.pk})

    assert trip(piece).claimed_by == cast.edda


# Due day and priority


def test_assign_sets_both_keeps_the_promise_and_stands_in_the_trail(cast, at_stage):
    piece, day = at_stage("submitted"), clock.now().date() + timedelta(days=3)
    promised = trip(piece).promised_by

    moved = take("assign", piece, by=cast.edda, due_on=day, priority=1)

    now = trip(piece)
    assert (now.due_on, now.priority, now.promised_by, now.claimed_by) == (day, 1, promised, None)
    assert moved.stage == "submitted"
    assert piece.trail.latest("seq").note == f"Due on {day:%-d %B %Y}, high priority."


@pytest.mark.parametrize("asked", [{}, {"priority": 9}, {"due_on": (clock.now() - timedelta(days=2)).date()}])
def test_assign_of_nothing_new_or_of_nonsense_is_refused(asked, cast, at_stage):
    piece = at_stage("in_review")
    lines = piece.trail.count()

    with pytest.raises(Refused):
        take("assign", piece, by=cast.edda, **asked)

    now = trip(piece)
    assert (now.due_on, now.priority, piece.trail.count()) == (None, 2, lines)


def test_assignment_page_shows_what_is_set_and_list_and_piece_say_it(client, cast, at_stage):
    piece, day = at_stage("in_review"), clock.now().date() + timedelta(days=3)
    client.force_login(cast.emil)

    client.post(address(piece, "assign"), {"due_on": f"{day:%Y-%m-%d}", "priority": "1"})

    assert f'value="{day:%Y-%m-%d}"' in client.get(address(piece, "assign")).content.decode()
    listed = client.get("/admin/articles/article/").content.decode()
    assert f"edda, due {day:%-d %b %Y}, high priority" in listed
    shown = client.get(reverse("admin:articles_article_change", args=[piece.pk])).content.decode()
    assert f"{day:%-d %B %Y}" in shown
    assert "High" in shown


def test_the_database_knows_three_priorities(at_stage):
    piece = at_stage("submitted")

    with pytest.raises(IntegrityError), transaction.atomic():
        piece.submissions.update(priority=4)

    assert trip(piece).priority == 2


# Claims that lapse


def test_a_claim_that_nobody_touched_lapses_and_its_editor_is_told(cast, at_stage):
    piece = at_stage("in_review")

    with clock.at(clock.now() + LATER):
        moved = workflow.lapse_claims()
        assert workflow.lapse_claims() == []

    piece.refresh_from_db()
    event = piece.trail.latest("seq")
    assert moved == [piece]
    assert (piece.stage, trip(piece).claimed_by) == ("submitted", None)
    assert (event.actor, event.role, event.step) == (None, "clock", "lapse")
    assert event.note == "edda had it, and nothing was done with it for 7 days."
    assert piece.letters.get(kind="lapsed").to == cast.edda
    assert list(trail.verify()) == []


def test_a_claim_lapses_after_the_days_that_the_network_says(at_stage):
    piece = at_stage("in_review")
    Network.objects.update(claim_days=20)

    with clock.at(clock.now() + timedelta(days=19)):
        assert workflow.lapse_claims() == []
    with clock.at(clock.now() + timedelta(days=21)):
        assert workflow.lapse_claims() == [piece]


@pytest.mark.parametrize("stage", ["submitted", "changes_requested", "proof", "ready", "scheduled"])
def test_only_what_an_editor_has_before_them_lapses(stage, at_stage):
    piece = at_stage(stage)

    with clock.at(clock.now() + LATER):
        assert workflow.lapse_claims() == []

    piece.refresh_from_db()
    assert piece.stage == stage


@pytest.mark.parametrize("touch", ["comment", "edit", "hand_over"])
def test_a_claim_that_was_touched_does_not_lapse(touch, cast, at_stage):
    piece = at_stage("in_review")
    with clock.at(clock.now() + timedelta(days=3)):
        if touch == "comment":
            conversation.say(piece, by=cast.edda, text="Who says so?")
        elif touch == "edit":
            factories.edit_by_desk(piece, cast.edda)
        else:
            take("hand_over", piece, by=cast.edda, to=cast.emil)

    with clock.at(clock.now() + LATER):
        assert workflow.lapse_claims() == []
    with clock.at(clock.now() + LATER + timedelta(days=3)):
        assert workflow.lapse_claims() == [piece]


def test_an_answer_of_the_author_does_not_keep_a_claim(cast, at_stage):
    piece = at_stage("in_review")
    with clock.at(clock.now() + timedelta(days=3)):
        conversation.say(piece, by=cast.ana, text="Are you there?")

    with clock.at(clock.now() + LATER):
        assert workflow.lapse_claims() == [piece]


def test_a_step_of_the_clock_is_nobody_elses(cast, at_stage):
    piece = at_stage("in_review")

    with clock.at(clock.now() + LATER):
        for person in (cast.edda, cast.emil, cast.sten, cast.root):
            with pytest.raises(Refused):
                take("lapse", piece, by=person)

    piece.refresh_from_db()
    assert piece.stage == "in_review"


def test_the_reminders_command_ends_stale_claims(at_stage):
    piece = at_stage("in_review")

    with clock.at(clock.now() + LATER):
        call_command("send_reminders")

    piece.refresh_from_db()
    assert piece.stage == "submitted"


@pytest.mark.django_db(transaction=True)
def test_the_workers_round_ends_stale_claims(at_stage):
    piece = at_stage("in_review")

    with clock.at(clock.now() + LATER):
        call_command("run_worker", "--once")

    piece.refresh_from_db()
    assert piece.stage == "submitted"


def test_stale_claims_are_found_in_one_question_however_many_there_are(at_stage):
    at_stage("published")
    at_stage("in_review")
    with CaptureQueriesContext(connection) as one:
        list(assignment.stale())
    for _ in range(4):
        at_stage("in_review")
    with CaptureQueriesContext(connection) as five:
        list(assignment.stale())

    assert len(one) == len(five)
