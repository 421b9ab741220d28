"""Who has a piece's text at the desk: taking it, signs of life, letting go, force; and that nobody loses a word."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from articles.models import Article
from authors.models import Tie
from editorial import assignment, checkout, trail, workflow, writing
from editorial.models import CheckOut, Submission
from editorial.models.checkout import LASTS
from editorial.refusal import Refused
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_workflow import every_row, refusal, reread

THEIRS = factories.BODY + "\nThe gulls were four.\n"
MINE = factories.BODY.replace("quiet", "still")


@pytest.fixture
def ready(at_stage) -> Article:
    """Any editor may change it."""
    return at_stage("ready")


def url(name: str, piece: Article, *args) -> str:
    return reverse(f"admin:desk_{name}", args=[piece.pk, *args])


def signed_in(client, user):
    client.force_login(user)
    return client


def holder(piece: Article):
    held = checkout.holder_of(piece)
    return held and held.holder


def lines(piece: Article) -> list[tuple[str, str]]:
    found = piece.trail.filter(step__in=writing.CHECK_OUTS).order_by("seq").select_related("actor")
    return [(line.step, line.actor.username) for line in found]


def later(minutes: float) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


# Taking


def test_take_gives_the_text_to_one_person_and_stands_in_the_trail(cast, ready):
    checkout.take(ready, by=cast.edda)

    before = every_row()
    with pytest.raises(Refused, match="edda has the text checked out since"):
        checkout.take(ready, by=cast.emil)
    assert every_row() == before
    assert holder(ready) == cast.edda
    assert lines(ready) == [("check_out", "edda")]
    assert list(trail.verify()) == []


@pytest.mark.parametrize("stage", ["draft", "submitted", "changes_requested", "proof", "published", "declined"])
def test_take_where_no_editor_changes_the_text_is_refused(stage, cast, at_stage):
    piece = at_stage(stage)
    before = every_row()

    for person in (cast.ana, cast.edda, cast.pia, cast.root, None):
        with pytest.raises(Refused, match="not yours to change now"):
            checkout.take(piece, by=person)

    assert every_row() == before


@pytest.mark.parametrize("who", ["ana", "bo", "pia", "sten", "root", "emil"])
def test_take_in_review_is_for_the_editor_who_has_the_piece(who, cast, at_stage):
    piece = at_stage("in_review")

    with pytest.raises(Refused):
        checkout.take(piece, by=getattr(cast, who))

    assert holder(piece) is None
    assert checkout.take(piece, by=cast.edda).holder == cast.edda


def test_take_by_somebody_recused_is_refused(cast, ready):
    Tie.objects.create(author=cast.ana.author, user=cast.emil, kind="family")

    with pytest.raises(Refused):
        checkout.take(ready, by=cast.emil)

    assert not CheckOut.objects.exists()


def test_take_twice_is_a_sign_of_life_and_no_second_line(cast, ready):
    first = checkout.take(ready, by=cast.edda)
    with clock.at(later(10)):
        checkout.take(ready, by=cast.edda)

    again = CheckOut.objects.get()
    assert again.taken_at == first.taken_at
    assert again.beat_at - first.beat_at >= timedelta(minutes=9)
    assert lines(ready) == [("check_out", "edda")]


def test_take_is_one_line_a_day_and_person_however_often_they_come_and_go(cast, ready):
    noon = clock.now().replace(hour=12, minute=0) + timedelta(days=1)
    for minutes in range(0, 50, 10):
        with clock.at(noon + timedelta(minutes=minutes)):
            checkout.take(ready, by=cast.edda)
            checkout.release(ready, by=cast.edda)
    with clock.at(noon + timedelta(days=1)):
        checkout.take(ready, by=cast.edda)
        checkout.release(ready, by=cast.edda)
        checkout.take(ready, by=cast.emil)

    assert lines(ready) == [("check_out", "edda"), ("check_out", "edda"), ("check_out", "emil")]


def test_the_database_holds_one_check_out_for_each_piece(cast, ready):
    checkout.take(ready, by=cast.edda)

    with pytest.raises(IntegrityError), transaction.atomic():
        CheckOut.objects.create(article=ready, holder=cast.emil)

    assert holder(ready) == cast.edda


# Time


def test_check_out_lasts_while_there_are_signs_of_life(cast, ready):
    checkout.take(ready, by=cast.edda)
    for minutes in (14, 28, 42):
        with clock.at(later(minutes)):
            assert checkout.beat(ready, by=cast.edda)
            with pytest.raises(Refused):
                checkout.take(ready, by=cast.emil)

    assert CheckOut.objects.get().holder == cast.edda


@pytest.mark.parametrize(("seconds", "is_held"), [(-1, True), (0, False), (1, False)])
def test_check_out_ends_by_itself_without_a_sign_of_life(seconds, is_held, cast, ready):
    row = checkout.take(ready, by=cast.edda)

    with clock.at(row.beat_at + LASTS + timedelta(seconds=seconds)):
        assert (checkout.holder_of(ready) is not None) == is_held
        if is_held:
            with pytest.raises(Refused):
                checkout.take(ready, by=cast.emil)
        else:
            checkout.take(ready, by=cast.emil)

    assert CheckOut.objects.get().holder == (cast.edda if is_held else cast.emil)


def test_taking_what_had_run_out_says_so_in_the_trail(cast, ready):
    checkout.take(ready, by=cast.edda)
    with clock.at(later(16)):
        checkout.take(ready, by=cast.emil)
        assert not checkout.beat(ready, by=cast.edda)

    assert ready.trail.latest("seq").note.startswith("edda had it, without a sign of life since ")
    assert list(trail.verify()) == []


def test_beat_is_no_line_and_gives_the_text_to_nobody(cast, ready):
    before = every_row()

    assert not checkout.beat(ready, by=cast.edda)
    assert every_row() == before

    checkout.take(ready, by=cast.edda)
    count = ready.trail.count()
    assert not checkout.beat(ready, by=cast.emil)
    assert checkout.beat(ready, by=cast.edda)
    assert (ready.trail.count(), holder(ready)) == (count, cast.edda)


def test_release_lets_go_of_ones_own_alone(cast, ready):
    checkout.take(ready, by=cast.edda)

    assert not checkout.release(ready, by=cast.emil)
    assert holder(ready) == cast.edda
    assert checkout.release(ready, by=cast.edda)
    assert holder(ready) is None


# Below the view


def save_from_the_shell(piece: Article, by) -> object:
    return writing.save(piece, {"body": THEIRS}, by=by)


def test_the_step_edit_is_refused_while_another_has_the_text(cast, ready):
    checkout.take(ready, by=cast.edda)

    assert "edda has the text" in refusal("edit", ready, by=cast.emil, changes={"body": THEIRS})
    assert take("edit", ready, by=cast.edda, changes={"body": MINE}).body == MINE
    assert holder(ready) == cast.edda


def test_a_save_is_refused_while_another_has_the_text(cast, at_stage):
    piece = at_stage("in_review")
    CheckOut.objects.create(article=piece, holder=cast.emil)
    before = every_row()

    with pytest.raises(Refused, match="emil has the text"):
        save_from_the_shell(piece, cast.edda)

    assert every_row() == before
    with clock.at(later(16)):
        save_from_the_shell(piece, cast.edda)
    assert reread(piece).body == THEIRS


def test_a_check_out_at_the_desk_is_nothing_to_the_authors(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    CheckOut.objects.create(article=piece, holder=cast.edda)

    for author, body in ((cast.ana, MINE), (cast.bo, THEIRS)):
        assert writing.save(piece, {"body": body}, by=author).body == body


def test_an_author_changes_their_proof_whoever_had_the_text(cast, at_stage):
    piece = at_stage("in_review")
    factories.edit_by_desk(piece, cast.edda)
    checkout.take(piece, by=cast.edda)
    piece = factories.approve(piece, cast.edda)

    assert piece.stage == "proof"
    assert holder(piece) is None
    assert take("suggest", piece, by=cast.ana, changes={"body": MINE}).body == MINE


# Steps that end it


@pytest.mark.parametrize(
    ("stage", "step", "who", "asked"),
    [
        ("in_review", "release", "edda", {}),
        ("in_review", "ask_changes", "edda", {}),
        ("in_review", "decline", "edda", {"note": "It is close to another piece."}),
        ("in_review", "recuse", "edda", {"note": "A cousin."}),
        ("in_review", "withdraw", "ana", {}),
        ("ready", "recuse", "edda", {"note": "A cousin."}),
        ("ready", "publish", "pia", {}),
        ("ready", "kill", "emil", {"note": "The story has moved on."}),
    ],
)
def test_a_step_ends_the_check_out_of_whoever_may_change_the_text_no_longer(stage, step, who, asked, cast, at_stage):
    piece = at_stage(stage)
    piece.comments.create(writer=cast.edda, is_from_desk=True, text="Say who told you.")
    checkout.take(piece, by=cast.edda)

    take(step, piece, by=getattr(cast, who), **asked)

    assert not CheckOut.objects.exists()


@pytest.mark.parametrize("stage", ["in_review", "ready"])
def test_handing_over_ends_the_check_out(stage, cast, at_stage):
    piece = at_stage(stage)
    checkout.take(piece, by=cast.edda)

    take("hand_over", piece, by=cast.edda, to=cast.emil)

    assert not CheckOut.objects.exists()
    assert checkout.take(piece, by=cast.emil).holder == cast.emil


@pytest.mark.parametrize(("step", "asked"), [("assign", {"priority": 1}), ("schedule", None)])
def test_a_step_that_takes_the_text_from_nobody_ends_nothing(step, asked, cast, ready):
    checkout.take(ready, by=cast.edda)

    by = cast.pia if step == "schedule" else cast.emil
    take(step, ready, by=by, **(asked or {"at": clock.now() + timedelta(days=2)}))

    assert holder(ready) == cast.edda


def test_a_claim_that_lapses_takes_the_check_out_with_it(cast, at_stage):
    piece = at_stage("in_review")
    checkout.take(piece, by=cast.edda)

    with clock.at(clock.now() + timedelta(days=8)):
        assert [one.pk for one in workflow.lapse_claims()] == [piece.pk]

    assert not CheckOut.objects.exists()


def test_force_keeps_no_claim_alive(cast, at_stage):
    piece = at_stage("in_review")
    Submission.objects.filter(article=piece).update(claimed_at=clock.now() - timedelta(days=1))
    checkout.take(piece, by=cast.edda)
    with clock.at(clock.now() + timedelta(days=6)):
        checkout.beat(piece, by=cast.edda)
        take("check_in", piece, by=cast.sten, note="Left open.")

    with clock.at(clock.now() + timedelta(days=8)):
        assert assignment.stale().count() == 1


# Force


@pytest.mark.parametrize("who", ["pia", "sten"])
def test_a_lead_ends_a_check_out_with_a_reason_in_trail_and_letter(who, cast, ready):
    checkout.take(ready, by=cast.edda)

    take("check_in", ready, by=getattr(cast, who), note="It goes out at noon.")

    line = ready.trail.latest("seq")
    assert (line.step, line.actor.username, line.note) == ("check_in", who, "edda had it. It goes out at noon.")
    assert holder(ready) is None
    letter = ready.letters.get(kind="checked_in")
    assert letter.to == cast.edda
    assert "It goes out at noon." in letter.body
    assert list(trail.verify()) == []


@pytest.mark.parametrize("who", ["ana", "bo", "emil", "edda", "root"])
def test_nobody_else_ends_a_check_out(who, cast, ready):
    checkout.take(ready, by=cast.edda)

    why = "somebody else takes the step" if who == "ana" else "not yours to take"
    assert why in refusal("check_in", ready, by=getattr(cast, who), note="Mine.")
    assert holder(ready) == cast.edda


def test_force_needs_a_reason_and_somebody_who_has_the_text(cast, ready):
    assert refusal("check_in", ready, by=cast.pia, note="Now.") == "Nobody has the text checked out."

    checkout.take(ready, by=cast.edda)

    assert "Say why it cannot wait." in refusal("check_in", ready, by=cast.pia)
    with clock.at(later(16)):
        assert refusal("check_in", ready, by=cast.pia, note="Now.") == "Nobody has the text checked out."


def test_force_from_the_shell_and_the_command_line(cast, ready):
    checkout.take(ready, by=cast.edda)

    with pytest.raises(CommandError, match="not yours to take"):
        call_command("take", "check_in", str(ready.pk), "--by", "emil", "--note", "Mine.")
    call_command("take", "check_in", str(ready.pk), "--by", "pia", "--note", "It goes out at noon.")

    assert lines(ready) == [("check_out", "edda"), ("check_in", "pia")]


def test_whoever_lost_the_text_by_force_saves_nothing_until_they_have_taken_it_again(cast, ready):
    checkout.take(ready, by=cast.edda)
    take("check_in", ready, by=cast.pia, note="It goes out at noon.")

    assert "ended by force" in refusal("edit", ready, by=cast.edda, changes={"body": MINE})
    checkout.take(ready, by=cast.edda)
    assert take("edit", ready, by=cast.edda, changes={"body": MINE}).body == MINE
