"""The questions before a submission: filled in from last time, confirmed each time, and nothing asked twice."""

import pytest

from articles.models import Article
from editorial import workflow, writing
from editorial.models import Disclosure
from tests import factories
from tests.editorial.test_views import DECLARED, url

MONEY = {"q_money": "yes", "d_money": "the Gull Board"}


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def blank(cast, headline: str = "Undeclared") -> Article:
    return writing.start(cast.ana.author, by=cast.ana, headline=headline, section=cast.section)


def checked(page: str, name: str, value: str) -> bool:
    return any(f'name="{name}" value="{value}"' in tag and "checked" in tag for tag in page.split("<input"))


def test_answers_come_from_the_last_piece_but_for_what_only_it_can_have(ana, cast, draft):
    said = {"ai_use": "assistive", "ai_tools": "A speller", "libel": "yes", "libel_detail": "The mayor, line 3"}
    ana.post(url("declarations", draft), DECLARED | MONEY | said)

    page = ana.get(url("declarations", blank(cast))).content.decode()

    assert "Filled in from what you answered for “Gulls at six”" in page
    assert "the Gull Board" in page
    assert "A speller" in page
    assert "The mayor" not in page
    assert all(
        checked(page, name, value)
        for name, value in (("q_money", "yes"), ("ai_use", "assistive"), ("prior", "exclusive"))
    )
    assert not any(checked(page, "libel", value) for value in ("yes", "no"))
    assert not any(checked(page, name, "on") for name in ("has_checked_facts", "has_read"))


def test_an_earlier_address_and_what_a_co_author_said_are_not_filled_in(client, cast, draft):
    elsewhere = {"prior": "elsewhere", "prior_url": "https://elsewhere.example/", "canonical": "elsewhere"}
    shared = factories.make_piece(cast.ana, cast.section, cast.bo)
    factories.declare(shared, cast.bo, ai_use="translated", ai_tools="A translator")
    client.force_login(cast.ana)

    after_shared = client.get(url("declarations", blank(cast))).content.decode()
    client.post(url("declarations", draft), DECLARED | elsewhere)
    after_own = client.get(url("declarations", blank(cast))).content.decode()

    assert "A translator" not in after_shared
    assert not checked(after_shared, "ai_use", "translated")
    assert "elsewhere.example" not in after_own
    assert not any(checked(after_own, "prior", value) for value in ("exclusive", "elsewhere"))


def test_interests_of_a_first_piece_are_answered_by_nobody(ana, cast):
    page = ana.get(url("declarations", blank(cast))).content.decode()

    assert not any(checked(page, "q_money", value) for value in ("yes", "no"))


@pytest.mark.parametrize(
    "missing",
    [
        {"has_read": ""},
        {"libel": ""},
        {"libel": "yes"},
        {"prior": "elsewhere", "prior_url": "https://elsewhere.example/"},
        {"prior": "elsewhere", "canonical": "here"},
        {"has_checked_facts": ""},
    ],
)
def test_declarations_are_not_kept_while_one_is_missing(ana, cast, missing):
    piece = blank(cast)

    page = ana.post(url("declarations", piece), DECLARED | MONEY | missing)

    assert "the Gull Board" in page.content.decode()
    assert Disclosure.objects.filter(article=piece).count() == 0


def test_each_answer_is_confirmed_again_when_it_is_changed(ana, draft):
    ana.post(url("declarations", draft), DECLARED | MONEY | {"has_read": ""})

    assert draft.disclosures.get().answers["money"]["yes"] is False


def test_what_follows_from_a_yes_is_dropped_with_a_no(ana, draft):
    elsewhere = {"prior": "elsewhere", "prior_url": "https://elsewhere.example/", "canonical": "elsewhere"}
    ana.post(url("declarations", draft), DECLARED | elsewhere | {"libel": "yes", "libel_detail": "The mayor, line 3"})
    draft.refresh_from_db()
    assert (draft.canonical, draft.libel_detail) == ("elsewhere", "The mayor, line 3")

    ana.post(url("declarations", draft), DECLARED | elsewhere | {"prior": "exclusive", "libel_detail": "The mayor"})

    draft.refresh_from_db()
    assert (draft.prior_url, draft.canonical, draft.libel, draft.libel_detail) == ("", "", "no", "")


def test_an_amendment_moves_no_address_of_what_readers_have(client, ana, cast, at_stage):
    piece = workflow.take("amend", at_stage("published"), by=cast.ana)
    elsewhere = {"prior": "elsewhere", "prior_url": "https://casino.example/", "canonical": "elsewhere"}

    ana.post(url("declarations", piece), DECLARED | elsewhere | {"ai_use": "translated", "ai_tools": "Gull 2"})

    piece.refresh_from_db()
    assert (piece.prior, piece.prior_url, piece.canonical, piece.ai_tools) == ("exclusive", "", "", "Gull 2")
    assert "casino.example" not in client.get(piece.get_absolute_url()).content.decode()


def test_possible_defamation_is_shown_to_the_desk_and_to_no_reader(client, cast, at_stage):
    piece = at_stage("published")
    Article.objects.filter(pk=piece.pk).update(libel="yes", libel_detail="The mayor, line 3")

    assert "The mayor" not in client.get(piece.get_absolute_url()).content.decode()

    client.force_login(cast.edda)

    page = client.get(f"/admin/articles/article/{piece.pk}/change/").content.decode()
    assert "Yes, or perhaps: The mayor, line 3" in page


def test_second_author_answers_for_themselves_and_keeps_what_was_said_for_the_piece(client, cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece.disclosures.filter(author=cast.bo.author).delete()
    factories.declare(piece, cast.ana, ai_use="translated", ai_tools="A translator")
    client.force_login(cast.bo)

    page = client.get(url("declarations", piece)).content.decode()

    assert "Ana Ruiz answered these on" in page
    assert checked(page, "ai_use", "translated")
    assert not checked(page, "has_checked_facts", "on")
    assert not checked(page, "q_money", "no")

    kept = DECLARED | MONEY | {"ai_use": "translated", "ai_tools": "A translator"}
    client.post(url("declarations", piece), kept)

    lines = {byline.printed_name: byline.disclosure for byline in piece.bylines.all()}
    assert lines["Ana Ruiz"] == "Ana Ruiz declares no relevant interests."
    assert lines["Bo Lindqvist"] == "Bo Lindqvist has had money or other benefits from the Gull Board."
    assert piece.disclosures.get(author=cast.ana.author).answered_by == cast.ana
