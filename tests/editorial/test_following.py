"""Own pieces in every stage, their revisions, and the author's own edit of a proof."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from articles.status import STAGES_AT, Place, Stage
from editorial import whereabouts, writing
from editorial.workflow import Refused, take
from tests import factories


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def url(name: str, piece: Article, *args) -> str:
    return reverse(f"editorial:{name}", args=[piece.pk, *args])


def listed(client, **asked) -> list[str]:
    """The headlines of the list, in its order."""
    return [article.headline for article in client.get("/contribute/", asked).context["page"]]


# The list


@pytest.mark.parametrize(
    "stage, where",
    [
        ("draft", "you"),
        ("changes_requested", "you"),
        ("proof", "you"),
        ("submitted", "desk"),
        ("in_review", "desk"),
        ("ready", "desk"),
        ("scheduled", "scheduled"),
        ("published", "published"),
        ("declined", "closed"),
        ("withdrawn", "closed"),
    ],
)
def test_index_has_every_stage_in_its_place(stage, where, ana, at_stage):
    at_stage(stage)

    assert [place for place in Place if listed(ana, where=place)] == [where]
    assert listed(ana) == ["Gulls at six"]
    assert dict(ana.get("/contribute/").context["places"])[Place(where)] == 1


def test_every_stage_has_one_place():
    assert sorted(stage for place in Place for stage in STAGES_AT[place]) == sorted(Stage)


def test_index_puts_first_what_waits_for_the_author(ana, at_stage):
    for stage in ("published", "draft", "declined", "submitted", "changes_requested", "proof"):
        at_stage(stage, headline=stage)

    assert listed(ana) == ["proof", "changes_requested", "draft", "submitted", "published", "declined"]


def test_index_moves_a_proof_back_once_it_is_signed(cast, ana, at_stage):
    piece = take("submit", factories.make_piece(cast.ana, cast.section, cast.bo, headline="Shared"), by=cast.ana)
    piece = factories.approve(factories.edit_by_desk(take("claim", piece, by=cast.edda), cast.edda), cast.edda)
    at_stage("draft", headline="Draft")
    before = listed(ana)
    take("sign", piece, by=cast.ana)

    assert (before, listed(ana)) == (["Shared", "Draft"], ["Draft", "Shared"])


@pytest.mark.parametrize(
    "standing, says",
    [
        ("live", "Nothing is open."),
        ("under_review", "Readers see it marked as under review."),
        ("retracted", "Readers see it marked as retracted."),
        ("removed", "It was removed: readers no longer get its text."),
    ],
)
def test_whereabouts_say_what_readers_see_of_a_published_piece(standing, says, cast, at_stage):
    piece = at_stage("published")
    piece.standing = standing

    words = whereabouts.sentence(piece, cast.ana.author)

    assert words.startswith("Published on ")
    assert words.endswith(says)


@pytest.mark.parametrize(
    "typed, found",
    [
        ("möwen", ["Möwen um sechs"]),
        ("MÖWEN sechs", ["Möwen um sechs"]),
        ("ruiz", ["Möwen um sechs", "Terns"]),
        ("harbour", ["Möwen um sechs", "Terns"]),
        ("terns absent", []),
        ("100%", []),
        ("\x00", ["Möwen um sechs", "Terns"]),
        ("' OR 1=1 --", []),
        ("x " * 5_000, []),
    ],
)
def test_index_finds_words_and_answers_whatever_is_typed(typed, found, ana, at_stage):
    for headline in ("Möwen um sechs", "Terns"):
        at_stage("draft", headline=headline)

    assert sorted(listed(ana, q=typed)) == found


@pytest.mark.parametrize("where", ["nowhere", "", "you'", "DESK"])
def test_index_shows_all_for_a_place_that_is_none(where, ana, at_stage):
    at_stage("submitted")

    assert listed(ana, where=where) == ["Gulls at six"]


def test_index_keeps_search_and_place_across_pages(ana, cast):
    for number in range(31):
        factories.make_piece(cast.ana, cast.section, headline=f"Gull {number}")

    page = ana.get("/contribute/", {"q": "gull", "where": "you"}).content.decode()

    assert "?q=gull&amp;where=you&amp;page=2" in page
    assert len(listed(ana, q="gull", where="you", page=2)) == 1


def test_index_says_what_is_empty(ana, at_stage):
    nothing = ana.get("/contribute/").content.decode()
    at_stage("draft")
    elsewhere = ana.get("/contribute/", {"where": "scheduled"}).content.decode()
    unknown = ana.get("/contribute/", {"q": "pelican"}).content.decode()

    assert "Your pieces will be listed here" in nothing
    assert "Nothing is scheduled now" in elsewhere
    assert "No piece of yours says “pelican”" in unknown


def test_index_takes_as_many_queries_for_one_piece_as_for_many(ana, cast, at_stage):
    at_stage("published")  # before which only so many may be open
    ana.get("/contribute/")
    with CaptureQueriesContext(connection) as one:
        ana.get("/contribute/", {"q": "gulls"})
    for stage in ("draft", "proof", "published", "declined"):
        for _ in range(8):
            at_stage(stage)
    with CaptureQueriesContext(connection) as many:
        ana.get("/contribute/", {"q": "gulls"})

    assert len(many) == len(one)


# Revisions


def test_revisions_say_who_saved_them_and_what_changed(ana, cast, at_stage):
    piece = at_stage("proof")

    page = ana.get(url("revisions", piece)).content.decode()

    for words in ("Saved by your editor", "Saved by you,", "Text.", "The first text."):
        assert words in page
    assert "edda" not in page.lower()


def test_revision_shows_the_text_and_its_difference(ana, at_stage):
    piece = at_stage("proof")
    newest = piece.revisions.latest("number")

    page = ana.get(url("revision", piece, newest.number)).content.decode()
    whole = ana.get(url("revision", piece, newest.number), {"against": 1}).content.decode()
    first = ana.get(url("revision", piece, 1)).content.decode()

    assert "The desk added this." in page
    assert "<ins>" in page
    assert "What changed since revision 1" in whole
    assert "there is nothing to compare it with" in first


@pytest.mark.parametrize("asked", ["99", "x", "-1", "²", "9" * 30])
def test_revision_does_not_know_what_is_not_there(asked, ana, at_stage):
    piece = at_stage("submitted")

    assert ana.get(url("revision", piece, 1), {"against": asked}).status_code == 404
    assert ana.get(url("revision", piece, 99)).status_code == 404


def test_revisions_take_as_many_queries_for_one_as_for_thirty(ana, cast, draft):
    ana.get(url("revisions", draft))
    with CaptureQueriesContext(connection) as few:
        ana.get(url("revisions", draft))
    for number in range(30):
        writing.save(draft, {"body": f"Text {number}.\n"}, by=cast.ana)
    with CaptureQueriesContext(connection) as many:
        ana.get(url("revisions", draft))

    assert abs(len(many) - len(few)) <= 1  # the one revision before the page, where there is one


@pytest.mark.parametrize("name, more", [("revisions", ()), ("revision", (1,)), ("proof_edit", ()), ("comment", ())])
def test_pages_of_another_persons_piece_are_404(name, more, client, cast, at_stage):
    piece = at_stage("proof")
    client.force_login(cast.bo)

    assert client.get(url(name, piece, *more)).status_code == 404


# The proof, edited


def edited(piece: Article, **more) -> dict[str, object]:
    piece.refresh_from_db()
    names = ("headline", "dek", "body", "save_number")
    return {name: getattr(piece, name) for name in names} | {"note": ""} | more


def test_proof_edit_goes_back_to_the_desk_as_a_difference(ana, client, cast, at_stage):
    piece = at_stage("proof")
    before = piece.revisions.count()

    ana.post(
        url("proof_edit", piece), edited(piece, body=piece.body.replace("desk", "author"), headline="Gulls at seven")
    )

    piece.refresh_from_db()
    assert (piece.stage, piece.headline, piece.revisions.count()) == ("in_review", "Gulls at seven", before + 1)
    assert piece.trail.latest("seq").revision == piece.revisions.latest("number")
    client.force_login(cast.edda)
    page = client.get(reverse("admin:articles_article_change", args=[piece.pk])).content.decode()
    assert "What the author changed in the proof" in page
    assert "<del>six</del><ins>seven</ins>" in page


def test_proof_edit_that_changes_nothing_is_refused(ana, at_stage):
    piece = at_stage("proof")

    page = ana.post(url("proof_edit", piece), edited(piece, note="Fine.")).content.decode()

    piece.refresh_from_db()
    assert piece.stage == "proof"
    assert "You changed nothing." in page
    assert not piece.comments.exists()


def test_proof_edit_over_a_save_that_was_not_seen_is_refused_and_keeps_the_text(ana, at_stage):
    piece = at_stage("proof")

    page = ana.post(url("proof_edit", piece), edited(piece, body="Typed for an hour.", save_number=0)).content.decode()

    piece.refresh_from_db()
    assert piece.stage == "proof"
    assert "Typed for an hour." in page
    assert "Somebody saved this piece after you opened it." in page


def test_proof_edit_that_no_page_can_lay_out_is_refused(ana, at_stage):
    piece = at_stage("proof")

    page = ana.post(url("proof_edit", piece), edited(piece, body="> " * 400 + "deep")).content.decode()

    piece.refresh_from_db()
    assert piece.stage == "proof"
    assert "too deep" in page or "too many" in page


def test_proof_edit_compares_and_sends_nothing(ana, at_stage):
    piece = at_stage("proof")

    page = ana.post(url("proof_edit", piece), edited(piece, headline="Gulls at seven", compare="1")).content.decode()

    piece.refresh_from_db()
    assert piece.stage == "proof"
    assert "<del>six</del><ins>seven</ins>" in page


@pytest.mark.parametrize("stage", ["draft", "submitted", "in_review", "ready", "published", "withdrawn"])
def test_proof_edit_is_for_a_proof_alone(stage, ana, cast, at_stage):
    piece = at_stage(stage)
    body = piece.body

    assert ana.get(url("proof_edit", piece)).status_code == 302
    page = ana.post(url("proof_edit", piece), edited(piece, body="Sneaked in.")).content.decode()
    with pytest.raises(Refused):
        take("suggest", piece, by=cast.ana, changes={"body": "Sneaked in."})

    piece.refresh_from_db()
    assert (piece.stage, piece.body) == (stage, body)
    assert "Sneaked in." in page


def test_a_suggestion_says_something_or_changes_something(cast, at_stage):
    piece = at_stage("proof")

    for data in ({}, {"changes": {}}, {"changes": {"body": piece.body}}):
        with pytest.raises(Refused):
            take("suggest", piece, by=cast.ana, **data)

    piece.refresh_from_db()
    assert piece.stage == "proof"


def test_a_suggestion_is_for_an_author(cast, at_stage):
    piece = at_stage("proof")

    with pytest.raises(Refused):
        take("suggest", piece, by=cast.edda, changes={"body": "The desk's own."})

    piece.refresh_from_db()
    assert piece.stage == "proof"


def test_proof_shows_what_is_signed_and_by_when(ana, at_stage):
    page = ana.get(url("proof", at_stage("proof"))).content.decode()

    assert "Please answer by" in page
    for words in ("Headline", "Ana Ruiz writes.", "Ana Ruiz declares no relevant interests."):
        assert words in page


def test_steps_of_the_desk_are_not_taken_on_the_contributors_side(client, cast, at_stage):
    """Whoever brought a piece in for others sees it here, but not with what a decision has to have seen."""
    piece = at_stage("submitted")
    Article.objects.filter(pk=piece.pk).update(created_by=cast.edda)
    client.force_login(cast.edda)

    answer = client.post(f"/contribute/{piece.pk}/claim/", {"note": "Mine."})

    assert answer.status_code == 404
    assert Article.objects.get(pk=piece.pk).stage == "submitted"
    assert f"/contribute/{piece.pk}/claim/" not in client.get(f"/contribute/{piece.pk}/").text


def test_pages_of_a_contributor_are_kept_by_nothing_in_between(client, cast, draft):
    client.force_login(cast.ana)

    for page in ("", f"{draft.pk}/", f"{draft.pk}/edit/"):
        assert client.get(f"/contribute/{page}")["Cache-Control"] == "private, no-cache"
