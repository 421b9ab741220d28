"""What the desk does with a piece that readers have: a correction, a retraction by two people, a removal, a made-up author."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from editorial.workflow import take
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def piece(at_stage):
    return at_stage("published")


def page_of(piece: Article) -> str:
    return f"/admin/articles/article/{piece.pk}/change/"


def test_a_changed_number_is_no_minor_change(visitor, cast, piece):
    piece = take("amend", piece, by=cast.edda)
    piece = factories.edit_by_desk(piece, cast.edda, piece.body + "\nForty gulls sang.\n")
    take("sign", factories.approve(piece, cast.edda), by=cast.ana)
    publisher = visitor("pia")

    publisher.go(page_of(piece))
    publisher.follow("Publish")
    publisher.sees("a number changed")
    expect(publisher.page.get_by_label("Update", exact=True)).to_be_visible()
    expect(publisher.page.get_by_label("Minor change")).to_have_count(0)

    publisher.follow("tell them the notice")
    publisher.page.get_by_label("Correction", exact=True).check()
    publisher.page.get_by_label("Notice for readers").fill("There were forty gulls.")
    publisher.page.locator("[name=severity][value=material]").check()
    publisher.page.get_by_label("A correction: what did it say?").fill("It gave no figure.")
    publisher.page.get_by_label("A correction: what is right?").fill("Forty gulls sang.")
    publisher.press("Tell the author the notice")
    author = visitor("ana")
    author.go(f"/contribute/{piece.pk}/")
    author.sees("Forty gulls sang.")
    publisher.follow("Publish")
    publisher.sees("There were forty gulls.")
    publisher.press("Publish")
    publisher.sees("Publish: done")

    reader = visitor()
    reader.go("/corrections/")
    reader.sees("There were forty gulls.")
    reader.follow("What changed, word by word")
    expect(reader.page.locator(".changes ins").first).to_contain_text("Forty")


def test_a_piece_is_retracted_by_two_people(visitor, cast, piece):
    standards, editor, reader = visitor("sten"), visitor("edda"), visitor()

    standards.go(page_of(piece))
    standards.follow("Retract")
    standards.page.get_by_label("What readers are told").fill("Two of its figures were made up.")
    standards.page.get_by_label("Who retracts it").fill("its author and the network")
    standards.page.get_by_label("Stays readable, marked as retracted").check()
    standards.press("Propose: Retract")
    standards.sees("waiting for a second person")
    expect(standards.page.get_by_role("link", name="Retract", exact=True)).to_have_count(0)
    reader.go(piece.get_absolute_url())
    reader.does_not_see("retracted")

    editor.go(page_of(piece))
    editor.sees("Two of its figures were made up.")
    editor.follow("Confirm: Retract")
    editor.press("Confirm: Retract")
    editor.sees("Retract: done")

    reader.go(piece.get_absolute_url())
    reader.sees("This piece is retracted")
    reader.sees("Retracted by its author and the network.")
    reader.sees("The harbour was quiet")
    reader.follow("How this piece got here")
    reader.sees("confirmed its retraction")


def test_a_piece_is_removed_and_its_address_says_so(visitor, cast, piece):
    standards, publisher, reader = visitor("sten"), visitor("pia"), visitor()

    standards.go(page_of(piece))
    standards.follow("Remove")
    standards.page.get_by_label("What readers are told").fill("It named a child.")
    standards.page.get_by_label("Somebody's privacy").check()
    standards.press("Propose: Remove")
    publisher.go(page_of(piece))
    publisher.follow("Confirm: Remove")
    publisher.press("Confirm: Remove")

    answer = reader.page.goto(piece.get_absolute_url())
    assert answer.status == 410
    reader.sees("It named a child.")
    reader.does_not_see(piece.headline)


def test_a_made_up_author_goes_under_review_with_every_piece(visitor, cast, at_stage):
    pieces = [at_stage("published", headline=f"Gulls at {hour}") for hour in (5, 6)]
    standards, reader = visitor("sten"), visitor()

    standards.go(f"/admin/authors/author/{cast.ana.author.pk}/change/")
    standards.follow("Mark as fabricated")
    standards.sees("2 live pieces go under review")
    standards.page.get_by_label("What readers are told").fill("We cannot find that this author exists.")
    standards.press("Mark as fabricated")
    standards.sees("2 pieces are under review")

    for piece in pieces:
        reader.go(piece.get_absolute_url())
        reader.sees("We cannot find that this author exists.")
    reader.go("/articles/")
    reader.does_not_see("Gulls at")


def test_an_editor_with_a_conflict_lets_go_and_sees_nothing_more(visitor, cast, at_stage):
    piece = at_stage("in_review")
    editor, other = visitor("edda"), visitor("emil")

    editor.go(page_of(piece))
    editor.page.locator("summary", has_text="More").click()
    editor.follow("Declare a conflict")
    editor.page.locator("textarea[name=note]").fill("Her brother is my oldest friend.")
    editor.press("Declare a conflict")
    editor.page.wait_for_url("**/admin/articles/article/")
    editor.does_not_see(piece.headline)
    editor.go(page_of(piece))
    editor.sees("You are recused")
    editor.does_not_see(piece.headline)

    other.go(page_of(piece))
    other.follow("Claim")
    other.press("Claim")
    other.sees("Claim: done")
