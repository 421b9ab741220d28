"""What axe finds on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Without `preload` axe makes style elements of imported sheets, and the content policy complains of each.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
# A colour on its way from one to another is neither.
SETTLED = """Promise.all(document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < Infinity)
    .map(one => one.finished.catch(() => null))).then(() => null)"""


def on(page: Page) -> list[dict]:
    """Every violation of WCAG 2.2 AA and of good practice that axe knows."""
    page.evaluate(SETTLED)
    return Axe().run(page, options=OPTIONS).response["violations"]
