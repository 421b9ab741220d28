"""The page on which an author says how they are printed, and the year for which their bio holds."""

from datetime import timedelta

import pytest

from articles.models import Article
from authors.models import Author
from editorial.forms.profile import BIO
from network import clock
from tests import factories

PROFILE = "/contribute/profile/"


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def author() -> Author:
    return Author.objects.get(user__username="ana")


def typed(*links: tuple[str, str], **more) -> dict[str, object]:
    """What the page posts for Ana, with her links as rows of site and handle."""
    names = ("name", "slug", "familiar", "role", "bio", "long_bio", "portrait_alt", "time_zone", "mail")
    values = {name: getattr(author(), name) for name in names}
    rows: dict[str, object] = {"links-TOTAL_FORMS": len(links), "links-INITIAL_FORMS": 0}
    for place, (site, handle) in enumerate(links):
        rows |= {f"links-{place}-site": site, f"links-{place}-handle": handle, f"links-{place}-ORDER": place + 1}
    return values | rows | more


@pytest.mark.parametrize(
    ("bio", "is_kept"),
    [("é" * 160, True), ("🐦" * 160, True), ("a\r\n" * 79 + "bb", True), ("é" * 161, False), ("🐦" * 161, False)],
)
def test_bio_is_counted_in_characters_as_they_are_typed(ana, bio, is_kept):
    page = ana.post(PROFILE, typed(bio=bio))

    assert (page.status_code, author().bio != "Ana Ruiz writes.") == ((302, True) if is_kept else (200, False))
    if not is_kept:
        assert f"Your bio has 161 characters. Shorten it to {BIO}." in page.content.decode()
        assert bio in page.content.decode()


def test_name_that_nobody_knows_yet_is_free_and_sets_the_identity_back(ana, cast):
    assert "the desk checks it again" in ana.get(PROFILE).content.decode()

    ana.post(PROFILE, typed(name="Anna Ruiz"))

    assert (author().name, author().identity) == ("Anna Ruiz", "pending")


def test_name_that_readers_know_is_text_and_no_field(ana, cast, at_stage):
    at_stage("published")

    page = ana.get(PROFILE).content.decode()
    ana.post(PROFILE, typed(name="Anna Ruiz"))

    assert "only the desk changes it" in page
    assert "desk@signal.example" in page
    assert 'name="name"' not in page
    assert (author().name, author().identity) == ("Ana Ruiz", "verified")


def test_address_of_another_author_is_refused_with_everything_else(ana, cast):
    page = ana.post(PROFILE, typed(slug="bo-lindqvist", bio="Another bio.")).content.decode()

    assert "Another author has this address, or had it once." in page
    assert "Another bio." in page
    assert (author().slug, author().bio) == ("ana-ruiz", "Ana Ruiz writes.")


def test_links_are_kept_bare_in_the_order_that_was_asked_for(ana):
    rows = typed(("twitter", "https://x.com/ana"), ("mastodon", "@ana@tidal.example"))

    ana.post(PROFILE, rows | {"links-0-ORDER": 2, "links-1-ORDER": 1})

    assert author().line == "Follow Ana on Mastodon @ana@tidal.example and on Twitter @ana."
    assert "@ana@tidal.example" in ana.get(PROFILE).content.decode()


@pytest.mark.parametrize(
    ("links", "sentence"),
    [
        ([("twitter", "a b")], "A Twitter handle has at most 15 letters"),
        ([("bluesky", "ana")], "A Bluesky handle looks like a domain"),
        ([("twitter", "one"), ("twitter", "two")], "Twitter is here twice. Keep one of the two."),
        ([("", "ana.example")], "Choose the site that this handle belongs to."),
    ],
)
def test_link_that_is_wrong_is_refused_and_stays_in_the_form(ana, links, sentence):
    page = ana.post(PROFILE, typed(*links, role="Gull watcher")).content.decode()

    assert sentence in page
    assert f'value="{links[-1][1]}"' in page
    assert 'value="Gull watcher"' in page
    assert author().line == "Follow Ana on Twitter @ana."


