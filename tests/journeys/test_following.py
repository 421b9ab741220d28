"""An author follows a piece: a proof answered, a passage talked about, a piece withdrawn and opened again."""

import pytest
from playwright.sync_api import expect

from editorial import conversation
from editorial.models import Comment
from tests import factories
from tests.journeys import barriers
from tests.journeys.conftest import reaches

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def select(page, words: str) -> None:
    """Select words of the shown text, as with a mouse."""
    page.locator('[data-part="text"] p', has_text=words).evaluate(
        """(paragraph, words) => {
          const text = [...paragraph.childNodes].find(node => node.data?.includes(words));
          const range = document.createRange();
          range.setStart(text, text.data.indexOf(words));
          range.setEnd(text, text.data.indexOf(words) + words.length);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        words,
    )


def test_a_proof_is_answered_in_words_then_by_an_edit_then_signed(visitor, cast, at_stage):
    piece = at_stage("proof")
    author, editor = visitor("ana"), visitor("edda")

    author.go(f"/contribute/{piece.pk}/")
    author.follow("Read the proof")
    author.sees("Please answer by")
    author.page.get_by_label("What would you like changed, and how?").fill("Say seven, please.")
    author.press("Suggest a change")
    reaches(piece, "in_review")
    editor.go(f"/admin/articles/article/{piece.pk}/change/")
    editor.sees("Say seven, please.")

    factories.approve(piece, cast.edda)
    author.go(f"/contribute/{piece.pk}/proof/")
    author.follow("Edit the proof")
    author.page.get_by_label("Headline").fill("Gulls at seven")
    author.press("See what your edit changes")
    expect(author.page.locator(".changes ins")).to_have_text("seven")
    author.press("Send it back")
    author.sees("Your text is with your editor.")
    editor.go(f"/admin/articles/article/{piece.pk}/change/")
    expect(editor.page.locator("#suggested .changes ins")).to_have_text("seven")

    piece.refresh_from_db()
    factories.approve(piece, cast.edda)
    author.go(f"/contribute/{piece.pk}/proof/")
    author.press("Sign the proof")
    reaches(piece, "ready")
    assert piece.headline == "Gulls at seven"


def test_a_passage_is_selected_commented_answered_and_settled(visitor, cast, at_stage):
    piece = at_stage("in_review")
    author, editor = visitor("ana"), visitor("edda")

    author.go(f"/contribute/{piece.pk}/")
    author.follow("Read the text")
    expect(author.page.get_by_role("button", name="Comment on this passage")).to_be_hidden()
    select(author.page, "nobody had told the gulls")
    author.press("Comment on this passage")
    expect(author.page.get_by_label("Which passage? Copy its words")).to_have_value("nobody had told the gulls")
    author.page.keyboard.type("Should this be “none”?")
    author.press("Send to the desk")
    author.sees("Your comment is with the desk.")

    editor.go(f"/admin/articles/article/{piece.pk}/change/")
    expect(editor.page.locator(".passage a")).to_have_attribute("href", "#:~:text=nobody%20had%20told%20the%20gulls")
    editor.page.locator(".answer summary").click()
    editor.page.get_by_label("Your answer, which the author sees").fill("No, leave it.")
    editor.press("Send the answer")

    author.go(f"/contribute/{piece.pk}/")
    expect(author.page.locator(".answers .words")).to_have_text("No, leave it.")
    author.page.get_by_role("button", name="comment 1").click()
    author.sees("Settled by you")
    comment = piece.comments.get(answers=None)
    assert (comment.quote, comment.resolved_by) == ("nobody had told the gulls", cast.ana)
    assert comment.prefix.endswith("and ")
    assert comment.suffix.startswith(".")


def test_a_passage_selected_before_the_scripts_have_come_is_offered(visitor, cast, at_stage):
    piece = at_stage("in_review")
    author = visitor("ana")
    author.page.route("**/js/*.js", lambda route: None)
    author.page.goto(f"/contribute/{piece.pk}/revisions/1/", wait_until="commit")
    select(author.page, "nobody had told the gulls")

    author.page.unroute("**/js/*.js")  # what was held back comes now

    expect(author.page.get_by_role("button", name="Comment on this passage")).to_be_visible()


def test_a_piece_is_withdrawn_and_opened_again(visitor, cast, at_stage):
    piece = at_stage("scheduled")
    author = visitor("ana")

    author.go("/contribute/?where=scheduled")
    author.follow("Gulls at six")
    author.follow("Withdraw")
    author.sees("To undo it, reopen it on its page")
    author.press("Withdraw")
    author.sees("Withdrawn by you.")
    author.follow("Reopen")
    author.press("Reopen")

    author.sees("With you: a draft.")
    piece.refresh_from_db()
    assert (piece.stage, piece.standing, piece.scheduled_for) == ("draft", "unpublished", None)


def test_following_works_without_javascript(browser, live_server, cast, at_stage):
    piece = at_stage("proof")
    first = conversation.say(piece, by=cast.edda, text="Who told you?")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()

    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("ana")
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"/contribute/{piece.pk}/revisions/1/")
    page.get_by_label("Which passage? Copy its words").fill("So they sang")
    page.get_by_label("Your comment").fill("All of them.")
    page.get_by_role("button", name="Send to the desk").click()
    page.locator(f"#comment-{first.pk} summary").click()
    page.locator(f"#answer-{first.pk}").fill("A gull.")
    page.locator(f"#comment-{first.pk}").get_by_role("button", name="Send the answer").click()
    page.get_by_role("button", name="comment 1").click()
    page.goto(f"/contribute/{piece.pk}/proof/edit/")
    page.locator("[name=body]").fill("So they all sang.")
    page.get_by_role("button", name="Send it back").click()
    context.close()

    reaches(piece, "in_review")
    first.refresh_from_db()
    assert piece.body == "So they all sang."
    assert first.resolved_by == cast.ana
    assert piece.comments.filter(quote="So they sang", revision__number=1).exists()
    assert piece.comments.get(answers=first).text == "A gull."


@pytest.mark.looks
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_following_has_no_barrier_and_fits_a_small_screen(scheme, visitor, cast, at_stage):
    piece = at_stage("proof", headline="Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen")
    conversation.say(piece, by=cast.edda, text="Who?", quote="nobody had told the gulls", is_blocking=True)
    lost = conversation.say(piece, by=cast.ana, text="W" * 400)
    Comment.objects.filter(pk=lost.pk).update(quote="Words that are gone from this text for ever")
    author, editor = visitor("ana"), visitor("edda")
    page = f"/contribute/{piece.pk}/"
    mine = ["", "proof/", "proof/edit/", "revisions/", "revisions/1/", "comment/", "withdraw/"]

    for one, paths in (
        (author, ["/contribute/", "/contribute/?q=nothing", *(page + name for name in mine)]),
        (editor, [f"/admin/articles/article/{piece.pk}/change/"]),
    ):
        one.page.emulate_media(color_scheme=scheme)
        one.page.set_viewport_size({"width": 320, "height": 800})
        for path in paths:
            one.go(path)
            wide = one.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert (path, wide, barriers.on(one.page)) == (path, 0, [])
