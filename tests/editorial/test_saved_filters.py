"""Filters that somebody at the desk keeps under a name."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from editorial.models import SavedFilter
from editorial.models.saved_filter import MOST, only_known

QUEUE = "/admin/articles/article/"
KEEP = f"{QUEUE}filters/keep/"


@pytest.fixture
def edda(client, cast):
    client.force_login(cast.edda)
    return client


def kept(user) -> list[tuple[str, str]]:
    return list(user.saved_filters.values_list("name", "query"))


@pytest.mark.parametrize(
    "typed, known",
    [
        ("queue=mine&q=gulls", "queue=mine&q=gulls"),
        ("q=gulls+at+six&p=4&queue=blocked%3Abio", "queue=blocked%3Abio&q=gulls+at+six"),
        ("next=//evil.example&q=%3Cb%3E", "q=%3Cb%3E"),
        ("q=one&q=two", "q=two"),
        ("p=3", ""),
        ("q=", ""),
        ("q=%00", ""),
        ("&&&", ""),
        ("q=" + "x" * 600, ""),
        ("&".join(f"a{number}=1" for number in range(90)), ""),
    ],
)
def test_only_what_chooses_pieces_is_known(typed, known):
    assert only_known(typed) == known


def test_what_is_chosen_is_kept_shown_on_the_index_and_removed(edda, cast, at_stage):
    at_stage("submitted", headline="About gulls.")
    page = edda.get(QUEUE, {"queue": "unclaimed", "q": "gulls", "p": "1"}).content.decode()
    assert 'name="query" value="queue=unclaimed&amp;q=gulls"' in page

    edda.post(KEEP, {"query": "queue=unclaimed&q=gulls&p=1", "name": "  Birds   first "})

    assert kept(cast.edda) == [("Birds first", "queue=unclaimed&q=gulls")]
    assert f'href="{QUEUE}?queue=unclaimed&amp;q=gulls">Birds first</a>' in edda.get("/admin/").content.decode()
    edda.post(f"{QUEUE}filters/{cast.edda.saved_filters.get().pk}/remove/")
    assert kept(cast.edda) == []
    assert "It stands here, for you alone." in edda.get("/admin/").content.decode()


def test_the_same_name_takes_the_place_of_what_was(edda, cast):
    for query in ("queue=mine", "queue=ready"):
        edda.post(KEEP, {"query": query, "name": "Today"})

    assert kept(cast.edda) == [("Today", "queue=ready")]


@pytest.mark.parametrize(
    "query, name, sentence",
    [
        ("", "Mine", "There is nothing to keep yet."),
        ("p=2", "Mine", "There is nothing to keep yet."),
        ("queue=mine", " \0 ", "Give the filter a name."),
        ("queue=mine", "x" * 61, "The name is too long."),
        ("queue=mine", "x" * 1_000_000, "The name is too long."),
    ],
)
def test_what_cannot_be_kept_says_why_and_keeps_nothing(query, name, sentence, edda, cast):
    page = edda.post(KEEP, {"query": query, "name": name}, follow=True)

    assert sentence in page.content.decode()
    assert kept(cast.edda) == []


def test_there_is_a_most(edda, cast):
    for number in range(MOST):
        SavedFilter.objects.create(owner=cast.edda, name=f"Filter {number}", query="q=x")

    page = edda.post(KEEP, {"query": "q=y", "name": "One more"}, follow=True).content.decode()
    edda.post(KEEP, {"query": "q=y", "name": "Filter 3"})

    assert f"You have {MOST} filters, which is the most." in page
    assert cast.edda.saved_filters.count() == MOST
    assert cast.edda.saved_filters.get(name="Filter 3").query == "q=y"


def test_a_filter_is_its_owners_alone(client, cast):
    theirs = SavedFilter.objects.create(owner=cast.edda, name="Private words", query="q=x")
    client.force_login(cast.emil)

    assert "Private words" not in client.get("/admin/").content.decode()
    assert client.post(f"{QUEUE}filters/{theirs.pk}/remove/").status_code == 404
    assert client.post(f"{QUEUE}filters/{10**20}/remove/").status_code == 404
    assert kept(cast.edda) == [("Private words", "q=x")]


def test_only_the_desk_keeps_filters_and_never_by_get(client, cast):
    for person, answer in ((cast.root, 403), (cast.ana, 302)):
        client.force_login(person)
        assert client.post(KEEP, {"query": "q=x", "name": "Mine"}).status_code == answer
    client.force_login(cast.edda)
    assert client.get(KEEP, {"query": "q=x", "name": "Mine"}).status_code == 405

    assert not SavedFilter.objects.exists()


def test_the_index_takes_as_many_queries_for_one_filter_as_for_twenty(edda, cast):
    SavedFilter.objects.create(owner=cast.edda, name="First", query="q=x")
    edda.get("/admin/")
    with CaptureQueriesContext(connection) as one:
        edda.get("/admin/")
    for number in range(19):
        SavedFilter.objects.create(owner=cast.edda, name=f"Filter {number}", query="q=x")
    with CaptureQueriesContext(connection) as twenty:
        edda.get("/admin/")

    assert len(twenty) == len(one)


def test_the_database_keeps_no_filter_without_words_and_no_name_twice(cast):
    good = {"owner": cast.edda, "name": "Mine", "query": "q=x"}
    SavedFilter.objects.create(**good)
    for wrong in ({"name": ""}, {"query": ""}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedFilter.objects.create(**good | wrong)
        with pytest.raises(ValidationError):
            SavedFilter(**good | wrong).full_clean()
