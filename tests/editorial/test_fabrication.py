"""An author who turns out to be made up: all that is live of theirs goes under review, or nothing happens."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from articles.models import Article, Notice
from authors.models import Author, Tie
from editorial import fabrication, trail
from editorial.refusal import Refused
from tests import factories

WHY = "We cannot find that this author exists. What they wrote is being checked."


@pytest.fixture
def pieces(at_stage):
    return [at_stage("published", headline=f"Gulls at {hour}") for hour in range(3)]


def standings() -> set[str]:
    return set(Article.objects.values_list("standing", flat=True))


def test_mark_puts_every_live_piece_under_review(client, cast, pieces):
    count = fabrication.mark(cast.ana.author, by=cast.sten, notice=WHY)

    assert count == 3
    assert standings() == {"under_review"}
    assert Author.objects.get(user=cast.ana).status == "fabricated"
    assert WHY in client.get(pieces[0].get_absolute_url()).text
    assert "Gulls at" not in client.get("/articles/").text
    assert list(trail.verify()) == []


@pytest.mark.parametrize("name", ["ana", "edda", "pia", "root"])
def test_mark_is_for_standards(name, cast, pieces):
    with pytest.raises(Refused):
        fabrication.mark(cast.ana.author, by=getattr(cast, name), notice=WHY)

    assert standings() == {"live"}
    assert Author.objects.get(user=cast.ana).status == "active"


def test_mark_without_a_note_changes_nothing(cast, pieces):
    with pytest.raises(Refused, match="public note"):
        fabrication.mark(cast.ana.author, by=cast.sten, notice=" ")

    assert standings() == {"live"}
    assert Author.objects.get(user=cast.ana).status == "active"


def test_mark_by_somebody_recused_changes_nothing(cast, pieces):
    Tie.objects.create(author=cast.ana.author, user=cast.sten, kind="family")

    with pytest.raises(Refused):
        fabrication.mark(cast.ana.author, by=cast.sten, notice=WHY)

    assert standings() == {"live"}
    assert not Notice.objects.exists()


def test_database_refuses_a_fabricated_author_with_listed_pieces(cast, pieces):
    with pytest.raises(IntegrityError, match="fabricated only once"), transaction.atomic():
        Author.objects.filter(user=cast.ana).update(status="fabricated")

    assert Author.objects.get(user=cast.ana).status == "active"


def test_page_says_what_will_happen_and_does_it_on_post(client, cast, pieces):
    client.force_login(cast.sten)
    address = f"/admin/authors/author/{cast.ana.author.pk}/fabricated/"

    assert "3 live pieces go under review" in client.get(address).text
    assert standings() == {"live"}
    client.post(address, {"notice": WHY})

    assert standings() == {"under_review"}


def test_mark_stands_in_the_history_of_the_author(client, cast, pieces):
    fabrication.mark(cast.ana.author, by=cast.sten, notice=WHY)
    client.force_login(cast.sten)

    history = client.get(f"/admin/authors/author/{cast.ana.author.pk}/history/").text

    assert f"Marked as fabricated: {WHY}" in history
    assert "sten" in history


def test_page_is_not_for_editors(client, cast, pieces):
    client.force_login(cast.edda)

    answer = client.post(f"/admin/authors/author/{cast.ana.author.pk}/fabricated/", {"notice": WHY})

    assert answer.status_code == 403
    assert standings() == {"live"}


def test_plain_form_does_not_offer_the_status(client, cast, pieces):
    client.force_login(cast.sten)

    text = client.get(f"/admin/authors/author/{cast.ana.author.pk}/change/").text

    assert 'value="suspended"' in text
    assert 'value="fabricated"' not in text
    assert "Mark as fabricated" in text


@pytest.fixture
def marked(cast, pieces) -> Author:
    fabrication.mark(cast.ana.author, by=cast.sten, notice=WHY)
    return Author.objects.get(user=cast.ana)


def test_mark_is_taken_back_by_somebody_else_in_standards(client, cast, marked):
    other = factories.make_desk("stina", "standards")
    client.force_login(other)
    address = reverse("admin:desk_fabricated", args=[marked.pk])

    assert "Take the mark back" in client.get(address).text
    client.post(address, {"reason": "She came by with her passport."})

    marked.refresh_from_db()
    assert marked.status == "active"
    assert standings() == {"under_review"}
    assert "She came by with her passport." in client.get(f"/admin/authors/author/{marked.pk}/history/").text


@pytest.mark.parametrize("name", ["sten", "ana", "edda", "pia", "root"])
def test_mark_is_not_taken_back_by_who_set_it_or_is_not_in_standards(cast, marked, name):
    with pytest.raises(Refused):
        fabrication.take_back(marked, by=getattr(cast, name), reason="I was wrong.")

    marked.refresh_from_db()
    assert marked.status == "fabricated"


def test_plain_form_does_not_undo_the_mark(client, cast, marked):
    client.force_login(factories.make_desk("stina", "standards"))
    address = reverse("admin:authors_author_change", args=[marked.pk])

    assert 'name="status"' not in client.get(address).text
