"""The desk's records: what the database holds about each, and the words they make."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from articles.models import Disclaimer, Revision
from articles.status import AT_DESK, Stage
from editorial.models import Comment, Decision, Disclosure, Review, SignOff, Submission
from editorial.models.disclosure import QUESTIONS
from network import clock
from tests import factories


def make_review(piece, editor, **changed):
    revision = Revision.objects.filter(article=piece).first()
    values = {"decision": "approve", "disclaimer": Disclaimer.objects.in_force()} | changed
    hashed = {"revision": revision, "package_hash": revision.package_hash}
    return Review.objects.create(article=piece, editor=editor, **hashed, **values)


def test_review_with_an_unknown_decision_is_refused(cast, draft):
    with pytest.raises(IntegrityError, match="review_decision_known"), transaction.atomic():
        make_review(draft, cast.edda, decision="applaud")

    assert not Review.objects.exists()


def test_approval_without_a_disclaimer_is_refused(cast, draft):
    with pytest.raises(IntegrityError, match="approval_names_disclaimer"), transaction.atomic():
        make_review(draft, cast.edda, disclaimer=None)

    assert not Review.objects.exists()


@pytest.mark.parametrize("decision", sorted(set(Decision.values) - {"approve"}))
def test_other_decisions_need_no_disclaimer(cast, draft, decision):
    review = make_review(draft, cast.edda, decision=decision, disclaimer=None)

    assert Review.objects.get() == review


def test_sign_off_twice_on_one_text_is_refused(cast, draft):
    revision = Revision.objects.filter(article=draft).first()
    values = {"revision": revision, "package_hash": revision.package_hash, "signed_by": cast.ana}
    SignOff.objects.create(article=draft, author=cast.ana.author, **values)

    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(article=draft, author=cast.ana.author, **values)

    assert SignOff.objects.count() == 1


@pytest.mark.parametrize("name", ["edda", "ana", "pia"])
def test_account_that_took_a_step_cannot_be_deleted(cast, at_stage, name):
    at_stage("published")
    user = getattr(cast, name)

    with pytest.raises(ProtectedError), transaction.atomic():
        user.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_raw(user)

    user.refresh_from_db()
    assert user.username == name


def delete_raw(user):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_user_groups WHERE user_id = %s", [user.pk])
        cursor.execute("DELETE FROM auth_user WHERE id = %s", [user.pk])
    connection.check_constraints()


# Submissions


def make_submission(piece, by, **changed):
    values = {"number": 1, "promised_by": clock.now() + timedelta(days=5)} | changed
    return Submission.objects.create(article=piece, submitted_by=by, **values)


def test_second_open_submission_is_refused(cast, draft):
    make_submission(draft, cast.ana)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_submission(draft, cast.ana, number=2)

    assert Submission.objects.count() == 1


def test_submission_after_a_closed_one_is_accepted(cast, draft):
    make_submission(draft, cast.ana, closed_at=clock.now())

    second = make_submission(draft, cast.ana, number=2)

    assert list(draft.submissions.open()) == [second]


def test_submission_number_twice_is_refused(cast, draft):
    make_submission(draft, cast.ana, closed_at=clock.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        make_submission(draft, cast.ana)

    assert Submission.objects.count() == 1


@pytest.mark.parametrize("column", ["claimed_by", "claimed_at"])
def test_claim_without_its_time_or_its_editor_is_refused(cast, draft, column):
    values = {"claimed_by": cast.edda, "claimed_at": clock.now()}

    with pytest.raises(IntegrityError, match="submission_claim_has_time"), transaction.atomic():
        make_submission(draft, cast.ana, **{column: values[column]})

    assert not Submission.objects.exists()


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.KILLED}))
def test_submission_is_open_exactly_while_the_piece_is_at_the_desk(at_stage, stage):
    piece = at_stage(stage)

    is_open = piece.submissions.open().exists()

    assert is_open == (stage in AT_DESK)


# Comments


def test_comment_querysets_tell_shared_from_private_and_open_from_resolved(cast, draft):
    for text, is_shared, resolved_at in (
        ("shared", True, None),
        ("private", False, None),
        ("settled", True, clock.now()),
    ):
        Comment.objects.create(article=draft, writer=cast.edda, text=text, is_shared=is_shared, resolved_at=resolved_at)

    assert [comment.text for comment in draft.comments.shared()] == ["shared", "settled"]
    assert [comment.text for comment in draft.comments.unresolved()] == ["shared", "private"]
    assert [comment.text for comment in draft.comments.shared().unresolved()] == ["shared"]


# Disclosures


def make_disclosure(cast, draft, **answers):
    given = factories.NO_INTERESTS | {key: {"yes": True, "detail": detail} for key, detail in answers.items()}
    return Disclosure(article=draft, author=cast.ana.author, answers=given, answered_by=cast.ana)


def test_disclosure_twice_for_one_author_is_refused(cast, draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_disclosure(cast, draft).save()

    assert draft.disclosures.count() == 1


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
@pytest.mark.parametrize(
    ("answer", "is_complete"),
    [
        (None, False),
        ({}, False),
        ({"yes": None, "detail": ""}, False),
        ({"yes": True, "detail": ""}, False),
        ({"yes": True, "detail": " \n"}, False),
        ({"yes": True, "detail": "The Harbour Board"}, True),
        ({"yes": False, "detail": ""}, True),
    ],
)
def test_disclosure_is_complete_once_every_question_has_its_answer(question, answer, is_complete):
    disclosure = Disclosure(answers=factories.NO_INTERESTS | {question.key: answer})

    assert disclosure.is_complete is is_complete


def test_disclosure_without_answers_is_not_complete():
    disclosure = Disclosure()

    assert not disclosure.is_complete


@pytest.mark.parametrize(
    ("answers", "line"),
    [
        ({}, "Ana Ruiz declares no relevant interests."),
        ({"paid": "the Harbour Board."}, "Ana Ruiz was paid for this by the Harbour Board."),
        (
            {"member": " the Gull Club ", "family": "its treasurer"},
            "Ana Ruiz works for or is a member of the Gull Club; has a close tie to its treasurer.",
        ),
    ],
)
def test_disclosure_line_prints_each_interest(cast, draft, answers, line):
    disclosure = make_disclosure(cast, draft, **answers)

    assert disclosure.line() == line
