"""Ready pages: shown as long as they are true, and not a request longer."""

import gzip
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from threading import Event, Lock

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Picture, Section, Tag
from articles.status import Standing
from authors.models import Author
from editorial import public_changes, repinning, safeguards, workflow, writing
from network import clock, edition, reread
from network.models import Edition, Network
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


class Site:
    """The whole application, ready pages before it. `made` counts what was not ready."""

    def __init__(self):
        django = get_wsgi_application()
        self.made = 0

        def counted(environ, start):
            self.made += 1
            return django(environ, start)

        self.edition = edition.Edition(counted)

    def get(self, path: str, method: str = "GET", **headers):
        environ = RequestFactory().generic(method, path).environ | headers
        said = []
        answer = self.edition(environ, lambda status, headers: said.extend((status, dict(headers))))
        body = b"".join(answer)
        return int(said[0][:3]), {name: value for name, value in said[1].items() if name != "Age"}, body

    def text(self, path: str) -> str:
        return self.get(path)[2].decode()

    def close(self) -> None:
        for asking in (self.edition.counter, self.edition.reader):
            asking.connection.close()


@pytest.fixture
def site(cast) -> Iterator[Site]:
    Edition.objects.get_or_create(pk=1)
    site = Site()
    yield site
    site.close()


@pytest.fixture
def published(site, at_stage) -> Article:
    return at_stage("published")


def number() -> int:
    return Edition.objects.get().number


