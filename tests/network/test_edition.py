"""Ready pages: shown as long as they are true, and not a request longer."""

import gzip
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Picture
from authors.models import Author
from editorial import public_changes, writing
from network import clock, edition
from network.models import Edition, Network
from tests import factories
from tests.network.ready import CHANGES, number, page

pytestmark = pytest.mark.django_db(transaction=True)


def test_ready_page_is_answered_without_a_query_of_a_request(site, published):
    first = site.get(published.get_absolute_url())

    with CaptureQueriesContext(connection) as captured:
        second = site.get(published.get_absolute_url())

    assert (site.made, len(captured)) == (1, 0)
    assert second == first
    assert first[1]["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert "default-src 'none'" in first[1]["Content-Security-Policy"]


@pytest.mark.parametrize("change", CHANGES)
def test_first_request_after_a_change_shows_it(site, published, cast, change):
    path, make = CHANGES[change]
    path = path.format(sitemap_file=factories.sitemap_file(published))
    before = site.text(path)
    assert site.text(path) == before

    make(cast)

    assert site.text(path) != before
    assert site.text(path) == Client().get(path).text


UNSEEN = {
    Article: "headline dek section_id body responds_to_id ai_use ai_tools has_checked_facts libel libel_detail stage "
    "embargo_until is_on_legal_hold created_by_id saved_at save_number live_section_id",
    Picture: "reference article_id file sha256 size width height renditions_due_at rendition_tries uploaded_by_id "
    "created_at",
    Author: "bio_confirmed_at portrait_rights_at identity time_zone mail created_at is_public",
    User: "password last_login is_superuser email is_staff is_active date_joined",
}


@pytest.mark.parametrize("model", UNSEEN)
def test_every_column_ends_an_edition_or_is_named_here_as_unseen(model):
    counted = {change.table: set(change.columns) for change in public_changes.CHANGES if change.columns}
    columns = {field.column for field in model._meta.concrete_fields} - {"id"}

    assert counted[model._meta.db_table] == columns - set(UNSEEN[model].split())


def test_every_table_of_which_columns_are_counted_is_asked_about():
    assert {change.table for change in public_changes.CHANGES if change.columns} == {
        model._meta.db_table for model in UNSEEN
    }


def test_what_is_not_public_ends_no_edition(site, published, cast):
    before = number()

    piece = factories.make_piece_at("in_review", cast, headline="Not yet")
    writing.save(piece, {"body": "Other words.\n"}, by=cast.edda)
    factories.make_picture(piece, cast.ana)
    Author.objects.update(mail="digest", bio_confirmed_at=timezone.now())

    assert number() == before


def test_change_that_is_taken_back_ends_no_edition(site, published):
    before = number()

    with transaction.atomic():
        Network.objects.update(name="The Noise")
        transaction.set_rollback(True)

    assert number() == before


def test_piece_that_falls_due_ends_the_edition_by_its_time(site, published, cast):
    piece = factories.make_piece_at("scheduled", cast, headline="In the morning")
    assert "In the morning" not in site.text("/")
    assert "In the morning" not in site.text("/")

    with clock.at(piece.scheduled_for):
        assert "In the morning" in site.text("/")
    assert site.made == 2


def test_disclaimer_comes_into_force_by_its_time(site, published):
    later = timezone.now() + timedelta(days=1)
    factories.make_disclaimer(text="Words of tomorrow.", in_force_from=later)
    assert "Words of tomorrow." not in site.text("/disclaimer/")

    with clock.at(later):
        assert "Words of tomorrow." in site.text("/disclaimer/")


def test_news_are_news_for_two_days(site, published):
    assert "Gulls at six" in site.text("/news-sitemap.xml")

    with clock.at(published.published_at + timedelta(hours=48)):
        assert "Gulls at six" not in site.text("/news-sitemap.xml")


@pytest.mark.parametrize(
    "path",
    ["/search/?q=gulls", "/contact/", "/nowhere/", "/?utm=1", "/?page=1", "/articles/?letter=A", "/contribute/"],
)
def test_what_differs_or_is_nowhere_is_never_kept(site, published, path):
    site.get(path)
    site.get(path)

    assert (site.made, len(site.edition.shelf.pages)) == (2, 0)


def test_whoever_has_signed_in_never_touches_what_is_ready(site, published, cast, settings):
    client = Client()
    client.force_login(cast.ana)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    first = site.get("/", HTTP_COOKIE=cookie)
    site.get("/", HTTP_COOKIE=cookie)

    assert (site.made, len(site.edition.shelf.pages)) == (2, 0)
    assert "private" in first[1]["Cache-Control"]


def test_ready_page_has_its_forms(site, published):
    status, headers, body = site.get("/")

    packed = site.get("/", HTTP_ACCEPT_ENCODING="br, gzip")
    head = site.get("/", method="HEAD")
    known = site.get("/", HTTP_IF_NONE_MATCH=f'"other", {headers["ETag"]}')
    other = site.get("/", HTTP_IF_NONE_MATCH='"other"')
    refused = site.get("/", HTTP_ACCEPT_ENCODING="gzip;q=0")

    assert (status, headers["Vary"]) == (200, "Accept-Encoding")
    assert (packed[1]["Content-Encoding"], gzip.decompress(packed[2])) == ("gzip", body)
    assert (head[0], head[1]["Content-Length"], head[2]) == (200, str(len(body)), b"")
    assert (known[0], known[2], known[1]["ETag"]) == (304, b"", headers["ETag"])
    assert "Content-Length" not in known[1]
    assert other[0] == 200
    assert refused[2] == body
    assert site.made == 1


def test_proxy_keeps_a_page_until_its_second_is_over(site, published, settings):
    assert "X-Accel-Expires" not in site.get("/")[1]

    settings.TRUSTED_PROXIES = 1
    until = int(site.get("/")[1]["X-Accel-Expires"].removeprefix("@"))

    assert time.time() - 2 < until <= time.time()


def test_second_of_a_page_that_was_waited_for_has_run_already(site, published, settings):
    settings.TRUSTED_PROXIES = 1
    inner = site.edition.application

    def slow(environ, start):
        time.sleep(1.1)
        return inner(environ, start)

    site.edition.application = slow
    begun, said = time.time(), []
    for _ in range(2):
        environ = RequestFactory().get("/about/").environ
        b"".join(site.edition(environ, lambda status, headers: said.append(dict(headers))))

    assert (said[0]["X-Accel-Expires"], said[0]["Age"]) == (f"@{int(begun)}", "1")
    assert "Age" not in said[1]


def test_feed_is_not_sent_again_by_its_date(site, published):
    path = "/feeds/atom.xml"
    first = site.get(path)[1]

    with clock.at(timezone.now() + edition.SOON):
        since = site.get(path)[1]["Last-Modified"]
        assert site.get(path, HTTP_IF_MODIFIED_SINCE=since)[0] == 304
    assert "Last-Modified" not in first

    with clock.at(timezone.now() + edition.SOON * 2):
        Network.objects.update(name="The Noise")
        assert b"The Noise" in site.get(path, HTTP_IF_MODIFIED_SINCE=since)[2]


def test_page_asked_for_under_a_prefix_is_nobody_elses(site, published):
    assert b"/elsewhere/about/" in site.get("/about/", SCRIPT_NAME="/elsewhere")[2]

    assert "/elsewhere/" not in site.text("/about/")


def test_many_who_want_one_page_have_it_made_once(site, published):
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: _get_and_close(site), range(8)))

    assert site.made == 1
    assert len(set(answers)) == 1


