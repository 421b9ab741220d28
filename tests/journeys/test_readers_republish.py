"""The page from which another site takes a piece, on the smallest screen and the largest, in both colour schemes."""

import pytest

from network.models import Network
from tests.journeys import barriers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"


def test_page_for_republishing_is_for_everyone(visitor, at_stage):
    piece = at_stage("published", headline=f"Gulls and the {LONG}")
    Network.objects.update(allows_republishing=True)
    stranger = visitor()
    page = stranger.page

    for width, scheme in ((320, "light"), (320, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        stranger.go(f"{piece.get_absolute_url()}republish/")
        # axe would fetch the sheets again, and look for what they import beside the page
        assert barriers.on(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    text = page.get_by_label("As plain text").input_value()
    assert "Opinions expressed here do not necessarily reflect those of Signal House or The Signal." in text
    assert "do not necessarily reflect" in page.get_by_label("As HTML").input_value()
    assert stranger.context.cookies() == []


def test_pages_with_structured_data_make_no_browser_complain(visitor, at_stage):
    piece = at_stage("published", headline="Gulls </script><!-- at six")
    stranger = visitor()

    for path in ("/", "/sections/opinion/", "/authors/ana-ruiz/", piece.get_absolute_url()):
        stranger.go(path)
        blocks = stranger.page.locator('script[type="application/ld+json"]')
        assert blocks.count() >= 1, path
        for text in blocks.all_text_contents():
            assert stranger.page.evaluate("text => JSON.parse(text)['@context']", text) == "https://schema.org"
    assert stranger.problems == []
