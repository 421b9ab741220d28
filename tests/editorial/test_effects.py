"""What each step leaves behind: reviews, sign-offs, trips through the desk, publications, amendments."""

from datetime import timedelta

import pytest

from articles.models import Article, OldSlug, Picture
from editorial import trail, workflow, writing
from editorial.models import Comment
from editorial.workflow import take
from network import clock
from network.models import Network
from tests import factories
from tests.editorial.test_workflow import refusal, reread

LONG = "The harbour was quiet that morning, and nobody had told the gulls. " * 8 + "\n"


# With the desk


def test_submit_freezes_signs_and_promises_a_day(cast, draft):
    Network.objects.update(answer_days=9)

    piece = take("submit", draft, by=cast.ana)

    revision, submission = piece.revisions.latest("number"), piece.submissions.get()
    signed = piece.sign_offs.get()
    assert (signed.author, signed.signed_by, signed.package_hash) == (cast.ana.author, cast.ana, revision.package_hash)
    assert (submission.number, submission.submitted_by, submission.claimed_by) == (1, cast.ana, None)
    assert submission.promised_by - submission.submitted_at <= timedelta(days=9, seconds=1)
    assert submission.promised_by - clock.now() > timedelta(days=8, hours=23)
    assert piece.slug == "gulls-at-six"


def test_a_saved_profile_is_printed_on_what_is_still_with_its_author(cast, draft):
    writing.change_profile(cast.ana.author, {"bio": "Ana Ruiz keeps bees."}, [], by=cast.ana)

    piece = take("submit", draft, by=cast.ana)

    assert piece.bylines.get().bio == "Ana Ruiz keeps bees."
    assert piece.sign_offs.get().revision.byline[0]["bio"] == "Ana Ruiz keeps bees."


def test_submit_of_another_text_than_was_on_the_screen_is_refused(cast, draft):
    seen = writing.working_hash(draft)
    writing.save(draft, {"body": "Another text."}, by=cast.ana)

    assert refusal("submit", draft, by=cast.ana, seen=seen).startswith("The text changed while you were reading.")


def test_submit_again_opens_a_second_trip(cast, at_stage):
    piece = take("submit", at_stage("changes_requested"), by=cast.ana)

    assert [(trip.number, trip.closed_at is None) for trip in piece.submissions.all()] == [(2, True), (1, False)]


def test_submit_gives_an_address_that_nobody_has_or_had(cast, at_stage):
    first = at_stage("submitted")
    OldSlug.objects.create(slug="gulls-at-six-2", article=first)

    piece = at_stage("submitted")

    assert (first.slug, piece.slug) == ("gulls-at-six", "gulls-at-six-3")


@pytest.mark.parametrize("headline, slug", [("Über die Möwen", "uber-die-mowen"), ("鴎", "piece-{}")])
def test_submit_gives_an_address_in_plain_letters(headline, slug, at_stage):
    piece = at_stage("submitted", headline=headline)

    assert piece.slug == slug.format(piece.pk)


def test_submit_keeps_the_address_a_piece_has(cast, at_stage):
    piece = at_stage("changes_requested")
    writing.save(piece, {"headline": "Another headline"}, by=cast.ana)

    assert take("submit", piece, by=cast.ana).slug == "gulls-at-six"


def test_claim_and_release_say_who_has_it(cast, at_stage):
    piece = take("claim", at_stage("submitted"), by=cast.edda)

    assert piece.submissions.get().claimed_by == cast.edda
    assert (piece.reviews.get().editor, piece.reviews.get().decision) == (cast.edda, "claim")

    piece = take("release", piece, by=cast.emil)

    assert piece.submissions.get().claimed_by is None
    assert piece.submissions.get().closed_at is None


def test_ask_changes_is_for_the_editor_who_has_it(cast, at_stage):
    piece = at_stage("in_review")
    Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text="Who told you?")

    assert "not yours" in refusal("ask_changes", piece, by=cast.emil)

    piece = take("ask_changes", piece, by=cast.edda)

    assert piece.submissions.get().closed_at is not None


