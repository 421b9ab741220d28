"""The sheet at the desk of somebody who is signed out meanwhile: that is not the same as a piece closed to them."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect

from articles.models import Article
from editorial import checkout
from editorial.models import CheckOut
from tests.editorial.test_checkout import holder, ready, signed_in, url  # noqa: F401 - fixtures
from tests.editorial.test_run_worker import soon
from tests.journeys.conftest import visitor  # noqa: F401 - a fixture

TOKEN = "/contribute/token/"


@pytest.mark.parametrize(("way", "status"), [("no cookies", 403), ("signed out", 302), ("expired", 302)])
def test_beat_of_somebody_signed_out_is_told_so_and_counts_for_nothing(way, status, cast, ready):  # noqa: F811
    edda = signed_in(Client(enforce_csrf_checks=True), cast.edda)
    checkout.take(ready, by=cast.edda)
    token = {"X-CSRFToken": edda.get(TOKEN).text}
    assert edda.post(url("beat", ready), headers=token).json()["has_it"]
    before = CheckOut.objects.values().get()

    if way == "no cookies":
        edda.cookies.clear()
    elif way == "signed out":
        edda.post("/admin/logout/", headers=token)
    else:
        Session.objects.all().delete()
    beat, asked = edda.post(url("beat", ready), headers=token), edda.get(TOKEN)

    assert beat.status_code == status
    assert not beat["Content-Type"].startswith("application/json")
    assert (asked.status_code, asked["Content-Type"]) == (401, "text/plain; charset=utf-8")
    assert CheckOut.objects.values().get() == before


def beats(page: Page) -> int:
    """Turn to the sheet, which gives a sign of life at once. Returns the status."""
    with page.expect_response(lambda answer: answer.url.endswith("/beat/")) as beat:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    return beat.value.status


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["no cookies", "expired"])
def test_sheet_of_somebody_signed_out_is_not_called_closed_and_goes_on(way, cast, at_stage, visitor):  # noqa: F811
    piece: Article = at_stage("in_review")
    edda = visitor("edda")
    edda.go(f"/admin/articles/article/{piece.pk}/change/")
    edda.press("Edit the text")
    sheet = edda.page
    sheet.evaluate("customElements.whenDefined('keep-checked-out').then(() => true)")

    if way == "no cookies":
        edda.context.clear_cookies()
    else:
        Session.objects.all().delete()
    assert [beats(sheet) for _ in range(3)] == [403 if way == "no cookies" else 302] * 3
    edda.does_not_see("not open to you any more")
    edda.page = edda.context.new_page()
    edda.sign_in("edda")
    sheet.bring_to_front()

    assert soon(lambda: beats(sheet) == 200)  # until the new token is there they go with the old one
    expect(sheet.get_by_role("button", name="Stop editing")).to_be_visible()
    expect(sheet.locator("[data-part=said]")).to_be_empty()
    assert holder(piece) == cast.edda
