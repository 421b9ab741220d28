"""Time: what can be scheduled, and that a scheduled piece appears by itself, on the first request after its moment."""

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse

from articles.models import Article, Revision
from editorial import safeguards, workflow
from editorial.clockwork import Clockwork
from editorial.workflow import take
from network import clock
from network.models import Network
from tests import factories
from tests.editorial.test_workflow import every_row, refusal, reread


def status(client, piece: Article) -> int:
    return client.get(piece.get_absolute_url()).status_code


# Setting a time


@pytest.mark.parametrize(
    "days, sentence",
    [
        (None, "Say when readers should see the piece."),
        (-1, "That moment has passed. Choose a later one, or publish now."),
        (2, "The piece is under embargo until "),
    ],
)
def test_schedule_refuses_a_moment_that_cannot_be(days, sentence, cast, at_stage):
    piece = at_stage("ready")
    factories.put_under_embargo(piece, clock.now() + timedelta(days=3), cast.edda)
    at = None if days is None else clock.now() + timedelta(days=days)

    assert refusal("schedule", piece, by=cast.pia, at=at).startswith(sentence)


def test_schedule_takes_a_moment_after_the_embargo(cast, at_stage):
    piece = at_stage("ready")
    until = clock.now() + timedelta(days=3)
    factories.put_under_embargo(piece, until, cast.edda)

    piece = take("schedule", piece, by=cast.pia, at=until)

    assert (piece.stage, piece.scheduled_for) == ("scheduled", until)


def test_publish_under_embargo_is_refused(cast, at_stage):
    piece = at_stage("ready")
    factories.put_under_embargo(piece, clock.now() + timedelta(days=3), cast.edda)

    assert refusal("publish", piece, by=cast.pia).startswith("The piece is under embargo until ")


def test_schedule_of_an_amendment_is_refused(cast, at_stage):
    piece = take("claim", take("submit", take("amend", at_stage("published"), by=cast.ana), by=cast.ana), by=cast.edda)
    piece = factories.approve(piece, cast.edda)

    sentence = refusal("schedule", piece, by=cast.pia, at=clock.now() + timedelta(days=1))

    assert sentence.startswith("An amendment is published at once")


def test_fire_before_its_time_is_refused(at_stage):
    piece = at_stage("scheduled")

    with clock.at(piece.scheduled_for - timedelta(seconds=1)):
        assert refusal("fire", piece, by=None) == "Its time has not come."


def test_fire_is_dated_by_its_moment_and_not_by_the_first_request(at_stage):
    piece = at_stage("scheduled")
    moment = piece.scheduled_for

    with clock.at(moment + timedelta(hours=5)):
        piece = take("fire", piece, by=None)

    assert piece.published_at == piece.live.published_at == moment
    assert not piece.submissions.open().exists()


# A page shows it


def test_a_scheduled_piece_appears_on_the_first_request_after_its_moment(at_stage, client):
    piece = at_stage("scheduled")
    moment = piece.scheduled_for

    with clock.at(moment - timedelta(microseconds=1)):
        assert status(client, piece) == 404
        assert piece.headline not in client.get(reverse("home")).content.decode()
    assert reread(piece).stage == "scheduled"

    with clock.at(moment):
        assert piece.headline in client.get(reverse("home")).content.decode()
        assert status(client, piece) == 200
    assert reread(piece).live.published_at == moment


def test_a_scheduled_piece_appears_at_its_own_address_first(at_stage, client):
    piece = at_stage("scheduled")

    with clock.at(piece.scheduled_for + timedelta(seconds=1)):
        assert status(client, piece) == 200


def test_a_scheduled_piece_appears_within_a_second_of_real_time(cast, at_stage, client):
    piece = take("schedule", at_stage("ready"), by=cast.pia, at=clock.now() + timedelta(seconds=0.6))

    assert status(client, piece) == 404

    time.sleep(max(0.0, (piece.scheduled_for - clock.now()).total_seconds()) + 0.01)

    assert status(client, piece) == 200
    assert clock.now() - piece.scheduled_for < timedelta(seconds=1)


def test_every_piece_that_is_due_appears_on_one_request(cast, client):
    pieces = [factories.make_piece_at("scheduled", cast, headline=f"Piece {number}") for number in range(3)]

    with clock.at(max(piece.scheduled_for for piece in pieces)):
        client.get(reverse("home"))

    assert [reread(piece).standing for piece in pieces] == ["live"] * 3


