"""What watches the site, and what every answer carries."""

import pytest
from django.db import connection

from tests import factories


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
