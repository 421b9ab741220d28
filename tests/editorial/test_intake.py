"""What keeps programs from the forms, and never a slow human."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from editorial import intake, post
from editorial.models import Correspondence, Message
from editorial.models.correspondence import State
from network import clock
from tests.editorial.test_correspondence import (  # noqa: F401 - fixtures
    READER,
    SAID,
    ask,
    confirmed,
    kinds,
    opened,
    piece,
    relayed,
    to_author,
    to_desk,
)
from tests.editorial.test_post import mail_to, postbox  # noqa: F401 - fixtures


def test_a_form_that_is_sent_too_fast_keeps_all_and_is_taken_when_pressed_again(client, piece):  # noqa: F811
    token = opened(f"author-{piece.pk}", 1)
    quick = client.post(reverse("articles:contact", args=[piece.slug]), SAID | {"opened": token})

    assert "press the button once more" in quick.text
    assert "You forgot the terns." in quick.text
    assert token in quick.text
    assert not Correspondence.objects.exists()

    with clock.at(clock.now() + timedelta(seconds=4)):
        again = client.post(reverse("articles:contact", args=[piece.slug]), SAID | {"opened": token})
    assert again.url == "/letters/sent/"


def test_a_form_may_stay_open_for_months(client, piece):  # noqa: F811
    assert to_author(client, piece, ago=200 * 86_400).url == "/letters/sent/"


@pytest.mark.parametrize("token", ["", "1:x", "\x00", "9" * 2000])
def test_a_form_whose_word_is_not_ours_comes_back_whole_with_a_new_one(token, client, piece):  # noqa: F811
    page = to_author(client, piece, opened=token)

    assert page.status_code == 200
    assert "You forgot the terns." in page.text
    assert not Correspondence.objects.exists()
    renewed = re.search(r'name="opened" value="([^"]+)"', page.text)[1]
    with clock.at(clock.now() + timedelta(seconds=5)):
        assert to_author(client, piece, opened=renewed).url == "/letters/sent/"


def test_the_word_of_one_form_opens_no_other(client, piece):  # noqa: F811
    page = to_author(client, piece, opened=opened("desk"))

    assert page.status_code == 200
    assert not Correspondence.objects.exists()


def test_the_trap_asks_to_be_emptied(client, piece):  # noqa: F811
    page = to_author(client, piece, website="x")

    assert "This has to stay empty" in page.text
    assert 'aria-hidden="true"' not in page.text.split("<main")[1]
    assert not Correspondence.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, 302),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 302),
        ({}, 302),
    ],
)
def test_a_form_from_another_site_is_shown_and_not_taken(headers, status, client, piece):  # noqa: F811
    answer = to_author(client, piece, headers=headers)

    assert answer.status_code == status
    assert Correspondence.objects.exists() == (status == 302)
    if status == 403:
        assert "You forgot the terns." in answer.text


def test_a_confirmation_from_another_site_confirms_nothing(client, piece):  # noqa: F811
    to_author(client, piece)
    address = reverse("letter_confirm", args=[Correspondence.objects.get().confirmation()])

    client.post(address, headers={"Sec-Fetch-Site": "cross-site"})

    assert Correspondence.objects.get().state == State.UNCONFIRMED


def test_the_same_letter_again_makes_no_second_one(client, piece, relayed):  # noqa: F811
    again = to_author(client, piece, text="you forgot  the TERNS.\r\nThey were there too.")

    assert again.url == "/letters/sent/"
    assert kinds() == ["letter_confirm", "letter_relayed"]
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("vary", "most"),
    [
        (lambda n: {"email": f"r{n}@reader.example"}, intake.MOST_FROM_ONE_PLACE),
        (lambda n: {"text": f"Letter {n}"}, intake.MOST_FROM_ONE_ADDRESS),
    ],
)
def test_limits_say_when_to_come_back_and_keep_what_was_typed(vary, most, client, piece):  # noqa: F811
    answers = [to_author(client, piece, **vary(number)) for number in range(most + 1)]

    assert [answer.status_code for answer in answers] == [302] * most + [429]
    assert "Yours is still below" in answers[-1].text
    assert Correspondence.objects.count() == most


def test_the_intake_of_an_hour_has_an_end_and_gives_the_plain_address(client, piece, settings):  # noqa: F811
    settings.LETTERS_AN_HOUR = 2
    answers = [
        to_author(client, piece, email=f"r{number}@reader.example", headers={"X-Forwarded-For": "x"})
        for number in range(3)
    ]

    assert answers[-1].status_code == 429
    assert "or mail it to desk@signal.example" in answers[-1].text
    assert Correspondence.objects.count() == 2
    kept = " ".join(cache._cache)
    assert "127.0.0.1" not in kept
    assert "reader.example" not in kept


BAD = ["\x00", "x" * 1_000_000, "\ud83d", "{name}", "{key}", "<script>alert(1)</script>", "=?utf-8?q?x?="]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_no_form_fails_on_what_is_typed(bad, client, piece):  # noqa: F811
    bad = bad.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    for name in (*SAID, "author", "may_be_published", "opened", "website", "topic", "piece", "quote"):
        typed = {name: bad}
        pages = [to_author(client, piece, **typed), to_desk(client, **typed), ask(client, piece, **typed)]

        assert all(page.status_code in (200, 302, 429) for page in pages)
        assert not any("<script>alert(1)</script>" in page.text for page in pages)


def test_a_name_makes_no_header_and_no_address(client, piece, postbox):  # noqa: F811
    to_author(client, piece, name="Rosa\r\nBcc: all@people.example")
    assert not Correspondence.objects.exists()

    to_author(client, piece, name="Rosa\r\nBcc: all", text="Hello\r\n.\r\nMAIL FROM:<z@people.example>\r\n.")
    confirmed(client)
    post.sweep()

    assert [letter.message["Bcc"] for letter in postbox.letters if letter.message["Bcc"]] == []
    assert {address for letter in postbox.letters for address in letter.to} <= {READER, "ana@people.example"}
    assert sum("letter" in letter.message["Subject"] for letter in postbox.letters) == 1
