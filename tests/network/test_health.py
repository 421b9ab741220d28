"""What watches the site, and what every answer carries."""

import runpy
import shutil
from pathlib import Path

import pytest
from django.db import connection

from tests import factories

ROOT = Path(__file__).resolve().parent.parent.parent


def test_healthz_asks_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz", headers={"host": "10.0.0.7:8000"})

    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


def test_readyz_says_that_every_part_answers(client, db):
    answer = client.get("/readyz", headers={"host": "10.0.0.7:8000"})

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "cache": "ok", "storage": "ok"}


@pytest.mark.django_db(transaction=True)
def test_readyz_names_the_part_that_does_not(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "gone"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO not_here")
        try:
            answer = client.get("/readyz")
        finally:
            cursor.execute("ALTER TABLE not_here RENAME TO django_migrations")

    assert answer.status_code == 503
    assert answer.json() == {"database": "no answer", "cache": "ok", "storage": "no answer"}


@pytest.fixture
def new_site(tmp_path, monkeypatch, settings):
    """The site's files are where the settings put them in a checkout that has just begun."""

    def begin(**environment: str) -> None:
        monkeypatch.delenv("STORAGE_URL", raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "network").mkdir()
        copy = shutil.copy(ROOT / "network" / "settings.py", tmp_path / "network")
        settings.MEDIA_ROOT = runpy.run_path(str(copy))["MEDIA_ROOT"]

    return begin


def test_new_site_is_ready_before_its_first_upload(client, db, new_site, tmp_path):
    new_site()

    assert (tmp_path / "var" / "media").is_dir()
    assert client.get("/readyz").json()["storage"] == "ok"


def test_missing_folder_of_ones_own_is_told_and_not_made(client, db, new_site, tmp_path):
    new_site(STORAGE_URL=f"file://{tmp_path / 'disk' / 'media'}")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["storage"]) == (503, "no answer")
    assert not (tmp_path / "disk").exists()


def test_default_folder_that_leads_to_a_missing_disk_is_told(client, db, new_site, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "media").symlink_to(tmp_path / "disk")
    new_site()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["storage"]) == (503, "no answer")
    assert not (tmp_path / "disk").exists()


@pytest.mark.parametrize("path", ["email/", "sessions/", "2fa/", "password/change/"])
def test_what_somebody_signed_in_sees_is_kept_by_nobody_on_the_way(client, cast, path):
    client.force_login(cast.ana)

    assert client.get(f"/accounts/{path}")["Cache-Control"] == "private, no-cache"


def test_public_picture_may_stand_in_somebody_elses_feed_reader(client, cast):
    piece = factories.make_piece(cast.ana, cast.section)
    picture = factories.make_picture(piece, cast.ana)
    private = client.get(picture.get_absolute_url())
    piece.lead_picture = picture
    piece.save(update_fields=["lead_picture"])
    factories.advance(piece, "published", cast)

    public = client.get(picture.get_absolute_url())

    assert private.status_code == 404
    assert public.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
