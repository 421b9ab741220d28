"""Readers who ask for a correction, and what they hear."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from editorial import correspondence
from editorial.models import CorrectionRequest, Letter, Outcome
from editorial.refusal import Refused
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_correspondence import ASKED, ask, asked, confirmed, kinds, piece  # noqa: F401 - fixtures
from tests.editorial.test_post import mail_to, postbox  # noqa: F401 - fixtures


def status_of(client, asked) -> str:  # noqa: F811
    return client.get(reverse("correction_request", args=[asked.key])).text


def test_ask_for_correction_gives_a_number_and_a_page_that_follows_it(client, cast, asked):  # noqa: F811
    letter = Letter.objects.get(kind="fix_receipt")
    assert letter.subject == f"We have your request: correction {asked.pk}"
    assert reverse("correction_request", args=[asked.key]) in letter.body
    assert "Received." in status_of(client, asked)

    correspondence.take_up(asked, by=cast.edda)
    assert "begun to look at it" in status_of(client, asked)
    told = Letter.objects.get(kind="fix_author")
    assert told.to == cast.ana
    assert ASKED["wrong"] in told.body
    assert "Rosa" not in told.body

    asked.refresh_from_db()
    correspondence.decide(asked, Outcome.UNCHANGED, "The book says otherwise.", None, by=cast.edda)
    assert "No change." in status_of(client, asked)
    assert "The book says otherwise." in status_of(client, asked)
    assert "The book says otherwise." in Letter.objects.get(kind="fix_outcome").body


def test_decide_needs_that_the_authors_were_told_first(cast, asked):  # noqa: F811
    with pytest.raises(Refused, match="Take it up first"):
        correspondence.decide(asked, Outcome.UNCHANGED, "No.", None, by=cast.edda)

    assert "fix_outcome" not in kinds()
    assert CorrectionRequest.objects.get().outcome == ""


def test_decide_corrected_names_the_publication_that_did_it(client, cast, piece, asked):  # noqa: F811
    correspondence.take_up(asked, by=cast.edda)
    other = factories.make_piece_at("published", cast, headline="Terns")
    for wrong in (None, other.live):
        with pytest.raises(Refused, match="Choose the published version"):
            correspondence.decide(asked, Outcome.CORRECTED, "Mended.", wrong, by=cast.edda)
    assert CorrectionRequest.objects.get().outcome == ""

    correspondence.decide(asked, Outcome.CORRECTED, "Mended.", piece.live, by=cast.edda)

    assert reverse("articles:version", args=[piece.slug, 1]) in status_of(client, asked)
    with pytest.raises(Refused, match="already"):
        correspondence.decide(asked, Outcome.UNCHANGED, "No.", None, by=cast.emil)


@pytest.mark.parametrize("who", ["ana", "bo", "root", "axel"])
def test_corrections_are_decided_by_the_desk_alone(who, cast, asked):  # noqa: F811
    if who == "axel":
        asked.correspondence.article.bylines.create(author=cast.axel.author, position=2, printed_name="Axel Both")

    with pytest.raises(Refused):
        correspondence.take_up(asked, by=getattr(cast, who))

    assert CorrectionRequest.objects.get().looked_at is None
    assert "fix_author" not in kinds()


def test_the_database_refuses_an_outcome_without_words(cast, asked):  # noqa: F811
    rows = CorrectionRequest.objects.filter(pk=asked.pk)
    for wrong in (
        {"outcome": "corrected"},
        {"outcome": "maybe"},
        {"outcome": "unchanged", "words": "No.", "decided_at": clock.now(), "decided_by": cast.edda},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**wrong)


def test_headline_of_a_piece_that_was_removed_is_told_to_nobody(client, cast, asked):  # noqa: F811
    about = asked.correspondence.article
    take("remove", about, by=cast.sten, notice="It named a child.", basis="privacy")
    take("remove", about, by=cast.pia, proposal=about.proposals.open().get().pk)

    page = status_of(client, asked)

    assert about.live.revision.headline not in page
    assert "a piece that was removed" in page