def test_link_is_removed_by_its_tick_or_by_an_empty_handle(ana):
    rows = typed(("twitter", "ana"), ("mastodon", ""))

    ana.post(PROFILE, rows | {"links-0-DELETE": "on"})

    assert author().line == ""


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"portrait_alt": "Ana at sea"}, "Say that you own the rights in this picture"),
        ({"has_rights": "on"}, "Say what is to be seen in your portrait."),
    ],
)
def test_portrait_needs_its_rights_and_its_description(ana, more, sentence):
    page = ana.post(PROFILE, typed(portrait=factories.image_file(), **more)).content.decode()

    assert sentence in page
    assert not author().portrait


def test_portrait_is_kept_square_with_the_time_of_the_promise_and_can_be_removed(ana):
    upload = factories.image_file((640, 400))

    ana.post(PROFILE, typed(portrait=upload, portrait_alt="Ana at sea", has_rights="on"))

    kept = author()
    assert kept.portrait.width == kept.portrait.height == 400
    assert kept.portrait_rights_at is not None

    ana.post(PROFILE, typed(remove_portrait="on"))

    removed = author()
    assert (removed.portrait.name, removed.portrait_alt, removed.portrait_rights_at) == ("", "", None)


def test_file_that_is_no_picture_is_refused_and_nothing_is_saved(ana, tmp_path):
    (tmp_path / "ana.jpg").write_text("no picture")

    with (tmp_path / "ana.jpg").open("rb") as file:
        page = ana.post(PROFILE, typed(portrait=file, portrait_alt="Ana", has_rights="on", role="Watcher"))

    assert "Choose your picture again" in page.content.decode()
    assert (author().role, author().portrait.name) == ("", "")


def test_confirm_keeps_the_bio_for_a_year_and_changes_nothing_else(ana, cast, draft):
    Author.objects.filter(pk=author().pk).update(bio_confirmed_at=clock.now() - timedelta(days=400))
    before = draft.revisions.count()

    page = ana.post("/contribute/profile/confirm/", follow=True).content.decode()

    assert "Your bio is confirmed for another year." in page
    assert author().bio_confirmed_until > clock.now() + timedelta(days=364)
    assert draft.revisions.count() == before


def test_confirm_takes_a_post(ana):
    Author.objects.filter(pk=author().pk).update(bio_confirmed_at=None)

    ana.get("/contribute/profile/confirm/")

    assert author().bio_confirmed_at is None


def test_preview_is_the_readers_page_before_anything_is_published(ana, cast):
    Author.objects.filter(pk=author().pk).update(long_bio="She *watches* gulls.")

    page = ana.get("/contribute/profile/preview/").content.decode()

    assert "<em>watches</em>" in page
    assert "Pieces by Ana" in page
    assert ana.get("/authors/ana-ruiz/").status_code == 404


@pytest.mark.parametrize("path", [PROFILE, "/contribute/profile/preview/", "/contribute/agreement/"])
def test_pages_about_oneself_need_an_author(client, cast, path):
    client.force_login(cast.edda)

    assert client.get(path).status_code == 404


def test_new_profile_is_printed_in_drafts_and_not_in_what_is_signed(ana, cast, draft, at_stage):
    signed = at_stage("submitted")

    ana.post(PROFILE, typed(bio="A new bio."))

    printed = {piece.pk: piece.bylines.get().bio for piece in Article.objects.all()}
    assert printed == {draft.pk: "A new bio.", signed.pk: "Ana Ruiz writes."}


def test_letters_of_readers_can_be_turned_off_and_on(ana):
    ana.post("/contribute/profile/", typed())
    assert not author().takes_letters
    assert not Author.objects.reachable().filter(pk=author().pk).exists()

    ana.post("/contribute/profile/", typed(takes_letters="on"))
    assert author().takes_letters
    assert Author.objects.reachable().filter(pk=author().pk).exists()
