"""Two authors of one piece: asked, accepted, both answered, put in order, both signed under the same hash."""

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from editorial import byline, writing
from tests import factories
from tests.journeys import barriers
from tests.journeys.conftest import reaches
from tests.journeys.test_first_word_to_reader import answer_the_questions, tick_the_checklist

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def draft(cast) -> Article:
    """A piece of Ana's with its text and no answers yet."""
    text = {"headline": "Gulls at six", "dek": "A morning in the harbour.", "body": factories.BODY}
    return writing.start(cast.ana.author, by=cast.ana, section=cast.section, **text)


def ask_bo(page: Page, piece: Article) -> None:
    page.goto(f"/contribute/{piece.pk}/byline/")
    page.get_by_label("Their name").fill("Bo Lindqvist")
    page.get_by_label("Their e-mail address").fill("bo@people.example")
    page.get_by_role("button", name="Ask them", exact=True).click()
    expect(page.locator("body")).to_contain_text("We have written to bo@people.example.")


def accept(page: Page) -> None:
    page.goto("/contribute/")
    page.get_by_role("link", name="Read and answer", exact=True).click()
    expect(page.locator("body")).to_contain_text("The harbour was quiet that morning")
    page.get_by_role("button", name="Share the byline").click()


def answer(page: Page, piece: Article) -> None:
    page.goto(f"/contribute/{piece.pk}/declarations/")
    answer_the_questions(page)
    page.get_by_role("button", name="Keep my answers", exact=True).click()


def test_two_authors_sign_one_text(visitor, cast, draft):
    ana, bo, editor, publisher = (visitor(name) for name in ("ana", "bo", "edda", "pia"))

    # Ana asks, Bo reads and accepts, both answer
    ask_bo(ana.page, draft)
    ana.go(f"/contribute/{draft.pk}/")
    ana.sees("Bo Lindqvist has not answered yet whether they share the byline.")
    accept(bo.page)
    bo.sees("You share the byline.")
    answer(bo.page, draft)
    answer(ana.page, draft)

    # Ana puts Bo first, and comes back to where Bo is now
    ana.go(f"/contribute/{draft.pk}/byline/")
    ana.page.get_by_role("button", name="Move up Bo Lindqvist").click()
    expect(ana.page.get_by_role("heading", level=2).first).to_have_text("1. Bo Lindqvist")
    expect(ana.page.locator(f"#author-{cast.bo.author.pk}")).to_be_focused()

    # Ana submits, the desk approves, Bo signs the same text
    ana.go(f"/contribute/{draft.pk}/submit/")
    ana.press("Submit")
    editor.go(f"/admin/articles/article/{draft.pk}/change/")
    editor.follow("Claim")
    editor.press("Claim")
    editor.follow("Approve")
    tick_the_checklist(editor.page)
    editor.press("Approve")
    ana.go(f"/contribute/{draft.pk}/byline/")
    ana.sees("Has not signed this text yet.")
    bo.go(f"/contribute/{draft.pk}/proof/")
    bo.press("Sign the proof")
    ana.go(f"/contribute/{draft.pk}/byline/")
    ana.does_not_see("Has not signed this text yet.")
    publisher.go(f"/admin/articles/article/{draft.pk}/change/")
    publisher.follow("Publish")
    publisher.press("Publish")

    reaches(draft, "published")
    reader = visitor()
    reader.go(draft.get_absolute_url())
    expect(reader.page.locator("[data-part=byline]")).to_have_text("By Bo Lindqvist and Ana Ruiz")
    reader.sees("Bo Lindqvist declares no relevant interests. Ana Ruiz declares no relevant interests.")
    published = draft.live.revision.package_hash
    signed = {row.author.name: row.package_hash for row in draft.sign_offs.select_related("author")}
    assert signed == {"Ana Ruiz": published, "Bo Lindqvist": published}


def test_a_byline_is_shared_without_javascript(browser, live_server, cast, draft):
    pages = {}
    for name in ("ana", "bo"):
        page = pages[name] = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(name)
        page.locator("input[name=password]").fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()

    ask_bo(pages["ana"], draft)
    accept(pages["bo"])
    answer(pages["bo"], draft)
    pages["bo"].goto(f"/contribute/{draft.pk}/byline/")
    pages["bo"].get_by_role("button", name="Move down Ana Ruiz").click()
    assert [line.printed_name for line in draft.bylines.all()] == ["Bo Lindqvist", "Ana Ruiz"]
    pages["ana"].goto(f"/contribute/{draft.pk}/byline/")
    pages["ana"].get_by_role("link", name="Leave the byline", exact=True).click()
    pages["ana"].get_by_role("button", name="Leave the byline", exact=True).click()
    expect(pages["ana"].locator("body")).to_contain_text("You are no longer on the byline of “Gulls at six”.")
    for page in pages.values():
        page.context.close()

    assert [line.printed_name for line in draft.bylines.all()] == ["Bo Lindqvist"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_a_byline_are_open_to_everybody(visitor, cast, draft, scheme):
    """No axe violation, and no sideways scrolling on the narrowest screen."""
    long = "Maximiliane-Theodora Wolfeschlegelsteinhausenbergerdorff-Donaudampfschifffahrt"
    byline.ask(
        draft, email="somebody.with.a.long.address@department.of.something.university.example", name=long, by=cast.ana
    )
    factories.share(draft, cast.ana, cast.axel)
    byline.ask(draft, email=cast.bo.email, name="Bo Lindqvist", by=cast.ana)
    paths = {
        "ana": [f"/contribute/{draft.pk}/byline/", f"/contribute/{draft.pk}/byline/leave/"],
        "bo": ["/contribute/", "/contribute/bylines/"],
    }

    for name, addresses in paths.items():
        page = visitor(name).page
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 320, "height": 800})
        for address in addresses:
            page.goto(address)

            assert barriers.on(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
