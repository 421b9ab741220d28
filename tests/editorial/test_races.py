"""Two people at the same moment, each with a connection of their own: one wins, the others get a sentence, and nothing is
half done. Every race is run ten times, on whichever database the suite runs on.
"""

import functools
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from articles.models import Article
from articles.status import AT_DESK
from editorial import trail, workflow, writing
from editorial.models import Letter
from editorial.refusal import Conflict, Refused
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_workflow import reread

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 10


@pytest.fixture(autouse=True)
def _known(cast) -> None:
    """Readers know Ana and Bo, so that no limit holds for what they have with the desk."""
    for author in (cast.ana, cast.bo):
        piece = take("submit", factories.make_piece(author, cast.section, headline="Before"), by=author)
        piece = factories.approve(take("claim", piece, by=cast.edda), cast.edda)
        take("publish", piece, by=cast.pia)


def ten_times(race: Callable[..., None]) -> Callable[..., None]:
    """Run a race again and again, each time with pieces of its own."""

    @functools.wraps(race)
    def run(**fixtures) -> None:
        for _ in range(TIMES):
            race(**fixtures)

    return run


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returned or raised, all of them started at the same moment in threads of their own."""
    outcomes: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int) -> None:
        connection.ensure_connection()
        start.wait()
        try:
            outcomes[place] = acts[place]()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def step(name: str, piece: Article, by, **data) -> Callable[[], Article]:
    return lambda: take(name, piece, by=by, **data)


def one_wins(outcomes: list[object]) -> Article:
    """The piece as the winner left it; all others were refused with a sentence."""
    won = [outcome for outcome in outcomes if isinstance(outcome, Article)]
    lost = [outcome for outcome in outcomes if not isinstance(outcome, Article)]
    assert len(won) == 1, outcomes
    assert all(isinstance(outcome, Refused) and str(outcome).endswith(".") for outcome in lost), outcomes
    return won[0]


def whole(piece: Article) -> None:
    """Nothing of the piece is half done."""
    piece = reread(piece)
    events = list(piece.trail.order_by("seq").values_list("seq", "step"))
    steps = [name for _, name in events]
    assert [seq for seq, _ in events] == list(range(1, len(events) + 1))
    assert piece.submissions.open().count() == (1 if piece.stage in AT_DESK else 0)
    assert piece.publications.count() == sum(steps.count(name) for name in ("publish", "fire"))
    assert piece.letters.filter(kind="published").count() == piece.publications.count()
    assert (piece.stage == "scheduled") == (piece.scheduled_for is not None)
    assert list(trail.verify()) == []


@ten_times
def test_two_editors_claim(cast, at_stage):
    piece = at_stage("submitted")

    outcomes = at_once(step("claim", piece, cast.edda), step("claim", piece, cast.emil))

    one_wins(outcomes)
    winner = cast.edda if isinstance(outcomes[0], Article) else cast.emil
    assert piece.submissions.get().claimed_by == winner
    assert [review.editor for review in piece.reviews.all()] == [winner]
    whole(piece)


@ten_times
def test_withdraw_and_publish(cast, at_stage):
    piece = at_stage("ready")

    moved = one_wins(at_once(step("withdraw", piece, cast.ana), step("publish", piece, cast.pia)))

    assert (moved.stage, moved.standing) in {("withdrawn", "unpublished"), ("published", "live")}
    whole(piece)


@ten_times
def test_withdraw_and_fire(cast, at_stage):
    piece = at_stage("scheduled")
    moment = piece.scheduled_for

    def fire() -> Article:
        with clock.at(moment):
            return take("fire", piece, by=None)

    moved = one_wins(at_once(step("withdraw", piece, cast.ana), fire))

    assert (moved.stage, moved.standing) in {("withdrawn", "unpublished"), ("published", "live")}
    whole(piece)


@ten_times
def test_two_publish(cast, at_stage):
    piece = at_stage("ready")
    moved = one_wins(at_once(*[step("publish", piece, by) for by in (cast.pia, cast.axel, cast.pia)]))

    assert moved.live.number == 1
    whole(piece)


@ten_times
def test_two_authors_sign(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece = take("claim", take("submit", piece, by=cast.ana), by=cast.edda)
    factories.edit_by_desk(piece, cast.edda)
    factories.approve(piece, cast.edda)

    outcomes = at_once(step("sign", piece, cast.ana), step("sign", piece, cast.bo))

    assert sorted(outcome.stage for outcome in outcomes) == ["proof", "ready"]
    assert piece.sign_offs.filter(package_hash=writing.working_hash(reread(piece))).count() == 2
    assert reread(piece).stage == "ready"
    assert piece.letters.filter(kind="accepted").count() == 2
    whole(piece)


@ten_times
def test_one_author_signs_while_the_other_suggests(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece = take("claim", take("submit", piece, by=cast.ana), by=cast.edda)
    factories.edit_by_desk(piece, cast.edda)
    factories.approve(piece, cast.edda)

    outcomes = at_once(step("sign", piece, cast.ana), step("suggest", piece, cast.bo, note="Say seven."))

    assert reread(piece).stage == "in_review"
    assert isinstance(outcomes[1], Article)
    whole(piece)


@ten_times
def test_an_editor_saves_while_the_author_withdraws(cast, at_stage):
    piece = at_stage("in_review")
    count = piece.revisions.count()

    saved, withdrawn = at_once(
        lambda: writing.save(piece, {"body": "The desk's."}, by=cast.edda), step("withdraw", piece, cast.ana)
    )

    assert isinstance(withdrawn, Article)
    assert reread(piece).stage == "withdrawn"
    is_saved = isinstance(saved, Article)
    assert is_saved or isinstance(saved, Refused)
    assert reread(piece).body == ("The desk's." if is_saved else factories.BODY)
    assert piece.revisions.count() == count + is_saved
    whole(piece)


@ten_times
def test_two_authors_save_what_both_opened(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    opened, count = piece.save_number, piece.revisions.count()

    outcomes = at_once(
        lambda: writing.save(piece, {"body": "Ana's."}, by=cast.ana, save_number=opened),
        lambda: writing.save(piece, {"body": "Bo's."}, by=cast.bo, save_number=opened),
    )

    won = one_wins(outcomes)
    assert any(isinstance(outcome, Conflict) for outcome in outcomes)
    assert reread(piece).body == won.body
    assert (reread(piece).save_number, piece.revisions.count()) == (opened + 1, count + 1)


@ten_times
def test_an_editor_edits_while_a_publisher_publishes(cast, at_stage):
    piece = at_stage("ready")

    one_wins(at_once(step("edit", piece, cast.edda, changes={"body": "Other."}), step("publish", piece, cast.pia)))

    current = reread(piece)
    assert (current.stage, current.standing) in {("in_review", "unpublished"), ("published", "live")}
    assert current.live is None or current.live.revision.body == current.body == factories.BODY
    whole(piece)


@ten_times
def test_two_editors_approve(cast, at_stage):
    piece = at_stage("in_review")
    every = {"checklist": factories.EVERY_ITEM}

    one_wins(at_once(step("approve", piece, cast.edda, **every), step("approve", piece, cast.emil, **every)))

    assert piece.reviews.filter(decision="approve").count() == 1
    whole(piece)


@ten_times
def test_publish_due_by_four_fires_once(at_stage):
    pieces = [at_stage("scheduled"), at_stage("scheduled", headline="Terns at noon")]
    moment = max(piece.scheduled_for for piece in pieces) + timedelta(seconds=1)

    def publish_due() -> list[Article]:
        with clock.at(moment):
            return workflow.publish_due()

    outcomes = at_once(*[publish_due] * 4)

    assert sorted(piece.pk for fired in outcomes for piece in fired) == [piece.pk for piece in pieces], outcomes
    for piece in pieces:
        whole(piece)
    assert Letter.objects.filter(kind="published", article__in=pieces).count() == 2


@ten_times
def test_a_held_piece_is_held_once(at_stage):
    piece = at_stage("scheduled")
    Article.objects.filter(pk=piece.pk).update(is_on_legal_hold=True)

    def publish_due() -> list[Article]:
        with clock.at(piece.scheduled_for):
            return workflow.publish_due()

    at_once(*[publish_due] * 3)

    assert piece.trail.filter(step="hold").count() == 1
    assert piece.letters.filter(kind="held").count() == 2
    whole(piece)


@ten_times
def test_two_pieces_with_one_headline_get_an_address_each(cast):
    pieces = [factories.make_piece(by, cast.section, headline="The same words") for by in (cast.ana, cast.bo)]

    outcomes = at_once(*[step("submit", piece, piece.created_by) for piece in pieces])

    assert all(isinstance(outcome, Article) for outcome in outcomes), outcomes
    assert len({piece.slug for piece in outcomes}) == 2
    for piece in pieces:
        whole(piece)


@ten_times
def test_two_windows_of_one_author_submit_once(cast, at_stage):
    piece = at_stage("draft")

    one_wins(at_once(step("submit", piece, cast.ana), step("submit", piece, cast.ana)))

    assert piece.submissions.count() == piece.letters.count() == 1
    whole(piece)
