"""The sheet when somebody else saved meanwhile, and when the sign-in ran out."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from editorial import waiting, writing
from tests import factories
from tests.editorial.test_buffers import edit, sheet

FIRST = "The harbour was quiet that morning, and nobody had told the gulls."
BODY = FIRST + "\n\nSo they sang.\n\nThen it rained."


@pytest.fixture
def shared(cast):
    return factories.make_piece(cast.ana, cast.section, cast.bo, body=BODY)


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def fields(page: str) -> dict[str, str]:
    hidden = dict(re.findall(r'name="(save_number|opened)" value="(\d+)"', page))
    body = re.search(r'<textarea name="body".*?>\n?(.*?)</textarea>', page, re.DOTALL)
    return hidden | {"body": body[1] if body else ""}


def choices(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="(choice-\w+)"', page)))


def test_changes_to_different_paragraphs_are_put_together_and_not_saved(ana, cast, shared):
    mine = sheet(shared, body=BODY.replace("sang", "screamed"))
    writing.save(shared, {"body": BODY.replace("rained", "snowed"), "dek": "Theirs."}, by=cast.bo)

    page = ana.post(edit(shared), mine).content.decode()

    shared.refresh_from_db()
    assert "Two texts, put together" in page
    assert fields(page)["body"] == BODY.replace("rained", "snowed").replace("sang", "screamed")
    assert fields(page)["save_number"] == str(shared.save_number)
    assert ">Theirs.</textarea>" in page.replace("\n", "")
    assert shared.body == BODY.replace("rained", "snowed")


def test_merged_text_is_saved_by_one_more_press(ana, cast, shared):
    mine = sheet(shared, body=BODY.replace("sang", "screamed"))
    writing.save(shared, {"body": BODY.replace("rained", "snowed")}, by=cast.bo)
    page = ana.post(edit(shared), mine).content.decode()

    ana.post(edit(shared), mine | fields(page))

    shared.refresh_from_db()
    assert shared.body == BODY.replace("rained", "snowed").replace("sang", "screamed")


@pytest.mark.parametrize("chosen, kept", [("mine", ["loud"]), ("theirs", ["dark"]), ("both", ["loud", "dark"])])
def test_same_words_are_chosen(ana, cast, shared, chosen, kept):
    mine = sheet(shared, body=BODY.replace("quiet", "loud"))
    writing.save(shared, {"body": BODY.replace("quiet", "dark")}, by=cast.bo)
    page = ana.post(edit(shared), mine).content.decode()
    (key,) = choices(page)
    assert "checked" not in page.split("Put them together")[0]

    merged = ana.post(edit(shared), mine | {key: chosen}).content.decode()

    body = fields(merged)["body"]
    assert [word for word in ("loud", "dark") if word in body] == kept
    shared.refresh_from_db()
    assert shared.body == BODY.replace("quiet", "dark")


def test_passage_that_nobody_chose_is_asked_again(ana, cast, shared):
    mine = sheet(shared, body=BODY.replace("quiet", "loud"))
    writing.save(shared, {"body": BODY.replace("quiet", "dark")}, by=cast.bo)

    page = ana.post(edit(shared), mine | {"together": "1"}).content.decode()

    shared.refresh_from_db()
    assert "Choose which words stay here." in page
    assert shared.body == BODY.replace("quiet", "dark")


def test_label_and_section_that_both_changed_are_chosen(ana, cast, shared):
    other = factories.make_section("Essay")
    third = factories.make_section("Letters")
    mine = sheet(shared, section=other.pk)
    writing.save(shared, {"section": third}, by=cast.bo)
    page = ana.post(edit(shared), mine).content.decode()
    (key,) = choices(page)

    merged = ana.post(edit(shared), mine | {key: "theirs"}).content.decode()

    assert f'<option value="{third.pk}" selected>' in merged


def test_words_of_a_picture_that_only_they_changed_stay(ana, cast, shared):
    picture = factories.make_picture(shared, cast.ana)
    writing.save(shared, {"lead": picture}, by=cast.ana)
    words = {f"pictures-0-{name}": getattr(picture, name) for name in ("alt", "caption", "credit", "licence")}
    rows = {"pictures-TOTAL_FORMS": 1, "pictures-INITIAL_FORMS": 1, "pictures-0-id": picture.pk} | words
    mine = sheet(shared, body=BODY + "\n\nMore.", lead=picture.pk) | rows
    writing.save(shared, {"pictures": {picture.reference: {"caption": "At seven"}}}, by=cast.bo)

    page = ana.post(edit(shared), mine).content.decode()

    assert 'value="At seven"' in page


def test_third_save_in_between_leads_back_to_the_choice(ana, cast, shared):
    mine = sheet(shared, body=BODY.replace("sang", "screamed"))
    writing.save(shared, {"body": BODY.replace("rained", "snowed")}, by=cast.bo)
    page = ana.post(edit(shared), mine).content.decode()
    writing.save(shared, {"body": BODY.replace("rained", "hailed")}, by=cast.bo)

    again = ana.post(edit(shared), mine | fields(page)).content.decode()

    shared.refresh_from_db()
    assert fields(again)["body"] == BODY.replace("rained", "hailed").replace("sang", "screamed")
    assert shared.body == BODY.replace("rained", "hailed")


def test_base_of_another_piece_is_not_believed(ana, cast, shared):
    other = factories.make_piece(cast.bo, cast.section, body=BODY)
    mine = sheet(shared, body=BODY.replace("quiet", "loud"), opened=other.revisions.first().pk)
    writing.save(shared, {"body": BODY.replace("quiet", "dark")}, by=cast.bo)

    assert len(choices(ana.post(edit(shared), mine).content.decode())) == 1


def test_desk_merges_too(client, cast, at_stage):
    piece = at_stage("in_review", body=BODY)
    mine = sheet(piece, body=BODY.replace("sang", "screamed"))
    writing.save(piece, {"body": BODY.replace("rained", "snowed")}, by=cast.edda)
    client.force_login(cast.edda)

    page = client.post(reverse("admin:desk_edit", args=[piece.pk]), mine).content.decode()

    assert fields(page)["body"] == BODY.replace("rained", "snowed").replace("sang", "screamed")


@pytest.mark.parametrize("who, name", [("ana", "editorial:edit"), ("edda", "admin:desk_edit")])
def test_save_while_signed_out_comes_back_into_the_form(client, cast, at_stage, who, name):
    piece, user = at_stage("draft" if who == "ana" else "in_review"), getattr(cast, who)
    address = reverse(name, args=[piece.pk])
    before = piece.body
    typed = sheet(piece, body="Typed while signed out.") | {"writer": waiting.ticket(user)}

    client.post(address, typed)
    assert Session.objects.exists()
    assert "What you typed waits here" in client.get("/accounts/login/").text
    client.post("/accounts/login/", {"login": who, "password": factories.PASSWORD})
    page = client.get(address).content.decode()

    piece.refresh_from_db()
    assert "Typed while signed out." in page
    assert "If you had chosen a picture, choose it again before you save" in page
    assert piece.body == before
