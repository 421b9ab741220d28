"""One piece, from its first word to the reader's page: written, declared, submitted, edited by the desk, signed, published."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from editorial.models import Letter
from editorial.models.disclosure import QUESTIONS
from tests import factories
from tests.journeys.conftest import reaches

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def answer_the_questions(page) -> None:
    for question in QUESTIONS:
        page.locator(f"input[name=q_{question.key}][value=no]").check()
    page.locator("input[name=ai_use][value=none]").check()
    page.get_by_label("I checked every fact and quotation").check()
    page.locator("input[name=prior][value=exclusive]").check()
    page.locator("input[name=libel][value=no]").check()
    page.get_by_label("I have read each answer").check()


def tick_the_checklist(page) -> None:
    boxes = page.locator("input[name=checklist]")
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        box.check()


@pytest.fixture
def cleo(cast):
    """A contributor who has not seen the agreement yet."""
    user = factories.make_user("cleo", "contributors")
    factories.make_author("Cleo Marsh", user).links.create(site="mastodon", handle="cleo@tidal.example")
    return user


def test_a_piece_goes_from_first_word_to_reader(visitor, cast, cleo, tmp_path):
    picture = tmp_path / "harbour.jpg"
    picture.write_bytes(factories.image_file().read())
    author = visitor("cleo")

    # Cleo writes
    author.go("/contribute/")
    author.follow("Write a new piece")
    author.page.get_by_label("Headline").fill("The tide has no opinion")
    author.press("Begin") if author.page.get_by_role(
        "button", name="Begin", exact=True
    ).count() else author.page.locator("main form button").first.click()
    author.page.locator("[name=dek]").fill("And neither should your diary.")
    author.page.locator("[name=section]").select_option(label="Opinion")
    body = author.page.locator("[name=body]")
    body.fill('She said "go", and the *boat* went.')
    expect(author.page.locator("#id_body_preview em")).to_have_text("boat")
    author.page.locator("[name=upload]").set_input_files(picture)
    author.press("Save and stay")
    for name, words in (
        ("alt", "A teal harbour"),
        ("caption", "At six"),
        ("credit", "Cleo Marsh"),
        ("licence", "own work"),
    ):
        author.page.locator(f"[name=pictures-0-{name}]").fill(words)
    author.page.locator("[name=pictures-0-made]").select_option("camera")
    author.press("Save")

    # declares, accepts and submits
    author.follow("Answer the questions")
    answer_the_questions(author.page)
    author.press("Keep my answers")
    author.sees("The terms, version 1.")
    author.page.locator("[name=accept]").check()
    author.press("Submit")
    author.sees("You will hear by")
    piece = Article.objects.get()
    assert piece.stage == "submitted"

    # the desk claims, edits and approves, each on a page of its own
    editor = visitor("edda")
    editor.go("/admin/articles/article/")
    editor.follow("The tide has no opinion")
    editor.sees("Opinions expressed here do not necessarily reflect")
    editor.follow("Claim")
    editor.press("Claim")
    editor.press("Edit the text")
    editor.page.locator("[name=body]").fill('She said "go", and the *ferry* went.')
    editor.press("Save")
    editor.follow("Approve")
    tick_the_checklist(editor.page)
    editor.press("Approve")
    reaches(piece, "proof")

    # Cleo reads the difference and signs
    author.go(f"/contribute/{piece.pk}/proof/")
    expect(author.page.locator(".changes del")).to_have_text("boat")
    expect(author.page.locator(".changes ins")).to_have_text("ferry")
    author.press("Sign the proof")
    reaches(piece, "ready")

    # it is published, and a reader reads it
    publisher = visitor("pia")
    publisher.go(f"/admin/articles/article/{piece.pk}/change/")
    publisher.follow("Publish")
    publisher.press("Publish")
    reader = visitor()
    reader.go("/")
    reader.follow("The tide has no opinion")
    reader.sees("She said “go”, and the ferry went.")
    reader.sees("Follow Cleo on Mastodon @cleo@tidal.example.")
    reader.sees("Cleo Marsh declares no relevant interests.")
    reader.sees("Opinions expressed here do not necessarily reflect those of Signal House or The Signal.")
    lead = reader.page.locator("article img").first
    assert lead.get_attribute("alt") == "A teal harbour"
    lead.evaluate("image => image.decode()")  # fails where there is no picture
    assert list(Letter.objects.values_list("kind", flat=True)) == ["receipt", "proof", "accepted", "published"]


def test_changes_are_asked_and_answered(visitor, cast, at_stage):
    piece = at_stage("in_review")
    editor, author = visitor("edda"), visitor("ana")

    editor.go(f"/admin/articles/article/{piece.pk}/change/")
    editor.page.locator("[name=text]").fill("Who told the gulls?")
    editor.press("Add the comment") if editor.page.get_by_role(
        "button", name="Add the comment"
    ).count() else editor.page.locator("form[action*='/comment/'] button").first.click()
    editor.follow("Ask for changes")
    editor.press("Ask for changes")
    author.go(f"/contribute/{piece.pk}/")
    author.sees("Who told the gulls?")
    author.page.get_by_label("Your comment").fill("Nobody; that is the point.")
    author.press("Send to the desk")
    author.go(f"/contribute/{piece.pk}/edit/")
    author.page.locator("[name=body]").fill(factories.BODY + "\nNobody told them.\n")
    author.press("Save")
    author.follow("Submit")
    author.press("Submit")

    reaches(piece, "submitted")
    editor.go(f"/admin/articles/article/{piece.pk}/change/")
    editor.sees("Nobody; that is the point.")
    editor.sees("Nobody told them.")
    letter = Letter.objects.get(kind="changes_asked")
    assert "Who told the gulls?" in letter.body


def test_a_piece_is_declined_with_a_letter(visitor, cast, at_stage):
    piece = at_stage("in_review")
    editor, author = visitor("edda"), visitor("ana")

    editor.go(f"/admin/articles/article/{piece.pk}/change/")
    editor.follow("Decline")
    editor.press("Decline")
    piece.refresh_from_db()
    assert piece.stage == "in_review"
    editor.page.locator("[name=note]").fill("We had three pieces about gulls this month.")
    editor.press("Decline")

    author.go(f"/contribute/{piece.pk}/")
    author.sees("Declined by the desk.")
    letter = Letter.objects.get(kind="declined")
    assert letter.to == cast.ana
    assert "We had three pieces about gulls this month." in letter.body
    assert "free to offer it elsewhere" in letter.body


def test_all_of_it_works_without_javascript(browser, live_server, visitor, cast, at_stage):
    piece = at_stage("changes_requested")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()

    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("ana")
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"/contribute/{piece.pk}/edit/")
    page.locator("[name=body]").fill("Without a *script*.")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("#id_body_preview em")).to_have_text("script")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Submit", exact=True).click()
    page.get_by_role("button", name="Submit", exact=True).click()
    context.close()

    reaches(piece, "submitted")
    assert piece.body == "Without a *script*."
