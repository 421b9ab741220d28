"""The pages on which readers look for pieces and people, on the smallest screen and in both colour schemes, with much
on them and with nothing."""

from urllib.parse import urlsplit

import pytest

from articles.models import Section, Tag
from authors.models import Author
from editorial import seeding, workflow
from network.models import Network
from tests import factories
from tests.journeys import barriers
from tests.journeys.test_everyone import LONG, OF_COLOUR, SMALL

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = (
    "/",
    "/articles/",
    "/articles/?page=2",
    "/sections/",
    "/sections/opinion/",
    "/tags/",
    "/tags/rivers/",
    "/authors/",
    "/authors/?letter=Z",
    "/archive/",
    "/search/",
    "/search/?q=the",
    "/search/?q=the&author=a*&sort=date",
    "/search/?q=-nothing",
    "/search/?q=zzzz",
    "/about/",
    "/about/privacy/",
    "/corrections/",
    "/nowhere/",
)


# `preload` would fetch the sheets anew and write them into the page, which the content policy refuses.
def look(person, path: str) -> None:
    page = person.page
    page.set_viewport_size(SMALL)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    person.go(path)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    in_light = barriers.on(page)
    page.emulate_media(color_scheme="dark")
    in_dark = page.evaluate(
        "rules => axe.run({runOnly: rules, resultTypes: ['violations'], preload: false})", OF_COLOUR
    )
    found = [(one["id"], node["html"]) for one in in_light + in_dark["violations"] for node in one["nodes"]]
    assert (path, wide, found) == (path, 0, [])


@pytest.mark.looks
def test_pages_have_no_barrier_with_much_on_them(visitor, cast):
    seeding.seed(45, 70)
    Network.objects.update(
        about=f"What **we** are. {LONG}", masthead=f"Editor: {LONG}", policies=f"## {LONG}\n\nYes.\n", privacy=LONG * 3
    )
    Section.objects.filter(slug="opinion").update(name=LONG, description=LONG)
    Tag.objects.filter(slug="rivers").update(name=LONG)
    author = Author.objects.public().first()
    Author.objects.filter(pk=author.pk).update(name=LONG, role=LONG, bio=LONG, long_bio=LONG * 4, status="alumni")
    piece = factories.make_piece_at("published", cast, headline=LONG, dek=LONG)
    month = f"/archive/{piece.published_at:%Y/%m}/"
    reader, hosts = visitor(), set()
    reader.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))

    for path in (*PAGES, author.get_absolute_url(), month, f"/archive/{piece.published_at:%Y}/"):
        look(reader, path)
    for page in ("", "how/", "versions/1/", "write-to-the-author/", "ask-for-a-correction/"):
        look(reader, piece.get_absolute_url() + page)
    for path in ("/disclaimer/", "/disclaimer/1/", "/contact/", "/write-for-us/"):
        look(reader, path)

    assert hosts == {urlsplit(reader.page.url).netloc}
    assert reader.context.cookies() == []


@pytest.mark.looks
def test_pages_have_no_barrier_with_nothing_on_them(visitor, cast):
    Network.objects.update(tagline="", about="", masthead="", policies="", privacy="")
    reader = visitor()

    for path in PAGES:
        if "page=2" not in path and "tags/rivers" not in path:
            look(reader, path)


def test_removed_piece_and_closed_door_help_on(visitor, cast, at_stage):
    piece = at_stage("published")
    workflow.take("remove", piece, by=cast.sten, notice="A court said so.", basis="legal")
    proposal = piece.proposals.open().get()
    workflow.take("remove", piece, by=factories.make_desk("sven", "standards"), proposal=proposal.pk)
    reader = visitor()

    look(reader, piece.get_absolute_url())

    reader.sees("A court said so.")
    reader.page.get_by_label("Search the pieces").fill("harbour")
    reader.press("Search")
    reader.sees("Nothing found")


def test_reader_finds_a_piece_by_keyboard_alone(visitor, at_stage):
    at_stage("published")
    reader = visitor()
    reader.go("/")
    reader.follow("Search")

    reader.page.get_by_label("Words in the piece").focus()
    reader.page.keyboard.type("quiet harb*")
    reader.page.keyboard.press("Enter")

    reader.sees("1 piece found")
    assert reader.page.locator("mark").all_inner_texts() == ["harbour", "quiet"]
    assert "q=quiet+harb*" in reader.page.url
    reader.follow("Gulls at six")
    reader.sees("nobody had told the gulls")