def test_decline_records_the_letter_and_ends_the_trip(cast, at_stage):
    piece = take("decline", at_stage("submitted"), by=cast.edda, note="Too close to another piece.")

    assert piece.reviews.get().note == "Too close to another piece."
    assert piece.submissions.get().closed_at is not None


def test_approve_names_text_and_disclaimer(cast, at_stage):
    piece = factories.approve(at_stage("in_review"), cast.edda)

    review = piece.reviews.get(decision="approve")
    assert review.package_hash == writing.working_hash(piece)
    assert review.disclaimer.version == 1
    assert set(review.checklist) == set(factories.EVERY_ITEM)
    assert piece.submissions.get().answered_at is not None


def test_approve_with_an_open_checklist_is_refused(cast, at_stage):
    piece = at_stage("in_review")

    sentence = refusal("approve", piece, by=cast.edda, checklist=factories.EVERY_ITEM[1:])

    assert sentence == "Not ticked yet: Facts and quotations have a source, or the author has shown one."


def test_approve_of_another_text_than_was_on_the_screen_is_refused(cast, at_stage):
    piece = at_stage("in_review")
    seen = writing.working_hash(piece)
    factories.edit_by_desk(piece, cast.edda)

    sentence = refusal("approve", piece, by=cast.emil, checklist=factories.EVERY_ITEM, seen=seen)

    assert sentence == "The text changed while you were reading. Read it again, then decide."


def test_suggest_keeps_the_words_and_gives_the_piece_back_to_its_editor(cast, at_stage):
    piece = take("suggest", at_stage("proof"), by=cast.ana, note="Say seven, please.")

    comment = piece.comments.get()
    assert (comment.writer, comment.text, comment.is_from_desk) == (cast.ana, "Say seven, please.", False)
    assert piece.submissions.open().get().claimed_by == cast.edda


def test_sign_of_a_text_that_nobody_approved_is_refused(cast, at_stage):
    piece = at_stage("proof")
    Article.objects.filter(pk=piece.pk).update(body="Something else.")

    assert refusal("sign", piece, by=cast.ana).startswith("The text is not the one your editor approved.")


def test_withdraw_ends_the_trip_and_reopen_begins_again(cast, at_stage):
    piece = take("withdraw", at_stage("scheduled"), by=cast.ana)

    assert piece.scheduled_for is None
    assert not piece.submissions.open().exists()

    piece = take("submit", take("reopen", piece, by=cast.ana), by=cast.ana)

    assert piece.submissions.open().get().number == 2
    assert piece.trail.count() == 7


def test_edit_that_changes_nothing_is_refused(cast, at_stage):
    piece = at_stage("ready")

    sentence = refusal("edit", piece, by=cast.edda, changes={"body": piece.body})

    assert sentence == "Nothing changed, so the approval stands."


def test_edit_over_a_save_that_was_not_seen_is_refused(cast, at_stage):
    piece = at_stage("ready")

    sentence = refusal("edit", piece, by=cast.edda, changes={"body": "Other."}, save_number=piece.save_number + 1)

    assert sentence.startswith("Somebody saved this piece after you opened it.")


# With readers


def test_publish_pins_text_disclaimer_names_and_keys(cast, at_stage):
    piece = at_stage("published")

    live = piece.live
    assert (live.number, live.kind, live.notice) == (1, "first", "")
    assert live.revision.package_hash == live.review.package_hash == writing.working_hash(piece)
    assert live.disclaimer == live.review.disclaimer
    assert live.names == {"network": "The Signal", "host": "Signal House", "contact": "desk@signal.example"}
    assert piece.published_at == live.published_at
    assert not piece.submissions.open().exists()


# Amendments


def amended(cast, piece: Article, **changes) -> Article:
    """An amendment of Ana's, ready to be published."""
    piece = take("amend", piece, by=cast.ana)
    writing.save(piece, changes, by=cast.ana)
    piece = take("claim", take("submit", piece, by=cast.ana), by=cast.edda)
    return factories.approve(piece, cast.edda)


