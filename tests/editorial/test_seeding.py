"""Published pieces in any number: everything about them holds, and they are the same ones each time."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from articles.models import Article, Publication, SearchText
from authors.models import Author
from editorial import seeding, trail, workflow
from editorial.seeding.words import Speaker
from network import clock
from tests import factories


def test_seed_publishes_so_many_pieces_whose_trails_hold(client, network):
    call_command("seed", articles=85, authors=7, stdout=StringIO())

    assert list(trail.verify()) == []
    assert Article.objects.listed().count() == 85
    assert SearchText.objects.count() == 85
    assert Author.objects.count() == 7
    assert Publication.objects.with_notice().count() >= 2
    assert len(set(Article.objects.values_list("headline", flat=True))) > 80
    assert Article.objects.values("section").distinct().count() == 5
    years = Article.objects.years()
    assert len(years) >= 6
    assert years[0] <= clock.now().year


def test_seeded_pieces_are_read_like_others(client, network):
    seeding.seed(41, 3)
    corrected = Publication.objects.with_notice().first().article

    page = client.get(corrected.get_absolute_url()).content.decode()

    assert "A paragraph was missing" in page
    assert client.get(f"/articles/{corrected.slug}/how/").status_code == 200
    assert client.get(f"/articles/{corrected.slug}/versions/1/").status_code == 200


def test_seeds_add_up_and_disturb_nothing_that_is_there(cast, at_stage):
    piece = at_stage("published")
    seeding.seed(3, 2)
    seeding.seed(3, 2)

    assert Article.objects.listed().count() == 7
    assert list(trail.verify()) == []
    assert Article.objects.get(pk=piece.pk).saved_at == piece.saved_at


def test_seeded_piece_moves_on_by_the_usual_steps(cast):
    seeding.seed(1, 1)
    piece = Article.objects.get()

    piece = workflow.take("challenge", piece, by=cast.sten, notice="We are looking at it.")

    assert piece.standing == "under_review"
    assert not SearchText.objects.exists()
    assert list(trail.verify()) == []


def test_speaker_says_the_same_for_the_same_number():
    assert Speaker(7).body() == Speaker(7).body()
    assert Speaker(7).body() != Speaker(8).body()


def test_seeded_accounts_cannot_sign_in(client, network):
    seeding.seed(1, 1)

    assert not any(user.has_usable_password() for user in User.objects.all())
    assert not client.login(username="seed-0", password="!")


@pytest.mark.parametrize("numbers", [{"articles": 0}, {"authors": 0}, {"articles": -1}, {"articles": 10**9}])
def test_seed_refuses_numbers_that_make_no_sense(network, numbers):
    with pytest.raises(CommandError, match="Give numbers of 1 or more"):
        call_command("seed", **numbers)

    assert not Article.objects.exists()


def test_settle_moves_nothing_that_has_not_moved(cast, at_stage):
    piece = at_stage("in_review")

    workflow.settle([piece])

    settled = Article.objects.get(pk=piece.pk)
    assert (settled.stage, settled.standing, settled.live) == ("in_review", "unpublished", None)
    assert factories.make_piece(cast.ana, cast.section).stage == "draft"
