"""What an author and the desk write to each other: who may, who reads it, who settles it, and who is told."""

import pytest
from django.urls import reverse

from authors.models import Author, Mail
from editorial import conversation, writing
from editorial.models import Comment, Letter
from editorial.refusal import Refused
from editorial.workflow import take
from tests import factories


@pytest.fixture
def piece(at_stage):
    return at_stage("in_review")


def letters(piece, kind: str) -> list[str]:
    return [letter.to.username for letter in piece.letters.filter(kind=kind).order_by("pk")]


# Who writes


def test_say_knows_on_which_side_somebody_speaks(cast, piece):
    theirs = conversation.say(piece, by=cast.ana, text=" Mine.\r\nTwo lines. ")
    ours = conversation.say(piece, by=cast.edda, text="Ours.", is_shared=False, is_blocking=True)

    assert (theirs.is_from_desk, theirs.is_shared, theirs.text) == (False, True, "Mine.\nTwo lines.")
    assert (ours.is_from_desk, ours.is_shared, ours.is_blocking) == (True, False, True)
    assert theirs.revision == piece.revisions.first()


@pytest.mark.parametrize("who, more", [("bo", {}), ("root", {}), ("ana", {"is_shared": False})])
def test_say_is_refused_to_others_and_keeps_authors_in_the_open(who, more, cast, piece):
    with pytest.raises(Refused):
        conversation.say(piece, by=getattr(cast, who), text="Let me in.", **more)

    assert not Comment.objects.exists()


def test_say_is_refused_to_an_author_who_is_on_the_desk_as_the_desk(cast):
    piece = take("submit", factories.make_piece(cast.axel, cast.section), by=cast.axel)

    with pytest.raises(Refused, match="Only the desk"):
        conversation.say(piece, by=cast.axel, text="Fine by me.", is_blocking=True)

    assert conversation.say(piece, by=cast.axel, text="Fine.").is_from_desk is False


@pytest.mark.parametrize("text, quote", [("  ", ""), ("x" * 10_001, ""), ("Fine.", "q" * 1_001)])
def test_say_refuses_nothing_and_too_much(text, quote, cast, piece):
    with pytest.raises(Refused):
        conversation.say(piece, by=cast.ana, text=text, quote=quote)

    assert not Comment.objects.exists()


def test_say_about_a_draft_that_the_desk_has_never_seen_is_refused(cast, draft):
    for who in (cast.ana, cast.edda):
        with pytest.raises(Refused):
            conversation.say(draft, by=who, text="Hello?")

    assert not Comment.objects.exists()


# Threads


def test_an_answer_belongs_to_the_comment_that_began_the_thread(cast, piece):
    first = conversation.say(piece, by=cast.edda, text="Who told you?", is_blocking=True)
    second = conversation.say(piece, by=cast.ana, text="A gull.", answers=first)
    third = conversation.say(piece, by=cast.edda, text="Which?", answers=second, is_blocking=True)

    assert (second.answers, third.answers, third.is_blocking) == (first, first, False)
    (thread,) = conversation.threads(piece, cast.ana, piece.revisions.first())
    assert thread.replies == [second, third]


def test_a_comment_of_the_desk_alone_is_neither_shown_to_nor_answered_nor_settled_by_an_author(cast, piece):
    secret = conversation.say(piece, by=cast.edda, text="Between us: weak.", is_shared=False)
    answer = conversation.say(piece, by=cast.emil, text="Very.", answers=secret)

    with pytest.raises(Refused, match="no such comment"):
        conversation.say(piece, by=cast.ana, text="What is weak?", answers=secret)
    with pytest.raises(Refused, match="no such comment"):
        conversation.resolve(secret, by=cast.ana)

    assert answer.is_shared is False
    assert conversation.threads(piece, cast.ana, None) == []
    assert not Letter.objects.filter(kind="comment").exists()
    assert Comment.objects.unresolved().count() == 2


