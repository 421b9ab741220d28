"""`manage.py take`: a step from the shell, under the same rules as everywhere."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from articles.models import Article
from editorial import workflow
from editorial.models import Comment
from network import clock
from tests import factories
from tests.editorial.test_run_worker import environment
from tests.editorial.test_workflow import every_row, reread


def take(*words: object) -> None:
    call_command("take", *(str(word) for word in words))


def refusal(*words: object) -> str:
    """What the command says when it refuses, having written nothing."""
    before = every_row()
    with pytest.raises(CommandError) as refused:
        take(*words)
    assert every_row() == before
    return str(refused.value)


def test_take_prints_stage_standing_and_address(cast, at_stage, capsys):
    piece = at_stage("ready")

    take("publish", piece.pk, "--by", "pia")

    assert capsys.readouterr().out == "published live /articles/gulls-at-six/\n"


def test_take_prints_that_a_piece_is_not_public(cast, draft, capsys):
    take("submit", draft.pk, "--by", "ana")

    assert capsys.readouterr().out == "submitted unpublished not public\n"


def test_take_leads_through_every_step_from_the_shell(cast, draft, capsys):
    at = (clock.now() + timedelta(days=1)).isoformat()
    take("submit", draft.pk, "--by", "ana")
    take("claim", draft.pk, "--by", "edda")
    take("approve", draft.pk, "--by", "edda", "--checked")
    take("schedule", draft.pk, "--by", "pia", "--at", at)
    take("unschedule", draft.pk, "--by", "pia")
    take("publish", draft.pk, "--by", "pia")
    take("amend", draft.pk, "--by", "edda")
    take("approve", draft.pk, "--by", "edda", "--checked")
    take("publish", draft.pk, "--by", "pia", "--kind", "update", "--notice", "A year on.")

    assert [event.step for event in draft.trail.all()] == [
        *("submit", "claim", "approve", "schedule", "unschedule", "publish", "amend", "approve", "publish")
    ]
    assert reread(draft).live.notice == "A year on."


def test_take_carries_the_note(cast, at_stage):
    piece = at_stage("in_review")

    take("decline", piece.pk, "--by", "edda", "--note", "Too close to another piece.")

    assert piece.trail.latest("seq").note == "Too close to another piece."


@pytest.mark.parametrize("typed", ["2126-03-01T07:00+00:00", "2126-03-01T08:00+01:00", "2126-03-01 07:00Z"])
def test_take_schedules_for_a_moment_with_its_zone(typed, cast, at_stage):
    piece = at_stage("ready")

    take("schedule", piece.pk, "--by", "pia", "--at", typed)

    assert reread(piece).scheduled_for.isoformat() == "2126-03-01T07:00:00+00:00"


@pytest.mark.parametrize("typed", ["2027-03-01T07:00", "2027-03-01", "tomorrow", "2027-02-30T07:00+00:00", ""])
def test_take_refuses_a_moment_without_its_zone(typed, cast, at_stage):
    piece = at_stage("ready")

    sentence = refusal("schedule", piece.pk, "--by", "pia", "--at", typed)

    assert sentence == f"“{typed}” is not a moment with a zone. Write it as in 2027-03-01T07:00+00:00."


def test_take_refuses_to_schedule_without_a_moment(cast, at_stage):
    assert refusal("schedule", at_stage("ready").pk, "--by", "pia") == "Say when readers should see the piece."


def test_take_refuses_an_unknown_account(draft):
    assert refusal("submit", draft.pk, "--by", "nemo") == "There is no account called “nemo”."


def test_take_refuses_an_unknown_piece(cast):
    assert refusal("submit", 4711, "--by", "ana") == "There is no piece number 4711."


def test_take_refuses_an_unknown_step(draft):
    assert "invalid choice: 'vanish'" in refusal("vanish", draft.pk, "--by", "ana")


def test_take_refuses_a_person_the_site_would_refuse(cast, at_stage):
    piece = at_stage("in_review")

    assert "not yours to take" in refusal("approve", piece.pk, "--by", "root", "--checked")


def test_take_refuses_a_step_without_a_person(draft):
    assert "not yours to take" in refusal("submit", draft.pk)


def test_take_fires_as_nobody_but_not_before_time(at_stage):
    piece = at_stage("scheduled")

    assert refusal("fire", piece.pk) == "Its time has not come."

    with clock.at(piece.scheduled_for):
        take("fire", piece.pk)

    assert reread(piece).standing == "live"


def test_take_says_everything_that_is_missing_on_lines_of_their_own(cast, draft):
    Article.objects.filter(pk=draft.pk).update(dek="", section=None)

    sentences = refusal("submit", draft.pk, "--by", "ana").splitlines()

    assert sentences == ["Write the dek, one sentence under the headline.", "Choose a section."]


def test_take_approve_shows_the_checklist_and_approves_nothing_unticked(cast, at_stage, capsys):
    piece = at_stage("in_review")

    sentences = refusal("approve", piece.pk, "--by", "edda")

    assert len(sentences.splitlines()) == len(factories.EVERY_ITEM)
    assert capsys.readouterr().out.count("[ ] ") == len(factories.EVERY_ITEM)

    take("approve", piece.pk, "--by", "edda", "--checked")

    assert capsys.readouterr().out.count("[x] ") == len(factories.EVERY_ITEM)


def test_take_publishes_no_amendment_without_its_kind(cast, at_stage):
    piece = workflow.take("amend", at_stage("published"), by=cast.edda)
    piece = factories.approve(piece, cast.edda)

    assert refusal("publish", piece.pk, "--by", "pia").startswith("Say what kind of change this is")


def test_take_asks_for_changes_with_the_comments_of_the_desk(cast, at_stage):
    piece = at_stage("in_review")
    assert refusal("ask_changes", piece.pk, "--by", "edda").startswith("Write at least one comment")
    Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text="Who told you?")

    take("ask_changes", piece.pk, "--by", "edda")

    assert reread(piece).stage == "changes_requested"


@pytest.mark.django_db(transaction=True)
def test_take_exits_with_1_and_its_sentence_in_a_process_of_its_own(cast, at_stage):
    piece = at_stage("ready")
    command = [sys.executable, "manage.py", "take", "publish", str(piece.pk), "--by"]
    place = {"cwd": settings.BASE_DIR, "env": environment(), "capture_output": True, "text": True}

    refused = subprocess.run([*command, "root"], check=False, **place)
    done = subprocess.run([*command, "pia"], check=False, **place)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert (
        refused.stderr
        == "CommandError: The step “Publish” is not yours to take on this piece. It is for a publisher.\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "published live /articles/gulls-at-six/\n", "")


# Steps that need more than a note


def test_take_hands_a_piece_over(cast, at_stage):
    piece = at_stage("in_review")

    take("hand_over", piece.pk, "--by", "edda", "--to", "emil", "--note", "I am away.")

    assert piece.submissions.open().get().claimed_by == cast.emil


def test_take_hands_nothing_to_nobody(cast, at_stage):
    piece = at_stage("in_review")

    assert refusal("hand_over", piece.pk, "--by", "edda") == "Say which editor gets the piece."
    assert refusal("hand_over", piece.pk, "--by", "edda", "--to", "nemo") == "There is no account called “nemo”."


def test_take_assigns_a_day_and_a_priority_and_leaves_what_is_not_said(cast, at_stage):
    piece = at_stage("in_review")

    def now() -> tuple:
        return piece.submissions.values_list("due_on", "priority").get()

    day = (clock.now() + timedelta(days=9)).date()
    take("assign", piece.pk, "--by", "edda", "--due", day)
    assert now() == (day, 2)
    take("assign", piece.pk, "--by", "edda", "--priority", "high")
    assert now() == (day, 1)
    take("assign", piece.pk, "--by", "edda", "--due", "none")
    assert now() == (None, 1)


def test_take_assigns_nothing_that_is_no_day_or_nothing_at_all(cast, at_stage):
    piece = at_stage("in_review")

    assert refusal("assign", piece.pk, "--by", "edda") == "Say --due, --priority or both."
    assert refusal("assign", piece.pk, "--by", "edda", "--due", "soon").startswith("“soon” is not a day.")
    assert "invalid choice: 'now'" in refusal("assign", piece.pk, "--by", "edda", "--priority", "now")


def test_take_challenges_and_clears_with_words_for_readers(cast, at_stage):
    piece = at_stage("published")
    assert refusal("challenge", piece.pk, "--by", "sten").startswith("Write the public note")

    take("challenge", piece.pk, "--by", "sten", "--notice", "A reader doubts it.")
    assert reread(piece).standing == "under_review"
    take("clear", piece.pk, "--by", "sten", "--notice", "It holds.")

    assert reread(piece).standing == "live"
    assert piece.notices.latest("pk").text == "It holds."


def test_take_retracts_by_two_people(cast, at_stage, capsys):
    piece, second = at_stage("published"), factories.make_desk("stella", "standards")
    assert refusal("retract", piece.pk, "--by", "sten", "--notice", "Untrue.").startswith("Say who retracts")

    take("retract", piece.pk, "--by", "sten", "--notice", "Untrue.", "--says", "the network", "--hide-text")
    number = piece.proposals.get().pk

    assert reread(piece).standing == "live"
    assert f"Somebody else does it with --confirm {number}." in capsys.readouterr().out
    again = refusal("retract", piece.pk, "--by", second.username, "--notice", "Mine.", "--says", "me")
    assert f"Proposal {number}, by sten: Untrue." in again
    assert "confirmed as it stands" in refusal(
        "retract", piece.pk, "--by", second.username, "--confirm", number, "--notice", "Other words."
    )
    take("retract", piece.pk, "--by", second.username, "--confirm", number)
    assert reread(piece).standing == "retracted"
    assert piece.notices.get().keeps_text is False


def test_take_removes_on_a_basis(cast, at_stage):
    piece, second = at_stage("published"), factories.make_desk("stella", "standards")
    assert refusal("remove", piece.pk, "--by", "sten", "--notice", "Gone.").startswith("Say on what basis")
    assert "invalid choice: 'spite'" in refusal("remove", piece.pk, "--by", "sten", "--basis", "spite")

    take("remove", piece.pk, "--by", "sten", "--notice", "Gone.", "--basis", "privacy")
    take("remove", piece.pk, "--by", second.username, "--confirm", piece.proposals.get().pk)

    assert reread(piece).standing == "removed"


@pytest.mark.parametrize("named", ["number", "address"])
def test_take_merges_into_a_piece_by_its_number_or_address(named, cast, at_stage):
    piece, other = at_stage("published"), at_stage("published", headline="The gulls again")
    sentence = refusal("merge", piece.pk, "--by", "sten", "--notice", "One text.", "--into", "/articles/none/")
    assert sentence == "No published piece has the address or the number “/articles/none/”."

    into = other.pk if named == "number" else other.get_absolute_url()
    take("merge", piece.pk, "--by", "sten", "--notice", "One text.", "--into", into)

    assert piece.proposals.get().into == other


def test_take_publishes_a_correction_with_what_was_wrong(cast, at_stage):
    piece = workflow.take("amend", at_stage("published"), by=cast.edda)
    piece = factories.edit_by_desk(piece, cast.edda)
    piece = workflow.take("sign", factories.approve(piece, cast.edda), by=cast.ana)
    words = ("announce", piece.pk, "--by", "edda", "--notice", "It was four gulls.")
    assert refusal(*words, "--kind", "correction", "--wrong", "Five").startswith("A correction says to readers")
    assert refusal(*words, "--kind", "update", "--wrong", "Five").startswith("What was wrong")

    take(*words, "--kind", "correction", "--severity", "slight", "--wrong", "Five gulls", "--right", "Four gulls")
    take("publish", piece.pk, "--by", "pia")

    assert reread(piece).live.correction == {"severity": "slight", "wrong": "Five gulls", "right": "Four gulls"}


@pytest.mark.parametrize("option", ["--to", "--due", "--says", "--notice", "--at", "--into"])
def test_take_refuses_an_option_of_another_step(option, cast, at_stage):
    piece = at_stage("in_review")

    sentence = refusal("release", piece.pk, "--by", "edda", option, "x")

    assert sentence == f"The step release takes no {option}. It takes --by, --note."
