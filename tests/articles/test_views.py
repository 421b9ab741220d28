"""The readers' pages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from articles.models import Article, Disclaimer, OldSlug, Tag
from authors.models import Author
from editorial import workflow, writing
from network import clock
from network.models import Network
from tests import factories

MOST_QUERIES_FOR_A_PAGE = 6


@pytest.fixture
def published(cast, at_stage):
    return at_stage("published")


@pytest.fixture
def corrected(cast, published):
    """A piece that was published twice, the second time with a correction."""
    piece = workflow.take("amend", published, by=cast.ana)
    piece = writing.save(piece, {"body": factories.BODY.replace("quiet", "loud in 1961")}, by=cast.ana)
    for step, who, data in (
        ("submit", cast.ana, {}),
        ("claim", cast.edda, {}),
        ("approve", cast.edda, {"checklist": factories.EVERY_ITEM}),
        ("announce", cast.edda, {"kind": "correction", "notice": "The harbour was loud, not quiet."}),
        ("publish", cast.pia, {"kind": "correction", "notice": "The harbour was loud, not quiet."}),
    ):
        piece = workflow.take(step, piece, by=who, **data)
    return piece


def text_of(response) -> str:
    return response.content.decode()


def publish_many(cast, count: int) -> None:
    for number in range(count):
        factories.make_piece_at("published", cast, headline=f"Piece number {number}")


def test_detail_shows_every_part_once(client, published):
    page = text_of(client.get(published.get_absolute_url()))

    for part in ("headline", "dek", "byline", "line", "body", "follow", "disclosure", "disclaimer"):
        assert page.count(f'data-part="{part}"') == 1, part
    assert page.count("do not necessarily reflect those of Signal House or The Signal") == 1
    assert "Ana Ruiz declares no relevant interests." in page


def test_detail_follows_the_order_of_a_newspaper_page(client, corrected):
    page = text_of(client.get(corrected.get_absolute_url())).partition("<body")[2]

    parts = ("headline", "dek", "byline", "line", "body", "follow", "disclosure", "disclaimer")
    places = [page.index(f'data-part="{part}"') for part in parts]
    assert places == sorted(places)
    assert (
        page.index('data-part="line"') < page.index("The harbour was loud, not quiet.") < page.index('data-part="body"')
    )


def test_detail_links_the_author_and_the_address_in_the_disclaimer(client, published):
    page = text_of(client.get(published.get_absolute_url()))

    assert f'<a href="{reverse("articles:contact", args=[published.slug])}">the author</a>' in page
    assert '<a href="mailto:desk@signal.example">desk@signal.example</a>' in page


@pytest.mark.parametrize("authors", [1, 2])
def test_detail_without_its_picture_is_three_requests(client, cast, authors):
    """The page, its sheet and the face beside one name. Several faces stand under the text, and come when they are near;
    the icon is the browser's own, once in a visit."""
    Author.objects.update(portrait="portraits/face.webp")
    piece = factories.make_piece(cast.ana, cast.section, *[cast.bo][: authors - 1])
    piece = factories.advance(piece, "published" if authors == 1 else "proof", cast)
    if authors == 2:
        for author in (cast.ana, cast.bo):
            piece = workflow.take("sign", piece, by=author)
        piece = workflow.take("publish", piece, by=cast.pia)

    page = text_of(client.get(piece.get_absolute_url()))

    at_once = [tag for tag in re.findall(r"<img[^>]*>", page) if 'loading="lazy"' not in tag]
    assert page.count('rel="stylesheet"') + page.count("<script src") == 1
    assert len(at_once) == (1 if authors == 1 else 0)
    assert page.count('class="portrait"') == (2 if authors == 1 else authors)


@pytest.mark.parametrize("rich", [False, True])
def test_detail_takes_at_most_six_queries(client, cast, published, corrected, rich, django_assert_max_num_queries):
    if rich:
        publish_many(cast, 8)
        corrected.tags.add(Tag.objects.create(name="Gulls", slug="gulls"))

    with django_assert_max_num_queries(MOST_QUERIES_FOR_A_PAGE):
        response = client.get(corrected.get_absolute_url())

    assert response.status_code == 200


def test_detail_of_what_is_not_public_is_the_404_of_what_does_not_exist(client, cast, at_stage):
    hidden = at_stage("ready")

    there, nowhere = client.get(hidden.get_absolute_url()), client.get("/articles/nothing-at-all/")

    assert (there.status_code, there.content) == (404, nowhere.content)


@pytest.mark.parametrize("stage", ["submitted", "proof", "ready", "scheduled", "declined", "withdrawn"])
def test_no_page_shows_a_piece_that_is_not_public(client, cast, at_stage, stage):
    piece = at_stage(stage, headline="Hidden headline")

    for path in (piece.get_absolute_url(), "/", "/articles/", "/sections/opinion/", "/authors/", "/authors/ana-ruiz/"):
        assert "Hidden headline" not in text_of(client.get(path)), path


def test_detail_of_an_open_amendment_shows_the_published_text(client, cast, published):
    piece = workflow.take("amend", published, by=cast.ana)
    writing.save(piece, {"headline": "Changed in secret", "body": "Changed."}, by=cast.ana)

    page = text_of(client.get(piece.get_absolute_url()))

    assert "Changed" not in page
    assert "nobody had told the gulls" in page


def test_old_address_redirects_for_ever(client, cast, published):
    writing.set_details(published, by=cast.edda, slug="a-new-address")

    response = client.get("/articles/gulls-at-six/")

    assert (response.status_code, response["Location"]) == (301, "/articles/a-new-address/")
    assert client.get("/articles/a-new-address/").status_code == 200


