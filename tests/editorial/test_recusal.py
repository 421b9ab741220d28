"""Who is bound to an author judges nothing of theirs: not in the queue, not by a hand-made request, not in raw SQL."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from articles.models import Article
from authors.models import Employment, Tie
from editorial import conversation, permissions, trail
from editorial.models import Event, Recusal, Review
from editorial.notifications import owe
from editorial.workflow import Refused, steps_for, take
from tests import factories


def bind(how: str, person: User, author: User, piece: Article) -> None:
    """Make `person` unable to judge what `author` wrote."""
    if how == "tie":
        Tie.objects.create(author=author.author, user=person, kind="family")
    elif how == "employer":
        Employment.objects.create(user=person, employer="Harbour  Board")
        Employment.objects.create(user=author, employer="harbour board")
    else:
        take("recuse", piece, by=person, note="Her brother is my oldest friend.")


BINDINGS = ["tie", "employer", "declared"]


@pytest.fixture
def piece(at_stage):
    return at_stage("submitted")


@pytest.mark.parametrize("how", BINDINGS)
def test_recused_editor_sees_and_takes_nothing(how, client, cast, piece):
    bind(how, cast.edda, cast.ana, piece)
    client.force_login(cast.edda)

    queue = client.get("/admin/articles/article/").text
    page = client.get(f"/admin/articles/article/{piece.pk}/change/")

    assert piece.headline not in queue
    assert page.status_code == 403
    assert piece.headline not in page.text
    assert "The harbour was quiet" not in page.text
    assert steps_for(piece, cast.edda) == []
    with pytest.raises(Refused):
        take("claim", piece, by=cast.edda)
    assert Article.objects.get(pk=piece.pk).stage == "submitted"


@pytest.mark.parametrize("how", BINDINGS)
def test_request_made_by_hand_is_refused_and_stands_in_the_trail(how, client, cast, piece):
    bind(how, cast.edda, cast.ana, piece)
    client.force_login(cast.edda)

    answer = client.post(f"/admin/articles/article/{piece.pk}/steps/claim/", {"note": "Mine."})

    last = Event.objects.filter(article=piece).latest("seq")
    assert answer.status_code == 403
    assert (last.step, last.actor, last.to_stage) == ("refused", cast.edda, "submitted")
    assert Article.objects.get(pk=piece.pk).stage == "submitted"
    assert list(trail.verify()) == []


@pytest.mark.parametrize("how", BINDINGS)
def test_database_refuses_a_decision_of_somebody_who_is_recused(how, cast, piece):
    bind(how, cast.edda, cast.ana, piece)
    revision = piece.revisions.latest("number")
    before = Event.objects.count()

    with pytest.raises(IntegrityError, match="recused"), transaction.atomic():
        Review.objects.create(
            article=piece, revision=revision, editor=cast.edda, decision="claim", package_hash=revision.package_hash
        )
    with pytest.raises(IntegrityError, match="recused"), transaction.atomic():
        trail.append(piece, actor=cast.edda, role="editor", step="claim", to_stage="in_review")

    assert not Review.objects.exists()
    assert Event.objects.count() == before


def test_others_are_not_recused(cast, piece):
    bind("tie", cast.edda, cast.ana, piece)

    assert permissions.can_decide(cast.emil, piece)
    assert not permissions.is_recused(cast.emil, piece)
    assert permissions.can_decide(cast.edda, take("submit", factories.make_piece(cast.bo, cast.section), by=cast.bo))


def test_author_with_an_employer_is_not_recused_from_their_own_text(cast, draft):
    Employment.objects.create(user=cast.ana, employer="Harbour Board")

    assert permissions.can_write(cast.ana, draft)
    assert take("submit", draft, by=cast.ana).stage == "submitted"


def test_declaring_a_conflict_leads_to_the_pieces_that_are_left(client, cast, at_stage):
    piece = at_stage("in_review")
    client.force_login(cast.edda)

    answer = client.post(f"/admin/articles/article/{piece.pk}/steps/recuse/", {"note": "A friend."}, follow=True)

    assert answer.redirect_chain == [("/admin/articles/article/", 302)]
    assert "Declare a conflict: done." in answer.text
    assert piece.headline not in answer.text


def test_declaring_a_conflict_gives_the_piece_back_and_hides_what_follows(client, cast, at_stage):
    piece = at_stage("in_review")

    moved = take("recuse", piece, by=cast.edda, note="Her brother is my oldest friend.")

    assert moved.stage == "submitted"
    assert moved.submissions.open().get().claimed_by is None
    client.force_login(cast.edda)
    assert client.get(f"/admin/articles/article/{piece.pk}/change/").status_code == 403
    assert take("claim", moved, by=cast.emil).stage == "in_review"


def test_conflict_of_somebody_else_leaves_the_claim(cast, at_stage):
    piece = at_stage("in_review")

    moved = take("recuse", piece, by=cast.pia, note="We share a flat.")

    assert moved.stage == "in_review"
    assert moved.submissions.open().get().claimed_by == cast.edda


def test_conflict_without_a_reason_is_refused(cast, piece):
    with pytest.raises(Refused, match="what binds you"):
        take("recuse", piece, by=cast.edda)

    assert not Recusal.objects.exists()


def test_reason_of_a_conflict_is_not_shown_to_the_author(client, cast, piece):
    take("recuse", piece, by=cast.edda, note="CANARY")
    client.force_login(cast.ana)

    assert "CANARY" not in client.get(f"/contribute/{piece.pk}/").text


def test_sheet_that_was_open_already_is_accused_of_nothing(client, cast, piece):
    bind("tie", cast.edda, cast.ana, piece)
    client.force_login(cast.edda)

    answer = client.post(f"/admin/articles/article/{piece.pk}/beat/", {})

    assert answer.status_code == 403
    assert not Event.objects.filter(article=piece, step="refused").exists()


def test_glass_is_broken_only_by_the_last_editor_and_said_to_readers(client, cast, piece):
    bind("tie", cast.edda, cast.ana, piece)
    with pytest.raises(Refused):
        take("break_glass", piece, by=cast.edda, note="The vote is tomorrow.")
    User.objects.filter(username__in=["emil", "axel"]).update(is_active=False)
    client.force_login(cast.edda)

    client.post(
        f"/admin/articles/article/{piece.pk}/change/", {"break_glass": "1", "note": "My cousin; the vote is tomorrow."}
    )
    piece = take("claim", piece, by=cast.edda)
    piece = take("publish", factories.approve(piece, cast.edda), by=cast.pia)

    for page in (piece.get_absolute_url(), f"{piece.get_absolute_url()}how/"):
        text = client.get(page).text
        assert "in spite of a conflict" in text
        assert "My cousin; the vote is tomorrow." in text
    assert list(trail.verify()) == []


def test_nobody_in_standards_ends_their_own_employment(client, cast, piece):
    mine = Employment.objects.create(user=cast.sten, employer="Harbour Board")
    same = Employment.objects.create(user=cast.ana, employer="harbour board")
    other = Employment.objects.create(user=cast.edda, employer="The Lighthouse")
    client.force_login(cast.sten)

    for employment in (mine, same, other):
        client.post(f"/admin/authors/employment/{employment.pk}/delete/", {"post": "yes"})

    assert set(Employment.objects.all()) == {mine, same}


@pytest.mark.parametrize("bound", ["sten", "edda"])
def test_nobody_in_standards_ends_their_own_tie(bound, client, cast):
    Tie.objects.create(author=cast.ana.author, user=getattr(cast, bound), kind="family")
    client.force_login(cast.sten)

    page = client.get(f"/admin/authors/author/{cast.ana.author.pk}/change/").text

    assert ("ties-0-DELETE" in page) == (bound == "edda")


@pytest.mark.parametrize("how", BINDINGS)
def test_letters_about_a_piece_are_not_for_somebody_recused_from_it(how, client, cast, at_stage):
    piece = at_stage("changes_requested")
    bind(how, cast.emil, cast.ana, piece)
    asked = piece.letters.get(kind="changes_asked")
    digest = owe("digest", to=cast.ana, pieces=[])
    client.force_login(cast.emil)

    listed = client.get("/admin/editorial/letter/").text
    pages = [client.get(f"/admin/editorial/letter/{letter.pk}/change/") for letter in (asked, digest)]

    assert piece.headline not in listed
    assert [page.status_code for page in pages] == [302, 302]
    client.force_login(cast.edda)
    assert client.get(f"/admin/editorial/letter/{asked.pk}/change/").status_code == 200


def test_letters_to_others_about_ones_own_piece_are_not_for_its_author_on_the_desk(client, cast):
    piece = factories.make_piece(cast.bo, cast.section, cast.axel)
    take("submit", piece, by=cast.bo)
    theirs, own = (piece.letters.get(kind="receipt", to=person) for person in (cast.bo, cast.axel))
    client.force_login(cast.axel)

    answers = [client.get(f"/admin/editorial/letter/{letter.pk}/change/").status_code for letter in (theirs, own)]

    assert answers == [302, 200]


@pytest.mark.parametrize("how", BINDINGS)
def test_whoever_brought_a_piece_in_reads_it_no_more_once_recused(how, client, cast, piece):
    Article.objects.filter(pk=piece.pk).update(created_by=cast.edda)
    bind(how, cast.edda, cast.ana, piece)
    client.force_login(cast.edda)

    answers = [client.get(f"/contribute/{piece.pk}/{page}").status_code for page in ("", "revisions/")]

    assert answers == [404, 404]
    assert piece.headline not in client.get("/contribute/").text
    with pytest.raises(Refused):
        conversation.say(piece, by=cast.edda, text="A word.")


@pytest.mark.parametrize("how", BINDINGS)
def test_an_approval_by_somebody_recused_since_opens_no_door(how, cast, at_stage):
    piece = at_stage("ready")
    bind(how, cast.edda, cast.ana, piece)

    with pytest.raises(Refused, match="conflict of interest"):
        take("publish", piece, by=cast.pia)

    piece = factories.approve(Article.objects.get(pk=piece.pk), cast.emil)
    assert take("publish", piece, by=cast.pia).standing == "live"


def test_a_proposal_is_taken_back_by_nobody_who_is_recused(cast, at_stage):
    piece = at_stage("published")
    take("retract", piece, by=cast.sten, notice="It was made up.", says="the network")
    bind("declared", cast.sten, cast.ana, piece)

    with pytest.raises(Refused):
        take("recall", piece, by=cast.sten)

    assert piece.proposals.open().exists()


def test_what_an_author_writes_is_mailed_to_no_editor_who_is_bound_to_them(cast, at_stage):
    piece = at_stage("in_review")
    bind("tie", cast.edda, cast.ana, piece)

    conversation.say(piece, by=cast.ana, text="CANARY")

    assert not piece.letters.filter(to=cast.edda).exists()
