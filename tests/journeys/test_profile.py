"""An author says who they are, accepts what is new, and follows the margin to what is missing."""

import re

import pytest
from playwright.sync_api import expect

from articles.models import Article
from authors.models import Agreement, Author
from tests import factories
from tests.journeys import barriers
from tests.journeys.test_first_word_to_reader import answer_the_questions

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_profile_with_portrait_and_link_is_seen_as_readers_see_it(visitor, cast, tmp_path):
    picture = tmp_path / "ana.jpg"
    picture.write_bytes(factories.image_file().read())
    ana = visitor("ana")
    page = ana.go("/contribute/profile/")

    bio = page.get_by_label("Short bio")
    bio.fill("🐦" * 161)
    expect(page.locator("character-count")).to_have_text("161 of 160 characters: 1 too many")
    bio.fill("Ana Ruiz watches gulls, and writes down what they say.")
    page.get_by_label("Long bio").fill("She has *never* met a quiet gull.")
    page.get_by_label("Portrait", exact=True).set_input_files(picture)
    expect(page.get_by_role("img", name="Your new portrait, as it will be cropped")).to_be_visible()
    page.get_by_label("I own the rights in this picture").check()
    page.get_by_label("Portrait description").fill("Ana at the harbour")
    page.locator("[name=links-1-site]").select_option("mastodon")
    page.locator("[name=links-1-handle]").fill("https://tidal.example/@ana")
    page.get_by_label("Time zone").select_option("Pacific/Auckland")
    ana.press("Save and confirm")

    ana.sees("Follow Ana on Twitter @ana and on Mastodon @ana@tidal.example.")
    ana.sees("NZ")
    ana.follow("See your page as readers see it")
    ana.sees("once a piece of yours is published")
    expect(page.get_by_role("img", name="Ana at the harbour")).to_be_visible()
    expect(page.locator("main em")).to_have_text("never")


def test_a_new_agreement_is_asked_at_the_next_submission(visitor, cast, draft):
    Agreement.objects.create(version=2, text="The terms, version 2, kept for ever.", changes="Kept for ever.")
    ana = visitor("ana")
    page = ana.go(f"/contribute/{draft.pk}/submit/")

    ana.sees("What changed since version 1, which you accepted")
    expect(page.locator("ins").first).to_be_visible()
    page.get_by_label("I have read the agreement and accept it").check()
    ana.press("Submit")

    ana.sees("Submitted.")
    page = ana.go("/contribute/agreement/")
    page.get_by_role("link", name="Version 2", exact=True).click()
    ana.sees("The terms, version 2, kept for ever.")
    assert Article.objects.get(pk=draft.pk).stage == "submitted"


def test_the_margin_leads_to_the_field(visitor, cast, draft):
    Article.objects.filter(pk=draft.pk).update(dek="", libel="")
    ana = visitor("ana")
    page = ana.go(f"/contribute/{draft.pk}/edit/")

    ana.sees("If you submit today, you hear by")
    page.locator(".margin").get_by_role("link", name=re.compile("could call it defamation")).click()
    page.wait_for_url(re.compile(r"/declarations/#id_libel$"))
    expect(page.locator("#id_libel")).to_be_in_viewport()
    answer_the_questions(page)
    ana.press("Keep my answers")
    page.get_by_role("link", name=re.compile("Write the dek")).click()
    page.wait_for_url(re.compile(r"/edit/#id_dek$"))
    expect(page.locator("#id_dek")).to_be_in_viewport()


@pytest.mark.looks
def test_pages_have_no_violation_and_fit_a_narrow_screen(visitor, cast, draft):
    Agreement.objects.create(version=2, text="The terms, version 2, and more.", changes="More.")
    Article.objects.filter(pk=draft.pk).update(dek="", libel="")
    factories.make_picture(draft, cast.ana, made="")
    Author.objects.filter(user=cast.ana).update(bio="W" * 160)
    ana, piece = visitor("ana"), f"/contribute/{draft.pk}/"
    ana.page.set_viewport_size({"width": 320, "height": 800})
    found = []

    for path in (
        "/contribute/profile/", "/contribute/profile/preview/", "/contribute/agreement/", "/contribute/agreement/1/",
        f"{piece}declarations/", f"{piece}submit/", f"{piece}edit/",
    ):  # fmt: skip
        for scheme in ("light", "dark"):
            ana.page.emulate_media(color_scheme=scheme)
            page = ana.go(path)
            found += [(path, scheme, broken["id"]) for broken in barriers.on(page)]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append((path, scheme, "sideways"))

    assert found == []
