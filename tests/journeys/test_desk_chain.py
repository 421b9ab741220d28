"""The whole way through the desk: claimed, edited, held by a comment, proofed, signed, scheduled and published by the clock;
and two editors who change one text at the same time."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from articles.models import Article
from editorial.models import CheckOut
from network import clock
from tests import factories
from tests.journeys.test_desk_pages import come_back
from tests.journeys.test_first_word_to_reader import tick_the_checklist

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def page_of(piece: Article) -> str:
    return f"/admin/articles/article/{piece.pk}/change/"


def test_a_piece_is_held_by_a_comment_and_then_goes_out_on_time(visitor, cast, at_stage):
    piece = at_stage("submitted")
    editor, author, publisher, reader = visitor("edda"), visitor("ana"), visitor("pia"), visitor()

    # claimed, edited, and held by a comment that blocks
    editor.go(page_of(piece))
    editor.follow("Claim")
    editor.press("Claim")
    editor.press("Edit the text")
    editor.page.locator("[name=body]").fill(factories.BODY.replace("sang", "cried"))
    editor.press("Save")
    editor.page.locator("[name=text]").last.fill("Ask the harbour master about the hour.")
    editor.page.locator("[name=is_blocking]").check()
    editor.press("Keep the comment")
    editor.follow("Approve")
    tick_the_checklist(editor.page)
    editor.press("Approve")

    # signed, and still not to be scheduled
    author.go(f"/contribute/{piece.pk}/proof/")
    author.press("Sign the proof")
    publisher.go(page_of(piece))
    publisher.follow("Schedule")
    publisher.sees("A blocking comment is still open.")

    # settled, scheduled, and published by the clock alone
    editor.go(page_of(piece))
    editor.press("Resolve comment 1")
    publisher.go(page_of(piece))
    publisher.follow("Schedule")
    publisher.page.locator("[name=at]").fill(f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M}")
    publisher.press("Schedule")
    publisher.sees("Schedule: done")
    reader.go("/")
    reader.does_not_see(piece.headline)
    Article.objects.filter(pk=piece.pk).update(scheduled_for=clock.now() - timedelta(seconds=1))
    reader.go("/")
    reader.follow(piece.headline)
    reader.sees("So they cried.")


FIRST = "The first paragraph.\n\nThe second paragraph.\n"


def test_two_windows_of_one_editor_change_one_text_and_lose_no_word(visitor, at_stage):
    piece = at_stage("in_review", body=FIRST)
    one, other = visitor("edda"), visitor("edda")
    for window in (one, other):
        window.go(page_of(piece))
        window.press("Edit the text")

    one.page.locator("[name=body]").fill("The first paragraph, mended.\n\nThe second paragraph.\n")
    one.press("Save")
    other.page.locator("[name=body]").fill("The first paragraph.\n\nThe second paragraph, mended too.\n")
    other.press("Save")
    other.sees("mended too.")
    other.press("Save")

    piece.refresh_from_db()
    assert piece.body.strip() == "The first paragraph, mended.\n\nThe second paragraph, mended too."


def test_two_editors_at_once_and_neither_loses_a_word(visitor, at_stage):
    piece = at_stage("ready", body=FIRST)
    first, second, lead = visitor("edda"), visitor("emil"), visitor("pia")

    # the first editor has the text; the second reads it
    first.go(page_of(piece))
    first.press("Edit the text")
    first.page.locator("[name=body]").fill("The first paragraph, mended.\n\nThe second paragraph.\n")
    second.go(page_of(piece))
    second.follow("See who has the text")
    second.sees("edda has the text")
    expect(second.page.locator("[name=body]")).to_have_count(0)

    # a lead frees it, and the first hears of it without a reload, their typing before them
    lead.go(page_of(piece))
    lead.follow("End the check-out")
    lead.page.locator("[name=note]").fill("It goes out at noon.")
    lead.press("End the check-out")
    come_back(first)
    first.sees("pia ended your check-out: “It goes out at noon.”")
    expect(first.page.locator("[name=body]")).to_have_value(re.compile("mended"))

    # the second takes it and saves; the first is refused and keeps every word
    second.go(page_of(piece))
    second.press("Edit the text")
    second.page.locator("[name=body]").fill("The first paragraph.\n\nThe second paragraph, mended too.\n")
    first.press("Save")
    first.sees("emil has the text checked out since")
    expect(first.page.locator("[name=body]")).to_have_value(re.compile("mended"))
    second.press("Save")
    second.sees("Saved.")

    # it is handed back, and both texts are put together
    second.page.locator("summary", has_text="More").click()
    second.follow("Hand over")
    second.page.locator("[name=to]").select_option(label="edda")
    second.press("Hand over")
    first.press("Take the text again")
    first.sees("Stop editing")
    expect(first.page.locator("[name=body]")).to_have_value(re.compile("first paragraph, mended"))
    first.press("Save")
    first.sees("Two texts, put together")
    first.press("Save")
    first.sees("Saved.")

    piece.refresh_from_db()
    assert piece.body.strip() == "The first paragraph, mended.\n\nThe second paragraph, mended too."
    assert not CheckOut.objects.exists()
