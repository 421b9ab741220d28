"""A letter that may have arrived: on record before its text goes, never sent twice by itself, decided by a person."""

import asyncio
import ssl
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, connection

from authors.models import Author
from editorial import post
from editorial.models import Letter
from network import clock
from tests.editorial.test_correspondence import piece, relayed  # noqa: F401
from tests.editorial.test_post import Postbox, free_port, later, letter, mail_to, postbox, reread, served  # noqa: F401

UNSURE = "/admin/editorial/letter/unsure/"


class Silent(Postbox):
    """A mail server that takes the text of a letter, and is gone before it says so."""

    async def handle_DATA(self, server, session, envelope):
        await super().handle_DATA(server, session, envelope)
        server.transport.abort()


@pytest.fixture
def silent(mail_to):  # noqa: F811
    box = Silent()
    with served(box) as port:
        mail_to(port)
        yield box


@pytest.fixture
def unsure(letter, silent) -> Letter:  # noqa: F811
    assert not post.deliver.call(letter.pk)
    return reread(letter)


def test_a_letter_without_an_answer_does_not_go_out_again(unsure, silent):
    with later(days=2):
        assert post.sweep() == 0
        assert not post.deliver.call(unsure.pk)

    assert len(silent.letters) == 1
    assert unsure.may_have_arrived
    assert "closed" in unsure.last_error


def test_one_who_decides_sends_it_again_under_its_message_id(unsure, silent, postbox):  # noqa: F811
    post.send_again(unsure)

    assert post.sweep() == 1
    ids = [box.letters[0].message["Message-ID"] for box in (silent, postbox)]
    assert ids == [f"<letter-{unsure.pk}@signal.example>"] * 2
    assert reread(unsure).sent_at is not None


def test_one_who_decides_counts_it_as_sent(unsure):
    post.count_as_sent(unsure)

    assert reread(unsure).sent_at == unsure.handed_over_at
    assert post.sweep() == 0


def test_nobody_decides_about_a_letter_whose_fate_is_known(letter, postbox):  # noqa: F811
    post.deliver.call(letter.pk)
    sent = reread(letter)

    post.send_again(letter)
    post.count_as_sent(letter)

    assert (reread(letter).sent_at, reread(letter).tries) == (sent.sent_at, 1)
    assert post.sweep() == 0


@pytest.mark.parametrize("answer", ["451 Come back later", "554 Not this one", "421 Going down"])
def test_a_letter_that_is_refused_is_not_in_doubt(answer, letter, postbox):  # noqa: F811
    postbox.refuses = answer

    assert not post.deliver.call(letter.pk)

    assert reread(letter).handed_over_at is None
    assert answer[4:] in reread(letter).last_error


def test_a_letter_that_met_no_server_is_not_in_doubt(letter, mail_to):  # noqa: F811
    mail_to(free_port())

    post.deliver.call(letter.pk)

    assert reread(letter).handed_over_at is None


@pytest.mark.django_db(transaction=True)
def test_it_is_on_record_before_the_server_has_the_text(letter, postbox, monkeypatch):  # noqa: F811
    seen = []

    class Watched(Postbox):
        async def handle_DATA(self, server, session, envelope):
            seen.append(await asyncio.to_thread(looked_up, letter.pk))
            return "250 Taken"

    def looked_up(pk: int) -> bool:
        try:
            return Letter.objects.get(pk=pk).handed_over_at is not None
        finally:
            connection.close()

    monkeypatch.setattr(type(postbox), "handle_DATA", Watched.handle_DATA)

    assert post.deliver.call(letter.pk)
    assert seen == [True]


@pytest.mark.django_db(transaction=True)
def test_no_text_goes_where_that_cannot_be_noted(letter, postbox):  # noqa: F811
    with connection.execute_wrapper(refuses_to_note), pytest.raises(DatabaseError):
        post.deliver.call(letter.pk)

    assert postbox.letters == []
    assert reread(letter).handed_over_at is None
    with later(seconds=post.LEASE.total_seconds() + 1):
        assert post.sweep() == 1


def refuses_to_note(execute, sql, parameters, many, context):
    if sql.startswith("UPDATE") and '"handed_over_at" = ' in sql:
        raise DatabaseError("The disk is full.")
    return execute(sql, parameters, many, context)


def test_an_encrypted_conversation_says_so_as_well(letter, settings, tmp_path, monkeypatch, mail_to):  # noqa: F811
    """`smtps://`: the class for it is another one, and a letter over it must not lose its mark."""
    context, certificate = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    box = Silent()
    with served(box, server_hostname="localhost", ssl_context=context) as port:
        mail_to(port)
        settings.EMAIL_USE_SSL = True
        assert not post.deliver.call(letter.pk)

    assert len(box.letters) == 1
    assert reread(letter).may_have_arrived


def certified(folder) -> tuple[ssl.SSLContext, object]:
    """What a server on 127.0.0.1 needs to speak TLS, and the file of a certificate that whoever asks may trust."""
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context, certificate


