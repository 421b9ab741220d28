"""Every guard: nothing for a complete piece, its sentence for what is missing, and what each list of guards holds."""

from datetime import timedelta

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from articles.models import Article, Disclaimer, OldSlug
from authors.models import Agreement, Author, Identity, Status
from editorial import guards, risk, workflow
from editorial.models import ChecklistItem, Comment, Disclosure
from network import clock
from tests import factories

EVERY_GUARD = {*guards.SUBMIT, *guards.APPROVAL, *guards.PUBLICATION, guards.has_shared_comment}
UNANSWERED = "Ana Ruiz has not answered the questions about interests yet."
OLD_BIO = "Ana Ruiz has not confirmed their bio within the last 12 months. They do it on their profile."
DECIDES = "A person in standards decides what happens."


def _text(**fields):
    return lambda piece: Article.objects.filter(pk=piece.pk).update(**fields)


def _author(**fields):
    return lambda piece: Author.objects.filter(articles=piece).update(**fields)


def _lead(**words):
    def give(piece):
        picture = factories.make_picture(piece, piece.created_by, **words)
        Article.objects.filter(pk=piece.pk).update(lead_picture=picture)

    return give


def _in_text(piece):
    picture = factories.make_picture(piece, piece.created_by, caption="The harbour", credit="")
    Article.objects.filter(pk=piece.pk).update(body=f"Look.\n\n![](picture:{picture.reference})\n")


def _described_in_text(piece):
    picture = factories.make_picture(piece, piece.created_by, caption="", alt="Gulls", credit="")
    Article.objects.filter(pk=piece.pk).update(body=f"Look.\n\n![](picture:{picture.reference})\n")


def _undeclared(piece):
    piece.disclosures.all().delete()


def _unprinted(piece):
    piece.bylines.update(disclosure="")


def _yes_without_detail(piece):
    answers = factories.NO_INTERESTS | {"paid": {"yes": True, "detail": " "}}
    Disclosure.objects.filter(article=piece).update(answers=answers)


def _other_terms(piece):
    factories.make_agreement()


def _nobody(piece):
    piece.bylines.all().delete()


def _bio_of_13_months_ago(piece):
    _author(bio_confirmed_at=clock.now() - timedelta(days=395))(piece)


def _blocked(piece):
    values = {"text": "Wait.", "is_blocking": True, "is_shared": False}
    Comment.objects.create(article=piece, writer=piece.created_by, **values)


def _other_disclaimer(piece):
    factories.make_disclaimer()


def _approved_by_hand(piece, editor, **more):
    """An approval of the text as it is now, written as a row: no step would write this one."""
    current = Article.objects.get(pk=piece.pk)
    revision = current.revisions.model.objects.freeze(current, by=editor)
    values = {"revision": revision, "package_hash": revision.package_hash, "disclaimer": Disclaimer.objects.in_force()}
    current.reviews.create(editor=editor, decision="approve", **{"checklist": factories.EVERY_ITEM} | values | more)


def _approver_became_author(piece):
    editor = piece.reviews.get(decision="approve").editor
    piece.bylines.create(author=factories.make_author("Edda Desk", editor), printed_name="Edda Desk")
    _approved_by_hand(piece, editor)


def _a_new_item(piece):
    ChecklistItem.objects.create(key="tides", words="The tide table is right.", position=99)


def _marked(piece):
    """With nothing left to tick, so that only the second editor is missing."""
    ChecklistItem.objects.filter(is_high_risk_only=True).update(is_active=False)
    risk.mark(piece, by=piece.reviews.get(decision="approve").editor, reason="It names a minister.")


