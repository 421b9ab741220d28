"""The desk's own pages in a browser: from the first page to a piece by keyboard, and no violation on any of them."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from articles.models import Article
from editorial import checkout
from editorial.workflow import take
from network import clock
from tests.journeys import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def piece(cast, at_stage) -> Article:
    scheduled = at_stage("scheduled", headline="A headline of a good length about the harbour, the gulls and the bells")
    Article.objects.filter(pk=scheduled.pk).update(embargo_until=clock.now() + timedelta(hours=2))
    proof = at_stage("proof", headline="Waits for its author")
    take("assign", proof, by=cast.edda, due_on=(clock.now() + timedelta(days=4)).date(), priority=1)
    return proof


def test_editor_goes_from_the_queues_to_a_piece_and_hands_it_over_by_keyboard(piece, cast, visitor):
    edda = visitor("edda")
    edda.go("/admin/")

    for name in ("Waiting on the author", "Waits for its author"):
        edda.page.get_by_role("link", name=name, exact=True).first.focus()
        edda.page.keyboard.press("Enter")
        expect(edda.page.locator("h1")).to_be_visible()
    edda.page.locator("summary", has_text="More").focus()
    for key in ("Enter", "Tab", "Enter"):
        edda.page.keyboard.press(key)
    edda.page.get_by_label("To which editor").select_option(label="emil")
    edda.page.get_by_role("button", name="Hand over", exact=True).focus()
    edda.page.keyboard.press("Enter")

    edda.sees("Hand over: done.")
    assert piece.submissions.open().get().claimed_by == cast.emil


@pytest.mark.parametrize("width", [320, 768, 1024, 1100, 1280])
def test_list_of_pieces_fits_its_screen_and_can_be_filtered(width, piece, visitor):
    edda = visitor("edda")
    edda.page.set_viewport_size({"width": width, "height": 900})
    edda.go("/admin/articles/article/")

    hidden = edda.page.evaluate(
        "[document.documentElement, document.querySelector('.results')].map(one => one.scrollWidth - one.clientWidth)"
    )
    if width < 1100:
        edda.page.locator("summary", has_text="Filter").click()
    broken = [one["id"] for one in barriers.on(edda.page)]
    edda.follow("Scheduled")

    assert (hidden, broken) == ([0, 0], [])
    edda.sees("1 piece")
    edda.does_not_see("Waits for its author")


def test_checklist_asks_why_only_where_something_else_than_done_is_chosen(piece, visitor):
    edda = visitor("edda")
    edda.go(f"/admin/articles/article/{piece.pk}/checklist/")
    item = edda.page.get_by_role("group").filter(has=edda.page.get_by_label("Open again")).first
    reasons = edda.page.get_by_role("textbox", name="Say why")

    expect(reasons).to_have_count(0)
    item.get_by_label("Does not apply").check()
    expect(reasons).to_have_count(1)
    edda.press("Keep what I ticked")
    expect(item.locator(".errorlist")).to_have_text("Say why.")
    expect(reasons).to_have_count(1)
    item.get_by_label("Leave it as it is").check()
    expect(reasons).to_have_count(0)


def come_back(visitor) -> None:
    """Turn to the sheet again, which asks at once whether the text is still this person's."""
    visitor.page.wait_for_url("**/edit/")
    visitor.page.evaluate(
        "customElements.whenDefined('keep-checked-out').then(() => "
        "document.dispatchEvent(new Event('visibilitychange')))"
    )


@pytest.mark.looks
def test_sheet_of_whoever_lost_the_text_has_no_violation_wide_or_narrow(piece, cast, visitor):
    edda = visitor("edda")
    held = Article.objects.exclude(pk=piece.pk).get()
    edda.go(f"/admin/articles/article/{held.pk}/change/")
    edda.press("Edit the text")
    take("check_in", held, by=cast.pia, note="It goes out at noon, and the harbour master has been waiting all week.")
    come_back(edda)
    edda.sees("pia ended your check-out")

    for scheme, width in (("light", 1280), ("dark", 320)):
        edda.page.emulate_media(color_scheme=scheme)
        edda.page.set_viewport_size({"width": width, "height": 900})
        expect(edda.page.get_by_role("alert").filter(has_text="pia ended")).to_be_in_viewport()
        wide = edda.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (wide, [one["id"] for one in barriers.on(edda.page)]) == (0, []), (scheme, width)


@pytest.mark.looks
def test_pages_of_the_desk_have_no_violation_wide_or_narrow_light_or_dark(piece, cast, visitor):
    edda = visitor("edda")
    held = Article.objects.exclude(pk=piece.pk).get()
    checkout.take(held, by=cast.emil)
    at = f"/admin/articles/article/{piece.pk}"
    pages = [f"/admin/articles/article/{held.pk}/edit/"]
    pages += ["/admin/", "/admin/articles/article/", "/admin/articles/article/calendar/", f"{at}/change/"]
    pages += [f"{at}/revisions/", f"{at}/revisions/?from=1&as=columns", f"{at}/steps/assign/", f"{at}/steps/hand_over/"]

    found = []
    for scheme, width in (("light", 1280), ("dark", 320)):
        edda.page.emulate_media(color_scheme=scheme)
        edda.page.set_viewport_size({"width": width, "height": 900})
        for path in pages:
            edda.go(path)
            wide = edda.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            broken = [(one["id"], [n["html"] for n in one["nodes"]]) for one in barriers.on(edda.page)]
            if wide > 0 or broken:
                found.append((path, scheme, wide, broken))

    assert found == []
