"""Two people at one byline, and two at one text, in the same moment."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from articles.models import Article
from authors.models import Invitation
from editorial import byline, checkout
from editorial.models import BylineInvitation, CheckOut, Letter
from editorial.refusal import Refused
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_races import _known, at_once, one_wins, step, ten_times, whole  # noqa: F401 - a fixture
from tests.editorial.test_workflow import reread

pytestmark = pytest.mark.django_db(transaction=True)


def ask(piece: Article, by, other) -> BylineInvitation:
    return byline.ask(piece, email=other.email, name=other.author.name, by=by)


def order(piece: Article) -> list[str]:
    return [line.author.user.username for line in piece.bylines.select_related("author__user")]


@ten_times
def test_two_who_were_asked_accept(cast, at_stage):
    piece = at_stage("draft")
    count = piece.revisions.count()
    bos, axels = ask(piece, cast.ana, cast.bo), ask(piece, cast.ana, cast.axel)

    outcomes = at_once(lambda: byline.accept(bos, cast.bo), lambda: byline.accept(axels, cast.axel))

    assert outcomes == [None, None]
    assert order(piece)[0] == "ana"
    assert sorted(order(piece)) == ["ana", "axel", "bo"]
    assert sorted(piece.bylines.values_list("position", flat=True)) == [0, 1, 2]
    assert piece.revisions.count() == count + 2
    whole(piece)


@ten_times
def test_one_invitation_is_accepted_and_taken_back(cast, at_stage):
    piece = at_stage("draft")
    asked = ask(piece, cast.ana, cast.bo)

    outcomes = at_once(lambda: byline.accept(asked, cast.bo), lambda: byline.take_back(asked, cast.ana))

    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True], outcomes
    is_accepted = outcomes[0] is None
    asked.refresh_from_db()
    assert asked.answer == ("accepted" if is_accepted else "revoked")
    assert order(piece) == (["ana", "bo"] if is_accepted else ["ana"])
    whole(piece)


@ten_times
def test_two_authors_arrange(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo, cast.axel)
    ana, bo, axel = (person.author.pk for person in (cast.ana, cast.bo, cast.axel))

    outcomes = at_once(
        lambda: byline.arrange(piece, [bo, axel, ana], cast.ana),
        lambda: byline.arrange(piece, [axel, ana, bo], cast.bo),
    )

    assert outcomes == [None, None]
    assert order(piece) in (["bo", "axel", "ana"], ["axel", "ana", "bo"])
    assert piece.revisions.first().author_ids == [line.author_id for line in piece.bylines.all()]
    whole(piece)


@ten_times
def test_one_accepts_while_another_arranges(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    asked = ask(piece, cast.ana, cast.axel)
    ana, bo = cast.ana.author.pk, cast.bo.author.pk

    accepted, arranged = at_once(
        lambda: byline.accept(asked, cast.axel), lambda: byline.arrange(piece, [bo, ana], cast.ana)
    )

    assert accepted is None
    assert order(piece) == (["bo", "ana", "axel"] if arranged is None else ["ana", "bo", "axel"])
    assert arranged is None or isinstance(arranged, Refused)
    whole(piece)


@ten_times
def test_two_authors_leave_and_one_stays(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)

    outcomes = at_once(lambda: byline.leave(piece, cast.ana), lambda: byline.leave(piece, cast.bo))

    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True], outcomes
    assert order(piece) == (["bo"] if outcomes[0] is None else ["ana"])
    whole(piece)


@ten_times
def test_somebody_is_asked_while_the_piece_is_submitted(cast, at_stage):
    piece = at_stage("draft")

    asked, submitted = at_once(lambda: ask(piece, cast.ana, cast.bo), step("submit", piece, cast.ana))

    assert isinstance(asked, BylineInvitation) == isinstance(submitted, Refused), (asked, submitted)
    assert reread(piece).stage == ("draft" if isinstance(asked, BylineInvitation) else "submitted")
    assert piece.byline_invitations.count() == isinstance(asked, BylineInvitation)
    whole(piece)


@ten_times
def test_one_address_is_invited_from_two_pieces(cast):
    pieces = [factories.make_piece(person, cast.section) for person in (cast.ana, cast.bo)]
    email = f"new-{pieces[0].pk}@people.example"

    outcomes = at_once(
        lambda: byline.ask(pieces[0], email=email, name="Noor", by=cast.ana),
        lambda: byline.ask(pieces[1], email=email, name="Noor", by=cast.bo),
    )

    assert all(isinstance(outcome, BylineInvitation) for outcome in outcomes), outcomes
    assert Invitation.objects.filter(email=email).count() == 1
    assert Letter.objects.filter(address=email, invitation__email=email).count() == 2


@ten_times
def test_two_pieces_of_a_new_author_pass_no_limit_together(cast):
    user = factories.make_contributor(f"new-{Article.objects.count()}", f"New {Article.objects.count()}")
    pieces = [factories.make_piece(user, cast.section, headline=f"Number {number}") for number in range(4)]
    for piece in pieces[:2]:
        take("submit", piece, by=user)

    won = one_wins(at_once(*(step("submit", piece, user) for piece in pieces[2:])))

    assert won.stage == "submitted"
    assert user.author.articles.filter(stage="submitted").count() == 3
    assert user.author.articles.filter(stage="draft").count() == 1


# Checking a text out


def taker(piece: Article, by) -> Callable[[], CheckOut]:
    return lambda: checkout.take(piece, by=by)


@ten_times
def test_two_editors_take_the_text(cast, at_stage):
    piece = at_stage("ready")

    outcomes = at_once(taker(piece, cast.edda), taker(piece, cast.emil))

    won = [outcome for outcome in outcomes if isinstance(outcome, CheckOut)]
    assert len(won) == 1, outcomes
    assert any(isinstance(outcome, Refused) for outcome in outcomes), outcomes
    assert piece.trail.filter(step="check_out").count() == 1
    assert CheckOut.objects.get(article=piece).holder == won[0].holder
    whole(piece)


@ten_times
def test_one_takes_what_had_run_out_while_its_holder_comes_back(cast, at_stage):
    piece = at_stage("ready")
    taker(piece, cast.edda)()
    CheckOut.objects.filter(article=piece).update(beat_at=clock.now() - timedelta(hours=1))

    beat, taken = at_once(lambda: checkout.beat(piece, by=cast.edda), taker(piece, cast.emil))

    assert beat in (True, False)
    now_with = CheckOut.objects.get(article=piece).holder
    assert now_with == (cast.emil if isinstance(taken, CheckOut) else cast.edda), (beat, taken)
    assert isinstance(taken, CheckOut | Refused)
    whole(piece)


@ten_times
def test_one_saves_while_their_check_out_is_ended(cast, at_stage):
    piece = at_stage("ready")
    taker(piece, cast.edda)()

    saved, ended = at_once(
        step("edit", piece, cast.edda, changes={"body": "Edda's."}),
        step("check_in", piece, cast.pia, note="It goes out at noon."),
    )

    assert isinstance(ended, Article)
    is_saved = isinstance(saved, Article)
    assert is_saved or isinstance(saved, Refused)
    assert reread(piece).body == ("Edda's." if is_saved else factories.BODY)
    assert not CheckOut.objects.filter(article=piece).exists()
    whole(piece)
