"""What readers are told of how a piece got here, of its corrections, and of what each version changed."""

import pytest

from editorial import guards, trail, writing
from editorial.workflow import take
from network import clock
from network.models import Network
from tests import factories


def how(client, piece) -> str:
    answer = client.get(f"{piece.get_absolute_url()}how/")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def corrected(cast, at_stage):
    """Published through a proof, and corrected since."""
    piece = take("publish", take("sign", at_stage("proof"), by=cast.ana), by=cast.pia)
    piece = take("amend", piece, by=cast.edda)
    piece = factories.edit_by_desk(piece, cast.edda, piece.body.replace("sang", "cried"))
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana)
    return factories.correct(piece, cast, "The gulls cried; they did not sing.")


def test_how_tells_the_steps_without_the_desks_notes_or_names(client, cast, at_stage):
    piece = take("submit", factories.make_piece(cast.ana, cast.section), by=cast.ana)
    piece = take("claim", piece, by=cast.edda, note="CANARY of the desk")
    piece = take("approve", piece, by=cast.edda, note="CANARY of the desk", checklist=factories.EVERY_ITEM)
    piece = take("publish", piece, by=cast.pia, note="CANARY of the desk")

    text = how(client, piece)

    assert "Ana Ruiz submitted the piece and signed its text." in text
    assert "An editor approved exactly this text." in text
    assert "A publisher published it." in text
    assert "No AI was used" in text
    assert piece.live.revision.package_hash in text
    assert "CANARY" not in text
    assert "edda" not in text


def test_how_names_the_desk_where_the_network_says_so(client, cast, at_stage):
    Network.objects.update(names_editors=True)

    assert "An editor, edda, approved exactly this text." in how(client, at_stage("published"))


def test_how_tells_of_a_signature_by_standards(client, cast, at_stage):
    piece = at_stage("proof")
    for kind in guards.REMINDERS:
        piece.letters.create(to=cast.ana, kind=kind, subject="-", body="-", key=kind, sent_at=clock.now())
    piece = take("override", piece, by=cast.sten, note="The vote is tomorrow.")
    piece = take("publish", piece, by=cast.pia)

    text = how(client, piece)

    assert "Standards signed in the place of Ana Ruiz" in text
    assert "The vote is tomorrow." in text
    assert "Every author signed" not in text


def test_how_tells_nothing_of_an_open_amendment(client, cast, at_stage):
    piece = at_stage("published")
    before = how(client, piece)
    piece = take("amend", piece, by=cast.ana)
    piece = take("submit", piece, by=cast.ana)
    take("challenge", piece, by=cast.sten, notice="A figure is being checked.")

    after = how(client, piece)

    assert after.count("submitted the piece") == before.count("submitted the piece") == 1
    assert "put it under review" in after


@pytest.mark.parametrize("stage", ["draft", "submitted", "ready", "declined"])
def test_how_of_an_unpublished_piece_is_not_there(stage, client, at_stage):
    piece = at_stage(stage)

    assert client.get(f"/articles/{piece.slug or 'gulls-at-six'}/how/").status_code == 404


def test_how_follows_a_changed_address(client, cast, at_stage):
    piece = at_stage("published")
    piece.old_slugs.create(slug="gulls-of-old")

    answer = client.get("/articles/gulls-of-old/how/")

    assert (answer.status_code, answer["Location"]) == (301, f"{piece.get_absolute_url()}how/")


def test_changes_shows_every_word_of_a_version(client, corrected):
    text = client.get(f"{corrected.get_absolute_url()}versions/2/changes/").text

    assert "<del>sang</del>" in text
    assert "<ins>cried</ins>" in text
    assert client.get(f"{corrected.get_absolute_url()}versions/1/changes/").status_code == 404


def test_changes_of_a_dropped_text_are_not_shown(client, cast, corrected):
    take("retract", corrected, by=cast.sten, notice="Made up.", says="the network", keeps_text=False)
    take("retract", corrected, by=cast.edda, proposal=corrected.proposals.open().get().pk)

    assert "sang" not in client.get(f"{corrected.get_absolute_url()}versions/2/changes/").text


def test_corrections_lists_public_notes_newest_first(client, cast, corrected):
    text = client.get("/corrections/").text

    assert "The gulls cried; they did not sing." in text
    assert corrected.get_absolute_url() in text


def test_corrections_leaves_out_what_was_removed(client, cast, corrected):
    take("remove", corrected, by=cast.sten, notice="It named a child.", basis="privacy")
    take("remove", corrected, by=cast.edda, proposal=corrected.proposals.open().get().pk)

    assert "The gulls cried" not in client.get("/corrections/").text


