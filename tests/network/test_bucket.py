"""Uploaded files in a bucket of a real store: all that a folder does, and an outage like that of a disk."""

import hashlib
import sys
import uuid
from contextlib import contextmanager
from datetime import timedelta
from subprocess import run

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.views.debug import SafeExceptionReporterFilter

from articles import renditions
from articles.models import Picture
from network import clock
from network import settings as given
from tests import bucket_server, factories
from tests.editorial.test_doctor import said
from tests.network.test_backup import manage
from tests.network.test_outage import typed, upload

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("bucket")]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One for all tests, whatever stands between them in the order; each has a bucket of its own, and whoever shuts
    its door opens it again."""
    if not bucket_server.IS_INSTALLED:
        pytest.skip("There is no Swift here; .ci/run names its packages.")
    with bucket_server.running(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture
def store(server, settings):
    """The server, with a new bucket in which this site's files are."""
    name = f"pictures-{uuid.uuid4().hex}"
    server.bucket = name
    for setting, value in given._bucket(server.url(name)).items():
        setattr(settings, setting, value)
    settings.MEDIA_ROOT = ""
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "network.bucket.Bucket"}}
    default_storage.connection.create_bucket(Bucket=name)
    return server


@contextmanager
def away(server):
    server.shut()
    try:
        yield
    finally:
        server.open()


@pytest.fixture
def ana(cast):
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana)
    return client


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_picture_comes_back_byte_for_byte_to_whoever_may_see_it(store, ana, draft):
    answer = upload(ana, draft)

    picture = draft.pictures.get()
    shown = ana.get(picture.get_absolute_url())
    kept = default_storage.open(picture.file.name).read()
    assert (answer, shown.status_code, shown["Content-Length"]) == (200, 200, str(len(kept)))
    assert body(shown) == kept
    assert hashlib.sha256(kept).hexdigest() == picture.sha256
    assert Client().get(picture.get_absolute_url()).status_code == 404


def test_renditions_and_the_share_image_are_in_the_bucket_too(store, cast, draft):
    picture = draft.lead_picture = factories.make_picture(draft, cast.ana)
    draft.save(update_fields=["lead_picture"])
    piece = factories.advance(draft, "published", cast)

    renditions.make_next()

    for address in (picture.as_card.src, f"/articles/{piece.slug}/share.png"):
        first, again = body(Client().get(address)), body(Client().get(address))
        assert first == again
        assert len(first) > 1000
    assert {"pictures", "renditions", "share"} == set(default_storage.listdir("")[0])


def test_file_that_is_gone_is_not_found(store, ana, cast, draft):
    picture = factories.make_picture(draft, cast.ana)
    default_storage.delete(picture.file.name)

    assert ana.get(picture.get_absolute_url()).status_code == 404
    assert not default_storage.exists(picture.file.name)
    with pytest.raises(FileNotFoundError):
        default_storage.size(picture.file.name)


def test_file_is_read_from_anywhere_and_never_written_over(store):
    words = bytes(range(256)) * 40_000  # ten megabytes
    first, second = (default_storage.save("pictures/a.bin", ContentFile(words)) for _ in range(2))

    with default_storage.open(first) as file:
        file.seek(-300, 2)
        end = file.read()
        file.seek(1000)
        middle = file.read(10)
    with file.open() as again:
        whole = again.read()

    assert first != second
    assert (end, middle, whole == words) == (words[-300:], words[1000:1010], True)


def test_dead_store_gives_back_what_was_typed_and_heals(store, ana, cast, draft):
    picture = factories.make_picture(draft, cast.ana)
    sent = {"upload": factories.image_file(colour="red")} | typed(draft, "All of it. Beside a picture.")

    with away(store):
        answer = ana.post(f"/contribute/{draft.pk}/edit/", sent)
        shown = ana.get(picture.get_absolute_url())

    assert (answer.status_code, answer["Retry-After"], shown.status_code) == (503, "30", 503)
    assert "All of it. Beside a picture." in answer.text
    assert draft.pictures.count() == 1
    assert ana.get(picture.get_absolute_url()).status_code == 200
    sent["upload"].seek(0)
    assert ana.post(f"/contribute/{draft.pk}/edit/", sent).status_code == 302
    assert draft.pictures.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="a new SQLite database is a new file")
def test_backup_from_a_bucket_is_restored_into_another(store, cast, draft, tmp_path):
    picture = factories.make_picture(draft, cast.ana)
    backup, other = tmp_path / "backup.tar.gz", f"{store.bucket}-2"
    default_storage.connection.create_bucket(Bucket=other)
    new = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}", "STORAGE_URL": store.url(other)}

    call_command("backup", backup)
    restored, again = (manage("restore", str(backup), **new) for _ in range(2))

    assert restored.returncode == 0, restored.stderr
    with default_storage.connection.Object(other, picture.file.name).get()["Body"] as file:
        assert hashlib.sha256(file.read()).hexdigest() == picture.sha256
    assert (again.returncode, "is not empty" in again.stderr) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_backup_says_that_the_store_is_away(store, cast, tmp_path):
    with away(store), pytest.raises(CommandError, match="the bucket cannot be reached"):
        call_command("backup", tmp_path / "backup.tar.gz")

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("days, gone", [(0, False), (2, True)])
def test_sweep_deletes_what_is_old_and_named_by_nothing(store, cast, draft, capsys, days, gone):
    picture = factories.make_picture(draft, cast.ana)
    stray = default_storage.save("pictures/ab/stray.jpg", ContentFile(b"stray"))

    with clock.at(clock.now() + timedelta(days=days)):
        call_command("sweep_files")

    assert default_storage.exists(stray) is not gone
    assert default_storage.exists(picture.file.name)


