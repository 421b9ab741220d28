"""A reader's letter and its answer, by real mail from end to end."""

import io
import re
from types import SimpleNamespace

from django.core.management import call_command

from editorial import post
from tests.editorial.test_correspondence import READER, piece, relayed, to_author  # noqa: F401 - fixtures
from tests.editorial.test_post import mail_to, postbox  # noqa: F401 - fixtures


def mail(said: SimpleNamespace) -> str:
    """All of a mail as it arrived, headers and every part decoded."""
    parts = [part.get_content() for part in said.message.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in said.message.items()), *parts])


def test_neither_address_is_anywhere_in_what_the_other_gets(client, cast, piece, postbox, settings):  # noqa: F811
    settings.EMAIL_REPLY = "reply@letters.signal.example"
    to_author(client, piece)
    post.sweep()
    address = re.search(r"/letters/confirm/[^/]+/", mail(postbox.letters[-1]))[0]
    client.post(address)
    post.sweep()
    at_author = postbox.letters[-1]
    receive(answer_to(at_author, cast.ana.email, "Ana Ruiz", "The terns were asleep."))
    post.sweep()
    at_reader = postbox.letters[-1]
    receive(answer_to(at_reader, READER, "Rosa", "They never are."))
    post.sweep()
    last = postbox.letters[-1]

    assert [letter.to for letter in postbox.letters[-3:]] == [["ana@people.example"], [READER], ["ana@people.example"]]
    assert "The terns were asleep." in mail(at_reader)
    assert "They never are." in mail(last)
    for to_ana in (at_author, last):
        assert "rosa.canary" not in mail(to_ana).lower()
        assert "reader.example" not in mail(to_ana).lower()
    assert "people.example" not in mail(at_reader).lower().replace(READER, "")
    for letter in (at_author, at_reader, last):
        assert letter.message["From"] == "The Signal <desk@signal.example>"
        assert re.fullmatch(r"reply\+[0-9a-f]{32}@letters\.signal\.example", letter.message["Reply-To"])
        assert letter.message["Auto-Submitted"] == "auto-generated"
        assert letter.sender == "desk@signal.example"
    assert at_author.message["Reply-To"] != at_reader.message["Reply-To"]


def receive(data: bytes) -> None:
    call_command("receive_letter", stdin=io.BytesIO(data))


def answer_to(letter: SimpleNamespace, sender: str, name: str, text: str) -> bytes:
    """As a mail program answers: with the address in the headers, the quotation and the signature."""
    quoted = "\n".join(f"> {line}" for line in mail(letter).splitlines()[:12])
    lines = [
        "Received: from laptop (host.people.example [192.0.2.7]) by mx; " + sender,
        f"From: {name} <{sender}>",
        f"To: {letter.message['Reply-To']}",
        f"Subject: Re: {letter.message['Subject']}",
        f"Message-ID: <{abs(hash(text))}@{sender.partition('@')[2]}>",
        f"In-Reply-To: {letter.message['Message-ID']}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
        f"Write to me at {sender} if you like.",
        "",
        f"On Monday, 1 March 2027, {name} <{sender}>",
        "wrote:",
        quoted,
        "-- ",
        f"{name}, {sender}",
    ]
    return "\n".join(lines).encode()


def test_without_inbound_mail_a_letter_has_a_link_and_no_dead_address(client, piece, postbox, relayed):  # noqa: F811
    post.sweep()

    at_author = next(letter for letter in postbox.letters if "A reader wrote to you" in letter.message["Subject"])
    assert at_author.message["Reply-To"] is None
    assert f"/contribute/letters/{relayed.pk}/" in mail(at_author)
    assert "an answer to this mail would reach the desk" in mail(at_author)