@pytest.mark.parametrize("stage", ["draft", "submitted", "in_review", "proof", "ready", "scheduled", "withdrawn"])
def test_what_is_not_published_is_a_404_to_everybody(stage, cast, at_stage, client):
    piece = at_stage(stage)
    address = reverse("articles:detail", args=[piece.slug or "gulls-at-six"])

    for person in (None, cast.ana, cast.edda, cast.pia, cast.root):
        if person:
            client.force_login(person)
        assert client.get(address).status_code == 404, person


def test_a_piece_that_fails_its_guards_is_not_shown_and_the_page_answers(at_stage, client):
    piece = at_stage("scheduled")
    Article.objects.filter(pk=piece.pk).update(is_on_legal_hold=True)

    with clock.at(piece.scheduled_for):
        assert client.get(reverse("home")).status_code == 200
        assert status(client, piece) == 404

    held = reread(piece)
    assert (held.stage, held.standing, held.scheduled_for) == ("ready", "unpublished", None)
    assert (
        held.trail.latest("seq").note
        == "Not published on time. The piece is on legal hold. A person in standards lifts it."
    )
    assert [letter.kind for letter in held.letters.all()][-1] == "held"


def test_a_publisher_who_is_recused_hears_nothing_of_a_held_piece(cast, at_stage, client):
    piece, other = at_stage("scheduled"), factories.make_desk("paul", "publishers")
    take("recuse", piece, by=cast.pia, note="My cousin's.")
    Article.objects.filter(pk=piece.pk).update(is_on_legal_hold=True)

    with clock.at(piece.scheduled_for):
        client.get(reverse("home"))

    held = piece.letters.filter(kind="held")
    assert other.pk in held.values_list("to", flat=True)
    assert cast.pia.pk not in held.values_list("to", flat=True)


def test_a_piece_that_was_held_is_not_tried_again(at_stage, client):
    piece = at_stage("scheduled")
    Article.objects.filter(pk=piece.pk).update(is_on_legal_hold=True)

    with clock.at(piece.scheduled_for):
        client.get(reverse("home"))
        before = every_row()
        client.get(reverse("home"))

    assert every_row() == before


def test_a_piece_that_fails_does_not_stop_the_next(cast, at_stage, client):
    held, fine = at_stage("scheduled"), at_stage("scheduled", headline="Terns at noon")
    Article.objects.filter(pk=held.pk).update(is_on_legal_hold=True)

    with clock.at(max(held.scheduled_for, fine.scheduled_for)):
        client.get(reverse("home"))

    assert (reread(held).standing, reread(fine).standing) == ("unpublished", "live")


def test_a_frozen_text_that_was_tampered_with_is_held_and_shown_to_nobody(at_stage, client):
    piece = at_stage("scheduled")
    connection.check_constraints()
    safeguards.remove(connection)
    Revision.objects.filter(article=piece).update(html="<p>Buy gulls.</p>")
    safeguards.install(connection)

    with clock.at(piece.scheduled_for):
        assert client.get(reverse("home")).status_code == 200
        assert status(client, piece) == 404

    assert (reread(piece).stage, reread(piece).standing) == ("ready", "unpublished")
    assert "The frozen text is not what was approved" in piece.trail.latest("seq").note
    assert piece.letters.filter(kind="held").exists()


# What it costs


def _answer(rf, path: str = "/") -> HttpResponse:
    return Clockwork(lambda request: HttpResponse(request.network.name))(rf.get(path))


@pytest.mark.parametrize("stage", ["draft", "scheduled", "published"])
def test_the_clockwork_takes_one_query_a_request(stage, at_stage, rf, django_assert_num_queries):
    at_stage(stage)

    with django_assert_num_queries(1):
        response = _answer(rf)

    assert response.content.decode() == "The Signal"


def test_the_clockwork_answers_also_before_anybody_named_the_network(db, rf):
    Network.objects.all().delete()

    assert _answer(rf).content.decode() == "Contributor Network"


# From a shell


def test_publish_due_command_publishes_and_says_so(at_stage, capsys):
    piece, waiting = at_stage("scheduled"), at_stage("scheduled", headline="Terns")
    with clock.at(piece.scheduled_for):
        Article.objects.filter(pk=waiting.pk).update(scheduled_for=clock.now() + timedelta(seconds=1))

        call_command("publish_due")

    assert capsys.readouterr().out == f"{piece.pk} published {piece.get_absolute_url()}\n"
    assert reread(waiting).stage == "scheduled"


def test_publish_due_returns_only_what_readers_now_see(at_stage):
    piece = at_stage("scheduled")
    Article.objects.filter(pk=piece.pk).update(is_on_legal_hold=True)

    with clock.at(piece.scheduled_for):
        fired = workflow.publish_due()

    assert fired == []
