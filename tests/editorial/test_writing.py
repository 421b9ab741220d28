"""Changing the working text: who may at which stage, never over somebody else's save, and always as a new revision."""

import pytest

from articles.models import OldSlug, Tag
from editorial import workflow, writing
from editorial.refusal import Conflict, Refused
from network import clock
from tests import factories
from tests.editorial.test_workflow import every_row, reread

YES = {**factories.NO_INTERESTS, "paid": {"yes": True, "detail": "the port authority."}}
ANAS, EDDAS = {"ana", "bo"}, {"edda"}


@pytest.fixture
def shared(cast):
    """A function: a piece of Ana's and Bo's at a stage."""
    return lambda stage: factories.advance(factories.make_piece(cast.ana, cast.section, cast.bo), stage, cast)


# Who, where

WRITERS = {
    "draft": ANAS,
    "changes_requested": ANAS,
    "submitted": set(),
    "in_review": EDDAS,
    "proof": set(),
    "declined": set(),
    "withdrawn": set(),
}


@pytest.mark.parametrize("stage, names", WRITERS.items())
def test_save_is_for_the_one_who_has_the_text(stage, names, cast, shared):
    piece = shared(stage)
    others = [name for name in vars(cast) if name not in {*names, "section"}]
    before = every_row()

    for name in others:
        with pytest.raises(Refused, match="The text is not yours to change now"):
            writing.save(piece, {"body": f"By {name}."}, by=getattr(cast, name))

    assert every_row() == before
    for name in names:
        assert writing.save(piece, {"body": f"By {name}."}, by=getattr(cast, name)).body == f"By {name}."


@pytest.mark.parametrize("stage", ["ready", "scheduled", "published"])
def test_save_of_an_approved_text_is_nobodys(stage, cast, at_stage):
    piece = at_stage(stage)
    before = every_row()

    for name in vars(cast).keys() - {"section"}:
        with pytest.raises(Refused):
            writing.save(piece, {"body": "Other."}, by=getattr(cast, name))

    assert every_row() == before


@pytest.mark.parametrize("stage, may", [("in_review", {"edda"}), ("ready", {"edda", "emil", "axel"}), ("proof", set())])
def test_may_change_opens_the_sheet_also_where_a_save_is_the_step_edit(stage, may, cast, at_stage):
    piece = at_stage(stage)

    found = {name for name in vars(cast).keys() - {"section"} if writing.may_change(getattr(cast, name), piece)}

    assert found == may


def test_save_by_nobody_is_refused(draft):
    with pytest.raises(Refused):
        writing.save(draft, {"body": "Other."}, by=None)

    assert reread(draft).body == factories.BODY


# Revisions


def test_start_freezes_the_first_revision_with_its_byline(cast):
    piece = writing.start(cast.ana.author, by=cast.ana, headline="Gulls", section=cast.section)

    assert (piece.stage, piece.standing, piece.slug) == ("draft", "unpublished", "")
    assert piece.revisions.get().byline[0]["name"] == "Ana Ruiz"
    assert piece.trail.count() == 0


def test_save_freezes_a_revision_of_each_text(cast, draft):
    count = draft.revisions.count()

    saved = writing.save(draft, {"body": "One."}, by=cast.ana)
    writing.save(draft, {"body": "Two."}, by=cast.ana)

    bodies = list(draft.revisions.order_by("number").values_list("body", flat=True))
    assert bodies[count:] == ["One.", "Two."]
    assert draft.revisions.first().package_hash == writing.working_hash(reread(draft)) != writing.working_hash(saved)


def test_save_that_changes_nothing_makes_no_revision(cast, draft):
    count = draft.revisions.count()

    writing.save(draft, {"body": draft.body, "headline": draft.headline}, by=cast.ana)

    assert draft.revisions.count() == count


def test_save_over_a_text_that_was_not_seen_is_a_conflict(cast, shared):
    piece = shared("draft")
    opened = reread(piece).save_number
    writing.save(piece, {"body": "Ana's."}, by=cast.ana, save_number=opened)
    before = every_row()

    with pytest.raises(Conflict, match="Somebody saved this piece after you opened it"):
        writing.save(piece, {"body": "Bo's."}, by=cast.bo, save_number=opened)

    assert every_row() == before


def test_save_keeps_the_words_of_a_picture(cast, draft):
    picture = factories.make_picture(draft, cast.ana)

    writing.save(draft, {"lead": picture, "pictures": {picture.reference: {"alt": "Gulls"}}}, by=cast.ana)

    assert draft.revisions.first().lead["alt"] == "Gulls"


def test_save_leaves_the_pictures_of_another_piece_alone(cast, draft):
    theirs = factories.make_picture(factories.make_piece(cast.bo, cast.section), cast.bo)

    writing.save(draft, {"pictures": {theirs.reference: {"alt": "Mine now"}}}, by=cast.ana)

    theirs.refresh_from_db()
    assert theirs.alt == "A harbour"


