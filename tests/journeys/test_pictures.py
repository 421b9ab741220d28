"""Pictures in a browser: which file each page asks for, and the point that a cut keeps."""

import pytest
from django.conf import settings
from PIL import Image

from articles import renditions
from articles.models import Article, Picture
from editorial import writing
from tests import factories
from tests.articles.test_renditions import take_in
from tests.journeys import barriers
from tests.network.test_renditions import with_dot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Of each picture on the page: the width it is shown at, the width it asked for, those it could have asked for.
CHOSEN = """() => [...document.querySelectorAll("picture > img")].map((img) => {
  const offered = img.parentElement.querySelector("source").srcset.split(", ").map((one) => one.split(" "));
  const chosen = offered.find(([address]) => img.currentSrc.endsWith(address));
  return {
    shown: img.getBoundingClientRect().width * devicePixelRatio,
    chosen: chosen ? parseInt(chosen[1]) : 0,
    offered: offered.map(([, width]) => parseInt(width)),
    natural: img.naturalWidth,
  };
})"""


@pytest.fixture
def gallery(cast):
    """Two published pieces, each with a lead picture and one in its text, their renditions made."""
    pieces = []
    for number in range(2):
        piece = factories.make_piece(cast.ana, cast.section, headline=f"Gulls at {number}")
        lead = take_in(piece, cast.ana, with_dot((1800, 1200), (300, 600)), caption="At six")
        inside = take_in(piece, cast.ana, Image.new("RGB", (1300, 900), "teal"))
        body = f"{factories.BODY}\n\n![](picture:{inside.reference})\n"
        writing.save(piece, {"lead": lead, "body": body}, by=cast.ana)
        pieces.append(factories.advance(Article.objects.get(pk=piece.pk), "published", cast))
    for picture in Picture.objects.all():
        assert renditions.make(picture)
    return pieces


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_browser_asks_for_the_size_that_it_shows(visitor, gallery, width):
    for path in ("/", "/articles/", gallery[0].get_absolute_url()):
        stranger = visitor()  # with no picture of another page at hand
        stranger.page.set_viewport_size({"width": width, "height": 900})
        page = stranger.go(path)
        for picture in page.locator("picture > img").all():
            picture.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        page.evaluate("Promise.all([...document.querySelectorAll('picture > img')].map((image) => image.decode()))")
        chosen = page.evaluate(CHOSEN)

        assert chosen
        for one in chosen:
            enough = [offered for offered in one["offered"] if offered >= one["shown"] - 1]
            next_best = enough[:2] or one["offered"][-1:]  # a `sizes` that is some pixels off may cost one step
            assert one["chosen"] in next_best, (path, one)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_reader_is_sent_avif_to_keep_and_no_cookie(visitor, gallery):
    stranger = visitor()
    asked = []
    stranger.page.on("response", lambda answer: asked.append((answer.url, answer.status, answer.headers)))

    stranger.go(gallery[0].get_absolute_url())
    stranger.page.wait_for_load_state("networkidle")

    pictures = [(url, status, headers) for url, status, headers in asked if "/pictures/" in url]
    assert pictures
    assert all(status == 200 and url.endswith(".avif") for url, status, _ in pictures)
    assert all(headers["content-type"] == "image/avif" for *_, headers in pictures)
    assert all("immutable" in headers["cache-control"] and "set-cookie" not in headers for *_, headers in pictures)
    assert {url.split("/")[2] for url, *_ in asked} == {settings.SITE_URL.split("/")[2]}


@pytest.mark.looks
@pytest.mark.parametrize("path", ["/", "/articles/"])
def test_pages_with_pictures_have_no_violation(browser, live_server, cast, draft, path):
    """In a browser of its own, since the checker writes styles that our content policy refuses."""
    writing.save(draft, {"lead": factories.make_picture(draft, cast.ana)}, by=cast.ana)
    factories.advance(Article.objects.get(pk=draft.pk), "published", cast)
    page = browser.new_page(base_url=live_server.url)
    page.goto(path)

    assert page.locator("picture").count() == 1
    assert barriers.on(page) == []
    page.close()


def test_author_clicks_what_a_cut_keeps(visitor, cast, draft):
    picture = take_in(draft, cast.ana, with_dot((900, 300), (60, 150)))
    ana = visitor("ana")
    page = ana.go(f"/contribute/{draft.pk}/edit/")
    image = page.locator("focal-point .aimed img")
    image.scroll_into_view_if_needed()
    image.evaluate("image => image.decode()")
    box = image.bounding_box()

    image.click(position={"x": box["width"] * 0.07, "y": box["height"] / 2})
    page.wait_for_selector("focal-point .cut > canvas")
    red = page.evaluate(
        """() => { const canvas = document.querySelector("focal-point .cut > canvas");
        return [...canvas.getContext("2d").getImageData(32, 80, 1, 1).data]; }"""
    )
    ana.press("Save")
    page.wait_for_load_state()

    picture.refresh_from_db()
    assert red[0] > 150 > red[1]
    assert abs(picture.focus_x - 7) <= 1
    assert abs(picture.focus_y - 50) <= 1


def test_author_types_what_a_cut_keeps_without_the_script(browser, live_server, cast, draft):
    picture = take_in(draft, cast.ana, with_dot((900, 300), (60, 150)))
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("ana")
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).first.click()

    page.goto(f"/contribute/{draft.pk}/edit/")
    page.get_by_label("Keep in view: percent from the left").fill("7")
    page.get_by_role("button", name="Save", exact=True).first.click()

    picture.refresh_from_db()
    assert picture.focus == (7, 50)
    context.close()