# The piece is Ana's, ready, approved by Edda. What is done to it, which guard says so, and in what words.
LACKING = [
    (guards.headline_fits, _text(headline="  "), "Give the piece a headline."),
    (guards.headline_fits, _text(headline="é" * 111), "Shorten the headline to 110 characters; it has 111."),
    (guards.has_dek, _text(dek=" "), "Write the dek, one sentence under the headline."),
    (guards.has_section, _text(section=None), "Choose a section."),
    (guards.has_body, _text(body=" \n "), "Write the text."),
    (
        guards.response_names_its_piece,
        _text(label="response"),
        "Say which piece this responds to, or choose another label.",
    ),
    (guards.pictures_complete, _lead(alt=" "), "Give the lead picture its description."),
    (guards.pictures_complete, _lead(credit=" "), "Give the lead picture its credit."),
    (guards.pictures_complete, _lead(licence=""), "Give the lead picture its licence."),
    (
        guards.pictures_complete,
        _lead(alt="", credit="", licence=""),
        "Give the lead picture its description, credit, licence.",
    ),
    (guards.pictures_complete, _lead(is_decorative=True, credit=""), "Give the lead picture its credit."),
    (guards.pictures_complete, _lead(made=""), "Give the lead picture its origin."),
    (guards.pictures_complete, _in_text, "Give the picture “The harbour” its credit."),
    (guards.pictures_complete, _described_in_text, "Give the picture “Gulls” its credit."),
    (guards.disclosures_complete, _undeclared, UNANSWERED),
    (guards.disclosures_complete, _unprinted, UNANSWERED),
    (guards.disclosures_complete, _yes_without_detail, UNANSWERED),
    (guards.ai_answered, _text(ai_use=""), "Say whether AI was used for this piece, and how."),
    (
        guards.ai_answered,
        _text(has_checked_facts=False),
        "Confirm that every fact and quotation has been checked.",
    ),
    (guards.ai_answered, _text(ai_use="drafted", ai_tools=" "), "Name the AI tools that were used."),
    (guards.prior_answered, _text(prior=""), "Say whether the piece was published before."),
    (
        guards.prior_answered,
        _text(prior="elsewhere"),
        "Give the address where the piece was published before.",
    ),
    (
        guards.agreements_accepted,
        _other_terms,
        "Ana Ruiz has not accepted version 2 of the contributor agreement yet.",
    ),
    (guards.has_authors, _nobody, "The piece has no author. An editor adds one."),
    (guards.authors_not_barred, _author(status=Status.SUSPENDED), f"Ana Ruiz is suspended. {DECIDES}"),
    (guards.authors_not_barred, _author(status=Status.FABRICATED), f"Ana Ruiz is fabricated. {DECIDES}"),
    (
        guards.authors_known,
        _author(identity=Identity.PENDING),
        "Nobody has checked yet who Ana Ruiz is. An editor does that on the author's page in the admin.",
    ),
    (guards.bios_confirmed, _author(bio_confirmed_at=None), OLD_BIO),
    (guards.bios_confirmed, _bio_of_13_months_ago, OLD_BIO),
    (guards.slug_free, _text(slug=""), "The piece has no address yet. An editor gives it one on its details page."),
    (
        guards.no_blocking_comment,
        _blocked,
        "A blocking comment is still open. An editor resolves it on the piece's page.",
    ),
    (
        guards.no_legal_hold,
        _text(is_on_legal_hold=True),
        "The piece is on legal hold. A person in standards lifts it.",
    ),
    (
        guards.approved,
        _text(body=Concat("body", Value(","))),
        "The text is not the one an editor approved. An editor reads it and approves it again.",
    ),
    (
        guards.signed,
        _text(body=Concat("body", Value(","))),
        "Ana Ruiz has not signed this text. They get the proof once it is approved.",
    ),
    (
        guards.disclaimer_approved,
        _other_disclaimer,
        "Version 2 of the disclaimer came into force after the approval. An editor approves it again.",
    ),
    (
        guards.approver_still_stands,
        _approver_became_author,
        "The editor who approved the piece is also one of its authors. Another editor approves it.",
    ),
    (
        guards.checklist_complete,
        _a_new_item,
        "The checklist is not complete, one item is open: The tide table is right. An editor ticks what is left.",
    ),
    (
        guards.second_approver,
        _marked,
        "The piece is high risk, and edda has approved this text alone. A second editor approves it as well.",
    ),
]


def reread(piece):
    return Article.objects.get(pk=piece.pk)


@pytest.mark.parametrize(
    "guard",
    sorted(EVERY_GUARD - {guards.has_shared_comment, guards.approval_is_stale}, key=lambda guard: guard.__name__),
)
def test_guard_says_nothing_of_a_complete_piece(guard, at_stage):
    piece = at_stage("ready")

    assert guard(piece) is None


@pytest.mark.parametrize("guard, lose, sentence", LACKING)
def test_guard_says_what_is_missing(guard, lose, sentence, at_stage):
    piece = at_stage("ready")

    lose(piece)

    assert guard(reread(piece)) == sentence
    assert sentence in workflow.lacking("publish", reread(piece))


def test_lacking_covers_every_guard_of_publishing():
    elsewhere = {guards.has_label, guards.has_disclaimer, guards.embargo_passed}

    assert {guard for guard, *_ in LACKING} | elsewhere == set(guards.PUBLICATION)


def test_headline_of_110_characters_fits(at_stage):
    piece = at_stage("draft", headline="é" * 110)

    assert guards.headline_fits(piece) is None


def test_has_label_knows_only_the_labels_of_the_network(at_stage):
    piece = at_stage("draft")
    piece.label = "advert"  # the database refuses to keep it

    assert guards.has_label(piece) == "Choose a label: what kind of piece is it?"


@pytest.mark.parametrize("words", [{}, {"alt": "", "is_decorative": True}])
def test_pictures_complete_says_nothing_of_a_described_or_decorative_picture(words, at_stage):
    piece = at_stage("draft")
    _lead(**words)(piece)

    assert guards.pictures_complete(reread(piece)) is None


def test_pictures_complete_leaves_out_a_picture_that_the_piece_does_not_show(cast, draft):
    factories.make_picture(draft, cast.ana, alt="", credit="", licence="")

    assert guards.pictures_complete(reread(draft)) is None


def test_prior_answered_accepts_an_address(at_stage):
    piece = at_stage("draft")
    _text(prior="elsewhere", prior_url="https://paper.example/gulls")(piece)

    assert guards.prior_answered(reread(piece)) is None


