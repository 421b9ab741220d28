"""The network's standing words in the admin: what is offered of a version, by whether its time has come."""

from datetime import timedelta

import pytest

from articles.models import Disclaimer, Repinning
from network import clock
from tests import factories

PLACE = "/admin/articles/disclaimer/"


@pytest.fixture
def sten(client, cast, at_stage):
    at_stage("published")
    client.force_login(cast.sten)
    return client


def version(in_force_from) -> Disclaimer:
    return factories.make_disclaimer(text="Newer words.", line="Newer.", in_force_from=in_force_from)


def test_draft_is_offered_for_no_older_piece_and_has_no_page_on_the_site(sten):
    draft = version(None)

    page = sten.get(f"{PLACE}{draft.pk}/change/").text

    assert f"{PLACE}{draft.pk}/in-force/" in page
    assert f"{PLACE}{draft.pk}/apply/" not in page
    assert "View on site" not in page
    assert "Not in force yet" in page
    assert "Not in force yet" in sten.get(PLACE).text


def test_version_that_waits_for_its_moment_is_offered_for_no_older_piece(sten):
    waiting = version(clock.now() + timedelta(days=1))

    page = sten.get(f"{PLACE}{waiting.pk}/change/").text

    assert f"{PLACE}{waiting.pk}/apply/" not in page
    assert "View on site" not in page
    assert "Not in force yet" not in page


def test_version_in_force_is_offered_for_older_pieces_and_leads_to_its_page(sten):
    newer = version(clock.now())

    page = sten.get(f"{PLACE}{newer.pk}/change/").text

    assert f"{PLACE}{newer.pk}/apply/" in page
    assert "View on site" in page


def test_version_that_another_replaced_keeps_its_page_and_is_offered_for_no_older_piece(sten):
    former = Disclaimer.objects.get()
    version(clock.now())

    page = sten.get(f"{PLACE}{former.pk}/change/").text

    assert f"{PLACE}{former.pk}/apply/" not in page
    assert "View on site" in page


def test_page_that_puts_words_under_older_pieces_says_of_a_draft_what_comes_first(sten):
    address = f"{PLACE}{version(None).pk}/apply/"

    for page in (sten.get(address).text, sten.post(address, {"note": ""}).text):
        assert "Version 2 is not the one in force, and only that is put under older pieces." in page
        assert "<button" not in page.partition("<main")[2].partition("</main>")[0]

    assert not Repinning.objects.exists()