def test_amend_leaves_readers_what_they_have_until_it_is_published(cast, at_stage, client):
    piece = at_stage("published")
    address, headline = piece.get_absolute_url(), "Gulls at seven"
    travel = ["amend", "save", "submit", "claim", "approve"]

    for step in travel:
        if step == "save":
            writing.save(piece, {"headline": headline, "body": "At seven.", "label": "essay"}, by=cast.ana)
        else:
            by = cast.edda if step in ("claim", "approve") else cast.ana
            take(step, piece, by=by, **{"checklist": factories.EVERY_ITEM} if step == "approve" else {})
        page = client.get(address).content.decode()
        assert reread(piece).live == piece.live
        assert ("Gulls at six" in page, headline in page) == (True, False), step

    factories.correct(piece, cast, "We had the hour wrong.")

    page = client.get(address).content.decode()
    assert headline in page
    assert "We had the hour wrong." in page


CORRECTED = {"severity": "slight", "wrong": "Six.", "right": "Seven."}
TOLD = {"kind": "correction", "notice": "We had the hour wrong.", "correction": CORRECTED}


def test_announce_tells_the_author_first_and_publish_uses_exactly_these_words(client, cast, at_stage):
    piece = amended(cast, at_stage("published"), body="Other words.")
    sentence = refusal("publish", piece, by=cast.pia, **TOLD)
    assert sentence == "Tell the author first what readers will be told: the step “Tell the author the notice”."

    take("announce", piece, by=cast.edda, **TOLD)

    letter = piece.letters.get(kind="announced", to=cast.ana)
    client.force_login(cast.ana)
    page = client.get(f"/contribute/{piece.pk}/").text
    assert all(words in letter.body for words in ("We had the hour wrong.", "Six.", "Seven."))
    assert all(words in page for words in ("What readers will be told", "We had the hour wrong.", "Seven."))
    assert refusal("publish", piece, by=cast.pia, notice="Nothing much.").startswith("The author was told other words")
    assert reread(piece).publications.count() == 1

    published = take("publish", piece, by=cast.pia)

    assert (published.live.kind, published.live.notice) == ("correction", "We had the hour wrong.")
    assert published.live.correction == CORRECTED


@pytest.mark.parametrize("asked", [{"kind": "minor"}, {"kind": "correction", "notice": " "}, {"kind": "nothing"}])
def test_announce_needs_a_kind_and_words(asked, cast, at_stage):
    piece = amended(cast, at_stage("published"), body="Other words.")

    refusal("announce", piece, by=cast.edda, **asked)

    assert not piece.announcements.exists()
    assert not piece.letters.filter(kind="announced").exists()


def test_announcement_is_taken_back_where_the_change_shrank_to_a_minor_one(client, cast, at_stage):
    published = at_stage("published", body=LONG)
    piece = factories.edit_by_desk(take("amend", published, by=cast.edda), cast.edda, "Other words.")
    assert refusal("announce", piece, by=cast.edda, kind="minor").startswith("This is more than a minor change")
    take("announce", piece, by=cast.edda, **TOLD)
    piece = factories.edit_by_desk(reread(piece), cast.edda, LONG.replace("quiet", "silent", 1))
    client.force_login(cast.edda)
    address = f"/admin/articles/article/{piece.pk}/steps/announce/"
    assert 'value="minor"' in client.get(address).text

    client.post(address, {"kind": "minor", "notice": "ignored"})

    assert "readers will be told nothing of it" in piece.letters.filter(to=cast.ana).latest("pk").body
    assert 'value="minor"' not in client.get(address).text
    assert refusal("announce", piece, by=cast.edda, kind="minor").startswith("Readers are told nothing")
    piece = take("sign", factories.approve(reread(piece), cast.edda), by=cast.ana)
    assert refusal("publish", piece, by=cast.pia, **TOLD).startswith("The author was told other words")
    assert take("publish", piece, by=cast.pia).live.kind == "minor"