def test_an_answer_to_a_comment_on_another_piece_is_refused(cast, piece, at_stage):
    other = conversation.say(at_stage("submitted", headline="Terns"), by=cast.edda, text="Why terns?")

    with pytest.raises(Refused):
        conversation.say(piece, by=cast.ana, text="Because.", answers=other)

    assert Comment.objects.count() == 1


# Settling


@pytest.mark.parametrize(
    "writer, is_blocking, settler, may",
    [
        ("edda", False, "ana", True),
        ("edda", True, "ana", False),
        ("edda", True, "emil", True),
        ("ana", False, "ana", True),
        ("ana", False, "edda", True),
        ("edda", False, "bo", False),
    ],
)
def test_settling_is_for_the_desk_and_for_authors_what_holds_nothing_back(
    writer, is_blocking, settler, may, cast, piece
):
    comment = conversation.say(piece, by=getattr(cast, writer), text="A word.", is_blocking=is_blocking)
    person = getattr(cast, settler)

    if may:
        conversation.resolve(comment, by=person)
        assert Comment.objects.get().resolved_by == person
        conversation.reopen(comment, by=person)
    else:
        with pytest.raises(Refused):
            conversation.resolve(comment, by=person)

    assert Comment.objects.get().resolved_at is None
    assert conversation.may_settle(comment, person) is may


# Letters


def test_a_shared_comment_of_the_desk_is_a_letter_to_each_author_who_wants_each(cast):
    piece = take("submit", factories.make_piece(cast.ana, cast.section, cast.bo), by=cast.ana)
    Author.objects.filter(user=cast.bo).update(mail=Mail.DIGEST)

    conversation.say(piece, by=cast.edda, text="Who told you?", quote="nobody had told the gulls")

    letter = Letter.objects.get(kind="comment")
    assert letter.to == cast.ana
    assert "Who told you?" in letter.body
    assert "“nobody had told the gulls”" in letter.body


def test_an_authors_comment_is_a_letter_to_the_editor_who_has_the_piece(cast, at_stage):
    claimed, waiting = at_stage("in_review"), at_stage("submitted", headline="Terns")

    for piece in (claimed, waiting):
        conversation.say(piece, by=cast.ana, text="One more thing.")

    assert (letters(claimed, "author_wrote"), letters(waiting, "author_wrote")) == (["edda"], [])
    assert Letter.objects.get(kind="author_wrote").subject == "Ana Ruiz wrote about Gulls at six"


def test_a_suggestion_reaches_the_editor(cast, at_stage):
    piece = take("suggest", at_stage("proof"), by=cast.ana, note="Say seven, please.")

    assert letters(piece, "author_wrote") == ["edda"]


# Pages


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def test_comment_page_answers_and_shows_the_thread(ana, cast, piece):
    first = conversation.say(piece, by=cast.edda, text="Who told you?")

    page = ana.post(
        reverse("editorial:comment", args=[piece.pk]), {"text": "A gull.", "answers": first.pk}, follow=True
    ).content.decode()

    assert Comment.objects.get(writer=cast.ana).answers == first
    assert "A gull." in page


def test_comment_page_gives_back_what_was_typed(ana, piece):
    page = ana.post(
        reverse("editorial:comment", args=[piece.pk]), {"text": "", "quote": "nobody had told the gulls"}
    ).content.decode()

    assert "Write something first." in page
    assert "nobody had told the gulls</textarea>" in page


@pytest.mark.parametrize("quote", ["nobody had warned the gulls", "gulls the told", "§"])
def test_say_refuses_a_passage_that_was_never_in_the_text(quote, cast, piece):
    with pytest.raises(Refused, match="never were"):
        conversation.say(piece, by=cast.edda, text="Who told you?", quote=quote)

    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "quote",
    ["nobody had *told* the gulls", "Opinion\n900 words\nThe harbour was quiet", "Ana Ruiz", "A  gull,\nwe think"],
)
def test_say_takes_a_passage_of_the_text_as_its_page_or_its_sheet_has_it(quote, cast, at_stage):
    piece = at_stage("in_review", body="The harbour was quiet, and nobody had told the gulls. A gull, we think.")

    comment = conversation.say(piece, by=cast.edda, text="Hm.", quote=quote)

    assert comment.quote == quote