def test_old_address_of_a_piece_that_is_not_public_is_404(client, cast, draft):
    OldSlug.objects.create(slug="once", article=draft)

    assert client.get("/articles/once/").status_code == 404


def test_version_keeps_its_text_and_its_disclaimer(client, cast, corrected):
    factories.make_disclaimer(text="Other words.")
    Network.objects.update(name="Renamed")

    first = text_of(client.get(reverse("articles:version", args=[corrected.slug, 1])))
    second = text_of(client.get(reverse("articles:version", args=[corrected.slug, 2])))

    assert "harbour was quiet" in first
    assert "harbour was loud in 1961" in second
    for page in (first, second):
        assert "do not necessarily reflect those of Signal House or The Signal" in page
        assert "Other words." not in page


def test_version_that_does_not_exist_is_404(client, published):
    assert client.get(reverse("articles:version", args=[published.slug, 2])).status_code == 404


def test_disclaimer_shows_the_words_in_force_and_every_version(client, cast, published):
    factories.make_disclaimer(text="Newer words of {network}.")
    Disclaimer.objects.create(text="Waiting words.", line="Waiting.", in_force_from=None)

    page = text_of(client.get("/disclaimer/"))

    assert "Newer words of The Signal." in page
    assert "/disclaimer/1/" in page
    assert "Waiting" not in page
    assert client.get("/disclaimer/3/").status_code == 404


def test_contact_names_the_ways_to_reach_the_author_and_the_desk(client, published):
    page = text_of(client.get(reverse("articles:contact", args=[published.slug])))

    assert "https://twitter.com/ana" in page
    assert "mailto:desk@signal.example" in page


LISTS = ["/", "/articles/", "/sections/opinion/", "/tags/gulls/", "/authors/", "/authors/ana-ruiz/"]


@pytest.mark.parametrize("path", LISTS)
def test_list_takes_as_many_queries_for_one_row_as_for_thirty(client, cast, path):
    tag = Tag.objects.create(name="Gulls", slug="gulls")
    publish_many(cast, 1)
    Article.objects.get().tags.add(tag)
    client.get(path)  # the network's row and content types are there
    one = count_queries(client, path)
    factories.copies(Article.objects.get(), 29)
    for article in Article.objects.all():
        article.tags.add(tag)

    assert count_queries(client, path) == one


def count_queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_listing_has_a_real_address_for_every_page(client, cast):
    publish_many(cast, 13)

    first, second = text_of(client.get("/articles/")), text_of(client.get("/articles/?page=2"))

    assert "?page=2" in first
    assert "Piece number 0<" in second
    assert "Piece number 12<" in first


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "１"])
def test_listing_page_that_cannot_be_is_404(client, cast, published, number):
    assert client.get("/articles/", {"page": number}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "last"),
    [("?page=3", ""), ("?page=" + "9" * 40, ""), ("?q=gulls&page=7", "?q=gulls")],
)
def test_listing_that_has_become_shorter_leads_to_its_last_page(client, cast, published, asked, last):
    path = "/search/" if "q=" in asked else "/articles/"

    assertRedirects(client.get(path + asked), path + last, status_code=302)


@pytest.mark.parametrize("path", ["/", "/articles/", "/authors/", "/disclaimer/"])
def test_empty_site_says_what_will_be_there(client, db, path):
    response = client.get(path)

    assert response.status_code == 200


def test_reader_pages_set_no_cookie_and_carry_the_strict_policy(client, published):
    for path in ("/", published.get_absolute_url(), "/nothing/"):
        response = client.get(path)

        assert response.cookies == {}
        assert "unsafe" not in response["Content-Security-Policy"]
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert "Cookie" not in response.get("Vary", "")


@pytest.fixture
def pictured(cast, draft):
    picture = factories.make_picture(draft, cast.ana)
    writing.save(draft, {"lead": picture}, by=cast.ana)
    return picture


def test_picture_of_a_hidden_piece_is_404_but_for_its_people(client, cast, draft, pictured):
    factories.advance(draft, "in_review", cast)
    seen = {}
    for who in (None, cast.bo, cast.ana, cast.edda):
        client.logout()
        if who:
            client.force_login(who)
        seen[who] = client.get(pictured.get_absolute_url()).status_code

    assert seen == {None: 404, cast.bo: 404, cast.ana: 200, cast.edda: 200}


def test_picture_of_a_published_piece_is_public(client, cast, draft, pictured):
    factories.advance(draft, "published", cast)

    response = client.get(pictured.get_absolute_url())

    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "public" in response["Cache-Control"]


def test_picture_that_is_not_shown_in_the_published_text_stays_hidden(client, cast, draft):
    unused = factories.make_picture(draft, cast.ana)
    factories.advance(draft, "published", cast)

    assert client.get(unused.get_absolute_url()).status_code == 404


def test_author_without_a_published_piece_is_404(client, cast, draft):
    assert client.get("/authors/ana-ruiz/").status_code == 404


def test_author_page_lists_the_pieces_and_the_follow_line(client, published):
    page = text_of(client.get("/authors/ana-ruiz/"))

    assert published.headline in page
    assert "https://twitter.com/ana" in page


def test_response_and_answered_piece_link_to_each_other(client, cast, published):
    answer = factories.make_piece_at("published", cast, headline="An answer", label="response", responds_to=published)

    assert published.headline in text_of(client.get(answer.get_absolute_url()))
    assert "An answer" in text_of(client.get(published.get_absolute_url()))


def test_scheduled_moment_is_the_date_readers_see(client, cast, at_stage):
    piece = at_stage("scheduled")
    moment = piece.scheduled_for
    with clock.at(moment + timedelta(days=2)):
        client.get("/")

    piece.refresh_from_db()
    assert piece.published_at == moment
