"""Mails that answer a letter: whose they are, what is dropped, and what is left of them."""

import io
import time

import pytest
from django.core.management import CommandError, call_command

from editorial import correspondence, inbound
from editorial.models import Letter, Message
from editorial.post import alias
from tests.editorial.test_correspondence import READER, piece, relayed  # noqa: F401 - fixtures


def handed_in(data: bytes, to: str = "") -> None:
    """To the command that a mail server runs."""
    call_command("receive_letter", stdin=io.BytesIO(data), to=to)


@pytest.fixture(autouse=True)
def _mail_comes_in(settings):
    settings.EMAIL_REPLY = "reply@letters.signal.example"


def written(
    to: str, body: str = "Thank you.", *headers: str, kind: str = "text/plain", charset: str = "utf-8"
) -> bytes:
    lines = [
        "From: Ana <ana@people.example>",
        f"To: {to}",
        "Message-ID: <1@people.example>",
        *headers,
        f"Content-Type: {kind}; charset={charset}",
        "",
        body,
    ]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def texts() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("text", flat=True))[1:]


def test_receive_letter_passes_an_answer_on(relayed):  # noqa: F811
    handed_in(written(alias(relayed.other_key)))

    assert texts() == ["Thank you."]
    letter = Letter.objects.latest("pk")
    assert (letter.kind, letter.address) == ("letter_answered", READER)


def test_receive_letter_goes_by_the_envelope_where_it_is_told(relayed):  # noqa: F811
    handed_in(written("someone@else.example"), to=alias(relayed.reader_key).upper())

    assert Message.objects.latest("pk").side == "reader"


def test_receive_letter_takes_the_same_mail_once(relayed):  # noqa: F811
    for _ in range(3):
        handed_in(written(alias(relayed.other_key)))

    assert texts() == ["Thank you."]


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "Precedence: List",
        "Return-Path: <>",
        "List-Id: <gulls.example>",
        "X-Autoreply: yes",
    ],
)
def test_receive_letter_drops_what_no_person_wrote(header, relayed):  # noqa: F811
    before = Letter.objects.count()

    handed_in(written(alias(relayed.other_key), "I am away.", header))

    assert texts() == []
    assert Letter.objects.count() == before


def test_receive_letter_drops_a_bounce_and_a_letter_of_our_own(relayed):  # noqa: F811
    own = written(alias(relayed.other_key)).replace(b"<1@people.example>", b"<letter-7@signal.example>")
    bounce = written(alias(relayed.other_key), "--b\n\nfailed\n--b--", kind="multipart/report; boundary=b")

    handed_in(own)
    handed_in(bounce)

    assert texts() == []


@pytest.mark.parametrize(
    "to", ["desk@signal.example", f"reply+{'0' * 32}@letters.signal.example", "reply@letters.signal.example", ""]
)
def test_receive_letter_says_that_there_is_nobody(to, relayed):  # noqa: F811
    with pytest.raises(CommandError) as refusal:
        handed_in(written(to))

    assert refusal.value.returncode == 67
    assert texts() == []


def test_the_key_of_a_desk_letter_speaks_for_nobody_else(relayed):  # noqa: F811
    correspondence._set(relayed, to="desk")

    with pytest.raises(CommandError):
        handed_in(written(alias(relayed.other_key)))

    assert texts() == []


@pytest.mark.parametrize(
    "data",
    [
        lambda to: written(to, "x" * 1_100_000),
        lambda to: written(to, "x " * 10_500),
        lambda to: written(to, "> only\n> quoted"),
        lambda to: written(to, "\n\n-- \nAna"),
        lambda to: written(to, "picture", kind="image/png"),
        lambda to: written(to, "", kind="multipart/mixed; boundary=b"),
    ],
)
def test_receive_letter_refuses_what_it_cannot_pass_on(data, relayed):  # noqa: F811
    with pytest.raises(CommandError) as refusal:
        handed_in(data(alias(relayed.other_key)))

    assert refusal.value.returncode == 65
    assert texts() == []


def test_receive_letter_to_a_closed_correspondence_says_so_once(relayed):  # noqa: F811
    correspondence.close(relayed)

    for number in range(2):
        handed_in(written(alias(relayed.reader_key)).replace(b"<1@", f"<{number}@".encode()))

    assert texts() == []
    assert Letter.objects.filter(kind="letter_closed", address=READER).count() == 1


