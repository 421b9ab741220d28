"""Everything that a submission needs has a place where it is mended; what follows it, and the limit for new people."""

import pytest

from articles.models import Article
from editorial import guards, margin, workflow
from editorial.refusal import Refused
from network import clock
from tests import factories
from tests.editorial.test_guards import LACKING, _author, _text


def _three_more(piece):
    for number in range(3):
        more = factories.make_piece(piece.created_by, piece.section, headline=f"More {number}")
        workflow.take("submit", more, by=piece.created_by)


TOO_MANY = (
    "Ana Ruiz has 3 pieces with the desk, which is the most before a first publication. "
    "Wait until the desk has answered one, or withdraw one."
)
# What is asked when a piece is handed over, and not again at the desk.
AT_SUBMISSION = [
    (guards.libel_answered, _text(libel=""), "Say whether anybody named in the piece could call it defamation."),
    (
        guards.libel_answered,
        _text(libel="yes", libel_detail=" "),
        "Say who could call the piece defamation, and about which passage.",
    ),
    (
        guards.canonical_chosen,
        _text(prior="elsewhere", prior_url="https://elsewhere.example/"),
        "Say which page is the original: the earlier one, or this network's.",
    ),
    (
        guards.few_open_pieces,
        _three_more,
        TOO_MANY,
    ),
]
OF_A_SUBMISSION = AT_SUBMISSION + [row for row in LACKING if row[0] in workflow.STEPS["submit"].guards]


def reread(piece: Article) -> Article:
    return Article.objects.get(pk=piece.pk)


def test_every_guard_of_a_submission_has_a_place():
    assert set(margin.PLACES) == set(workflow.STEPS["submit"].guards)


@pytest.mark.parametrize(("guard", "spoil", "sentence"), AT_SUBMISSION)
def test_guard_of_the_submission_says_what_is_missing(cast, draft, guard, spoil, sentence):
    spoil(draft)

    with pytest.raises(Refused) as refusal:
        workflow.take("submit", draft, by=cast.ana)

    assert guard(reread(draft)) == sentence
    assert sentence in refusal.value.sentences
    assert reread(draft).stage == "draft"


@pytest.mark.parametrize(("guard", "spoil", "sentence"), OF_A_SUBMISSION)
def test_missing_leads_to_a_field_that_is_there(client, cast, draft, guard, spoil, sentence):
    client.force_login(cast.ana)
    spoil(draft)

    [row] = [row for row in margin.missing(reread(draft)) if row.guard is guard]
    page, _, fragment = row.address.partition("#")
    answer = client.get(page)

    assert answer.status_code == 200
    assert f'id="{fragment}"' in answer.content.decode() or not fragment


def test_missing_leads_to_the_empty_field_of_the_picture_that_lacks_it(draft, cast):
    factories.make_picture(draft, cast.ana)
    second = factories.make_picture(draft, cast.ana, made="")
    Article.objects.filter(pk=draft.pk).update(body=f"Look.\n\n![](picture:{second.reference})\n")

    [row] = margin.missing(reread(draft))

    assert row.address.endswith("/edit/#id_pictures-1-made")


def test_missing_of_a_co_author_leads_to_no_form_of_ones_own(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece.disclosures.filter(author=cast.bo.author).delete()

    [row] = margin.missing(reread(piece), cast.ana.author)
    [his] = margin.missing(reread(piece), cast.bo.author)

    assert row.address == f"/contribute/{piece.pk}/"
    assert "/declarations/#" in his.address


def test_margin_says_by_when_the_desk_answers_in_the_authors_zone(client, cast, draft):
    client.force_login(cast.ana)
    _author(time_zone="Pacific/Auckland")(draft)
    moment = clock.now().replace(year=2026, month=11, day=29, hour=20)

    with clock.at(moment):
        page = client.get(f"/contribute/{draft.pk}/submit/").content.decode()

    assert "Saturday, 5 December 2026" in page


def test_limit_counts_what_is_with_the_desk_until_something_is_published(cast, at_stage):
    at_stage("submitted")
    at_stage("changes_requested")
    at_stage("declined")

    assert margin.limit(cast.ana.author) == (2, 3)

    at_stage("published")

    assert margin.limit(cast.ana.author) is None


def test_fourth_piece_of_somebody_unpublished_is_refused_and_stays_a_draft(cast, draft, at_stage):
    for stage in ("submitted", "in_review", "proof"):
        at_stage(stage)

    with pytest.raises(Refused, match=r"Ana Ruiz has 3 pieces with the desk.*withdraw one"):
        workflow.take("submit", draft, by=cast.ana)

    assert (reread(draft).stage, draft.submissions.count()) == ("draft", 0)


def test_piece_that_comes_back_for_changes_is_not_counted_twice(cast, at_stage):
    piece = at_stage("changes_requested")
    for stage in ("submitted", "in_review"):
        at_stage(stage)

    assert workflow.take("submit", piece, by=cast.ana).stage == "submitted"


@pytest.mark.parametrize("guard", [guards.libel_answered, guards.canonical_chosen, guards.few_open_pieces])
def test_what_is_asked_at_submission_holds_up_nothing_at_the_desk(guard):
    assert guard in guards.SUBMIT
    assert guard not in {*guards.APPROVAL, *guards.PUBLICATION}


@pytest.mark.parametrize(
    ("stage", "leads_to"),
    [
        ("draft", ["/contribute/profile/#bio-year"]),
        ("ready", ["/contribute/profile/#bio-year", "/contribute/agreement/"]),
        ("published", []),
    ],
)
def test_author_is_told_what_readers_wait_for(client, cast, at_stage, stage, leads_to):
    piece = at_stage(stage)
    factories.make_agreement()
    _author(bio_confirmed_at=None)(piece)
    client.force_login(cast.ana)

    owed = client.get(f"/contribute/{piece.pk}/").context["owed"]

    assert [row.address for row in owed] == leads_to
    assert ("has not confirmed their bio" in client.get(f"/contribute/{piece.pk}/").text) == bool(leads_to)


def test_author_is_not_told_what_a_co_author_owes(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    type(cast.bo.author).objects.filter(pk=cast.bo.author.pk).update(bio_confirmed_at=None)

    assert margin.owed(piece, cast.ana.author) == []