def test_readyz_asks_the_store(store, client, settings):
    answers = [client.get("/readyz")]
    with away(store):
        answers.append(client.get("/readyz"))
    default_storage.bucket_name = "another"  # one that nobody has made
    answers.append(client.get("/readyz"))

    assert [answer.status_code for answer in answers] == [200, 503, 503]
    assert [answer.json()["storage"] for answer in answers] == ["ok", "no answer", "no answer"]


def test_doctor_says_what_the_bucket_lacks(store, cast, draft):
    picture = factories.make_picture(draft, cast.ana)
    well = said()
    default_storage.delete(picture.file.name)
    ill = said()
    default_storage.bucket_name = "another"

    assert "upload" not in well
    assert f"1 uploaded file is missing: {picture.file.name}." in ill
    assert "Nothing can be uploaded: the bucket refused (NoSuchBucket)." in said()


def test_person_gets_their_pictures_and_nobody_a_link_past_the_site(store, cast, draft, tmp_path):
    picture = factories.make_picture(draft, cast.ana)

    call_command("export_person", "ana", tmp_path / "ana.zip")

    assert picture.file.name.encode() in (tmp_path / "ana.zip").read_bytes()
    assert picture.file.url == f"/{picture.file.name}"


def test_page_of_an_error_shows_no_keys(store):
    shown = repr(SafeExceptionReporterFilter().get_safe_settings())

    assert store.bucket in shown
    assert bucket_server.KEY not in shown
    assert bucket_server.SECRET not in shown


def test_reset_of_the_demo_leaves_a_bucket_alone(store, cast, draft, settings):
    settings.DEBUG = True
    name = factories.make_picture(draft, cast.ana).file.name

    with pytest.raises(CommandError, match="nothing is changed"):
        call_command("demo", "--reset", "--no-serve")

    assert default_storage.exists(name)
    assert Picture.objects.exists()


@pytest.mark.parametrize(
    "url, address, region, key, secret",
    [
        ("s3://k%3A1:a%2Fb%40c@store.example:9000/pix?tls=0", "http://store.example:9000", "us-east-1", "k:1", "a/b@c"),
        ("s3://k:s@[::1]:9000/pix?region=r-1", "https://[::1]:9000", "r-1", "k", "s"),
        ("s3:///pix?region=eu-west-1", None, "eu-west-1", None, None),
        ("s3://k:s@/pix", None, None, "k", "s"),
    ],
)
def test_address_of_a_bucket_is_read(url, address, region, key, secret):
    found = given._bucket(url)

    assert (found["AWS_STORAGE_BUCKET_NAME"], found["AWS_S3_ENDPOINT_URL"]) == ("pix", address)
    assert found["AWS_S3_REGION_NAME"] == region
    assert (found.get("AWS_S3_ACCESS_KEY_ID"), found.get("AWS_S3_SECRET_ACCESS_KEY")) == (key, secret)


@pytest.mark.parametrize(
    "url",
    [
        "s3://k:s@host", "s3://k:s@host/", "s3://k:s@host/a/b", "s3://k:sec/ret@host/pix", "s3://k@host/pix",
        "s3://k:s@host/pix?tls=yes", "s3://k:s@host/pix?zone=1", "s3://k:s@host/pix?tls", "s3://k:s@host/pix#x",
        "s3://k:s@:9000/pix", "s3://k:s@host:port/pix", "s3://k:s@[/pix", "s3:pix", "file://media", "/srv/media",
        "https://host/pix",
    ],
)  # fmt: skip
def test_wrong_address_is_refused(url):
    with pytest.raises(ValueError, match=r"^$|[Pp]ort|IPv6|bad query"):
        given._bucket(url) if url.startswith("s3://") else given._folder(url)


def test_wrong_address_stops_the_process_with_one_sentence_and_no_secret():
    stopped = manage("check", STORAGE_URL="s3://key:hush/hush@host/pix")

    assert stopped.returncode == 1
    assert stopped.stderr.startswith("STORAGE_URL names a folder, as in STORAGE_URL=file:///srv/network/media, or a b")
    assert len(stopped.stderr.splitlines()) == 1
    assert "hush" not in stopped.stderr + stopped.stdout


def test_site_with_a_folder_imports_no_boto():
    asks = "import sys, network.wsgi, network.urls; print({'boto3', 'botocore', 'storages'} & sys.modules.keys())"

    assert run([sys.executable, "-c", asks], capture_output=True, text=True, check=True).stdout == "set()\n"