def test_ready_page_is_answered_without_a_query_of_a_request(site, published):
    first = site.get(published.get_absolute_url())

    with CaptureQueriesContext(connection) as captured:
        second = site.get(published.get_absolute_url())

    assert (site.made, len(captured)) == (1, 0)
    assert second == first
    assert first[1]["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert "default-src 'none'" in first[1]["Content-Security-Policy"]


def _corrected(cast):
    piece = workflow.take("amend", Article.objects.get(), by=cast.ana)
    piece = writing.save(piece, {"body": factories.BODY.replace("quiet", "loud")}, by=cast.ana)
    for step, who in (("submit", cast.ana), ("claim", cast.edda)):
        piece = workflow.take(step, piece, by=who)
    factories.correct(factories.approve(piece, cast.edda), cast, "It was loud, not quiet.")


def _first_at(address):
    Article.objects.update(prior="elsewhere", canonical="elsewhere", prior_url=address)


CHANGES = {
    "publish": ("/", lambda cast: factories.make_piece_at("published", cast, headline="Newer than that")),
    "correction": ("/articles/gulls-at-six/", _corrected),
    "corrections": ("/corrections/", _corrected),
    "challenge": (
        "/articles/gulls-at-six/",
        lambda cast: workflow.take("challenge", Article.objects.get(), by=cast.sten, notice="We are looking into it."),
    ),
    "repin": (
        "/articles/gulls-at-six/",
        lambda cast: repinning.apply(factories.make_disclaimer(text="Newer words of {network}."), by=cast.sten),
    ),
    "disclaimer": ("/disclaimer/", lambda cast: factories.make_disclaimer(text="Newer words of {network}.")),
    "profile": ("/authors/ana-ruiz/", lambda cast: Author.objects.filter(name="Ana Ruiz").update(bio="Writes more.")),
    "link": ("/authors/ana-ruiz/", lambda cast: cast.ana.author.links.update(handle="ana_ruiz")),
    "network": ("/feeds/rss.xml", lambda cast: Network.objects.update(name="The Noise")),
    "section": ("/sections/", lambda cast: Section.objects.update(name="Views")),
    "tag": ("/tags/", lambda cast: Article.objects.get().tags.add(Tag.objects.create(name="Gulls", slug="gulls"))),
    "sitemap": ("{sitemap_file}", lambda cast: factories.make_piece_at("published", cast, headline="Another")),
    "how": ("/articles/gulls-at-six/how/", _corrected),
    "first elsewhere": ("/articles/gulls-at-six/", lambda cast: _first_at("https://earlier.example/gulls")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_first_request_after_a_change_shows_it(site, published, cast, change):
    path, make = CHANGES[change]
    path = path.format(sitemap_file=factories.sitemap_file(published))
    before = site.text(path)
    assert site.text(path) == before

    make(cast)

    assert site.text(path) != before
    assert site.text(path) == Client().get(path).text


PAGES = (
    "/ /articles/ /articles/gulls-at-six/ /articles/gulls-at-six/versions/1/ /articles/gulls-at-six/how/ /authors/ "
    "/authors/ana-ruiz/ /sections/ /sections/opinion/ /tags/ /archive/ /corrections/ /disclaimer/ /disclaimer/1/ /about/ "
    "/about/privacy/ /feeds/rss.xml /feeds/feed.json /sections/opinion/feeds/atom.xml /authors/ana-ruiz/feeds/rss.xml "
    "/sitemap.xml {sitemap_file} /news-sitemap.xml"
).split()


@pytest.mark.parametrize("change", CHANGES)
def test_page_of_an_older_edition_is_given_out_only_where_it_would_come_out_the_same(site, published, cast, change):
    pages = [path.format(sitemap_file=factories.sitemap_file(published)) for path in PAGES]
    for path in pages:
        site.text(path)
    today, made = Site(), site.made

    CHANGES[change][1](cast)

    assert {path for path in pages if site.text(path) != today.text(path)} == set()
    today.close()
    assert made < site.made <= made + len(PAGES)
    if change in ("profile", "tag", "link"):
        assert site.made < made + len(PAGES) / 2


def test_page_is_not_made_again_where_its_rows_are_as_they_were(site, published):
    before = site.get(published.get_absolute_url())
    Tag.objects.create(name="Gulls", slug="gulls")

    assert site.get(published.get_absolute_url()) == before
    assert site.made == 1
    published.tags.add(Tag.objects.get())
    assert "Gulls" in site.text(published.get_absolute_url())
    assert site.made == 2


def test_page_that_reads_in_a_way_that_is_not_noted_is_made_again(site, published):
    with reread.noted(connection) as notes, connection.cursor() as cursor:
        assert Article.objects.exists()
    assert notes.hold(connection)

    with reread.noted(connection) as run_through, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM articles_section")
        assert [name for (name,) in cursor] == ["Opinion"]
    with reread.noted(connection) as written:
        Section.objects.update(name="Views")

    assert not run_through.hold(connection)
    assert not written.hold(connection)


@pytest.mark.parametrize("taken", ["first", "all", "one"])
def test_rows_that_came_or_went_or_changed_are_noticed(site, published, taken):
    sections = Section.objects.order_by("name")
    take = {"first": sections.first, "all": lambda: list(sections.all()), "one": sections.count}[taken]
    with reread.noted(connection) as notes:
        take()
    assert notes.hold(connection)

    Section.objects.create(name="Arts", slug="arts")

    assert not notes.hold(connection)


@pytest.mark.parametrize("typed", ["100%", "%s", "it's", "?"])
def test_statement_is_asked_again_as_it_was(site, published, typed):
    Section.objects.create(name=f"About {typed}", slug="about")
    with reread.noted(connection) as notes:
        found = Article.objects.filter(standing=Standing.LIVE, section__name__contains=typed)
        assert found.count() == 0
        assert [section.slug for section in Section.objects.filter(name__contains=typed)] == ["about"]
    assert notes.hold(connection)

    Section.objects.filter(pk=published.section_id).update(name=typed)

    again = reread._asked(connection, notes.answers)
    assert list(map(reread.Answer.is_in, notes.answers, again)) == [False, False]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite finds the index of what is live by itself")
def test_what_the_code_says_stands_in_the_statement_so_that_its_plan_can_be_kept(site, published):
    with reread.noted(connection) as notes:
        assert Article.objects.listed().filter(slug=published.slug).exists()

    (answer,) = notes.answers
    assert "'live'" in answer.sql
    assert published.slug in answer.params
    assert Standing.LIVE not in answer.params


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


def test_page_begun_before_a_change_is_not_kept(site, published):
    inner = site.edition.application

    def slow(environ, start):
        answer = inner(environ, start)
        if site.made == 1:
            Network.objects.update(name="The Noise")
        return answer

    site.edition.application = slow
    site.get("/about/")

    assert "The Noise" in site.text("/about/")
    assert site.made == 2


def _page(body: bytes = b"x") -> edition.Page:
    return edition.Page([], body, None, timezone.now())


def test_older_database_in_the_place_of_a_newer_counts_anew():
    shelf = edition.Shelf(10_000)
    shelf.put(5, ("page",), _page())
    assert shelf.get(3, ("page",)) is None
    assert shelf.get(5, ("page",))

    shelf.begin(3)
    shelf.put(5, ("other",), _page())

    assert list(shelf.pages) == [("other",)]


def test_page_of_a_database_that_was_put_back_never_returns(site, published):
    earlier = number()
    Network.objects.update(name="The Lost")
    assert "The Lost" in site.text("/about/")

    Edition.objects.update(number=earlier)
    Network.objects.update(name="The Noise")

    assert "The Noise" in site.text("/about/")


class Turn:
    """A lock that knows how many have come to it."""

    def __init__(self):
        self.lock, self.came = Lock(), 0

    def __enter__(self):
        self.came += 1
        self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_threads_that_ask_at_once_share_a_statement_begun_after_they_asked(monkeypatch):
    counter, numbers, may_answer = edition.Counter(), iter((1, 2, 3)), Event()
    counter.turn = Turn()
    monkeypatch.setattr(edition.Counter, "_ask", lambda counter: may_answer.wait(10) and next(numbers))

    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(counter.newest)
        _wait_until(lambda: counter.begun == 1)
        later = [threads.submit(counter.newest) for _ in range(4)]
        _wait_until(lambda: counter.turn.came == 5)
        may_answer.set()

    assert first.result() == 1
    assert [one.result() for one in later] == [2] * 4
    assert counter.newest() == 3


def _wait_until(is_so) -> None:
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_thread_that_read_the_number_before_another_empties_nothing(site, published, monkeypatch):
    site.text("/about/")
    late = iter([number() - 1])
    newest = site.edition.counter.newest
    monkeypatch.setattr(type(site.edition.counter), "newest", lambda counter: next(late, None) or newest())

    assert site.get("/about/")[0] == 200
    assert site.made == 1


def test_what_changed_without_triggers_is_counted_when_they_return(site, published):
    site.text("/about/")

    safeguards.remove(connection)
    Network.objects.update(name="The Noise")
    call_command("install_safeguards")

    assert "The Noise" in site.text("/about/")


def test_shelf_holds_no_more_than_it_may():
    shelf = edition.Shelf(10_000)
    for count in range(50):
        shelf.put(1, (str(count),), _page(os.urandom(400)))

    assert shelf.size <= 10_000
    assert len(shelf.pages) == 25
    assert shelf.get(1, ("0",)) is None
    shelf.put(2, ("new",), _page())
    shelf.put(1, ("old",), _page())
    assert ("new",) in shelf.pages
    assert ("old",) not in shelf.pages


def test_where_no_edition_is_counted_every_page_is_made(site, published):
    Edition.objects.all().delete()

    site.get("/")
    site.get("/")

    assert (site.made, len(site.edition.shelf.pages)) == (2, 0)


# In real processes


@pytest.fixture
def machine(site):
    """A function that starts a machine: two web processes on one database, with a clock that may be ahead."""
    started = []

    def start(ahead: float = 0) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        name, vendor = connection.settings_dict["NAME"], connection.vendor
        address = (
            f"sqlite:///{name}" if vendor == "sqlite" else os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
        )
        command = [sys.executable, "-m", "gunicorn", "tests.edition_site:application", "--no-control-socket"]
        options = [
            "--workers",
            "2",
            "--worker-class",
            "network.web_worker.Worker",
            "--threads",
            "2",
            "--bind",
            f"127.0.0.1:{port}",
        ]
        environment = os.environ | {"DATABASE_URL": address, "DEBUG": "1", "CLOCK_AHEAD": str(ahead)}
        started.append(subprocess.Popen([*command, *options], env=environment, stderr=subprocess.DEVNULL))
        until = time.monotonic() + 30
        while not _answers(port):
            assert time.monotonic() < until
            time.sleep(0.1)
        return port

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        return bool(asked(port, "/"))
    except OSError:
        return False


def asked(port: int, path: str) -> str:
    """Over a connection of its own, so that either process may answer."""
    conversation = HTTPConnection("127.0.0.1", port, timeout=10)
    conversation.request("GET", path)
    text = conversation.getresponse().read().decode()
    conversation.close()
    return text


def test_every_process_of_every_machine_shows_a_change_at_once(site, published, cast, machine):
    ports = [machine(), machine(ahead=1)]
    path = published.get_absolute_url()
    for port in ports * 8:
        assert "loud" not in asked(port, path)

    _corrected(cast)

    assert all("loud" in asked(port, path) for port in ports * 8)
    piece = factories.make_piece_at("ready", cast, headline="In a moment")
    piece = workflow.take("schedule", piece, by=cast.pia, at=timezone.now() + timedelta(seconds=2.5))
    shown = set()
    while timezone.now() < piece.scheduled_for + timedelta(seconds=1):
        for port in ports * 2:
            is_there = "In a moment" in asked(port, "/")
            assert is_there or port not in shown, "an old page came back"
            shown |= {port} if is_there else set()
        time.sleep(0.05)
    assert shown == set(ports)
