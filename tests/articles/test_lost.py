"""What somebody gets who finds no page, may not see it, or meets a failure: words that help, and ways on."""

import pytest
from django.test import Client, RequestFactory
from django.views.defaults import permission_denied, server_error

from editorial import workflow
from tests import factories

WAYS_ON = ('action="/search/"', 'href="/articles/"', 'href="/archive/"', 'href="/sections/"', 'href="/authors/"')
CONTACT = "desk@signal.example"


def helps_on(page: str) -> bool:
    return all(way in page for way in WAYS_ON) and CONTACT in page and '<meta name="robots" content="noindex">' in page


def removed(cast, piece, basis: str):
    workflow.take("remove", piece, by=cast.sten, notice="It is gone.", basis=basis)
    proposal = piece.proposals.open().get()
    return workflow.take("remove", piece, by=factories.make_desk("sven", "standards"), proposal=proposal.pk)


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/articles/none/", "/sections/none/", "/tags/none/", "/authors/none/", "/archive/1999/01/"]
)
def test_page_that_never_was_is_a_404_that_helps(client, network, path):
    response = client.get(path)

    assert response.status_code == 404
    assert helps_on(response.content.decode())


@pytest.mark.parametrize("path", ["/nowhere/", "/articles/none/", "/articles/?page=9", "/articles", "/"])
def test_demo_answers_what_is_not_found_as_a_site_does(client, settings, cast, at_stage, path):
    at_stage("published")
    expected = client.get(path)

    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "network.lost.Lost"]
    answer = Client().get(path)

    assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
    assert answer.headers.get("Location") == expected.headers.get("Location")


@pytest.mark.parametrize("basis, status", [("legal", 451), ("safety", 410), ("privacy", 410)])
def test_removed_piece_says_so_and_helps(client, cast, at_stage, basis, status):
    piece = removed(cast, at_stage("published"), basis)

    response = client.get(piece.get_absolute_url())

    assert response.status_code == status
    assert "It is gone." in response.content.decode()
    assert helps_on(response.content.decode())


def test_closed_door_helps(rf, network):
    request = rf.get("/somewhere/")
    request.network = network

    response = permission_denied(request, PermissionError())

    assert response.status_code == 403
    assert helps_on(response.content.decode())


def test_failure_is_answered_without_a_database():
    """This test may not touch one."""
    response = server_error(RequestFactory().get("/"))

    page = response.content.decode()
    assert response.status_code == 500
    assert 'href="/search/"' in page
    assert 'href="/about/"' in page


PUBLIC = (
    "/",
    "/articles/",
    "/articles/gulls-at-six/",
    "/articles/gulls-at-six/versions/1/",
    "/sections/opinion/",
    "/authors/ana-ruiz/",
)


@pytest.mark.parametrize("basis", ["legal", "privacy"])
def test_no_address_that_was_public_answers_404_when_its_piece_is_removed(client, cast, at_stage, basis):
    piece = at_stage("published")
    months = (f"/archive/{piece.published_at:%Y/%m}/", f"/archive/{piece.published_at:%Y}/", "/archive/")
    before = {path: client.get(path).status_code for path in (*PUBLIC, *months)}

    removed(cast, piece, basis)

    assert set(before.values()) == {200}
    assert {path: client.get(path).status_code for path in before if client.get(path).status_code == 404} == {}
