"""The contributor's side."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from authors.models import Author
from editorial import writing
from editorial.models.disclosure import QUESTIONS
from tests import factories

ANSWERS = {f"q_{question.key}": "no" for question in QUESTIONS}
DECLARED = ANSWERS | {
    "ai_use": "none",
    "has_checked_facts": "on",
    "prior": "exclusive",
    "libel": "no",
    "has_read": "on",
}


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def sheet(piece: Article, **text) -> dict[str, object]:
    """What the sheet posts for a piece without pictures."""
    piece.refresh_from_db()
    values = {name: getattr(piece, name) for name in ("headline", "dek", "label", "body", "save_number")}
    pictures = {"pictures-TOTAL_FORMS": 0, "pictures-INITIAL_FORMS": 0}
    return values | {"section": piece.section_id, "responds_to": "", "lead": ""} | pictures | text


def url(name: str, piece: Article, *args) -> str:
    return reverse(f"editorial:{name}", args=[piece.pk, *args])


def test_pages_ask_strangers_to_sign_in(client, cast, draft):
    for path in ("/contribute/", "/contribute/new/", url("piece", draft), url("edit", draft), url("proof", draft)):
        response = client.get(path)

        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", ["piece", "edit", "declarations", "submit", "proof", "comment"])
def test_pages_of_another_persons_piece_are_404(client, cast, draft, name):
    client.force_login(cast.bo)

    assert client.get(url(name, draft)).status_code in (404, 405)
    assert client.post(url(name, draft), {"text": "mine now"}).status_code == 404
    assert draft.comments.count() == 0


@pytest.mark.parametrize(
    "stage, words",
    [
        ("draft", "With you: a draft."),
        ("submitted", "You will hear by"),
        ("in_review", "an editor is reading it"),
        ("changes_requested", "the desk asks for changes"),
        ("proof", "Read the proof, then sign or suggest."),
        ("ready", "approved and signed"),
        ("scheduled", "readers see it from"),
        ("published", "Published on"),
        ("declined", "you may offer it elsewhere"),
        ("withdrawn", "Withdrawn by you."),
    ],
)
def test_index_says_where_each_piece_is(ana, at_stage, stage, words):
    at_stage(stage)

    assert words in ana.get("/contribute/").content.decode()


def test_index_takes_as_many_queries_for_one_piece_as_for_thirty(ana, cast):
    factories.make_piece(cast.ana, cast.section)
    ana.get("/contribute/")
    with CaptureQueriesContext(connection) as one:
        ana.get("/contribute/")
    for _ in range(29):
        factories.make_piece(cast.ana, cast.section)
    with CaptureQueriesContext(connection) as thirty:
        ana.get("/contribute/")

    assert len(thirty) == len(one)


def test_new_makes_a_draft_and_opens_the_sheet(ana, cast):
    response = ana.post("/contribute/new/", {"headline": "A beginning", "section": cast.section.pk})

    piece = Article.objects.get()
    assert response["Location"] == url("edit", piece)
    assert [byline.printed_name for byline in piece.bylines.all()] == ["Ana Ruiz"]


def test_new_without_an_author_record_is_404(client, cast):
    client.force_login(cast.edda)

    assert client.get("/contribute/new/").status_code == 404


def test_edit_saves_and_freezes_a_revision(ana, draft):
    before = draft.revisions.count()

    ana.post(url("edit", draft), sheet(draft, body="Another text.\r\nTwo lines."))

    draft.refresh_from_db()
    assert draft.body == "Another text.\nTwo lines."
    assert draft.revisions.count() == before + 1


def test_edit_that_changes_nothing_makes_no_revision(ana, draft):
    before = draft.revisions.count()

    ana.post(url("edit", draft), sheet(draft))

    assert draft.revisions.count() == before


def test_edit_preview_saves_nothing_and_keeps_what_was_typed(ana, draft):
    page = ana.post(url("edit", draft), sheet(draft, body="Some *typed* words", preview="1")).content.decode()

    draft.refresh_from_db()
    assert "<em>typed</em>" in page
    assert "Some *typed* words" in page
    assert draft.body == factories.BODY


def test_edit_keeps_what_was_typed_when_a_field_is_wrong(ana, draft):
    page = ana.post(
        url("edit", draft), sheet(draft, headline="", body="A long paragraph typed by hand.")
    ).content.decode()

    draft.refresh_from_db()
    assert "A long paragraph typed by hand." in page
    assert draft.body == factories.BODY


def test_edit_over_somebody_elses_save_shows_both_and_overwrites_nothing(ana, cast, draft):
    mine = sheet(draft, body="My version of it.")
    writing.save(draft, {"body": "Their version of it."}, by=cast.ana)

    page = ana.post(url("edit", draft), mine).content.decode()

    draft.refresh_from_db()
    assert draft.body == "Their version of it."
    assert "My version of it." in page
    assert "<del>" in page
    assert "Somebody saved this piece after you opened it" in page


@pytest.mark.parametrize("stage", ["submitted", "in_review", "proof", "ready", "scheduled", "published"])
def test_edit_is_not_the_authors_while_the_piece_is_at_the_desk(ana, at_stage, stage):
    piece = at_stage(stage)
    body = piece.body

    ana.post(url("edit", piece), sheet(piece, body="Changed behind the desk's back."))

    piece.refresh_from_db()
    assert piece.body == body


def test_edit_takes_a_picture_and_makes_it_the_lead(ana, draft):
    ana.post(url("edit", draft), sheet(draft) | {"upload": factories.image_file()})

    draft.refresh_from_db()
    assert draft.lead_picture == draft.pictures.get()


def test_edit_refuses_a_file_that_is_no_picture_and_keeps_the_text(ana, draft, tmp_path):
    evil = tmp_path / "evil.gif"
    evil.write_text("<script>alert(1)</script>")
    with evil.open("rb") as file:
        page = ana.post(url("edit", draft), sheet(draft, body="Typed words.") | {"upload": file}).content.decode()

    assert draft.pictures.count() == 0
    assert "Typed words." in page


def test_declarations_keep_the_answers_and_print_the_line(ana, cast, draft):
    post = DECLARED | {"q_money": "yes", "d_money": "the Gull Board"}

    ana.post(url("declarations", draft), post)

    assert draft.bylines.get().disclosure == "Ana Ruiz has had money or other benefits from the Gull Board."


@pytest.mark.parametrize(
    "missing",
    [{"q_money": ""}, {"q_money": "yes", "d_money": " "}, {"ai_use": ""}, {"ai_use": "drafted"}, {"prior": ""}],
)
def test_declarations_need_every_answer(ana, cast, missing):
    piece = writing.start(cast.ana.author, by=cast.ana, headline="Undeclared", section=cast.section)

    response = ana.post(url("declarations", piece), DECLARED | missing)

    assert response.status_code == 200
    assert piece.disclosures.count() == 0


def test_submit_asks_for_a_new_version_of_the_agreement(ana, cast, draft):
    agreement = factories.make_agreement()

    seen = writing.working_hash(draft)
    refused = ana.post(url("submit", draft), {"seen": seen})
    draft.refresh_from_db()
    assert (refused.status_code, draft.stage) == (200, "draft")

    ana.post(url("submit", draft), {"seen": seen, "accept": "on", "terms": "of another version"})
    draft.refresh_from_db()
    assert draft.stage == "draft"

    ana.post(url("submit", draft), {"seen": seen, "accept": "on", "terms": agreement.text_hash})
    draft.refresh_from_db()
    assert draft.stage == "submitted"
    assert agreement.acceptances.get().text_hash == agreement.text_hash


def test_piece_speaks_of_the_agreement_only_where_it_is_missing(ana, cast, draft):
    writing.save(draft, {"body": ""}, by=cast.ana)
    accepted = ana.get(url("piece", draft)).text
    factories.make_agreement()

    page = ana.get(url("piece", draft)).text

    assert "agreement" not in accepted
    assert "What submitting does" in accepted
    assert "You accept the agreement on the page from which you submit." in page


def test_submit_offers_nothing_to_tick_while_something_is_missing(ana, cast, draft):
    factories.make_agreement()
    writing.save(draft, {"body": ""}, by=cast.ana)

    page = ana.get(url("submit", draft)).text

    assert 'name="accept"' not in page
    assert "You can submit it here as soon as nothing is missing." in page


def test_submit_refuses_a_text_that_changed_while_it_was_read(ana, cast, draft):
    seen = writing.working_hash(draft)
    writing.save(draft, {"body": "Changed in another tab."}, by=cast.ana)

    page = ana.post(url("submit", draft), {"seen": seen}).content.decode()

    draft.refresh_from_db()
    assert draft.stage == "draft"
    assert "The text changed while you were reading." in page


def test_submit_says_what_is_missing(ana, draft):
    Article.objects.filter(pk=draft.pk).update(dek="")

    page = ana.get(url("submit", draft)).content.decode()

    assert "Write the dek" in page


def test_proof_shows_each_change_by_words(ana, at_stage):
    piece = at_stage("proof")

    page = ana.get(url("proof", piece)).content.decode()

    assert "<ins>" in page
    assert "The desk added this." in page


def test_proof_sign_makes_the_piece_ready(ana, at_stage):
    piece = at_stage("proof")

    ana.post(url("proof", piece), {"seen": writing.working_hash(piece), "sign": "1"})

    piece.refresh_from_db()
    assert piece.stage == "ready"


def test_proof_sign_of_another_text_than_the_one_shown_is_refused(ana, at_stage):
    piece = at_stage("proof")

    ana.post(url("proof", piece), {"seen": "0" * 64, "sign": "1"})

    piece.refresh_from_db()
    assert piece.stage == "proof"


def test_proof_suggestion_goes_to_the_desk_in_words(ana, at_stage):
    piece = at_stage("proof")

    ana.post(url("proof", piece), {"seen": "", "note": "Leave the gulls out.", "suggest": "1"})

    piece.refresh_from_db()
    assert piece.stage == "in_review"
    assert piece.comments.get().text == "Leave the gulls out."


def test_proof_without_words_for_a_suggestion_is_refused(ana, at_stage):
    piece = at_stage("proof")

    ana.post(url("proof", piece), {"seen": "", "note": "", "suggest": "1"})

    piece.refresh_from_db()
    assert piece.stage == "proof"


def test_step_is_shown_before_it_is_taken(ana, at_stage):
    piece = at_stage("submitted")

    page = ana.get(url("step", piece, "withdraw")).content.decode()
    piece.refresh_from_db()
    assert piece.stage == "submitted"
    assert "is not published" in page

    ana.post(url("step", piece, "withdraw"))
    piece.refresh_from_db()
    assert piece.stage == "withdrawn"


@pytest.mark.parametrize("name", ["approve", "publish", "fire", "claim", "vanish"])
def test_step_of_the_desk_is_not_taken_from_here(ana, at_stage, name):
    piece = at_stage("ready")

    ana.post(url("step", piece, name))

    piece.refresh_from_db()
    assert (piece.stage, piece.standing) == ("ready", "unpublished")


def test_desk_only_comments_and_notes_stay_at_the_desk(ana, cast, at_stage):
    piece = at_stage("in_review")
    piece.comments.create(writer=cast.edda, is_from_desk=True, is_shared=False, text="Between us: weak.")
    factories.workflow.take("release", piece, by=cast.edda, note="I have no time, and it is weak.")

    page = ana.get(url("piece", piece)).content.decode()

    assert "weak" not in page


def test_profile_confirms_the_bio_and_leaves_signed_pieces_alone(ana, cast, at_stage):
    piece = at_stage("ready")
    author = cast.ana.author
    Author.objects.filter(pk=author.pk).update(bio_confirmed_at=None)
    post = {
        "name": author.name,
        "slug": author.slug,
        "mail": "each",
        "familiar": "",
        "role": "Gull watcher",
        "bio": "A new bio.",
        "long_bio": "",
        "portrait_alt": "",
        "time_zone": "UTC",
    }
    links = {"links-TOTAL_FORMS": 0, "links-INITIAL_FORMS": 0}

    ana.post("/contribute/profile/", post | links)

    author.refresh_from_db()
    assert author.bio == "A new bio."
    assert author.bio_confirmed_at is not None
    assert piece.bylines.get().bio == "Ana Ruiz writes."


def test_text_that_no_page_can_lay_out_is_refused_and_stays_in_the_form(ana, draft):
    response = ana.post(url("edit", draft), sheet(draft, body="[" * 50_000))

    draft.refresh_from_db()
    assert response.status_code == 200
    assert "[[[[" in response.content.decode()
    assert draft.body == factories.BODY


def test_importer_who_is_no_author_reads_and_changes_nothing(client, cast, draft):
    piece = writing.start(cast.bo.author, by=cast.edda, headline="Brought in", section=cast.section)
    client.force_login(cast.edda)

    assert client.get(url("piece", piece)).status_code == 200
    for name in ("edit", "declarations", "submit", "proof", "comment"):
        assert client.post(url(name, piece), {"text": "as if mine"}).status_code in (302, 404)
    assert piece.comments.count() == 0


def test_two_authors_are_each_told_whose_signature_is_missing(client, cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece = factories.advance(piece, "in_review", cast)
    piece = factories.approve(piece, cast.edda)

    told = {}
    for who in (cast.ana, cast.bo):
        client.force_login(who)
        told[who] = [client.get(path).content.decode() for path in ("/contribute/", url("piece", piece))]

    assert all("It waits for the signature of the other authors." in page for page in told[cast.ana])
    assert all("Read the proof, then sign or suggest." in page for page in told[cast.bo])