def test_say_takes_a_passage_that_an_editor_has_taken_out_since(cast, piece):
    writing.save(piece, {"body": "So they sang."}, by=cast.edda)

    comment = conversation.say(piece, by=cast.ana, text="Why?", quote="nobody had told the gulls")

    assert comment.pk


def test_desk_gives_back_a_comment_on_a_passage_that_was_never_there(client, cast, piece):
    client.force_login(cast.edda)
    typed = {"text": "Who warned them?", "quote": "nobody had warned the gulls", "is_blocking": "on"}

    page = client.post(reverse("admin:desk_comment", args=[piece.pk]), typed).text

    assert "These words are not in the text" in page
    assert "nobody had warned the gulls</textarea>" in page
    assert "Who warned them?</textarea>" in page
    assert not Comment.objects.exists()


def test_desk_keeps_a_comment_on_a_passage_at_the_start_of_a_paragraph(client, cast, piece):
    """A browser sends the line break before it as two characters, so that eighty become more."""
    client.force_login(cast.edda)
    text = "x" * 78 + "\r\n\r\n"
    typed = {"text": "Who says so?", "quote": "", "prefix": text, "suffix": "\r\n" + "y" * 80, "is_shared": "on"}

    answer = client.post(reverse("admin:desk_comment", args=[piece.pk]), typed | {"quote": "harbour"})

    assert answer.status_code == 302
    comment = Comment.objects.get()
    assert (comment.prefix, comment.suffix) == ("x" * 78 + "\n\n", "\n" + "y" * 79)


def test_desk_gives_back_an_answer_below_the_comment_it_answers(client, cast, piece):
    client.force_login(cast.edda)
    first = conversation.say(piece, by=cast.edda, text="Who warned them?", quote="")
    typed = {"text": "Nobody. " * 2_000, "answers": first.pk}

    page = client.post(reverse("admin:desk_comment", args=[piece.pk]), typed).text

    assert '<details class="answer" open>' in page
    assert page.count("Nobody. Nobody. ") == 1_000
    assert page.index("Nobody. ") < page.index("Add a comment")
    assert piece.comments.count() == 1


@pytest.mark.parametrize("named", [{"answers": "999"}, {"revision": "x"}, {"answers": "²"}])
def test_comment_page_does_not_know_what_is_not_there(named, ana, piece):
    response = ana.post(reverse("editorial:comment", args=[piece.pk]), {"text": "Hm."} | named)

    assert response.status_code == 404
    assert not Comment.objects.exists()


def test_settle_page_settles_opens_again_and_knows_no_secret(ana, cast, piece):
    shared = conversation.say(piece, by=cast.edda, text="Who told you?")
    secret = conversation.say(piece, by=cast.edda, text="Weak.", is_shared=False)

    for is_settled in (True, False):
        ana.post(reverse("editorial:settle", args=[piece.pk, shared.pk]))
        assert (Comment.objects.get(pk=shared.pk).resolved_at is not None) is is_settled
    assert ana.post(reverse("editorial:settle", args=[piece.pk, secret.pk])).status_code == 404


def test_desk_answers_in_the_thread(client, cast, piece):
    first = conversation.say(piece, by=cast.ana, text="May I?")
    client.force_login(cast.edda)

    client.post(reverse("admin:desk_comment", args=[piece.pk]), {"text": "You may.", "answers": first.pk})

    answer = Comment.objects.get(writer=cast.edda)
    assert (answer.answers, answer.is_shared, letters(piece, "comment")) == (first, True, ["ana"])


def test_threads_take_as_many_queries_for_one_as_for_thirty(cast, piece, django_assert_num_queries):
    shown = piece.revisions.first()
    for _ in range(30):
        conversation.say(piece, by=cast.edda, text="Again?", quote="the gulls")

    with django_assert_num_queries(3):
        conversation.threads(piece, cast.ana, shown)
