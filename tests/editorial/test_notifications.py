"""The letters that the desk owes: which step owes which, to whom, in what words, and never without its step."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from articles.models import Article
from editorial import writing
from editorial.models import Comment, Letter
from editorial.workflow import Refused, take
from network import clock
from tests import factories


def kinds(piece: Article) -> list[tuple[str, str]]:
    return [(letter.kind, letter.to.username) for letter in piece.letters.order_by("pk")]


def newest(piece: Article) -> Letter:
    return piece.letters.latest("pk")


@pytest.fixture
def shared(cast):
    """A piece of Ana's and Bo's, at the desk."""
    return take("submit", factories.make_piece(cast.ana, cast.section, cast.bo), by=cast.ana)


# Which step owes which


@pytest.mark.parametrize(
    "stage, owed",
    [
        ("draft", []),
        ("submitted", ["receipt"]),
        ("in_review", ["receipt"]),
        ("changes_requested", ["receipt", "changes_asked"]),
        ("declined", ["receipt", "declined"]),
        ("withdrawn", ["receipt"]),
        ("proof", ["receipt", "proof"]),
        ("ready", ["receipt", "accepted"]),
        ("scheduled", ["receipt", "accepted"]),
        ("published", ["receipt", "accepted", "published"]),
    ],
)
def test_the_way_to_a_stage_owes_its_letters(stage, owed, at_stage):
    piece = at_stage(stage)

    assert kinds(piece) == [(kind, "ana") for kind in owed]
    assert DBTaskResult.objects.count() == len(owed)


def test_a_signed_proof_owes_the_word_that_it_is_accepted(cast, at_stage):
    piece = take("sign", at_stage("proof"), by=cast.ana)

    assert kinds(piece)[-1] == ("accepted", "ana")


def test_both_authors_get_each_letter_and_are_accepted_once(cast, shared):
    piece = factories.approve(take("claim", shared, by=cast.edda), cast.edda)
    piece = take("sign", piece, by=cast.bo)

    assert kinds(piece) == [
        *(("receipt", name) for name in ("ana", "bo")),
        *(("proof", name) for name in ("ana", "bo")),
        *(("accepted", name) for name in ("ana", "bo")),
    ]


def test_a_second_approval_of_what_is_ready_owes_no_letter(cast, at_stage):
    piece = at_stage("ready")
    factories.make_disclaimer()
    count = piece.letters.count()

    factories.approve(piece, cast.edda)

    assert piece.letters.count() == count


def test_a_fired_piece_owes_the_word_that_it_is_published(at_stage):
    piece = at_stage("scheduled")

    with clock.at(piece.scheduled_for):
        take("fire", piece, by=None)

    assert kinds(piece)[-1] == ("published", "ana")


def test_a_held_piece_owes_the_desk_the_reason(cast, at_stage):
    piece = at_stage("scheduled")
    Article.objects.filter(pk=piece.pk).update(is_on_legal_hold=True)

    with clock.at(piece.scheduled_for):
        take("fire", piece, by=None)

    assert kinds(piece)[-2:] == [("held", "axel"), ("held", "pia")]
    assert "The piece is on legal hold. A person in standards lifts it." in newest(piece).body
    assert reverse("admin:articles_article_change", args=[piece.pk]) in newest(piece).body


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_nobody_writes_to_an_account_that_is_closed_or_has_no_address(change, cast, shared):
    User.objects.filter(pk=cast.bo.pk).update(**change)

    piece = take("decline", shared, by=cast.edda, note="Not for us.")

    assert kinds(piece)[-1] == ("declined", "ana")
    assert ("declined", "bo") not in kinds(piece)


# In whose transaction


def test_a_letter_goes_with_its_step(cast, draft):
    with transaction.atomic():
        take("submit", draft, by=cast.ana)
        transaction.set_rollback(True)

    assert not Letter.objects.exists()
    assert not DBTaskResult.objects.exists()
    assert not draft.submissions.exists()


def test_a_refused_step_owes_nothing(cast, at_stage):
    piece = at_stage("in_review")
    count = piece.letters.count()

    with pytest.raises(Refused):
        take("approve", piece, by=cast.edda, checklist=[])

    assert (piece.letters.count(), DBTaskResult.objects.count()) == (count, count)


# In what words


def test_receipt_promises_a_day_and_names_the_page(at_stage, settings):
    settings.SITE_URL = "https://signal.example"
    piece = at_stage("submitted")
    day = piece.submissions.get().promised_by

    letter = newest(piece)

    assert letter.subject == "We have your piece: Gulls at six"
    assert letter.body.startswith("Hello Ana,\n")
    assert f"{day:%A}, {day.day} {day:%B %Y}" in letter.body
    assert f"https://signal.example{reverse('editorial:piece', args=[piece.pk])}" in letter.body
    assert letter.body.endswith("The Signal\ndesk@signal.example\n")


def test_changes_asked_lists_open_shared_comments_of_the_desk(cast, at_stage):
    piece = at_stage("in_review")
    words = {"Who told you?": {}, "Between us: weak.": {"is_shared": False}, "Old.": {"resolved_at": clock.now()}}
    for text, more in words.items():
        Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text=text, **more)

    take("ask_changes", piece, by=cast.edda, note="Nearly there.")

    body = newest(piece).body
    assert [text for text in words if text in body] == ["Who told you?"]
    assert "Nearly there." in body


def test_declined_carries_the_editors_own_words(cast, at_stage):
    piece = take("decline", at_stage("submitted"), by=cast.edda, note="Too close to “Terns”, I'm afraid.")

    assert "Too close to “Terns”, I'm afraid." in newest(piece).body
    assert "You are free to offer it elsewhere." in newest(piece).body


def test_proof_leads_to_the_proof(at_stage):
    piece = at_stage("proof")

    assert newest(piece).subject == "Please read and sign: Gulls at six"
    assert reverse("editorial:proof", args=[piece.pk]) in newest(piece).body


def test_published_names_the_address_and_the_disclaimer(at_stage):
    piece = at_stage("published")

    assert piece.get_absolute_url() in newest(piece).body
    assert "with version 1 of the network's disclaimer" in newest(piece).body


def test_words_of_a_letter_are_text_and_not_html(cast, at_stage):
    piece = at_stage("submitted", headline="Salt & <em>vinegar</em>, “quoted”")

    assert newest(piece).subject == "We have your piece: Salt & <em>vinegar</em>, “quoted”"
    assert "“Salt & <em>vinegar</em>, “quoted””" in newest(piece).body
    assert "&amp;" not in newest(piece).body


def test_subject_stays_one_line_whatever_the_headline(cast, draft):
    """A line break in a subject would be a header of its own; the mail library refuses to send such a letter at all."""
    writing.save(draft, {"headline": "Gulls\r\nBcc: all@people.example"}, by=cast.ana)

    piece = take("submit", draft, by=cast.ana)

    assert newest(piece).subject == "We have your piece: Gulls Bcc: all@people.example"


def test_subject_fits_the_longest_headline(cast, at_stage):
    piece = at_stage("submitted", headline="é" * 110)

    assert newest(piece).subject == "We have your piece: " + "é" * 110


def test_letter_is_dated_by_the_clock(at_stage):
    moment = clock.now() + timedelta(days=20)

    with clock.at(moment):
        piece = at_stage("submitted")

    assert newest(piece).written_at == newest(piece).next_try_at == moment
