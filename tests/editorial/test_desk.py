"""The editors' side, in the admin."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from editorial.models import Comment
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_views import sheet

QUEUE = "/admin/articles/article/"


@pytest.fixture
def known(at_stage) -> None:
    """Readers know Ana, so that no limit holds for what she has with the desk."""
    at_stage("published")


@pytest.fixture
def edda(client, cast):
    client.force_login(cast.edda)
    return client


def url(name: str, piece: Article, *args) -> str:
    return reverse(f"admin:{name}", args=[piece.pk, *args])


def page(client, piece: Article) -> str:
    return client.get(url("articles_article_change", piece)).content.decode()


def test_queue_is_sorted_by_promise_date(edda, cast):
    for days, headline in ((1, "Newer"), (3, "Oldest"), (2, "Older")):
        with clock.at(clock.now() - timedelta(days=days)):
            factories.make_piece_at("submitted", cast, headline=headline)

    listed = edda.get(QUEUE).content.decode()

    assert listed.index("Oldest") < listed.index("Older") < listed.index("Newer")


def test_queue_shows_the_promise_right_after_the_headline(edda, at_stage):
    at_stage("submitted")

    listed = edda.get(QUEUE).content.decode()

    assert listed.index("column-headline") < listed.index("column-promised") < listed.index("column-where")


def test_queue_never_shows_a_draft(edda, draft):
    assert draft.headline not in edda.get(QUEUE + "?queue=everything").content.decode()
    assert edda.get(url("articles_article_change", draft)).status_code == 404


@pytest.mark.parametrize(
    "queue, stages",
    [
        ("", {"submitted", "in_review", "proof", "ready", "scheduled"}),
        ("unclaimed", {"submitted"}),
        ("mine", {"in_review", "proof", "ready", "scheduled"}),
        ("author", {"proof", "changes_requested"}),
        ("ready", {"ready"}),
        ("scheduled", {"scheduled"}),
        ("published", {"published"}),
    ],
)
def test_queue_filters(edda, known, at_stage, queue, stages):
    every = ("submitted", "in_review", "changes_requested", "proof", "ready", "scheduled", "published", "declined")
    for stage in every:
        at_stage(stage, headline=f"Now {stage}.")

    listed = edda.get(QUEUE, {"queue": queue} if queue else {}).content.decode()

    assert {stage for stage in every if f"Now {stage}." in listed} == stages


def test_queue_takes_as_many_queries_for_one_piece_as_for_thirty(edda, known, cast):
    piece = factories.make_piece_at("submitted", cast)
    edda.get(QUEUE)
    with CaptureQueriesContext(connection) as one:
        edda.get(QUEUE)
    factories.copies(piece, 29)
    with CaptureQueriesContext(connection) as thirty:
        edda.get(QUEUE)

    assert len(thirty) == len(one)


@pytest.mark.parametrize("who", ["ana", "root", None])
def test_desk_is_for_the_desk(client, cast, at_stage, who):
    piece = at_stage("submitted")
    if who:
        client.force_login(getattr(cast, who))

    assert client.get(url("articles_article_change", piece)).status_code in (302, 403)
    client.post(url("desk_step", piece, "claim"))

    piece.refresh_from_db()
    assert piece.stage == "submitted"


def test_piece_page_shows_text_disclaimer_changes_comments_checklist_trail_and_steps(edda, cast, at_stage):
    piece = at_stage("in_review")
    factories.edit_by_desk(piece, cast.edda)
    Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text="Who said so?")

    shown = page(edda, piece)

    for words in (
        "nobody had told the gulls",
        "do not necessarily reflect those of Signal House or The Signal",
        "<ins>",
        "Who said so?",
        "The headline is borne out by the text.",
        "Ana Ruiz declares no relevant interests.",
    ):
        assert words in shown, words
    for step in ("release", "ask_changes", "decline", "approve"):
        assert url("desk_step", piece, step) in shown
    assert url("desk_step", piece, "publish") not in shown


def test_step_page_shows_what_will_happen_and_takes_nothing(edda, at_stage):
    piece = at_stage("submitted")

    shown = edda.get(url("desk_step", piece, "claim")).content.decode()

    piece.refresh_from_db()
    assert "You become the editor of this piece" in shown
    assert piece.stage == "submitted"


def test_approve_without_the_whole_checklist_is_refused_and_keeps_the_note(edda, at_stage):
    piece = at_stage("in_review")

    shown = edda.post(
        url("desk_step", piece, "approve"),
        {"checklist": ["facts"], "note": "A fine piece.", "seen": factories.writing.working_hash(piece)},
    ).content.decode()

    piece.refresh_from_db()
    assert piece.stage == "in_review"
    assert "Not ticked yet: The headline is borne out by the text." in shown
    assert "A fine piece." in shown


def test_approve_of_another_text_than_the_one_shown_is_refused(edda, at_stage):
    piece = at_stage("in_review")

    edda.post(url("desk_step", piece, "approve"), {"checklist": factories.EVERY_ITEM, "seen": "0" * 64})

    piece.refresh_from_db()
    assert piece.stage == "in_review"


def test_author_on_the_desk_is_led_to_their_own_page(client, cast):
    piece = factories.make_piece(cast.axel, cast.section)
    factories.workflow.take("submit", piece, by=cast.axel)
    Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, is_shared=False, text="Desk only.")
    client.force_login(cast.axel)

    response = client.get(url("articles_article_change", piece))

    assert response["Location"] == reverse("editorial:piece", args=[piece.pk])
    for name in ("claim", "approve", "publish"):
        client.post(url("desk_step", piece, name), {"checklist": factories.EVERY_ITEM})
    piece.refresh_from_db()
    assert piece.stage == "submitted"


def test_edit_of_a_piece_that_is_not_claimed_is_refused(edda, at_stage):
    piece = at_stage("submitted")
    body = piece.body

    edda.post(url("desk_edit", piece), sheet(piece, body="Edited without a claim."))

    piece.refresh_from_db()
    assert piece.body == body


def test_edit_of_a_ready_piece_voids_the_approval(edda, at_stage):
    piece = at_stage("ready")

    edda.post(url("desk_edit", piece), sheet(piece, body="Edited after approval."))

    piece.refresh_from_db()
    assert (piece.stage, piece.body) == ("in_review", "Edited after approval.")


def test_edit_of_a_ready_piece_that_changes_nothing_voids_nothing(edda, at_stage):
    piece = at_stage("ready")

    shown = edda.post(url("desk_edit", piece), sheet(piece)).content.decode()

    piece.refresh_from_db()
    assert piece.stage == "ready"
    assert "Nothing changed, so the approval stands." in shown


def test_details_change_the_address_and_not_the_text(edda, at_stage):
    piece = at_stage("ready")
    before = factories.writing.working_hash(piece)

    edda.post(url("desk_details", piece), {"slug": "better-address"})

    piece.refresh_from_db()
    assert piece.slug == "better-address"
    assert factories.writing.working_hash(piece) == before


def test_details_refuse_an_address_that_is_taken(edda, cast, at_stage):
    other, piece = at_stage("published"), at_stage("ready")

    edda.post(url("desk_details", piece), {"slug": other.slug})

    piece.refresh_from_db()
    assert piece.slug != other.slug


def test_legal_hold_is_for_standards(client, cast, at_stage):
    piece = at_stage("ready")
    for who, held in ((cast.edda, False), (cast.sten, True)):
        client.force_login(who)
        client.post(url("desk_details", piece), {"slug": piece.slug, "is_on_legal_hold": "on"})
        piece.refresh_from_db()
        assert piece.is_on_legal_hold is held


def test_comment_is_kept_and_can_be_resolved_and_opened_again(edda, at_stage):
    piece = at_stage("in_review")

    edda.post(url("desk_comment", piece), {"text": "Check the date.", "is_blocking": "on"})
    comment = piece.comments.get()
    assert (comment.is_shared, comment.is_blocking, comment.is_from_desk) == (False, True, True)

    for resolved in (True, False):
        edda.post(url("desk_resolve", piece, comment.pk))
        comment.refresh_from_db()
        assert (comment.resolved_at is not None) is resolved


def test_admin_offers_no_adding_deleting_or_bulk_acts_on_pieces(edda, cast, at_stage):
    piece = at_stage("published")

    assert edda.get(QUEUE + "add/").status_code == 403
    assert edda.post(url("articles_article_delete", piece), {"post": "yes"}).status_code == 403
    assert admin.site.get_model_admin(Article).actions is None
    assert Article.objects.filter(pk=piece.pk).exists()


@pytest.mark.parametrize("path", ["articles/disclaimer/1/change/", "authors/agreement/1/change/"])
def test_admin_shows_what_is_used_and_changes_nothing(client, cast, at_stage, path):
    at_stage("published")
    client.force_login(cast.sten)

    client.post(f"/admin/{path}", {"line": "Other", "text": "Other", "version": 1})

    assert "Other" not in client.get(f"/admin/{path}").content.decode()


def test_comment_in_answer_to_a_number_longer_than_any_is_a_404(client, cast, at_stage):
    piece = at_stage("submitted")
    client.force_login(cast.edda)

    answer = client.post(f"/admin/articles/article/{piece.pk}/comment/", {"answers": "9" * 5000, "text": "A word."})

    assert answer.status_code == 404
    assert not piece.comments.exists()


def test_declaring_a_conflict_stands_last_among_the_buttons(client, cast, at_stage):
    client.force_login(cast.edda)

    page = client.get(f"/admin/articles/article/{at_stage('in_review').pk}/change/").content.decode()

    buttons = page.partition("What you can do now")[2].partition("</div>")[0]
    assert buttons.rstrip().endswith("Declare a conflict</a>")
    assert buttons.count("Declare a conflict") == 1
    assert "Details" in buttons


@pytest.mark.parametrize("added, minor", [("and forty more", set()), ("and so on", {"minor"})])
def test_publish_of_a_change_offers_minor_where_it_is_and_leads_a_correction_to_its_author(
    added, minor, client, cast, at_stage
):
    published = at_stage("published", body="The harbour was quiet, and the gulls sang of it all day long. " * 20)
    piece = factories.edit_by_desk(take("amend", published, by=cast.edda), cast.edda, f"{published.body} {added}.")
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana)
    client.force_login(cast.pia)

    shown = client.get(url("desk_step", piece, "publish")).text
    refused = client.post(url("desk_step", piece, "publish"), {"kind": "correction", "notice": "It was noon."}).text

    assert set(re.findall(r'name="kind" value="(\w+)"', shown)) == minor | {"update", "clarification"}
    assert 'name="wrong"' not in shown
    assert f'href="{url("desk_step", piece, "announce")}"' in shown
    assert "It cannot be of this kind here." in refused
    assert piece.publications.count() == 1


def test_publish_of_a_first_text_or_of_an_announced_change_speaks_of_no_correction(client, cast, at_stage):
    client.force_login(cast.pia)
    first = at_stage("ready", headline="Terns.")
    piece = take("amend", at_stage("published"), by=cast.edda)
    piece = factories.edit_by_desk(piece, cast.edda, "Other words.")
    piece = take("announce", piece, by=cast.edda, kind="update", notice="More is known.")
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana)

    pages = [client.get(url("desk_step", one, "publish")).text for one in (first, piece)]

    assert ["Is it a correction?" in page for page in pages] == [False, False]


def test_announced_correction_says_of_each_field_what_is_missing(edda, cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.edda)
    piece = factories.edit_by_desk(piece, cast.edda, "Other words.")

    shown = edda.post(url("desk_step", piece, "announce"), {"kind": "correction", "notice": "It was noon."}).text

    for words in ("Say how much it mattered.", "Give the words as they stood.", "Give the right words."):
        assert words in shown
    assert "The words as they stood, without “It said”." in shown
    assert not piece.announcements.exists()


def test_piece_page_puts_what_is_seldom_done_behind_one_word_and_marks_what_ends_a_piece(edda, at_stage):
    piece = at_stage("in_review")

    before, _, more = page(edda, piece).partition("<summary>More</summary>")
    more = more.partition("</details>")[0]

    for name in ("hand_over", "assign", "release", "recuse"):
        assert url("desk_step", piece, name) not in before
        assert url("desk_step", piece, name) in more
    assert url("desk_details", piece) in more
    assert f'<a class="button danger" href="{url("desk_step", piece, "decline")}">' in before


def test_piece_page_says_confirm_where_somebody_else_proposed_it_and_names_no_step_as_the_code_does(
    edda, cast, at_stage
):
    piece = at_stage("published")
    told = {"notice": "Two figures were made up.", "says": "the network", "keeps_text": True}
    take("retract", piece, by=cast.sten, **told)

    shown = page(edda, piece)

    assert "Confirm: Retract" in shown
    assert "Retract: Two figures were made up." in shown
    assert "retract: " not in shown


@pytest.mark.parametrize(
    "step, sentence",
    [
        ("claim", "“Claim” is not possible now: the piece is “in review”."),
        ("ask_changes", "Write at least one comment that the author can see"),
        ("decline", "Write the letter to the author: say why the piece is declined."),
    ],
)
def test_refused_step_says_its_sentence_once(step, sentence, edda, at_stage):
    piece = at_stage("in_review")

    shown = edda.post(url("desk_step", piece, step), {"note": ""}).text

    piece.refresh_from_db()
    assert shown.count(sentence) == 1
    assert piece.stage == "in_review"


def test_comment_form_says_when_the_author_gets_it(edda, at_stage):
    shown = page(edda, at_stage("in_review"))

    assert re.search(r'name="is_shared"[^>]* checked', shown)
    assert "They get it by mail, at once or once a day as they chose." in shown