def test_nobody_decides_about_a_letter_that_is_being_sent(letter):  # noqa: F811
    soon = clock.now() + post.LEASE
    Letter.objects.filter(pk=letter.pk).update(handed_over_at=clock.now(), next_try_at=soon, tries=1)

    post.send_again(letter)
    post.count_as_sent(letter)

    assert not reread(letter).may_have_arrived
    assert (reread(letter).sent_at, reread(letter).tries) == (None, 1)
    with later(seconds=post.LEASE.total_seconds() + 1):
        assert post.sweep() == 0
        assert reread(letter).may_have_arrived


# The page


def test_the_desk_decides_on_a_page(client, cast, unsure, postbox):  # noqa: F811
    client.force_login(cast.edda)
    assert "may have arrived" in client.get("/admin/editorial/letter/").text
    assert "We have your piece" in client.get(UNSURE).text

    answer = client.post(UNSURE, {"letter": unsure.pk, "again": "1"}, follow=True)

    assert "The letter goes out again." in answer.text
    assert "There is none" in answer.text
    assert post.sweep() == 1
    assert LogEntry.objects.get().user == cast.edda


def test_the_desk_counts_it_as_sent_once(client, cast, unsure):
    client.force_login(cast.edda)

    answers = [client.post(UNSURE, {"letter": unsure.pk, "arrived": "1"}, follow=True).text for _ in range(2)]

    assert "The letter counts as sent." in answers[0]
    assert "Somebody else has decided" in answers[1]
    assert reread(unsure).sent_at == unsure.handed_over_at


@pytest.mark.parametrize("number", ["", "x", "-1", "99999999999999999999", "9" * 5_000, "²"])
def test_a_number_that_is_none_decides_nothing(number, client, cast, unsure):
    client.force_login(cast.edda)

    answer = client.post(UNSURE, {"letter": number, "again": "1"}, follow=True)

    assert "Somebody else has decided" in answer.text
    assert reread(unsure).may_have_arrived


def test_what_is_between_a_reader_and_an_author_is_decided_and_not_read(client, cast, relayed):  # noqa: F811
    Letter.objects.exclude(correspondence=relayed).update(sent_at=clock.now())
    hidden = Letter.objects.get(kind="letter_relayed")
    answer = "{'rosa@people.example': (450, b'Greylisted')}"  # to a try before
    Letter.objects.filter(pk=hidden.pk).update(handed_over_at=clock.now(), next_try_at=clock.now(), last_error=answer)
    client.force_login(cast.edda)

    shown = client.get(UNSURE).text
    client.post(UNSURE, {"letter": hidden.pk, "arrived": "1"})

    assert "Letter relayed" in shown
    assert not any(word in shown for word in ("Rosa", "rosa", "Ana", "Greylisted", hidden.subject))
    assert reread(hidden).sent_at
    assert LogEntry.objects.get().object_repr == "Letter relayed"


def test_a_party_to_a_letter_does_not_decide_about_it(client, cast, relayed):  # noqa: F811
    Letter.objects.exclude(correspondence=relayed).update(sent_at=clock.now())
    hidden = Letter.objects.get(kind="letter_relayed")
    Letter.objects.filter(pk=hidden.pk).update(handed_over_at=clock.now(), next_try_at=clock.now(), to=cast.bo)
    Author.objects.filter(user=cast.ana).update(user=cast.edda)
    client.force_login(cast.edda)

    shown = client.get(UNSURE).text
    client.post(UNSURE, {"letter": hidden.pk, "arrived": "1"})

    assert "There is none" in shown
    assert reread(hidden).sent_at is None


def test_of_two_who_decide_the_second_changes_nothing(unsure):
    assert post.count_as_sent(unsure)
    assert not post.send_again(unsure)
    assert not post.count_as_sent(unsure)


def test_the_page_is_found_from_the_list(client, cast):
    client.force_login(cast.edda)

    assert f'href="{UNSURE}"' in client.get("/admin/editorial/letter/").text


def test_who_must_not_judge_a_piece_decides_about_none_of_its_letters(client, cast, unsure):
    cast.edda.recusals.create(article=unsure.article, reason="My cousin’s piece.")
    client.force_login(cast.edda)

    shown = client.get(UNSURE).text
    client.post(UNSURE, {"letter": unsure.pk, "arrived": "1"})

    assert "There is none" in shown
    assert reread(unsure).may_have_arrived


def test_the_list_is_filtered_by_what_became_of_a_letter(client, cast, unsure, postbox):  # noqa: F811
    letters = {"waiting": {}, "given_up": {"tries": post.MOST_TRIES}, "sent": {"sent_at": clock.now()}}
    for name, fields in letters.items():
        Letter.objects.create(to=cast.ana, kind="digest", subject=f"Of {name}", body="x", **fields)
    client.force_login(cast.edda)

    for state in letters:
        shown = client.get(f"/admin/editorial/letter/?state={state}").text
        assert [name for name in letters if f"Of {name}" in shown] == [state]
    shown = client.get("/admin/editorial/letter/?state=unsure").text
    assert "We have your piece" in shown
    assert "Of " not in shown.split('id="result_list"')[1].split("</table>")[0]
