"""Readers' letters and correction requests at the desk: who reads which, and what each page does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authors.models import Tie
from editorial import correspondence
from editorial.models import CorrectionRequest, Correspondence, Letter
from editorial.models.correspondence import State, To
from network import clock
from tests import factories
from tests.editorial.test_correspondence import READER, asked, confirmed, piece, relayed, to_desk  # noqa: F401

LETTERS, REQUESTS = "/admin/editorial/correspondence/", "/admin/editorial/correctionrequest/"


@pytest.fixture
def to_us(client, piece) -> Correspondence:  # noqa: F811
    """A letter of Rosa's to the desk about a piece of Ana's."""
    to_desk(client, topic="piece", piece=piece.get_absolute_url())
    return confirmed(client)


def test_desk_reads_and_answers_by_mail(client, cast, to_us):
    client.force_login(cast.edda)

    assert "Rosa Reader" in client.get(LETTERS).text
    client.post(f"{LETTERS}{to_us.pk}/take/")
    client.post(f"{LETTERS}{to_us.pk}/change/", {"text": "We look at it."})

    to_us.refresh_from_db()
    assert (to_us.state, to_us.assigned_to) == (State.ANSWERED, cast.edda)
    letter = Letter.objects.latest("pk")
    assert (letter.kind, letter.address) == ("letter_answered", READER)
    assert "the desk of The Signal answers your letter" in letter.body
    assert "edda" not in letter.body
    assert "Rosa Reader" not in client.get(LETTERS).text.split('id="changelist-form"')[-1]


@pytest.mark.parametrize("column", ["reader_key", "other_key", "email", "digest", "reported_at"])
def test_desk_cannot_guess_what_no_list_shows(column, client, cast, to_us):
    client.force_login(cast.edda)

    answers = [client.get(f"{LETTERS}?state=all&{column}__startswith={begin}") for begin in ("", "a", "0")]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert client.get(f"{REQUESTS}?correspondence__email__startswith=r").status_code == 400
    assert client.get(f"{REQUESTS}?key__startswith=0").status_code == 400


def test_desk_filters_by_what_the_list_offers(client, cast, to_us):
    client.force_login(cast.edda)
    client.post(f"{LETTERS}{to_us.pk}/take/")

    for chosen in ("state=all", "topic__exact=piece", f"assigned_to__id__exact={cast.edda.pk}"):
        assert "Rosa Reader" in client.get(f"{LETTERS}?{chosen}").text, chosen
    assert client.get(f"{REQUESTS}?outcome=all").status_code == 200


def test_desk_closes_a_letter_from_a_page(client, cast, to_us):
    client.force_login(cast.edda)

    assert client.get(f"{LETTERS}{to_us.pk}/close/").status_code == 200
    to_us.refresh_from_db()
    assert to_us.state == State.OPEN

    client.post(f"{LETTERS}{to_us.pk}/close/")
    to_us.refresh_from_db()
    assert to_us.state == State.CLOSED


def test_desk_does_not_read_what_is_between_a_reader_and_an_author(client, cast, relayed):  # noqa: F811
    client.force_login(cast.edda)
    for address in (LETTERS, f"{LETTERS}?state=all", "/admin/editorial/letter/"):
        assert "Rosa" not in client.get(address).text
        assert READER not in client.get(address).text
    assert client.get(f"{LETTERS}{relayed.pk}/change/").status_code == 404

    correspondence.report(relayed, "Threats.")

    page = client.get(f"{LETTERS}{relayed.pk}/change/").text
    assert "Threats." in page
    assert "terns" in page
    assert READER not in page


@pytest.mark.parametrize("who", ["ana", "bo", "root", "emil", "author on the desk"])
@pytest.mark.parametrize("path", ["change/", "take/", "close/", "history/"])
def test_who_must_not_judge_the_piece_finds_no_letter_about_it(path, who, client, cast, to_us, asked):  # noqa: F811
    if who == "emil":
        Tie.objects.create(author=cast.ana.author, user=cast.emil, kind="family")
    if who == "author on the desk":
        cast.ana.groups.set([*cast.ana.groups.all(), *cast.edda.groups.all()])
        type(cast.ana).objects.filter(pk=cast.ana.pk).update(is_staff=True)
    client.force_login(getattr(cast, who, cast.ana))

    for address in (f"{LETTERS}{to_us.pk}/{path}", f"{REQUESTS}{asked.pk}/{path.replace('take/', 'take-up/')}"):
        for answer in (client.get(address), client.post(address, {"text": "x", "outcome": "unchanged", "words": "x"})):
            assert answer.status_code in (302, 403, 404, 405)
            assert "Rosa" not in answer.text
    to_us.refresh_from_db()
    assert (to_us.state, to_us.assigned_to, to_us.messages.count()) == (State.OPEN, None, 1)
    assert CorrectionRequest.objects.get().looked_at is None


def test_desk_takes_a_request_up_and_closes_it_with_words(client, cast, asked):  # noqa: F811
    client.force_login(cast.edda)
    address = f"{REQUESTS}{asked.pk}/change/"

    assert "Close the request" not in client.get(address).text
    client.post(f"{REQUESTS}{asked.pk}/take-up/")
    refused = client.post(address, {"outcome": "corrected", "words": "Mended."})
    assert "Choose the published version that did it." in refused.text
    assert "Mended." in refused.text
    without = client.post(address, {"outcome": "unchanged", "words": ""})
    assert "Say in words" in without.text
    assert CorrectionRequest.objects.get().outcome == ""

    client.post(address, {"outcome": "unchanged", "words": "The book says otherwise."})

    assert CorrectionRequest.objects.get().outcome == "unchanged"
    assert "The book says otherwise." in client.get(address).text


def test_first_page_of_the_desk_counts_both(client, cast, to_us, asked):  # noqa: F811
    client.force_login(cast.edda)

    page = client.get("/admin/").text

    for title, address in (("Letters from readers", LETTERS), ("Correction requests", REQUESTS)):
        row = page.split(f'<a href="{address}">{title}</a>')[1].split("</tr>")[0]
        assert "<td>1</td>" in row


def test_first_page_counts_nothing_that_is_not_confirmed(client, cast, piece):  # noqa: F811
    to_desk(client)
    client.force_login(cast.edda)

    assert "nothing waits" in client.get("/admin/").text.split(f'href="{LETTERS}"')[1].split("</tr>")[0]
    assert "Rosa" not in client.get(f"{LETTERS}?state=all").text


@pytest.mark.parametrize("address", [LETTERS, REQUESTS])
def test_lists_cost_the_same_for_one_and_for_thirty(address, client, cast, piece, to_us, asked):  # noqa: F811
    client.force_login(cast.edda)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(29):
        said = {
            "state": State.OPEN,
            "confirmed_at": clock.now(),
            "name": f"R{number}",
            "email": READER,
            "article": piece,
        }
        Correspondence.objects.create(to=To.DESK, digest=f"d{number}", assigned_to=cast.emil, **said)
        wanted = Correspondence.objects.create(to=To.CORRECTION, digest=f"c{number}", assigned_to=cast.emil, **said)
        CorrectionRequest.objects.create(correspondence=wanted, quote="x", wrong="y")

    with CaptureQueriesContext(connection) as thirty:
        page = client.get(address)

    assert page.text.count("field-age") == 30
    assert len(thirty) == len(one)


@pytest.mark.parametrize("number", ["0", "x", "9" * 40, "-1", "²"])
def test_any_number_in_an_address_is_answered(number, client, cast):
    client.force_login(cast.edda)

    for base in (LETTERS, REQUESTS):
        assert client.get(f"{base}{number}/change/").status_code == 404


def test_requests_of_one_piece(client, cast, asked):  # noqa: F811
    other = factories.make_piece_at("published", cast, headline="Terns")
    client.force_login(cast.edda)

    found = client.get(f"{REQUESTS}?correspondence__article={asked.correspondence.article_id}&outcome=all").text
    none = client.get(f"{REQUESTS}?correspondence__article={other.pk}&outcome=all").text
    assert f"{REQUESTS}{asked.pk}/change/" in found
    assert f"{REQUESTS}{asked.pk}/change/" not in none