def _get_and_close(site) -> bytes:
    try:
        return site.get("/")[2]
    finally:
        site.close()
        connection.close()


def _change_and_close(site, change: str, cast) -> None:
    """And ask for a page that is not there, so that the shelf knows of the new edition."""
    try:
        CHANGES[change][1](cast)
        site.edition.shelf.get(number(), ())
    finally:
        connection.close()


@pytest.mark.parametrize(("change", "made"), [("network", 2), ("tag", 1)])
def test_page_begun_before_a_change_is_asked_about(site, published, cast, change, made):
    inner = site.edition.application

    def slow(environ, start):
        answer = inner(environ, start)
        if site.made == 1:
            with ThreadPoolExecutor(1) as somebody:
                somebody.submit(_change_and_close, site, change, cast).result()
        return answer

    site.edition.application = slow
    before = site.text("/about/")

    assert (site.text("/about/") == before) == (made == 1)
    assert site.text("/about/") == Client().get("/about/").text
    assert site.made == made


def test_shelf_holds_no_more_than_it_may():
    shelf = edition.Shelf(10_000)
    for count in range(50):
        shelf.put(1, (str(count),), page(os.urandom(400)))

    assert shelf.size <= 10_000
    assert len(shelf.pages) == 25
    assert shelf.get(1, ("0",)) is None
    shelf.put(2, ("new",), page())
    shelf.put(1, ("old",), older := page(b"old"))
    shelf.put(1, ("new",), older)
    assert shelf.get(2, ("new",))
    assert shelf.get(2, ("old",)) is None
    assert shelf.older(("old",)) is older


def test_where_no_edition_is_counted_every_page_is_made(site, published):
    Edition.objects.all().delete()

    site.get("/")
    site.get("/")

    assert (site.made, len(site.edition.shelf.pages)) == (2, 0)


# In real processes
