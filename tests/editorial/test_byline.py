"""Sharing a byline: leaving it, its order, and what it asks of a piece that is submitted."""

import pytest

from articles.models import Article
from authors.models import Status
from editorial import byline, workflow, writing
from editorial.models import BylineInvitation
from editorial.refusal import Refused
from editorial.workflow import take
from tests import factories
from tests.editorial.test_workflow import every_row, refusal, reread

OPEN = {"draft", "changes_requested"}
STAGES = [
    "draft",
    "submitted",
    "in_review",
    "changes_requested",
    "proof",
    "ready",
    "scheduled",
    "published",
    "declined",
]
FORBIDDEN = "The byline changes only while the text is with its authors"


def ask(piece: Article, by, email: str = "bo@people.example", name: str = "Bo Lindqvist") -> BylineInvitation:
    return byline.ask(piece, email=email, name=name, by=by)


def refused(sentence: str, act, *args, **kwargs) -> None:
    """It is refused with this sentence, and nothing at all has changed."""
    before = every_row()
    with pytest.raises(Refused, match=sentence):
        act(*args, **kwargs)
    assert every_row() == before


def names(piece: Article) -> list[str]:
    return [line.printed_name for line in piece.bylines.all()]


def letters(piece: Article) -> list[tuple[str, str]]:
    return [(letter.kind, letter.to.username if letter.to else letter.address) for letter in piece.letters.all()]


def ids(*people) -> list[int]:
    return [person.author.pk for person in people]


# Leaving


def test_leave_takes_the_line_and_the_answers_away(cast, shared):
    count = shared.revisions.count()

    byline.leave(shared, cast.bo)

    assert names(shared) == ["Ana Ruiz"]
    assert [given.author for given in shared.disclosures.all()] == [cast.ana.author]
    assert shared.revisions.count() == count + 1
    assert "Bo" not in shared.revisions.first().disclosure


def test_leave_keeps_the_answers_that_a_signed_text_holds(cast, shared):
    take("submit", shared, by=cast.ana)
    take("claim", shared, by=cast.edda)
    factories._take("comment", shared, cast)
    take("ask_changes", shared, by=cast.edda)

    byline.leave(shared, cast.bo)

    assert names(shared) == ["Ana Ruiz"]
    assert shared.disclosures.filter(author=cast.bo.author).exists()


def test_leave_is_open_to_a_barred_author(cast, shared):
    cast.bo.author.status = Status.SUSPENDED
    cast.bo.author.save()

    byline.leave(shared, cast.bo)

    assert names(shared) == ["Ana Ruiz"]
    assert workflow.lacking("submit", reread(shared)) == []


def test_leave_is_not_for_the_last_author(cast, draft):
    refused("You are the only author of this piece", byline.leave, draft, cast.ana)


def test_leave_is_not_for_somebody_else(cast, draft):
    refused("You are not on the byline", byline.leave, draft, cast.bo)


def test_leave_of_a_piece_at_the_desk_is_refused(cast, shared):
    refused(FORBIDDEN, byline.leave, take("submit", shared, by=cast.ana), cast.bo)


# Order


def test_arrange_sets_the_order_and_the_text_that_is_signed(cast, shared):
    count = shared.revisions.count()

    byline.arrange(shared, ids(cast.bo, cast.ana), cast.ana)

    assert names(shared) == ["Bo Lindqvist", "Ana Ruiz"]
    assert shared.revisions.count() == count + 1
    assert shared.revisions.first().names == "Bo Lindqvist and Ana Ruiz"


def test_arrange_that_changes_nothing_makes_no_revision(cast, shared):
    before = every_row()

    byline.arrange(shared, ids(cast.ana, cast.bo), cast.bo)

    assert every_row() == before


def test_arrange_takes_exactly_those_who_are_on_the_byline(cast, shared):
    for order in (
        [],
        ids(cast.ana),
        ids(cast.ana, cast.ana),
        ids(cast.ana, cast.axel),
        ids(cast.ana, cast.bo, cast.axel),
    ):
        refused("Somebody joined or left the byline", byline.arrange, shared, order, cast.ana)


def test_arrange_is_an_authors_own(cast, shared):
    refused("Only an author of the piece", byline.arrange, shared, ids(cast.bo, cast.ana), cast.axel)


def test_arrange_of_a_piece_at_the_desk_is_refused(cast, shared):
    take("submit", shared, by=cast.ana)

    refused(FORBIDDEN, byline.arrange, shared, ids(cast.bo, cast.ana), cast.ana)


# Before submitting


def test_submit_waits_for_everybody_who_is_asked(cast, draft, asked):
    sentence = "Bo Lindqvist has not answered yet whether they share the byline."

    assert sentence in refusal("submit", draft, by=cast.ana)
    byline.decline(asked, cast.bo)
    assert take("submit", draft, by=cast.ana).stage == "submitted"


def test_submit_waits_for_the_answers_of_whoever_joined(cast, draft, asked):
    byline.accept(asked, cast.bo)

    assert "Bo Lindqvist has not answered the questions" in refusal("submit", draft, by=cast.ana)
    factories.declare(draft, cast.bo)
    assert take("submit", draft, by=cast.ana).stage == "submitted"


def test_both_authors_sign_the_same_hash(cast, shared):
    take("submit", shared, by=cast.ana)
    take("claim", shared, by=cast.edda)
    factories.approve(shared, cast.edda)

    assert [place.has_signed for place in byline.places(shared)] == [True, False]
    assert take("sign", shared, by=cast.bo).stage == "ready"
    assert [place.has_signed for place in byline.places(shared)] == [True, True]
    assert set(shared.sign_offs.values_list("package_hash", flat=True)) == {writing.working_hash(reread(shared))}
