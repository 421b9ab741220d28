"""The agreement on the author's own pages: what changed since theirs, accepting it, and what they accepted for ever."""

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authors.models import Agreement
from editorial import guards, workflow
from network import clock
from tests import factories

PAGE = "/contribute/agreement/"


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def new_version(version: int, text: str, changes: str) -> Agreement:
    return Agreement.objects.create(version=version, text=text, changes=changes)


def test_agreement_says_what_changed_since_the_version_this_author_accepted(ana):
    new_version(2, "The terms, version 2. Twice.", "Said twice.")
    new_version(3, "The terms, version 3. Thrice.", "Said three times.")
    Agreement.objects.create(version=4, text="Not yet.", in_force_from=clock.now() + timedelta(days=1))

    page = ana.get(PAGE).content.decode()

    assert "What changed since version 1, which you accepted" in page
    assert "Said twice." in page
    assert "Said three times." in page
    assert "<ins>" in page
    assert "Not yet." not in page


def test_agreement_names_the_text_that_was_on_the_screen(ana, cast):
    current = new_version(2, "New terms.", "")

    refused = ana.post(PAGE, {"terms": "0" * 64, "accept": "on"}, follow=True).content.decode()

    assert "The agreement changed while you were reading." in refused
    assert current.acceptances.count() == 0

    ana.post(PAGE, {"terms": current.text_hash})
    assert current.acceptances.count() == 0

    ana.post(PAGE, {"terms": current.text_hash, "accept": "on"})
    assert current.acceptances.get().accepted_by == cast.ana


def test_accepting_lets_a_ready_piece_go_on(ana, cast, at_stage):
    piece = at_stage("ready")
    current = new_version(2, "New terms.", "")
    assert guards.missing(piece, guards.PUBLICATION) == [guards.agreements_accepted(piece)]

    ana.post(PAGE, {"terms": current.text_hash, "accept": "on"})

    assert workflow.take("publish", piece, by=cast.pia).stage == "published"


def test_accepted_version_stays_at_its_address_with_its_hash(ana, cast):
    accepted = Agreement.objects.get(version=1)
    new_version(2, "New terms.", "")

    page = ana.get(f"{PAGE}1/").content.decode()
    text = ana.get(f"{PAGE}1/text/").content

    assert accepted.text in page
    assert "ana@people.example" in page
    assert hashlib.sha256(text).hexdigest() in page
    assert 'href="/contribute/agreement/1/"' in ana.get(PAGE).content.decode()


def test_version_that_somebody_else_accepted_is_404(ana, cast):
    current = new_version(2, "New terms.", "")
    current.accept(cast.bo.author, by=cast.bo)

    assert ana.get(f"{PAGE}2/").status_code == 404
    assert ana.get(f"{PAGE}2/text/").status_code == 404


def test_agreement_without_any_says_what_will_be_there(client, network):
    client.force_login(factories.make_contributor("cleo", "Cleo Marsh"))

    page = client.get(PAGE).content.decode()

    assert "The network has no agreement yet." in page
    assert client.post(PAGE, {"terms": "", "accept": "on"}).status_code == 200


def test_agreement_takes_as_many_queries_for_one_acceptance_as_for_thirty(ana, cast):
    ana.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        ana.get(PAGE)
    for version in range(2, 31):
        new_version(version, f"Terms {version}.", "").accept(cast.ana.author, by=cast.ana)
    with CaptureQueriesContext(connection) as thirty:
        page = ana.get(PAGE).content.decode()

    assert "Version 30" in page
    assert len(thirty) == len(one)
