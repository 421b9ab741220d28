"""While a part of the site is away: a plain page with what was typed, and all is well again once the part is back."""

import logging
import os
import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from articles.models import Article
from editorial import buffers, post
from editorial.models import Letter, Message
from network import outage
from tests import factories
from tests.editorial.test_correspondence import to_desk
from tests.editorial.test_post import free_port, mail_to  # noqa: F401 - a fixture
from tests.editorial.test_run_worker import soon

pytestmark = pytest.mark.django_db(transaction=True)
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="said of an SQLite file")


@contextmanager
def told(statement: str, back: str):
    """The database's own switch, so that it refuses as it does where the disk is full or cannot be written."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(back)


@contextmanager
def full():
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
    with told(f"PRAGMA max_page_count={pages}", "PRAGMA max_page_count=1000000"):
        yield


def read_only():
    if connection.vendor == "postgresql":
        return told("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
    return told("PRAGMA query_only=ON", "PRAGMA query_only=OFF")


@contextmanager
def locked():
    """Another process holds the write lock for longer than anybody waits."""
    with (
        told("PRAGMA busy_timeout=50", "PRAGMA busy_timeout=20000"),
        closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture
def ana(cast):
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana)
    client.get("/contribute/")
    return client


def typed(piece: Article, body: str) -> dict[str, str]:
    """The sheet as a browser sends it."""
    values = {name: str(getattr(piece, name)) for name in ("headline", "dek", "label", "language", "save_number")}
    rows = {"pictures-TOTAL_FORMS": "0", "pictures-INITIAL_FORMS": "0"}
    return values | rows | {"section": str(piece.section_id), "body": body, "csrfmiddlewaretoken": "t"}


@pytest.mark.parametrize(
    "refusing", [pytest.param(full, marks=sqlite_only), read_only, pytest.param(locked, marks=sqlite_only)]
)
def test_save_that_the_database_refuses_gives_the_text_back_and_heals(ana, draft, refusing, caplog):
    words = "All of it. <b>& more</b> " + "And so on, for long. " * 3_000

    with refusing(), caplog.at_level(logging.ERROR):
        answer = ana.post(f"/contribute/{draft.pk}/edit/", typed(draft, words))
        readers = Client().get("/")

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    assert "what you sent is not saved" in page
    assert "All of it. &lt;b&gt;&amp; more&lt;/b&gt; And so on" in page
    assert 'type="hidden" name="csrfmiddlewaretoken" value="t"' in page
    assert len([record for record in caplog.records if record.name == "django.request"]) == 1
    assert readers.status_code == 200
    assert Article.objects.get(pk=draft.pk).body == draft.body
    ana.post(f"/contribute/{draft.pk}/edit/", typed(draft, words))
    assert Article.objects.get(pk=draft.pk).body.startswith("All of it.")


def test_letter_that_the_database_refuses_is_given_back(cast):
    reader = Client(raise_request_exception=False)

    with read_only():
        answer = to_desk(reader, text="You forgot the terns.")

    assert answer.status_code == 503
    assert "You forgot the terns." in answer.text
    assert not Message.objects.exists()


def upload(client: Client, piece: Article) -> int:
    return client.post("/markdownx/upload/", {"piece": piece.pk, "image": factories.image_file()}).status_code


def test_dead_storage_takes_no_picture_and_heals(ana, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.write_text("no folder")

    assert upload(ana, draft) == 503
    assert not draft.pictures.exists()
    settings.MEDIA_ROOT.unlink()
    assert upload(ana, draft) == 200


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 128 KB."""
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("A small disk can be mounted by root only.")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_full_disk_takes_no_picture_and_heals(ana, draft, settings, small_disk):
    settings.MEDIA_ROOT = small_disk
    os.posix_fallocate(filler := os.open(small_disk / "filler", os.O_CREAT | os.O_WRONLY), 0, 128 * 1024)
    os.close(filler)

    assert upload(ana, draft) == 503
    assert not draft.pictures.exists()
    (small_disk / "filler").unlink()
    assert upload(ana, draft) == 200


def test_full_disk_below_the_cache_gives_a_readers_letter_back_and_heals(cast, settings, small_disk):
    settings.CACHES = {
        "default": {"BACKEND": "network.shared_cache.SharedCache", "LOCATION": str(small_disk / "cache.sqlite3")}
    }
    os.posix_fallocate(filler := os.open(small_disk / "filler", os.O_CREAT | os.O_WRONLY), 0, 128 * 1024)
    os.close(filler)
    reader = Client(raise_request_exception=False)

    answer = to_desk(reader, text="You forgot the terns.")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "You forgot the terns." in answer.text
    (small_disk / "filler").unlink()
    assert to_desk(reader, text="You forgot the terns.").status_code == 302


def test_full_disk_gives_back_what_was_typed_beside_a_large_file(ana, draft, settings, small_disk):
    settings.FILE_UPLOAD_TEMP_DIR = str(small_disk)
    large = SimpleUploadedFile("large.jpg", b"x" * 3_000_000, "image/jpeg")

    answer = ana.post(f"/contribute/{draft.pk}/edit/", {"picture": large} | typed(draft, "All of it. After the file."))

    assert answer.status_code == 503
    assert "All of it. After the file." in answer.text
    assert "A picture or another file was not kept" in answer.text
    assert not list(small_disk.iterdir())


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server here")
def test_dead_cache_gives_the_text_back_and_heals(ana, cast, draft, settings, tmp_path):
    port = free_port()
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{port}/0"}
    }
    kept = {"whose": buffers.whose(cast.ana), "tab": "12345678", "number": 1, "body": "Typed with no cache."}

    answer = ana.post(f"/contribute/{draft.pk}/buffer/", kept)

    assert (answer.status_code, "Typed with no cache." in answer.text) == (503, True)
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        assert soon(lambda: answers(port))
        assert ana.post(f"/contribute/{draft.pk}/buffer/", kept).status_code == 200
        server.terminate()


def test_dead_mail_server_gives_a_plain_page_and_shows_no_secret(cast, mail_to):  # noqa: F811
    mail_to(free_port())

    client = Client(raise_request_exception=False)
    client.force_login(cast.ana)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    answer = client.post("/accounts/email/", {"action_add": "", "email": "ana@elsewhere.example"})

    assert answer.status_code == 503
    assert "@" not in answer.text.replace("desk@", "")


def test_dead_mail_server_keeps_the_letter_with_a_new_password(cast, mail_to):  # noqa: F811
    mail_to(free_port())

    answers = [
        Client().post("/accounts/password/reset/", {"email": email}) for email in (cast.ana.email, "x@y.example")
    ]

    assert [answer["Location"] for answer in answers] == ["/accounts/password/reset/done/"] * 2
    assert post.sweep() == 0
    letter = Letter.objects.get(kind="password_reset", sent_at=None)
    assert (letter.to, letter.tries) == (cast.ana, 1)
    assert "/key/" not in letter.body


def test_any_other_failure_is_an_error_of_ours_and_says_so(rf):
    try:
        raise ValueError("a mistake")
    except ValueError:
        answer = outage.failed(rf.post("/", {"text": "Words of mine."}))

    assert (answer.status_code, b"Something failed on our side" in answer.content) == (500, True)
