"""Newer words under five hundred older pieces, as a person in standards does it: one page, one button."""

import time

import pytest
from playwright.sync_api import expect

from articles.models import Article, Repin, Repinning
from editorial import trail
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PIECES = 500
NEWER = "Newer words of {network}. Opinions here are not those of {host}. Write to {author} or to {contact}."
LONGEST = 60  # seconds that somebody would wait, and a server would let them, on a machine with other things to do


def test_newer_words_go_under_five_hundred_pieces_in_one_act(at_stage, cast, visitor, record_property):
    first = at_stage("published")
    pieces = [first, *factories.copies(first, PIECES - 1)]
    assert list(trail.verify()) == []
    newer = factories.make_disclaimer(text=NEWER, line="Newer line.")
    sten = visitor("sten")
    sten.go(f"/admin/articles/disclaimer/{newer.pk}/apply/")
    sten.sees(f"{PIECES} public pieces carry another version.")
    sten.page.get_by_label("Note").fill("A new owner.")
    sten.page.set_default_timeout(LONGEST * 1_000)

    begun = time.monotonic()
    sten.press(f"Put it under {PIECES} pieces")
    expect(sten.page.locator("body")).to_contain_text(f"under {PIECES} pieces more", timeout=LONGEST * 1_000)
    record_property("seconds", round(time.monotonic() - begun, 1))

    act = Repinning.objects.get()
    assert (act.disclaimer, act.taken_by, act.note) == (newer, cast.sten, "A new owner.")
    assert Repin.objects.filter(act=act).values("article").distinct().count() == PIECES
    assert Article.objects.filter(repin__act=act).count() == PIECES
    assert list(trail.verify()) == []
    for piece in (pieces[0], pieces[PIECES // 2], pieces[-1]):
        address = piece.get_absolute_url()
        reader = visitor()
        reader.go(address)
        reader.sees("Newer words of The Signal")
        reader.sees("Disclaimer updated on")
        reader.does_not_see("place for thought")
        reader.go(f"{address}versions/1/")
        reader.sees("place for thought")
        reader.does_not_see("Newer words")
    sten.go(f"/admin/articles/disclaimer/{newer.pk}/apply/")
    sten.sees("Every public piece carries version 2 already.")
