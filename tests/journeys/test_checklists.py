"""A high-risk piece: marked, ticked item by item, read by a second pair of eyes; a letter seen before it is sent."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from editorial.models import LetterTemplate
from tests.journeys import barriers
from tests.journeys.conftest import reaches
from tests.journeys.test_first_word_to_reader import tick_the_checklist

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def page_of(piece: Article) -> str:
    return f"/admin/articles/article/{piece.pk}/change/"


def test_a_high_risk_piece_is_read_by_two_editors(visitor, cast, at_stage):
    piece = at_stage("in_review")
    first, second, publisher = visitor("edda"), visitor("emil"), visitor("pia")

    # Edda marks it, says of one item that it does not apply, and approves with the rest
    first.go(page_of(piece))
    first.follow("Tick the checklist")
    first.page.get_by_label("What makes it high risk?").fill("It names a minister.")
    first.press("Mark as high risk")
    first.sees("edda marked it so: It names a minister.")
    minors = first.page.get_by_role("group", name="No child can be found or hurt through this piece.")
    minors.get_by_label("Does not apply").check()
    minors.get_by_role("textbox").fill("No child is in it.")
    first.press("Keep what I ticked")
    first.sees("Kept: 1 of 11 items.")
    first.go(page_of(piece))
    first.follow("Approve")
    expect(first.page.locator("input[name=checklist]")).to_have_count(10)
    tick_the_checklist(first.page)
    first.press("Approve")
    first.sees("Waits for second eyes")

    # Pia cannot publish it; Emil finds it and approves the same text
    publisher.go(page_of(piece))
    publisher.follow("Publish")
    publisher.sees("edda has approved this text alone.")
    second.go("/admin/articles/article/?queue=second")
    second.follow(piece.headline)
    second.follow("Approve")
    second.sees("No child is in it.")
    second.press("Approve")

    publisher.go(page_of(piece))
    publisher.follow("Publish")
    publisher.press("Publish")
    reaches(piece, "published")
    assert piece.reviews.filter(decision="approve").count() == 2


def test_a_letter_is_seen_before_it_is_sent(visitor, cast, at_stage):
    piece = at_stage("in_review")
    editor = visitor("edda")

    editor.go(page_of(piece))
    editor.follow("Decline")
    editor.follow("Close to another piece")
    editor.page.get_by_label("Your letter to the author").fill("We have one on gulls already. Try the terns.")
    editor.press("Preview")
    expect(editor.page.locator(".draft")).to_contain_text("Hello Ana,")
    expect(editor.page.locator(".draft")).to_contain_text("Try the terns.")
    seen = editor.page.locator(".draft-text").text_content()
    assert not piece.letters.filter(kind="declined").exists()
    editor.press("Decline")
    editor.sees("Decline: done.")

    assert piece.letters.get(kind="declined").body.strip() == seen.strip()


@pytest.mark.looks
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_barrier_and_fit_a_small_screen(scheme, visitor, cast, at_stage):
    open_piece, ready = at_stage("in_review"), at_stage("ready", headline="Terns at seven")
    chosen = {row.kind: row.pk for row in LetterTemplate.objects.order_by("-position")}
    editor = visitor("edda")
    editor.page.emulate_media(color_scheme=scheme)
    editor.page.set_viewport_size({"width": 320, "height": 800})

    steps = f"/admin/articles/article/{open_piece.pk}"
    for path in (
        f"{steps}/checklist/",
        f"/admin/articles/article/{ready.pk}/checklist/",
        f"{steps}/steps/approve/",
        f"{steps}/steps/decline/?letter={chosen['declined']}",
        f"/admin/articles/article/{ready.pk}/steps/kill/?letter={chosen['killed']}",
        f"/admin/authors/invitation/add/?letter={chosen['invitation']}",
    ):
        editor.go(path)
        wide = editor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, wide, barriers.on(editor.page)) == (path, 0, [])