def test_ai_answered_accepts_named_tools(at_stage):
    piece = at_stage("draft")
    _text(ai_use="assistive", ai_tools="a spelling checker")(piece)

    assert guards.ai_answered(reread(piece)) is None


def test_agreements_accepted_asks_for_the_version_in_force_of_every_author(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    agreement = factories.make_agreement()
    agreement.accept(cast.ana.author, by=cast.ana)

    lacking = guards.agreements_accepted(piece)
    agreement.accept(cast.bo.author, by=cast.bo)

    assert lacking == "Bo Lindqvist has not accepted version 2 of the contributor agreement yet."
    assert guards.agreements_accepted(piece) is None


def test_agreements_accepted_leaves_out_a_version_of_tomorrow(draft):
    agreement = factories.make_agreement()
    tomorrow = clock.now() + timedelta(days=1)
    Agreement.objects.filter(pk=agreement.pk).update(in_force_from=tomorrow)

    assert guards.agreements_accepted(draft) is None

    with clock.at(tomorrow):
        assert guards.agreements_accepted(draft) is not None


def test_bios_confirmed_within_12_months(at_stage):
    piece = at_stage("draft")
    confirmed_at = cast_author(piece).bio_confirmed_at

    with clock.at(confirmed_at + timedelta(days=364)):
        assert guards.bios_confirmed(piece) is None
    with clock.at(confirmed_at + timedelta(days=366)):
        assert guards.bios_confirmed(piece) == OLD_BIO


def cast_author(piece) -> Author:
    return piece.bylines.get().author


def test_embargo_passed_only_when_it_has(at_stage):
    piece = at_stage("ready")
    until = clock.now() + timedelta(hours=3)
    _text(embargo_until=until)(piece)

    with clock.at(until - timedelta(seconds=1)):
        assert guards.embargo_passed(reread(piece)) == f"The piece is under embargo until {until:%-d %B %Y, %H:%M} UTC."
    with clock.at(until):
        assert guards.embargo_passed(reread(piece)) is None


def test_has_disclaimer_asks_for_one_that_is_in_force(draft):
    Disclaimer.objects.all().delete()
    factories.make_disclaimer(in_force_from=None)
    factories.make_disclaimer(in_force_from=clock.now() + timedelta(days=1))

    sentence = guards.has_disclaimer(draft)

    assert sentence == "The network has no disclaimer in force. A person in standards puts one in force in the admin."
    assert sentence in workflow.lacking("approve", draft)


def test_disclaimer_approved_leaves_out_a_version_of_tomorrow(at_stage):
    piece = at_stage("ready")
    factories.make_disclaimer(in_force_from=clock.now() + timedelta(days=1))

    assert guards.disclaimer_approved(piece) is None

    with clock.at(clock.now() + timedelta(days=2)):
        assert guards.disclaimer_approved(piece) is not None


def test_slug_free_refuses_an_address_that_another_piece_once_had(cast, at_stage):
    piece = at_stage("published")
    OldSlug.objects.create(slug="gulls", article=piece)
    other = factories.make_piece(cast.ana, cast.section)
    other.slug = "gulls"  # the database refuses to keep it

    sentence = guards.slug_free(other)

    assert sentence == "Another piece once had this address. An editor chooses a new one on the details page."


def test_has_shared_comment_asks_for_an_open_one_of_the_desk(cast, at_stage):
    piece = at_stage("in_review")
    Comment.objects.create(article=piece, writer=cast.ana, text="From the author.")
    Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, is_shared=False, text="For us.")
    answered = {"resolved_at": clock.now(), "resolved_by": cast.edda}
    Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text="Done.", **answered)

    lacking = guards.has_shared_comment(piece)
    Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text="Who told you?")

    assert lacking == "Write at least one comment that the author can see, so that they know what to change."
    assert guards.has_shared_comment(piece) is None


def test_a_resolved_blocking_comment_blocks_nothing(cast, at_stage):
    piece = at_stage("ready")
    _blocked(piece)

    piece.comments.update(resolved_at=clock.now(), resolved_by=cast.edda)

    assert guards.no_blocking_comment(piece) is None


def test_approval_is_stale_refuses_a_second_approval_of_the_same(at_stage):
    piece = at_stage("ready")

    assert guards.approval_is_stale(piece) == "The piece is approved already, with the disclaimer in force."

    factories.make_disclaimer()

    assert guards.approval_is_stale(piece) is None


def test_signed_names_every_author_who_has_not(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)

    assert guards.unsigned(piece) == ["Ana Ruiz", "Bo Lindqvist"]
    assert guards.signed(piece).startswith("Ana Ruiz and Bo Lindqvist have not signed this text.")


def test_missing_keeps_the_order_of_the_guards(draft):
    _text(dek="", section=None, headline="")(draft)

    found = guards.missing(reread(draft), guards.SUBMISSION)

    assert found == [
        "Give the piece a headline.",
        "Write the dek, one sentence under the headline.",
        "Choose a section.",
    ]