def test_save_by_an_author_prints_them_as_they_are_today(cast, shared):
    piece = shared("draft")
    for person in (cast.ana, cast.bo):
        person.author.name = f"{person.author.name} the Younger"
        person.author.save()

    writing.save(piece, {"body": "Other."}, by=cast.ana)

    ana, bo = piece.bylines.all()
    assert (ana.printed_name, bo.printed_name) == ("Ana Ruiz the Younger", "Bo Lindqvist")
    assert ana.disclosure == "Ana Ruiz the Younger declares no relevant interests."
    assert bo.disclosure == "Bo Lindqvist declares no relevant interests."


def test_save_by_an_editor_leaves_the_byline_alone(cast, at_stage):
    piece = at_stage("in_review")
    cast.ana.author.name = "Ana R."
    cast.ana.author.save()

    writing.save(piece, {"body": "Other."}, by=cast.edda)

    assert piece.bylines.get().printed_name == "Ana Ruiz"


# Declarations


def test_declare_prints_the_authors_own_line(cast, shared):
    piece = shared("draft")

    factories.declare(piece, cast.bo, answers=YES)

    ana, bo = piece.bylines.all()
    assert ana.disclosure == "Ana Ruiz declares no relevant interests."
    assert bo.disclosure == "Bo Lindqvist was paid for this by the port authority."
    assert piece.revisions.first().disclosure == f"{ana.disclosure} {bo.disclosure}"


def test_declare_with_an_open_question_prints_nothing(cast, draft):
    factories.declare(draft, cast.ana, answers={key: value for key, value in YES.items() if key != "office"})

    assert draft.bylines.get().disclosure == ""
    assert workflow.lacking("submit", draft) == ["Ana Ruiz has not answered the questions about interests yet."]


def test_declare_is_for_an_author_while_it_is_theirs(cast, at_stage):
    pieces = {"draft": ["edda", "axel", "bo", "root"], "in_review": ["ana", "edda"], "published": ["ana"]}

    for stage, names in pieces.items():
        piece = at_stage(stage)
        before = every_row()
        for name in names:
            with pytest.raises(Refused, match="answered by an author, while the piece is with them"):
                factories.declare(piece, getattr(cast, name), answers=YES)
        assert every_row() == before


# Details


def test_set_details_keeps_the_old_address_of_a_public_piece_for_ever(cast, at_stage, client):
    piece = at_stage("published")
    old = piece.get_absolute_url()

    writing.set_details(piece, by=cast.edda, slug="gulls")

    assert reread(piece).slug == "gulls"
    assert client.get(old).headers["Location"] == reread(piece).get_absolute_url()

    writing.set_details(piece, by=cast.edda, slug="gulls-at-six")

    assert [row.slug for row in OldSlug.objects.all()] == ["gulls"]


def test_set_details_forgets_an_address_that_nobody_ever_saw(cast, at_stage):
    piece = at_stage("ready")

    writing.set_details(piece, by=cast.edda, slug="gulls")

    assert not OldSlug.objects.exists()


def test_set_details_refuses_an_address_that_another_piece_had(cast, at_stage):
    first = at_stage("published")
    writing.set_details(first, by=cast.edda, slug="gulls")
    piece = at_stage("ready", headline="Terns")
    before = every_row()

    with pytest.raises(Refused, match="Another piece once had this address"):
        writing.set_details(piece, by=cast.edda, slug="gulls-at-six")

    assert every_row() == before


def test_set_details_refuses_an_address_that_another_piece_has(cast, at_stage):
    at_stage("submitted")
    piece = at_stage("ready", headline="Terns")
    before = every_row()

    with pytest.raises(Refused, match="Another piece has this address"):
        writing.set_details(piece, by=cast.edda, slug="gulls-at-six")

    assert every_row() == before


def test_set_details_leaves_the_keys_alone(cast, at_stage):
    piece = at_stage("ready")
    tag = Tag.objects.create(name="Birds", slug="birds")

    writing.set_details(piece, by=cast.edda, slug="gulls", tags=[tag])

    assert workflow.lacking("publish", reread(piece)) == []
    assert list(piece.tags.all()) == [tag]


def test_set_details_with_an_embargo_opens_its_item_of_the_checklist_and_no_key(cast, at_stage):
    piece = at_stage("ready")

    writing.set_details(piece, by=cast.edda, slug=piece.slug, embargo_until=clock.now())

    (sentence,) = workflow.lacking("publish", reread(piece))
    assert sentence.startswith("The checklist is not complete, one item is open: The piece keeps every embargo")


@pytest.mark.parametrize("username", ["ana", "bo", "pia", "root"])
def test_set_details_is_the_desks(username, cast, at_stage):
    piece = at_stage("ready")
    before = every_row()

    with pytest.raises(Refused, match="The details of a piece are the desk's to set"):
        writing.set_details(piece, by=getattr(cast, username), slug="gulls")

    assert every_row() == before


def test_set_details_leaves_a_legal_hold_to_standards(cast, at_stage):
    piece = at_stage("ready")
    writing.set_details(piece, by=cast.sten, slug=piece.slug, is_on_legal_hold=True)

    with pytest.raises(Refused, match="A legal hold is set and lifted by a person in standards"):
        writing.set_details(piece, by=cast.edda, slug=piece.slug, is_on_legal_hold=False)

    assert reread(piece).is_on_legal_hold
