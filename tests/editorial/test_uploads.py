"""The preview and the upload behind the editor."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.models import Picture
from articles.models.picture import BYTES_OF_PERSON, BYTES_OF_PIECE, MOST_OF_PIECE
from tests import factories

PREVIEW, UPLOAD = "/markdownx/markdownify/", "/markdownx/upload/"


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def test_preview_renders_safely(ana, draft):
    response = ana.post(
        PREVIEW, {"piece": draft.pk, "content": "*yes* <script>alert(1)</script> [x](javascript:alert(1))"}
    )

    assert b"<em>yes</em>" in response.content
    assert b"<script" not in response.content
    assert b'href="javascript' not in response.content


@pytest.mark.parametrize("path", [PREVIEW, UPLOAD])
def test_strangers_are_asked_to_sign_in(client, draft, path):
    assert client.post(path, {"piece": draft.pk, "content": "x"}).status_code == 302


@pytest.mark.parametrize("path", [PREVIEW, UPLOAD])
@pytest.mark.parametrize("who", ["bo", "edda", "pia", "root"])
def test_people_who_may_not_change_the_piece_get_404(client, cast, draft, path, who):
    client.force_login(getattr(cast, who))

    assert client.post(path, {"piece": draft.pk, "content": "x", "image": factories.image_file()}).status_code == 404
    assert draft.pictures.count() == 0


@pytest.mark.parametrize("number", ["", "x", "-1", "999999", "１", "9" * 40])
def test_piece_that_does_not_exist_is_404(ana, draft, number):
    assert ana.post(PREVIEW, {"piece": number, "content": "x"}).status_code == 404


def test_preview_is_not_a_get(ana, draft):
    assert ana.get(PREVIEW).status_code == 405


def test_preview_refuses_a_text_that_is_too_long(ana, draft):
    response = ana.post(PREVIEW, {"piece": draft.pk, "content": "x" * 200_001})

    assert response.status_code == 413
    assert response["Content-Type"] == "text/plain"


def test_preview_is_limited(ana, draft):
    answers = [ana.post(PREVIEW, {"piece": draft.pk, "content": "x"}).status_code for _ in range(122)]

    assert answers[:120] == [200] * 120
    assert answers[120:] == [429] * 2


def test_upload_keeps_a_picture_and_answers_with_its_markdown(ana, draft):
    response = ana.post(UPLOAD, {"piece": draft.pk, "image": factories.image_file(), "alt": "A [grey] gull"})

    picture = draft.pictures.get()
    assert response.json()["image_code"] == f"![A \\[grey\\] gull](picture:{picture.reference})"


def test_decorative_picture_needs_no_description(ana, draft):
    ana.post(UPLOAD, {"piece": draft.pk, "image": factories.image_file(), "alt": "x", "decorative": "on"})

    picture = draft.pictures.get()
    assert (picture.is_decorative, picture.alt) == (True, "")


@pytest.mark.parametrize(
    "name, content, claimed",
    [
        ("evil.gif", b"<script>alert(1)</script>", "image/gif"),
        ("evil.html", b"<html></html>", "image/png"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml"),
        ("page.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", "image/png"),
        ("empty.png", b"", "image/png"),
        ("cut.jpg", factories.image_file().read()[:200], "image/jpeg"),
    ],
)
def test_upload_refuses_what_is_no_picture_and_leaves_no_file(ana, draft, settings, tmp_path, name, content, claimed):
    settings.MEDIA_ROOT = tmp_path

    response = ana.post(UPLOAD, {"piece": draft.pk, "image": SimpleUploadedFile(name, content, claimed)})

    assert response.status_code == 400
    assert response.json()["error"]
    assert draft.pictures.count() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_upload_is_not_for_a_piece_that_has_left_its_author(ana, at_stage):
    piece = at_stage("submitted")

    assert ana.post(UPLOAD, {"piece": piece.pk, "image": factories.image_file()}).status_code == 404


def full(piece, by, *, many: int, size: int) -> None:
    """So many pictures of the piece, without files: a quota counts rows."""
    values = {"uploaded_by": by, "sha256": "0" * 64, "width": 1, "height": 1, "size": size}
    Picture.objects.bulk_create(Picture(article=piece, file=f"pictures/{n}.jpg", **values) for n in range(many))


@pytest.mark.parametrize("many, size", [(MOST_OF_PIECE, 1), (1, BYTES_OF_PIECE), (2, BYTES_OF_PERSON)])
def test_upload_beyond_a_quota_is_refused_in_a_sentence_and_leaves_no_file(
    ana, cast, draft, settings, tmp_path, many, size
):
    settings.MEDIA_ROOT = tmp_path
    other = factories.make_piece(cast.ana, cast.section, headline="Another")
    full(other if size == BYTES_OF_PERSON else draft, cast.ana, many=many, size=size)

    response = ana.post(UPLOAD, {"piece": draft.pk, "image": factories.image_file()})

    assert response.status_code == 400
    assert "MB" in response.json()["error"]
    assert not draft.pictures.filter(width__gt=1).exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_upload_just_below_the_quotas_is_taken(ana, cast, draft):
    full(draft, cast.ana, many=MOST_OF_PIECE - 1, size=1)

    assert ana.post(UPLOAD, {"piece": draft.pk, "image": factories.image_file()}).status_code == 200
    assert draft.pictures.latest("pk").size > 100