@pytest.mark.parametrize(
    ("kind", "body", "kept"),
    [
        ("text/plain", "Yes.\n\nOn Mon, 1 Mar 2027, The Signal <desk@signal.example> wrote:\n> No?\n> Rosa", "Yes."),
        ("text/plain", "> No?\nYes.\n> Why?\nBecause.", "Yes.\nBecause."),
        ("text/plain", "Yes.\n\n-- \nAna, ana@people.example", "Yes."),
        ("text/plain", "Yes.\n\n-----Original Message-----\nFrom: rosa", "Yes."),
        ("text/plain", "Yes.\n\nFrom: The Signal <desk@signal.example>\nSent: Monday", "Yes."),
        ("text/plain", "From: where I stand it is fine.", "From: where I stand it is fine."),
        ("text/plain", "Write to ana@people.example.", "Write to (address left out)."),
        ("text/plain", "Mail mailto:ANA+x@people.co.example now", "Mail (address left out) now"),
        (
            "text/html",
            "<p>Yes &amp; no.</p><script>x()</script><blockquote>rosa</blockquote><p>Ana</p>",
            "Yes & no.\n\nAna",
        ),
        ("text/html", "<style>p{}</style>One<br>two <a href='mailto:a@people.example'>me</a>", "One\ntwo me"),
        ("text/plain", "a\x00b\x1b[31mc", "ab[31mc"),
    ],
)
def test_words_are_what_somebody_wrote(kind, body, kept, relayed):  # noqa: F811
    handed_in(written(alias(relayed.other_key), body, kind=kind))

    assert texts() == [kept]


def test_words_of_a_mail_in_two_forms_are_its_text(relayed):  # noqa: F811
    parts = "--b\nContent-Type: text/html\n\n<p>Html</p>\n--b\nContent-Type: text/plain\n\nText\n--b--"

    handed_in(written(alias(relayed.other_key), parts, kind="multipart/alternative; boundary=b"))

    assert texts() == ["Text"]


@pytest.mark.parametrize("charset", ["no-such-thing", "ascii", "utf-16", "idna"])
def test_words_survive_any_charset(charset, relayed):  # noqa: F811
    data = written(alias(relayed.other_key), "Möwen", charset=charset)

    try:
        handed_in(data)
    except CommandError as refusal:
        assert refusal.returncode == 65  # noqa: PT017


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 999,
        b"To: <\nFrom: @@\n\n",
        b"Content-Type: multipart/mixed\n\n",
        b"From " * 9999,
    ],
)
def test_receive_letter_takes_any_bytes(data, relayed):  # noqa: F811
    with pytest.raises(CommandError) as refusal:
        handed_in(data)
    assert refusal.value.returncode == 67

    with pytest.raises(CommandError) as refusal:
        handed_in(data, to=alias(relayed.other_key))
    assert refusal.value.returncode == 65


def test_without_the_setting_no_mail_is_anybodys(relayed, settings):  # noqa: F811
    to = alias(relayed.other_key)
    settings.EMAIL_REPLY = ""

    with pytest.raises(inbound.NobodyThere):
        inbound.receive(written(to), to)

    assert texts() == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", "a" * 900_000),
        ("text/plain", "x" + " " * 900_000 + "x"),
        ("text/html", "<a " * 60_000),
        ("text/html", "<blockquote>" * 70_000),
        ("text/plain; charset=\0; charset", "Hello"),
        ("multipart/mixed; boundary=0", "".join(f"--{n}\nContent-Type: multipart/mixed; boundary={n + 1}\n\n" for n in range(3_000))),
    ],
)  # fmt: skip
def test_receive_letter_refuses_at_once_what_is_made_to_hold_it_up(kind, body, relayed):  # noqa: F811
    began = time.monotonic()

    with pytest.raises(CommandError) as refused:
        handed_in(written(alias(relayed.other_key), body, kind=kind))

    assert (refused.value.returncode, texts()) == (65, [])
    assert time.monotonic() - began < 5


def test_receive_letter_never_hands_the_readers_key_to_the_author(relayed):  # noqa: F811
    copy = f"Tak.\n\nSendt: 1. november\nSvar her: https://signal.example/letters/{relayed.reader_key.upper()}/"
    confirmed = f"https://signal.example/letters/confirm/{relayed.confirmation()}/"

    handed_in(written(alias(relayed.reader_key), f"{copy}\n{confirmed}"))

    said = texts()[0]
    assert relayed.reader_key not in said.lower()
    assert relayed.confirmation() not in said
    assert said.startswith("Tak.")
