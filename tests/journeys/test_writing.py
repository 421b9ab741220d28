"""Writing through everything that can go wrong: nothing typed is ever lost."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from editorial import writing
from editorial.models import Buffer
from tests import factories
from tests.journeys import barriers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FIRST = "The harbour was quiet that morning, and nobody had told the gulls."
BODY = FIRST + "\n\nSo they sang.\n\nThen it rained."
KEPT = re.compile(r"Kept at \d\d:\d\d.*; not saved yet")


def sheet(person, piece):
    return person.go(f"/contribute/{piece.pk}/edit/")


def type_at_the_end(page, words: str) -> None:
    page.locator("[name=body]").press("Control+End")
    page.keyboard.type(words)


def body(page):
    return page.locator("[name=body]")


def back(person) -> None:
    """The network is back. That the browser says it was away is no complaint."""
    person.context.set_offline(False)
    person.problems.clear()


def kept(page) -> None:
    expect(page.locator("keep-typed")).to_contain_text(KEPT)


def test_words_typed_before_the_scripts_have_come_are_counted_kept_and_previewed(visitor, draft):
    ana = visitor("ana")
    ana.page.route("**/js/*.js", lambda route: None)
    ana.page.goto(f"/contribute/{draft.pk}/edit/", wait_until="commit")
    body(ana.page).fill("Quick *fingers*.")

    ana.page.unroute("**/js/*.js")  # what was held back comes now

    expect(ana.page.locator("#id_body_preview em")).to_have_text("fingers")
    expect(ana.page.locator("word-count")).to_contain_text("2 words")
    kept(ana.page)


@pytest.fixture
def shared(cast):
    return factories.make_piece(cast.ana, cast.section, cast.bo, body=BODY)


def test_killed_tab_gives_the_text_back(visitor, draft):
    ana = visitor("ana")
    page = sheet(ana, draft)
    type_at_the_end(page, "Typed before the end.")
    kept(page)
    page.close()

    ana.page = ana.context.new_page()
    page = sheet(ana, draft)

    ana.sees("This is what you typed until")
    expect(body(page)).to_have_value(re.compile("Typed before the end."))
    ana.press("Save")
    page.wait_for_url("**/contribute/*/")
    draft.refresh_from_db()
    assert "Typed before the end." in draft.body
    assert not Buffer.objects.exclude(typed={}).exists()


def test_tab_killed_before_anything_was_sent_gives_the_text_back(visitor, draft):
    ana = visitor("ana")
    page = sheet(ana, draft)
    ana.context.set_offline(True)
    type_at_the_end(page, "Typed on the train.")
    expect(page.locator("keep-typed")).to_contain_text("The site cannot be reached")
    page.close()
    back(ana)

    ana.page = ana.context.new_page()
    page = sheet(ana, draft)

    ana.sees("This is what you typed until")
    expect(body(page)).to_have_value(re.compile("Typed on the train."))
    assert Buffer.objects.count() == 1


def test_what_is_typed_without_a_network_is_kept_once_when_it_is_back(visitor, draft):
    ana = visitor("ana")
    page = sheet(ana, draft)
    ana.context.set_offline(True)
    type_at_the_end(page, "Typed in a tunnel.")
    expect(page.locator("keep-typed")).to_contain_text("The site cannot be reached")

    back(ana)

    kept(page)
    assert [row.typed["body"].count("Typed in a tunnel.") for row in Buffer.objects.all()] == [1]
    expect(page.locator("[data-part=trouble]")).to_have_text("")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('typed:')).length") == 0


def test_next_person_at_the_same_browser_is_shown_nothing(visitor, cast, shared):
    ana = visitor("ana")
    page = sheet(ana, shared)
    ana.context.set_offline(True)
    type_at_the_end(page, "Ana's secret.")
    expect(page.locator("keep-typed")).to_contain_text("The site cannot be reached")
    page.close()
    back(ana)
    ana.page = ana.context.new_page()
    ana.go("/accounts/logout/")
    ana.page.locator("main").get_by_role("button").first.click()
    ana.sign_in("bo")

    page = sheet(ana, shared)
    type_at_the_end(page, "Bo was here.")
    kept(page)

    ana.does_not_see("Ana's secret.")
    assert "Ana's secret." not in body(page).input_value()
    assert not any("secret" in row.typed["body"] for row in Buffer.objects.filter(writer=cast.bo))


def test_expired_sign_in_gives_the_text_back(visitor, draft):
    ana = visitor("ana")
    page = sheet(ana, draft)
    Session.objects.all().delete()
    type_at_the_end(page, "Typed while signed out.")
    expect(page.locator("keep-typed")).to_contain_text("You are signed out.")
    ana.press("Save")
    page.locator("input[name=login]").fill("ana")
    page.locator("input[name=password]").fill(factories.PASSWORD)
    ana.press("Sign in")

    expect(body(page)).to_have_value(re.compile("Typed while signed out."))
    draft.refresh_from_db()
    assert draft.body == factories.BODY
    ana.press("Save")
    page.wait_for_url("**/contribute/*/")
    draft.refresh_from_db()
    assert draft.body.count("Typed while signed out.") == 1


def sign_in_anew_in_another_tab(ana) -> None:
    ana.page = ana.context.new_page()
    ana.go("/accounts/logout/")
    ana.page.locator("main").get_by_role("button").first.click()
    ana.sign_in("ana")


def test_what_is_saved_while_a_new_token_is_on_its_way_waits_for_it(visitor, draft):
    ana = visitor("ana")
    page = sheet(ana, draft)
    sign_in_anew_in_another_tab(ana)
    held = []
    page.route("**/contribute/token/", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks its handler

    page.evaluate("dispatchEvent(new Event('focus'))")
    body(page).fill("Saved at once.")
    page.get_by_role("button", name="Save", exact=True).first.click(no_wait_after=True)
    page.wait_for_timeout(300)
    held[0].continue_()

    page.wait_for_url(f"**/contribute/{draft.pk}/")
    draft.refresh_from_db()
    assert draft.body.strip() == "Saved at once."


def test_page_goes_on_after_a_new_sign_in_in_another_tab(visitor, draft):
    ana = visitor("ana")
    page = sheet(ana, draft)
    sign_in_anew_in_another_tab(ana)

    type_at_the_end(page, "Typed in the old page.")
    kept(page)
    page.get_by_role("button", name="Save", exact=True).first.click()

    page.wait_for_url("**/contribute/*/")
    draft.refresh_from_db()
    assert draft.body.count("Typed in the old page.") == 1
    assert page.evaluate("document.cookie") == ""


def test_duplicated_tab_writes_a_row_of_its_own(visitor, draft):
    ana = visitor("ana")
    page = sheet(ana, draft)
    type_at_the_end(page, "First tab.")
    kept(page)
    copied = page.evaluate("JSON.stringify({...sessionStorage})")
    second = ana.context.new_page()
    second.add_init_script(f"Object.assign(sessionStorage, {copied})")
    second.goto(f"/contribute/{draft.pk}/edit/")
    type_at_the_end(second, " Second tab.")
    kept(second)
    type_at_the_end(page, " And on.")
    page.wait_for_timeout(3000)

    texts = [row.typed["body"] for row in Buffer.objects.all()]
    assert any("Second tab." in text for text in texts)
    assert any("And on." in text for text in texts)


@pytest.mark.parametrize("has_script", [True, False])
def test_two_people_in_different_paragraphs(browser, live_server, visitor, cast, shared, has_script):
    ana = visitor()
    ana.page = browser.new_context(base_url=live_server.url, java_script_enabled=has_script).new_page()
    ana.sign_in("ana")
    page = sheet(ana, shared)
    body(page).fill(BODY.replace("sang", "screamed"))
    writing.save(shared, {"body": BODY.replace("rained", "snowed")}, by=cast.bo)

    ana.press("Save")
    ana.sees("Two texts, put together")
    ana.press("Save")
    page.wait_for_url("**/contribute/*/")

    shared.refresh_from_db()
    assert shared.body == BODY.replace("rained", "snowed").replace("sang", "screamed")
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_people_in_the_same_sentence(visitor, cast, shared, scheme):
    ana = visitor("ana")
    ana.page.emulate_media(color_scheme=scheme)
    page = sheet(ana, shared)
    body(page).fill(BODY.replace("quiet", "loud"))
    writing.save(shared, {"body": BODY.replace("quiet", "dark")}, by=cast.bo)

    ana.press("Save")
    ana.sees("Choose which words stay")
    clean(page)
    page.get_by_label("Theirs", exact=True).check()
    ana.press("Put them together")
    expect(body(page)).to_have_value(re.compile("was dark that morning"))
    ana.press("Save")
    page.wait_for_url("**/contribute/*/")

    shared.refresh_from_db()
    assert shared.body == BODY.replace("quiet", "dark")


def violations(page) -> list[str]:
    found = barriers.on(page)
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def clean(page) -> None:
    """No violation, and no sideways scrolling on a phone."""
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sheet_is_accessible(visitor, cast, draft, scheme):
    Buffer.objects.create(article=draft, writer=cast.ana, tab="0" * 8, number=1, save_number=0, typed={"body": "Mine."})
    ana = visitor("ana")
    ana.page.emulate_media(color_scheme=scheme)
    sheet(ana, draft)

    clean(ana.page)


def test_toolbar_by_keyboard_and_undo(visitor, draft):
    page = sheet(visitor("ana"), draft)
    text = body(page)
    text.fill("One two three")
    text.press("Home")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+b")
    expect(text).to_have_value("**One** two three")
    page.keyboard.press("Control+i")
    expect(text).to_have_value("***One*** two three")
    page.keyboard.press("Control+i")
    page.keyboard.press("Control+b")
    expect(text).to_have_value("One two three")
    page.keyboard.press("Control+z")
    expect(text).to_have_value("**One** two three")
    page.keyboard.press("Control+z")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Heading")).to_be_focused()
    page.keyboard.press("Enter")
    expect(text).to_have_value(re.compile("^## "))


@pytest.mark.parametrize(
    "name, made",
    [
        ("Link", "One [two](https://) three"),
        ("Quote", "> One two three"),
        ("List", "- One two three"),
        ("Numbered list", "1. One two three"),
        ("Footnote", "One two[^1] three\n\n[^1]: "),
    ],
)
def test_toolbar_marks_and_undo_takes_them_back(visitor, draft, name, made):
    page = sheet(visitor("ana"), draft)
    text = body(page)
    text.fill("One two three")
    text.evaluate("(field) => field.setSelectionRange(4, 7)")
    page.get_by_role("button", name=name, exact=True).click()
    expect(text).to_have_value(made)
    page.keyboard.press("Control+z")
    expect(text).to_have_value("One two three")


PASTE = """(field, [html, plain]) => {
  const clipboardData = new DataTransfer();
  if (html) clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", plain);
  field.focus();
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_paste_from_a_word_processor_becomes_markdown(visitor, draft):
    page = sheet(visitor("ana"), draft)
    text = body(page)
    text.fill("")
    text.evaluate(PASTE, ["<h1>Gulls</h1><p>They <b>sang</b>.</p>", "Gulls They sang."])
    expect(text).to_have_value("## Gulls\n\nThey **sang**.")
    page.keyboard.press("Control+z")
    expect(text).to_have_value("")


def test_paste_is_plain_where_the_site_cannot_be_reached(visitor, draft):
    ana = visitor("ana")
    page = sheet(ana, draft)
    ana.context.set_offline(True)
    text = body(page)
    text.fill("")
    text.evaluate(PASTE, ["<p>They <b>sang</b>.</p>", "They sang."])
    expect(text).to_have_value("They sang.")
    back(ana)


def test_count_says_how_long_it_takes_to_read(visitor, draft):
    page = sheet(visitor("ana"), draft)
    expect(page.locator("word-count")).to_have_text("15 words, 1 minute to read")
    body(page).fill("word " * 714)
    expect(page.locator("word-count")).to_have_text("714 words, 3 minutes to read")
