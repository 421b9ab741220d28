"""Sections and tags: their pages, and their addresses for ever."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.models import OldSectionSlug, OldTagSlug, Section, Tag
from editorial import seeding

PLACES = {Section: ("sections", OldSectionSlug), Tag: ("tags", OldTagSlug)}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture(params=PLACES, ids=["section", "tag"])
def place(request, network):
    return request.param.objects.create(name="Rivers", slug="rivers")


def path_of(place, slug: str) -> str:
    return f"/{PLACES[type(place)][0]}/{slug}/"


def move(place, slug: str) -> None:
    place.slug = slug
    place.full_clean()
    place.save()


def test_old_address_leads_to_the_one_of_today_in_one_hop(client, place):
    move(place, "streams")
    move(place, "brooks")

    for old in ("rivers", "streams"):
        response = client.get(path_of(place, old) + "?page=1")
        assert (response.status_code, response["Location"]) == (301, path_of(place, "brooks") + "?page=1")
    assert client.get(path_of(place, "brooks")).status_code == 200


def test_address_that_comes_back_is_the_current_one(client, place):
    move(place, "streams")
    move(place, "rivers")

    assert client.get(path_of(place, "rivers")).status_code == 200
    assert client.get(path_of(place, "streams"))["Location"] == path_of(place, "rivers")


def test_address_that_another_once_had_is_refused(place):
    move(place, "streams")
    other = type(place)(name="Other", slug="rivers")

    with pytest.raises(ValidationError, match="had it once"):
        other.full_clean()
    with pytest.raises(IntegrityError, match="once had this address"), transaction.atomic():
        other.save()
    assert type(place).objects.count() == 1


def test_database_refuses_an_address_that_is_left_without_a_trace(client, place):
    with pytest.raises(IntegrityError, match="leads on, for ever"), transaction.atomic():
        type(place).objects.update(slug="elsewhere")

    assert client.get(path_of(place, "rivers")).status_code == 200


def test_place_is_never_deleted(place):
    with pytest.raises(IntegrityError, match="answers for good"), transaction.atomic():
        place.delete()

    assert type(place).objects.get() == place


def test_address_is_changed_in_the_admin_and_nothing_is_deleted_there(client, cast, place):
    client.force_login(cast.root)
    page = f"/admin/articles/{place._meta.model_name}/{place.pk}/"

    client.post(page + "change/", {"name": "Streams", "slug": "streams", "position": 0})
    answer = client.post(page + "delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert [old.slug for old in place.old_slugs.all()] == ["rivers"]
    assert type(place).objects.get(pk=place.pk).slug == "streams"


@pytest.mark.parametrize("slug", ["nowhere", "x" * 300])
def test_place_that_never_was_is_a_404(client, place, slug):
    assert client.get(path_of(place, slug)).status_code == 404


def test_sections_and_tags_are_listed_with_how_many_pieces_they_have(client, cast, at_stage):
    Section.objects.create(name="Empty", slug="empty")
    used, unused = Tag.objects.create(name="gulls", slug="gulls"), Tag.objects.create(name="foxes", slug="foxes")
    at_stage("published").tags.add(used)
    at_stage("ready", headline="Hidden").tags.add(used, unused)

    sections, tags = text_of(client.get("/sections/")), text_of(client.get("/tags/"))

    assert '<a href="/sections/opinion/">Opinion</a></h2> <p class="count">1 piece</p>' in sections
    assert "No piece yet" in sections
    assert '<a href="/tags/gulls/">Gulls</a> <span class="count">1<' in tags
    assert "foxes" not in tags.lower()


def test_empty_lists_say_what_will_be_there(client, network):
    assert "Each section will have a line here" in text_of(client.get("/sections/"))
    assert "Subjects will be listed here" in text_of(client.get("/tags/"))


@pytest.mark.parametrize(
    "path", ["/", "/articles/", "/sections/", "/sections/opinion/", "/tags/", "/tags/rivers/", "/about/"]
)
def test_lists_take_as_many_queries_for_a_few_pieces_as_for_forty(client, monkeypatch, network, path):
    monkeypatch.setattr("editorial.seeding.words.SECTIONS", (("opinion", "Opinion"),))
    monkeypatch.setattr("editorial.seeding.words.TAGS", ["rivers"])
    seeding.seed(10, 2)
    few = queries_of(client, path)
    seeding.seed(30, 3)

    assert few == queries_of(client, path)


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
