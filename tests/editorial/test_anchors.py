"""Where a comment's passage is after the text has changed."""

import time

import pytest

from editorial import conversation, writing
from editorial.anchors import Reading, fragment

TEXT = (
    "It was six. The gulls sang over the harbour, and nobody listened.\n\n"
    "## At noon\n\nIt was noon. The gulls sang over the market, and “everybody” listened.\n\n"
    "## At night\n\nNobody sang.\n"
)


@pytest.fixture
def piece(at_stage):
    return at_stage("in_review", body=TEXT)


def place_in(piece, cast, body: str, quote: str, prefix: str = "", suffix: str = ""):
    """Where a passage of TEXT is once the desk has made the text `body`."""
    comment = conversation.say(piece, by=cast.ana, text="Here.", quote=quote, prefix=prefix, suffix=suffix)
    edited = writing.save(piece, {"body": body}, by=cast.edda)
    return Reading(edited.revisions.order_by("-number").first()).place(comment)


def test_a_passage_is_found_by_its_words(piece, cast):
    place = place_in(piece, cast, "A new beginning.\n\n" + TEXT, "nobody listened")

    assert (place.words, place.is_changed, place.is_lost) == ("nobody listened", False, False)
    assert place.link == "#:~:text=nobody%20listened"


def test_of_two_alike_the_one_between_the_same_words_is_found(piece, cast):
    comment = conversation.say(
        piece, by=cast.ana, text="Here.", quote="The gulls sang over", prefix="It was noon. ", suffix=" the market"
    )
    reading = Reading(piece.revisions.first())

    start, _ = reading.find(comment.quote, comment.prefix, comment.suffix)

    assert reading.text[start - 13 : start] == "It was noon. "


def test_blanks_and_quotation_marks_make_no_difference(piece, cast):
    place = place_in(piece, cast, TEXT + "\nMore.\n", 'and "everybody"\n  listened')

    assert (place.words, place.is_changed) == ("and “everybody” listened", False)


def test_a_reworded_passage_is_found_and_said_to_be_changed(piece, cast):
    place = place_in(
        piece, cast, TEXT.replace("The gulls sang over the harbour", "The gulls cried over the harbour"),
        "The gulls sang over the harbour, and nobody listened",
    )  # fmt: skip

    assert place.words == "The gulls cried over the harbour, and nobody listened"
    assert place.is_changed


def test_a_rewritten_passage_is_found_between_its_neighbours(piece, cast):
    place = place_in(
        piece, cast, TEXT.replace("The gulls sang over the harbour", "Fog lay"),
        "The gulls sang over the harbour", prefix="Gulls at six\nA morning in the harbour.\nIt was six. ",
        suffix=", and nobody listened.",
    )  # fmt: skip

    assert (place.words, place.is_changed) == ("Fog lay", True)


def test_a_passage_that_is_gone_keeps_its_heading(piece, cast):
    place = place_in(piece, cast, "Something else altogether.\n", "The gulls sang over the market")

    assert (place.is_lost, place.heading) == (True, "At noon")


def test_a_long_passage_is_linked_by_its_ends():
    assert fragment("one two three four five\n\nsix seven-eight nine ten") == (
        "#:~:text=one%20two%20three%20four,six%20seven%2Deight%20nine%20ten"
    )


def test_a_passage_that_has_its_like_is_linked_between_its_neighbours(piece, cast):
    place = place_in(piece, cast, TEXT + "\nMore.\n", "The gulls sang over", "It was noon. ", " the market")

    assert place.link == (
        "#:~:text=It%20was%20noon.-,The%20gulls%20sang%20over,-the%20market%2C%20and%20%E2%80%9Ceverybody%E2%80%9D"
    )


def test_a_long_passage_that_begins_like_another_is_linked_between_its_neighbours(piece, cast):
    quote = "The gulls sang over the market, and “everybody” listened.\nAt night"

    place = place_in(piece, cast, TEXT + "\nMore.\n", quote, "It was noon. ")

    assert place.link == "#:~:text=It%20was%20noon.-,The%20gulls%20sang%20over,At%20night"


def test_a_line_that_stands_twice_is_linked_after_the_line_before_it(piece, cast):
    place = place_in(piece, cast, TEXT + "\nA gull did.\n\nNobody sang.\n", "Nobody sang.")

    assert place.link == "#:~:text=At%20night-,Nobody%20sang."


@pytest.mark.parametrize("quote", ["a " * 400, "word " * 199, "no such words are in it at all, never", "a"])
def test_a_very_long_text_is_searched_in_little_time(quote, at_stage, cast):
    piece = at_stage("submitted", body="word a b c. " * 12_000)
    reading = Reading(piece.revisions.first())
    began = time.monotonic()

    for _ in range(30):
        reading.find(quote, "p" * 80, "s" * 80)

    assert time.monotonic() - began < 8
