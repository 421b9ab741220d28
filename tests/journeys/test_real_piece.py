"""The real one: a piece of a real network, from its file to the reader's page, every word of it once."""

import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from articles.models import Article, Disclaimer
from editorial import trail
from editorial.demo import load
from network.models import Network
from tests import factories
from tests.journeys.conftest import reaches
from tests.journeys.test_first_word_to_reader import answer_the_questions, tick_the_checklist

MATERIAL = Path(settings.BASE_DIR).parent / "shared" / "material" / "isis-putin-aint-so-bad.txt"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not MATERIAL.exists(), reason=f"The real piece is not here: {MATERIAL} is missing."),
]


@pytest.fixture
def first(cast) -> Network:
    """The network the piece comes from, with its standing words in force."""
    network = Network.objects.get()
    network.name, network.host, network.contact = "The First TV", "The First", "opinion@thefirst.example"
    network.save()
    factories.make_disclaimer(text=load.DISCLAIMER, line=load.DISCLAIMER_LINE)
    return network


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_the_real_piece_is_published_word_for_word_with_the_disclaimer(visitor, cast, first):
    headline_line, *body, follow, disclaimer = MATERIAL.read_text().strip().split("\n\n")
    headline, byline = (part.strip() for part in headline_line.split("|"))
    steve = factories.make_user("steve", "contributors")
    factories.make_author("Steve Berman", steve)
    out = io.StringIO()
    call_command("import_piece", str(MATERIAL), by="steve", stdout=out)
    number = out.getvalue().strip().splitlines()[-1]

    author = visitor("steve")
    author.go(f"/contribute/{number}/edit/")
    author.page.locator("[name=dek]").fill("A city near Moscow, and what it shows.")
    author.page.locator("[name=section]").select_option(label="Opinion")
    author.press("Save")
    author.follow("Answer the questions")
    answer_the_questions(author.page)
    author.press("Keep my answers")
    author.page.locator("[name=accept]").check()
    author.press("Submit")

    editor = visitor("edda")
    editor.go(f"/admin/articles/article/{number}/change/")
    editor.follow("Claim")
    editor.press("Claim")
    editor.press("Edit the text")
    editor.page.locator("[name=dek]").fill("An attack near Moscow, and what it shows.")
    editor.press("Save")
    editor.follow("Approve")
    tick_the_checklist(editor.page)
    editor.press("Approve")
    author.go(f"/contribute/{number}/proof/")
    author.press("Sign the proof")
    publisher = visitor("pia")
    publisher.go(f"/admin/articles/article/{number}/change/")
    publisher.follow("Publish")
    publisher.press("Publish")

    piece = Article.objects.get(pk=number)
    reaches(piece, "published")
    reader = visitor()
    page = reader.go(piece.get_absolute_url())
    shown = {part.get_attribute("data-part"): squeezed(part.inner_text()) for part in page.locator("[data-part]").all()}
    whole = squeezed(page.locator("main").inner_text())
    assert shown["headline"] == headline
    assert byline in shown["byline"]
    assert shown["body"] == squeezed(" ".join(body))
    assert shown["follow"] == squeezed(follow)
    assert shown["disclaimer"] == f"{squeezed(disclaimer)} opinion@thefirst.example."
    for paragraph in (headline, *body, follow, disclaimer):
        assert whole.count(squeezed(paragraph)) == 1
    assert (
        page.get_by_role("link", name="the author", exact=True).get_attribute("href").endswith("/write-to-the-author/")
    )

    # the disclaimer is pinned: a new one, and a new name, change nothing here
    Disclaimer.objects.create(
        text="Other words of {network}.", line="Other line.", in_force_from=piece.live.published_at
    )
    first.name = "The Second"
    first.save()
    page = reader.go(piece.get_absolute_url())
    assert squeezed(page.locator("[data-part=disclaimer]").inner_text()) == shown["disclaimer"]
    assert piece.live.disclaimer.version == 2
    assert list(trail.verify()) == []
