"""What the desk knows of a piece's authors, on the piece's page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from authors.models import Author, Identity, Status
from editorial import records
from editorial.workflow import take
from network import clock
from tests import factories

PAID = factories.NO_INTERESTS | {"paid": {"yes": True, "detail": "the port"}}


@pytest.fixture
def corrected(cast, at_stage) -> Article:
    """Ana's earlier piece: she was paid by the port, and it had to be corrected."""
    piece = factories.make_piece(cast.ana, cast.section, headline="Earlier")
    factories.declare(piece, cast.ana, answers=PAID)
    for step, by in (("submit", cast.ana), ("claim", cast.edda)):
        piece = take(step, piece, by=by)
    piece = take("publish", factories.approve(piece, cast.edda), by=cast.pia)
    piece = factories.edit_by_desk(take("amend", piece, by=cast.edda), cast.edda)
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana)
    return factories.correct(piece, cast, "It was seven, not six.")


def page(client, piece: Article) -> str:
    return client.get(reverse("admin:articles_article_change", args=[piece.pk])).content.decode()


def test_the_page_of_a_piece_shows_identity_disclosures_and_corrections(client, cast, corrected, at_stage):
    take("retract", corrected, by=cast.sten, notice="Made up.", says="the network")
    take("retract", corrected, by=cast.edda, proposal=corrected.proposals.open().get().pk)
    piece = at_stage("in_review")
    Author.objects.filter(user=cast.ana).update(identity=Identity.PENDING, status=Status.PAUSED)
    client.force_login(cast.edda)

    shown = page(client, piece).split('id="records"')[1].split("</section>")[0]

    for words in (
        "Not checked yet",
        "Paused",
        "1 piece",
        "was paid for this by the port",
        "It was seven, not six.",
        "Made up.",
    ):
        assert words in shown, words
    assert reverse("admin:articles_article_change", args=[corrected.pk]) in shown


def test_an_author_without_a_record_is_said_to_have_none(client, cast, at_stage):
    client.force_login(cast.edda)

    shown = page(client, at_stage("in_review"))

    assert "No interests declared for an earlier piece." in shown
    assert "No correction, clarification, review or retraction" in shown


def test_the_record_holds_nothing_of_a_piece_that_is_hidden_from_the_reader(cast, corrected, at_stage):
    piece = at_stage("in_review")
    take("recuse", corrected, by=cast.emil, note="A cousin.")

    (seen,), (hidden,) = records.of_authors(piece, cast.edda), records.of_authors(piece, cast.emil)

    assert (seen.published, len(seen.declared), len(seen.mended)) == (1, 1, 1)
    assert (hidden.published, hidden.declared, hidden.mended) == (0, [], [])


def test_a_bio_that_nobody_confirmed_is_said_to_be_due(cast, at_stage):
    piece = at_stage("in_review")
    Author.objects.filter(user=cast.ana).update(bio_confirmed_at=clock.now() - timedelta(days=400))

    (record,) = records.of_authors(piece, cast.edda)

    assert record.is_bio_due


def test_records_take_as_many_queries_for_three_authors_as_for_one(cast, corrected):
    alone = factories.make_piece(cast.ana, cast.section)
    together = factories.make_piece(cast.ana, cast.section, cast.bo, cast.axel)
    for piece in (alone, together):
        take("submit", piece, by=cast.ana)
    records.of_authors(alone, cast.edda)
    with CaptureQueriesContext(connection) as one:
        records.of_authors(alone, cast.edda)
    with CaptureQueriesContext(connection) as three:
        found = records.of_authors(together, cast.edda)

    assert [record.author.name for record in found] == ["Ana Ruiz", "Bo Lindqvist", "Axel Both"]
    assert len(three) == len(one)