def test_announcement_of_a_discarded_change_binds_no_later_one(cast, at_stage):
    piece = amended(cast, at_stage("published"), body="Other words.")
    take("announce", piece, by=cast.edda, **TOLD)
    piece = take("discard", piece, by=cast.edda)

    piece = amended(cast, piece, body="Third words.")

    assert piece.announcements.standing() is None


def test_publish_of_an_amendment_tells_its_author_what_readers_are_told(cast, at_stage):
    piece = amended(cast, at_stage("published"), body="Other words.")

    factories.correct(piece, cast, "We had the hour wrong.")

    letter = piece.letters.filter(kind="published", to=cast.ana).latest("pk")
    assert "a change to “" in letter.body
    assert "It is marked “correction”. Readers are told:\n\nWe had the hour wrong." in letter.body


def test_amend_by_an_author_is_a_draft_and_by_an_editor_in_review(cast, at_stage):
    by_author = take("amend", at_stage("published"), by=cast.ana)
    by_editor = take("amend", at_stage("published"), by=cast.edda)

    assert (by_author.stage, by_author.submissions.open().count()) == ("draft", 0)
    assert (by_editor.stage, by_editor.submissions.open().get().claimed_by) == ("in_review", cast.edda)


def test_amend_by_an_editor_goes_to_its_author_as_a_proof(cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.edda)
    factories.edit_by_desk(piece, cast.edda)

    piece = factories.approve(piece, cast.edda)

    assert (piece.stage, piece.standing) == ("proof", "live")


@pytest.mark.parametrize(
    "added, found",
    [("and forty more", "This change is not minor: a number changed."), ("and so on", "This change is minor.")],
)
def test_publish_of_an_amendment_says_beforehand_whether_it_is_minor(added, found, client, cast, at_stage):
    piece = at_stage("published", body="The gulls sang over the water. " * 40)
    piece = amended(cast, piece, body=piece.body + added)
    client.force_login(cast.pia)

    page = client.get(f"/admin/articles/article/{piece.pk}/steps/publish/").text

    assert found in page


@pytest.mark.parametrize("kind", ["", "first", "retraction", "editors_note", "nonsense"])
def test_publish_of_an_amendment_asks_for_its_kind(kind, cast, at_stage):
    piece = amended(cast, at_stage("published"), body="Other words.")

    sentence = refusal("publish", piece, by=cast.pia, kind=kind, notice="We had the hour wrong.")

    assert sentence == "Say what kind of change this is: minor, update, clarification or correction."


@pytest.mark.parametrize("kind", ["update", "clarification"])
def test_publish_of_an_amendment_asks_for_its_notice(kind, cast, at_stage):
    piece = amended(cast, at_stage("published"), body="Other words.")

    assert refusal("publish", piece, by=cast.pia, kind=kind, notice=" ").startswith("Write the notice for readers")

    piece = take("publish", piece, by=cast.pia, kind=kind, notice=" We had the hour wrong. ")

    assert (piece.live.number, piece.live.kind, piece.live.notice) == (2, kind, "We had the hour wrong.")


@pytest.mark.parametrize(
    "before, after, reason",
    [
        ("quiet that morning", "loud on that morning and the whole long day after it", "words changed"),
        ("nobody", "no gull", "a negation changed"),
        ("gulls", "Gulls", "a capitalised word changed"),
        ("that morning", "at 6", "a number changed"),
        ("gulls", "[gulls](https://gulls.example/)", "a link changed"),
        ("gulls", "“gulls”", "a quotation changed"),
    ],
)
def test_publish_refuses_to_call_minor_what_is_not(before, after, reason, cast, at_stage):
    piece = amended(cast, at_stage("published", body=LONG), body=LONG.replace(before, after, 1))

    sentence = refusal("publish", piece, by=cast.pia, kind="minor")

    assert sentence.startswith("This is more than a minor change: ")
    assert reason in sentence


