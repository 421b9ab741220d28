"""The public page on which people apply."""

import pytest
from django.test import Client
from django.urls import reverse

from authors.models import Application
from editorial.models import Letter
from network.models import Network
from tests.editorial.test_joining import SAID


def apply_by_form(client, **changed):
    return client.post("/write-for-us/", SAID | {"website": ""} | changed)


def test_write_for_us_says_what_who_and_when(client, cast):
    Network.objects.update(call="Write about **lamps**.", least_words=300, most_words=900, application_days=7)

    page = client.get("/write-for-us/").content.decode()

    assert "<strong>lamps</strong>" in page
    assert "300 to 900 words" in page
    assert "within 7 days" in page
    assert "The terms, version 1." in page


def test_write_for_us_sets_no_cookie(client, cast):
    shown = client.get("/write-for-us/")
    sent = apply_by_form(client)
    thanked = client.get(sent["Location"])

    assert not shown.cookies
    assert not sent.cookies
    assert not thanked.cookies


def test_write_for_us_needs_no_token(cast):
    """A form that lay open for a day is still accepted: nothing in it runs out."""
    client = Client(enforce_csrf_checks=True)

    assert apply_by_form(client).status_code == 302
    assert Application.objects.count() == 1


@pytest.mark.parametrize("header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_write_for_us_takes_nothing_from_a_page_elsewhere(header, client, cast):
    """Else each visitor of such a page would send a letter to whomever it names, each from a place of their own."""
    sent = client.post("/write-for-us/", SAID | {"website": ""}, headers=header)

    assert sent.status_code == 403
    assert SAID["why"] in sent.content.decode()
    assert not Letter.objects.exists()
    assert not Application.objects.exists()


def test_write_for_us_says_that_it_is_closed(client, cast):
    Network.objects.update(takes_applications=False)

    page = client.get("/write-for-us/").content.decode()
    sent = apply_by_form(client)

    assert "We take no applications at the moment" in page
    assert sent.status_code == 200
    assert not Application.objects.exists()


def test_form_says_what_is_missing_and_keeps_what_was_typed(client, cast):
    page = apply_by_form(client, sample="").content.decode()

    assert "This has not been sent yet" in page
    assert SAID["why"] in page
    assert not Application.objects.exists()


def test_form_answers_the_same_for_a_known_address(client, cast):
    answers = [
        client.get(apply_by_form(client, email=email)["Location"]).content
        for email in ("new@elsewhere.example", "new@elsewhere.example", cast.ana.email)
    ]

    assert len(set(answers)) == 1
    assert Application.objects.count() == 2


def test_trap_keeps_a_program_out_and_tells_a_person(client, cast):
    page = apply_by_form(client, website="https://spam.example/").content.decode()

    assert "This has to stay empty" in page
    assert SAID["why"] in page
    assert not Application.objects.exists()


def test_one_network_address_cannot_flood_the_desk(client, cast):
    answers = [apply_by_form(client, email=f"p{number}@elsewhere.example") for number in range(12)]

    assert [answer.status_code for answer in answers] == [302] * 10 + [429] * 2
    assert SAID["why"] in answers[-1].content.decode()
    assert Application.objects.count() == 10


def test_neighbours_in_ipv6_count_as_one(client, cast):
    for number in range(12):
        client.post(
            "/write-for-us/", SAID | {"email": f"p{number}@x.example"}, REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}"
        )
    client.post("/write-for-us/", SAID | {"email": "far@x.example"}, REMOTE_ADDR="2001:db8:9:9::1")

    assert Application.objects.count() == 11


def test_a_header_nobody_vouches_for_is_not_believed(client, cast):
    for number in range(12):
        said = SAID | {"email": f"p{number}@x.example"}
        client.post("/write-for-us/", said, headers={"x-forwarded-for": f"203.0.113.{number}"})

    assert Application.objects.count() == 10


def test_no_network_address_is_kept(client, cast):
    client.post("/write-for-us/", SAID, REMOTE_ADDR="203.0.113.77")

    assert "203.0.113.77" not in str(Application.objects.values().get())
    assert not Letter.objects.filter(body__contains="203.0.113.77").exists()


def test_menu_leads_to_write_for_us(client, cast):
    assert f'href="{reverse("write_for_us")}"' in client.get("/").content.decode()


@pytest.mark.parametrize("name", ["Win at http://x.example", "win@x.example"])
def test_a_name_with_an_address_in_it_reaches_nobody(name, client, cast):
    said = {"name": name, "email": "new@people.example", "place": "Here", "sample": "A sample.", "why": "Because."}

    client.post("/write-for-us/", said)

    assert not Application.objects.exists()


def test_a_name_stands_on_one_line(client, cast):
    said = {"email": "new@people.example", "place": "Here", "sample": "A sample.", "why": "Because."}

    client.post("/write-for-us/", said | {"name": "New\r\n\r\n  Person"})

    assert Application.objects.get().name == "New Person"