def test_corrections_says_what_will_be_there(client, network):
    assert "There has been none yet." in client.get("/corrections/").text


def test_corrections_asks_as_often_for_one_as_for_many(client, cast, corrected, django_assert_num_queries):
    for _ in range(3):
        piece = take("amend", corrected, by=cast.edda)
        piece = factories.edit_by_desk(piece, cast.edda, piece.body + "\nMore.\n")
        piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana)
        take("publish", piece, by=cast.pia, kind="update", notice="More is known.")
    client.get("/corrections/")

    with django_assert_num_queries(4):
        client.get("/corrections/")


def test_correction_says_what_was_wrong_and_what_is_right(client, cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.edda)
    piece = factories.edit_by_desk(piece, cast.edda, piece.body.replace("sang", "cried"))
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana)
    client.force_login(cast.pia)
    address = f"/admin/articles/article/{piece.pk}/steps/announce/"
    typed = {"kind": "correction", "notice": "The gulls cried.", "note": ""}

    refused = client.post(address, typed)

    for lacking in ("Say how much it mattered.", "Give the words as they stood.", "Give the right words."):
        assert lacking in refused.text
    assert piece.publications.count() == 1

    told = {"severity": "material", "place": "the second paragraph", "wrong": "They sang.", "right": "They cried."}
    client.post(address, typed | told)
    publish = address.replace("announce", "publish")
    page = client.get(publish).text
    client.post(publish, {"note": ""})

    assert "They cried." in page
    assert "Kind of change" not in page
    client.logout()
    for page in (piece.get_absolute_url(), "/corrections/"):
        text = client.get(page).text
        assert all(words in text for words in ("the second paragraph", "They sang.", "They cried.", "Material"))
    assert list(trail.verify()) == []


def test_correction_is_part_of_the_publications_hash(cast, corrected):
    before = corrected.live.fingerprint()

    corrected.live.correction = {"severity": "slight", "wrong": "a", "right": "b"}

    assert corrected.live.fingerprint() != before


def amended(cast, piece):
    """An amendment on its way, with answers that the published text does not have."""
    piece = take("amend", piece, by=cast.ana)
    factories.declare(piece, cast.ana, ai_use="drafted", ai_tools="CANARY")
    piece = writing.save(piece, {"body": "Nobody has approved this yet.\n"}, by=cast.ana)
    return take("submit", piece, by=cast.ana)


@pytest.mark.parametrize("is_discarded", [False, True])
def test_how_tells_nothing_of_a_change_that_is_not_published(is_discarded, client, cast, at_stage):
    piece = at_stage("published")
    before = how(client, piece)
    piece = amended(cast, piece)
    if is_discarded:
        piece = take("discard", piece, by=cast.ana)

    assert how(client, piece) == before


def test_how_leaves_out_a_discarded_change_for_ever(client, cast, corrected):
    rounds = how(client, corrected).count("submitted the piece")
    piece = take("discard", amended(cast, corrected), by=cast.ana)
    piece = take("amend", piece, by=cast.edda)
    piece = factories.edit_by_desk(piece, cast.edda, piece.body.replace("cried", "called"))
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana)
    piece = factories.correct(piece, cast, "They called.")

    text = how(client, piece)

    assert text.count("submitted the piece") == rounds
    assert "CANARY" not in text


def test_how_tells_who_proposed_what_another_confirmed(client, cast, at_stage):
    piece = at_stage("published")
    take("retract", piece, by=cast.sten, notice="A first thought.", says="the network")
    take("recall", piece, by=cast.sten)
    take("retract", piece, by=cast.sten, notice="It was made up.", says="the network")
    take("retract", piece, by=cast.edda, proposal=piece.proposals.open().get().pk)

    text = how(client, piece)

    assert text.count("Standards proposed its retraction") == 1
    assert text.index("Standards proposed its retraction") < text.index("An editor confirmed its retraction")


def test_how_tells_that_the_author_was_told_first(client, corrected):
    assert how(client, corrected).count("told the author what readers would be told of the change") == 1


def test_corrections_names_what_was_retracted_and_why(client, cast, at_stage):
    pieces = [at_stage("published", headline=f"Gulls at {hour}") for hour in (5, 6)]
    for piece in pieces:
        take("retract", piece, by=cast.sten, notice=f"{piece.headline} was made up.", says="the network")
        take("retract", piece, by=cast.edda, proposal=piece.proposals.open().get().pk)

    text = client.get("/corrections/").text

    assert "There has been none yet." not in text
    for piece in pieces:
        assert f"{piece.headline} was made up. Retracted by the network." in text
