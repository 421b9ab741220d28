"""Any two texts of a piece against each other, at the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from editorial import writing
from editorial.workflow import take
from tests import factories


@pytest.fixture
def edda(client, cast):
    client.force_login(cast.edda)
    return client


@pytest.fixture
def edited(cast, at_stage):
    """A published piece with an amendment whose every part the desk has changed, in two saves."""
    piece = take("amend", at_stage("published"), by=cast.edda)
    picture = factories.make_picture(piece, cast.edda)
    piece = writing.save(piece, {"headline": "Gulls at seven", "dek": "An evening.", "lead": picture}, by=cast.edda)
    return factories.edit_by_desk(piece, cast.edda)


def address(piece, query: str = "") -> str:
    return reverse("admin:desk_revisions", args=[piece.pk]) + query


def test_revisions_show_what_changed_since_publication_of_every_part(edda, cast, edited):
    page = edda.get(address(edited)).content.decode()

    published = edited.live.revision.number
    assert f"From revision {published} to revision {edited.revisions.count()}" in page
    for part in ("Headline", "Dek", "Text", "Pictures"):
        assert f"<h3>{part}</h3>" in page, part
    assert "At six" in page
    assert "<del>six</del>" in page
    assert "<ins>seven</ins>" in page
    assert edda.get(reverse("admin:articles_article_change", args=[edited.pk])).content.decode().count(address(edited))


def test_revisions_show_bio_and_disclosure(edda, cast, at_stage):
    piece = at_stage("in_review")
    cast.ana.author.bio = "Ana keeps bees."
    cast.ana.author.save()
    piece.bylines.update(bio="Ana keeps bees.", disclosure="Ana Ruiz was paid by the port.")
    piece = factories.edit_by_desk(piece, cast.edda)

    page = edda.get(address(piece)).content.decode()

    assert "<h3>Byline</h3>" in page
    assert "bees" in page
    assert "<h3>Disclosure</h3>" in page


def test_any_two_revisions_are_set_side_by_side(edda, edited):
    page = edda.get(address(edited, "?from=1&to=2&as=columns")).content.decode()

    assert "From revision 1 to revision 2" in page
    assert '<div class="side-by-side">' in page or "Nothing differs" in page
    last = edited.revisions.count()
    columns = edda.get(address(edited, f"?from=1&to={last}&as=columns")).content.decode()
    left, right = columns.split('<div class="side-by-side">')[1].split(f"<h4>Revision {last}</h4>")
    assert "<del>" in left
    assert "<ins>" not in left
    assert "<ins>" in right.split("</div></div>")[0]


@pytest.mark.parametrize("query", ["?from=99", "?to=0", "?from=x", "?to=-1", "?from=%00"])
def test_a_revision_that_is_not_there_is_not_found(query, edda, edited):
    assert edda.get(address(edited, query)).status_code == 404


def test_a_page_behind_the_last_leads_to_the_last(edda, edited):
    answer = edda.get(address(edited, "?from=1&to=2&page=9"))

    assert (answer.status_code, answer.headers["Location"]) == (302, address(edited, "?from=1&to=2"))


@pytest.mark.parametrize("who, answer", [("emil", 200), ("ana", 302), ("root", 403), ("axel", 200)])
def test_revisions_are_for_the_desk(who, answer, client, cast, edited):
    client.force_login(getattr(cast, who))

    assert client.get(address(edited)).status_code == answer


def test_revisions_are_not_for_the_recused(client, cast, edited):
    take("recuse", edited, by=cast.emil, note="A cousin.")
    client.force_login(cast.emil)

    response = client.get(address(edited))

    assert response.status_code == 403
    assert edited.headline not in response.content.decode()


def test_revisions_take_as_many_queries_for_few_as_for_many(edda, cast, edited):
    edda.get(address(edited))
    with CaptureQueriesContext(connection) as few:
        edda.get(address(edited))
    for number in range(20):
        edited = factories.edit_by_desk(edited, cast.edda, f"Text {number}.\n")
    with CaptureQueriesContext(connection) as many:
        edda.get(address(edited))

    assert len(many) == len(few)


def test_comparing_without_end_is_asked_to_wait_and_the_list_stays(edda, client, cast, edited, monkeypatch):
    monkeypatch.setattr("editorial.desk_revisions.COMPARISONS_A_MINUTE", 2)
    pages = [edda.get(address(edited)).text for _ in range(3)]

    assert ["Wait a minute" in page for page in pages] == [False, False, True]
    assert ["<ins>seven</ins>" in page for page in pages] == [True, True, False]
    assert "Every revision" in pages[2]
    assert "Wait a minute" not in edda.get(address(edited, "?from=2&to=2")).text
    client.force_login(cast.emil)
    assert "<ins>seven</ins>" in client.get(address(edited)).text
