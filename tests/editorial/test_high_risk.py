"""High-risk pieces: which they are, and the second editor who reads each of them."""

import pytest
from django.db import DatabaseError, transaction

from articles.models import Article, Section
from editorial import guards, risk, writing
from editorial.models import Event, Override, Review, RiskMark
from editorial.refusal import Refused
from editorial.workflow import take
from tests import factories
from tests.editorial.test_checklist import ALL, piece, risky  # noqa: F401 - fixtures
from tests.editorial.test_workflow import refusal, reread


def _by_section(piece, cast):  # noqa: F811
    Section.objects.update(is_high_risk=True)


def _by_mark(piece, cast):  # noqa: F811
    risk.mark(piece, by=cast.edda, reason="It names a minister.")


def _by_author(piece, cast):  # noqa: F811
    Article.objects.filter(pk=piece.pk).update(libel="yes", libel_detail="The mayor")


@pytest.mark.parametrize("make", [_by_section, _by_mark, _by_author])
def test_high_risk_piece_waits_for_a_second_editor(piece, cast, make):  # noqa: F811
    make(piece, cast)
    once = take("approve", reread(piece), by=cast.edda, checklist=ALL)
    assert once.stage == "ready"
    assert "edda has approved this text alone" in refusal("publish", once, by=cast.pia)

    twice = take("approve", once, by=cast.emil)

    assert twice.stage == "ready"
    assert [review.is_high_risk for review in twice.reviews.filter(decision="approve")] == [True, True]
    assert take("publish", twice, by=cast.pia).stage == "published"


def test_first_editor_is_no_second_pair_of_eyes(risky, cast):  # noqa: F811
    once = take("approve", risky, by=cast.edda, checklist=ALL)

    sentence = refusal("approve", once, by=cast.edda, checklist=ALL)

    assert sentence == "You have approved this text already. It waits for a second editor."
    assert Review.objects.filter(decision="approve").count() == 1


def test_whoever_signed_for_the_author_is_no_second_pair_of_eyes(risky, cast):  # noqa: F811
    once = take("approve", risky, by=cast.edda, checklist=ALL)
    words = {"revision": once.revisions.latest("number"), "package_hash": writing.working_hash(once)}
    Override.objects.create(article=once, author=cast.bo.author, taken_by=cast.emil, reason="It is due.", **words)

    sentence = refusal("approve", once, by=cast.emil, checklist=ALL)

    assert sentence == "You signed this text in the place of its author. Another editor approves it."
    assert Review.objects.filter(decision="approve").count() == 1


def test_second_approval_of_an_earlier_text_does_not_count(risky, cast):  # noqa: F811
    once = take("approve", risky, by=cast.edda, checklist=ALL)
    take("edit", once, by=cast.edda, changes={"body": "Another text.\n"})
    again = take("approve", reread(once), by=cast.emil, checklist=ALL)
    signed = take("sign", again, by=cast.ana)

    assert "emil has approved this text alone" in refusal("publish", signed, by=cast.pia)


def test_second_approver_who_becomes_an_author_does_not_count(risky, cast):  # noqa: F811
    once = take("approve", risky, by=cast.edda, checklist=ALL)
    take("approve", once, by=cast.emil)
    twice = reread(once)
    twice.bylines.create(author=factories.make_author("Edda Desk", cast.edda), printed_name="Edda Desk")

    assert cast.edda.pk not in guards.approvers(reread(twice))


def test_database_refuses_a_high_risk_publication_on_one_approval(risky, cast):  # noqa: F811
    """With the guard out of the way, the trigger stands."""
    once = take("approve", risky, by=cast.edda, checklist=ALL)
    review = once.reviews.get(decision="approve")

    with pytest.raises(DatabaseError, match="Two editors approve the same text"), transaction.atomic():
        once.publications.create(
            number=1, revision=review.revision, disclaimer=review.disclaimer, review=review, kind="first", names={}
        )

    assert not once.publications.exists()


def test_whoever_says_while_approving_that_an_item_does_not_apply_is_led_back(client, piece, cast):  # noqa: F811
    client.force_login(cast.edda)
    at = f"/admin/articles/article/{piece.pk}"
    assert f"{at}/checklist/?for=approve" in client.get(f"{at}/steps/approve/").text

    page = client.get(f"{at}/checklist/", {"for": "approve"})
    data = {"seen": page.context["form"]["seen"].value()}
    there, here = (client.post(f"{at}/checklist/{query}", data) for query in ("?for=approve", "?for=nonsense"))

    assert "Back to approving" in page.text
    assert there.url == f"{at}/steps/approve/"
    assert here.url == f"{at}/checklist/"


def test_mark_needs_a_reason_and_an_editor(piece, cast):  # noqa: F811
    for by, reason in ((cast.edda, " "), (cast.ana, "It names me."), (cast.pia, "It names a minister.")):
        with pytest.raises(Refused):
            risk.mark(piece, by=by, reason=reason)

    assert not RiskMark.objects.exists()
    assert not Event.objects.filter(step="risk").exists()


def test_mark_stands_in_the_trail(piece, cast):  # noqa: F811
    risk.mark(piece, by=cast.edda, reason="It names a minister.")

    last = piece.trail.latest("seq")
    assert (last.step, last.actor, last.note) == ("risk", cast.edda, "It names a minister.")
