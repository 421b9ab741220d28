"""What the site knows of its readers: nothing that it keeps. Every address that is open to anybody is looked at."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from articles.models import Tag
from network.models import Network
from tests import factories

ADDRESS = "203.0.113.77"
READER = {"REMOTE_ADDR": ADDRESS, "HTTP_X_FORWARDED_FOR": ADDRESS, "HTTP_USER_AGENT": "A reader's browser"}
OTHER_ROOMS = ("contribute/", "accounts/", "admin/", "markdownx/", "join/")


def addresses(resolver=None, prefix: str = "") -> list[str]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if route.startswith(OTHER_ROOMS):
            continue
        if isinstance(entry, URLResolver):
            found += addresses(entry, route)
        elif isinstance(entry, URLPattern):
            found.append(route)
    return found


@pytest.fixture
def paths(cast, at_stage):
    """Every address that readers have, each of them of something that is there."""
    piece = factories.make_piece(cast.ana, cast.section)
    picture = factories.make_picture(piece, cast.ana)
    piece.lead_picture = picture
    piece.save(update_fields=["lead_picture"])
    piece = factories.advance(piece, "published", cast)
    piece.tags.add(Tag.objects.create(name="Gulls", slug="gulls"))
    moment = piece.published_at
    values = {
        "form": "rss.xml",
        "kind": "pieces",
        "number": 1,
        "version": 1,
        "reference": picture.reference,
        "name": "whole-480.avif",
        "year": moment.year,
        "month": f"{moment:%m}",
    }
    slugs = {"sections/": "opinion", "tags/": "gulls", "authors/": "ana-ruiz"}

    def filled(route: str) -> str:
        slug = next((slug for room, slug in slugs.items() if route.startswith(room)), piece.slug)
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str((values | {"slug": slug}).get(match[1], 1)), route)

    return [filled(route) for route in addresses()]


def test_paths_are_of_pages_that_are_there(client, paths):
    answers = {path: client.get(path).status_code for path in paths}

    assert [path for path, status in answers.items() if status == 200 and path.count("/") < 3]
    missing = {path for path, status in answers.items() if status not in (200, 301, 302)}
    # She has no portrait, the first version changed nothing, nothing may be republished, and nobody has written.
    assert {path for path in missing if not path.startswith(("/letters/", "/corrections/requests/"))} == {
        "/authors/ana-ruiz/portrait/",
        "/articles/gulls-at-six/versions/1/changes/",
        "/articles/gulls-at-six/republish/",
    }


def test_no_page_for_readers_sets_a_cookie_or_may_be_kept_by_name(client, paths):
    for path in [*paths, "/search/?q=gulls", "/nowhere/", "/articles/?page=1"]:
        response = client.get(path, **READER)

        assert not response.cookies, path
        assert "Set-Cookie" not in response.headers, path
        assert "Cookie" not in response.get("Vary", ""), path


def test_no_address_of_a_reader_is_stored(client, paths):
    for path in [*paths, "/search/?q=gulls"]:
        client.get(path, **READER)
        client.head(path, **READER)

    assert [table for table in tables() if ADDRESS in everything_in(table)] == []
    assert ADDRESS not in str(getattr(cache, "_cache", ""))


def test_address_that_is_stored_would_be_found(network):
    Network.objects.update(tagline=ADDRESS)

    assert [table for table in tables() if ADDRESS in everything_in(table)] == ["network_network"]


def tables() -> list[str]:
    return sorted(connection.introspection.django_table_names(only_existing=True))


def everything_in(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return str(cursor.fetchall())


FETCHED = re.compile(
    r'<(?:(?:img|source|script|iframe|video|audio|embed)\b[^>]*? src|link rel="(?:stylesheet|icon)"[^>]*? href)="([^"]*)"'
)


def test_browser_fetches_nothing_from_another_host_and_runs_no_script(client, paths):
    seen = []
    for path in paths:
        response = client.get(path)
        if not response.streaming and response["Content-Type"].startswith("text/html"):
            page = response.content.decode()
            fetched = FETCHED.findall(page)
            seen += fetched
            assert [address for address in fetched if not address.startswith("/") or address.startswith("//")] == [], (
                path
            )
            assert not re.search(r"<script(?![^>]*application/ld\+json)", page), path

    assert "/static/css/reader.css" in seen
    assert any(address.startswith("/pictures/") for address in seen)


@pytest.mark.parametrize("words", ["Signal House answers within a month.", ""])
def test_privacy_says_what_the_site_does_and_what_its_people_add(client, network, words):
    Network.objects.update(privacy=words)

    page = client.get("/about/privacy/").content.decode()

    for said in ("No page for readers sets a cookie", "stores no network address", "desk@signal.example"):
        assert said in page
    assert (words or "Signal House runs this site.") in page


def test_about_counts_what_there_is_and_links_its_policies(client, cast, at_stage):
    Network.objects.update(
        masthead="**Editor:** Rag", policies="## Mistakes\n\nWe mend them.\n\n## Mistakes\n\nAgain.\n"
    )
    assert "will be counted here from the first one on" in client.get("/about/").content.decode()
    at_stage("published")

    page = client.get("/about/").content.decode()

    assert "<strong>Editor:</strong> Rag" in page
    assert '<h2 id="s-mistakes">Mistakes</h2>' in page
    assert '<a href="#s-mistakes-2">Mistakes</a>' in page
    assert "<dt>Pieces</dt><dd>1</dd>" in page
    assert "<dt>Authors</dt><dd>1</dd>" in page
    assert 'id="policies"' in page
    assert page.count("do not necessarily reflect") == 0


def test_fields_of_the_two_pages_are_in_the_admin(client, cast):
    client.force_login(cast.root)

    page = client.get("/admin/network/network/1/change/").content.decode()

    for name in ("masthead", "policies", "privacy"):
        assert f'name="{name}"' in page