def test_publish_of_a_minor_change_needs_no_notice(cast, at_stage):
    piece = amended(cast, at_stage("published", body=LONG), body=LONG.replace("quiet", "still", 1))

    piece = take("publish", piece, by=cast.pia, kind="minor")

    assert (piece.live.kind, piece.live.notice, piece.live.is_silent) == ("minor", "", True)
    assert piece.publications.count() == 2


def test_publish_of_an_amendment_keeps_the_day_of_the_first(cast, at_stage):
    first = at_stage("published")
    with clock.at(clock.now() + timedelta(days=40)):
        piece = amended(cast, first, body="Other words.")
        piece = take("publish", piece, by=cast.pia, kind="update", notice="A year on.")

    assert piece.published_at == first.published_at
    assert piece.live.published_at > first.published_at + timedelta(days=39)


def test_discard_brings_back_text_byline_and_pictures_exactly(cast, at_stage):
    piece = factories.make_piece(cast.ana, cast.section)
    pictures = [factories.make_picture(piece, cast.ana), factories.make_picture(piece, cast.ana, caption="Inside")]
    body = f"Look.\n\n![](picture:{pictures[1].reference})\n"
    writing.save(piece, {"lead": pictures[0], "body": body}, by=cast.ana)
    piece = take("amend", factories.advance(piece, "published", cast), by=cast.ana)
    cast.ana.author.bio, cast.ana.author.name = "Another bio.", "Ana R."
    cast.ana.author.save()
    words = {pictures[0].reference: {"alt": "Other", "is_decorative": True, "credit": "Nobody", "licence": "none"}}
    text = {"headline": "Other", "dek": "Other.", "label": "essay", "body": "Other.", "lead": pictures[1]}
    writing.save(piece, {**text, "pictures": words}, by=cast.ana)
    factories.declare(piece, cast.ana, answers={**factories.NO_INTERESTS, "paid": {"yes": True, "detail": "the port"}})
    piece.bylines.create(author=cast.bo.author, printed_name="Bo Lindqvist", position=1)
    assert writing.working_hash(reread(piece)) != piece.live.revision.package_hash

    piece = take("discard", piece, by=cast.ana)

    assert piece.package() == piece.live.revision.package()
    assert writing.working_hash(piece) == piece.live.revision.package_hash
    assert Picture.objects.get(pk=pictures[0].pk).credit == "Ana Ruiz"
    assert (piece.stage, piece.standing, piece.live.number) == ("published", "live", 1)


def test_discard_asks_again_for_answers_that_the_restored_line_does_not_print(cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.ana)
    factories.declare(piece, cast.ana, answers={**factories.NO_INTERESTS, "paid": {"yes": True, "detail": "the port"}})

    piece = take("discard", piece, by=cast.ana)

    assert piece.bylines.get().disclosure == piece.live.revision.disclosure
    assert workflow.lacking("submit", piece) == ["Ana Ruiz has not answered the questions about interests yet."]


def test_discard_keeps_answers_that_the_restored_line_prints(cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.ana)

    piece = take("discard", piece, by=cast.ana)

    assert workflow.lacking("submit", piece) == []


def test_discard_brings_back_an_author_who_was_taken_off(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece = take("claim", take("submit", piece, by=cast.ana), by=cast.edda)
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.bo)
    piece = take("amend", take("publish", piece, by=cast.pia), by=cast.edda)
    piece.bylines.filter(author=cast.ana.author).delete()

    piece = take("discard", piece, by=cast.edda)

    assert [byline.printed_name for byline in piece.bylines.all()] == ["Ana Ruiz", "Bo Lindqvist"]
    assert writing.working_hash(piece) == piece.live.revision.package_hash


def test_discard_is_not_for_an_author_who_did_not_open_it(cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.edda)

    assert "somebody else takes" in refusal("discard", piece, by=cast.ana)
    assert "discard" not in {step.name for step in workflow.steps_for(piece, cast.ana)}
    assert list(trail.verify()) == []
