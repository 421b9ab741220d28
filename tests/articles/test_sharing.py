"""The address of the share image: public exactly when the piece is, and of the piece as it is now."""

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from articles.models import OldSlug
from editorial import workflow, writing
from tests import factories
from tests.editorial.test_aftermath import removed, retracted


def shared(client, piece):
    answer = client.get(f"{piece.get_absolute_url()}share.png")
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer, data


@pytest.fixture
def piece(at_stage):
    return at_stage("published")


def test_share_is_drawn_once_and_kept(client, piece):
    answer, data = shared(client, piece)
    kept = set(default_storage.listdir("share")[1])
    again = shared(client, piece)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert Image.open(io.BytesIO(data)).size == (1200, 630)
    assert again[1] == data
    assert set(default_storage.listdir("share")[1]) == kept
    assert "Set-Cookie" not in answer


def test_share_follows_what_is_published(client, cast, piece):
    before = shared(client, piece)[1]
    piece = workflow.take("amend", piece, by=cast.ana)
    piece = writing.save(piece, {"headline": "Gulls at seven"}, by=cast.ana)
    while_amended = shared(client, piece)[1]
    for step, by in (("submit", cast.ana), ("claim", cast.edda)):
        piece = workflow.take(step, piece, by=by)
    piece = factories.approve(piece, cast.edda)
    piece = workflow.take("publish", piece, by=cast.pia, kind="update", notice="They were late.")

    assert while_amended == before
    assert shared(client, piece)[1] != before


def test_share_of_what_was_never_public_is_nothing(client, cast, at_stage):
    piece = at_stage("ready")
    client.force_login(cast.ana)

    assert shared(client, piece)[0].status_code == 404
    assert client.get("/articles/never-was/share.png").status_code == 404


def test_share_says_what_was_retracted(client, cast, piece):
    before = shared(client, piece)[1]

    retracted(piece, cast)

    answer, data = shared(client, piece)
    assert answer.status_code == 200
    assert data != before


def test_share_of_a_removed_piece_is_gone(client, cast, piece):
    removed(piece, cast)

    assert shared(client, piece)[0].status_code == 410


def test_share_moves_with_its_piece(client, piece):
    OldSlug.objects.create(slug="once-here", article=piece)

    answer = client.get("/articles/once-here/share.png")

    assert (answer.status_code, answer["Location"]) == (301, f"{piece.get_absolute_url()}share.png")


def test_half_kept_file_is_drawn_again(client, piece):
    data = shared(client, piece)[1]
    for name in default_storage.listdir("share")[1]:
        with default_storage.open(f"share/{name}", "wb"):
            pass

    assert shared(client, piece)[1] == data


@pytest.mark.parametrize("headline", ["🎶", "האוטובוס הלילי", "W" * 110, "夜のバス", "a\u202eb"])
def test_share_is_drawn_for_any_headline(client, cast, headline):
    piece = factories.advance(factories.make_piece(cast.ana, cast.section, headline=headline), "published", cast)

    assert shared(client, piece)[0].status_code == 200
