"""A stranger who tries everything finds what is public, and nothing else."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from articles.models import Article
from editorial.models import Comment
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CANARY = "zanzibar-canary"
PUBLIC = {"", "articles/", "authors/", "disclaimer/"}


def addresses(resolver=None, prefix: str = "") -> list[str]:
    """Every address of the site, as patterns."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += addresses(entry, route)
        elif isinstance(entry, URLPattern):
            found.append(route)
    return found


def filled(route: str, piece: Article, picture) -> str:
    """A real address for a pattern, filled with what belongs to the hidden piece."""
    values = {
        "pk": piece.pk,
        "object_id": piece.pk,
        "slug": piece.slug,
        "reference": picture.reference,
        "name": "approve",
    }
    values |= {"number": 1, "version": 2, "comment_pk": 1}
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values.get(match[1], 1)), route)
    return "/" + re.sub(r"\(\?P<\w+>[^)]*\)|[\\^$?]|\(.*\)", "1", path)


def test_stranger_finds_nothing_of_a_hidden_piece_at_any_address(visitor, cast):
    piece = factories.make_piece(cast.ana, cast.section, headline=f"{CANARY} headline", body=f"{CANARY} body")
    picture = factories.make_picture(piece, cast.ana)
    Comment.objects.create(article=piece, writer=cast.edda, text=f"{CANARY} comment", is_from_desk=True)
    factories.advance(piece, "scheduled", cast)
    piece.refresh_from_db()
    factories.make_disclaimer(in_force_from=None, text=f"{CANARY} disclaimer")
    stranger = visitor()

    seen = {}
    for route in addresses():
        path = filled(route, piece, picture)
        for method in ("get", "post"):
            answer = getattr(stranger.context.request, method)(path, max_redirects=0)
            seen[method, path] = answer.status
            assert CANARY not in answer.text(), path

    assert all(status < 500 for status in seen.values())
    assert seen["get", f"/articles/{piece.slug}/"] == 404
    assert seen["get", f"/pictures/{picture.reference}/"] == 404
    assert seen["get", f"/contribute/{piece.pk}/"] == 302
    assert seen["get", f"/admin/articles/article/{piece.pk}/change/"] == 302
    assert seen["get", "/disclaimer/2/"] == 404


def test_stranger_reads_what_is_published(visitor, cast, at_stage):
    piece = at_stage("published")
    stranger = visitor()

    stranger.go("/")
    stranger.follow(piece.headline)

    stranger.sees("nobody had told the gulls")
    stranger.sees("Opinions expressed here do not necessarily reflect those of Signal House or The Signal.")
    assert stranger.context.cookies() == []


def test_other_contributor_finds_nothing_of_a_piece_that_is_not_theirs(visitor, cast, at_stage):
    piece = at_stage("in_review", headline=f"{CANARY} headline")
    bo = visitor("bo")

    for path in ("", "edit/", "declarations/", "submit/", "proof/", "withdraw/"):
        answer = bo.context.request.get(f"/contribute/{piece.pk}/{path}")
        assert answer.status == 404
        assert CANARY not in answer.text()
