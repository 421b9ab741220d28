"""Two keys: a piece goes live only when an editor's approval and every author's sign-off name the text that is shown.

The first six tests are the sequences that break the leading Django CMS, by their names in the plan.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError, Value
from django.db.models.functions import Concat
from django.urls import reverse

from articles.models import Article, Byline, Picture, Publication, Revision
from authors.models import Author, Status
from editorial import guards, trail, workflow, writing
from editorial.models import Comment, Review, SignOff
from editorial.workflow import Refused, take
from network import clock
from network.fingerprint import fingerprint
from tests import factories
from tests.editorial.test_workflow import every_row, refusal, reread

EDITED = "Nothing of what the author wrote.\n"


def desk(name: str, piece: Article, *args) -> str:
    return reverse(f"admin:{name}", args=[piece.pk, *args])


def approvals(piece: Article):
    return piece.reviews.filter(decision="approve")


def typed(piece: Article, **more) -> dict[str, object]:
    """What the desk's sheet posts, and whatever a hand adds to it."""
    sheet = {name: getattr(piece, name) for name in ("headline", "dek", "label", "body", "save_number")}
    forms = {"pictures-TOTAL_FORMS": 0, "pictures-INITIAL_FORMS": 0}
    return {**sheet, "section": piece.section_id, "responds_to": "", "lead": "", **forms, **more}


def decided(piece: Article, **more) -> dict[str, object]:
    """What the desk's page of the step “approve” posts, and whatever a hand adds to it."""
    return {"checklist": factories.EVERY_ITEM, "seen": writing.working_hash(piece), "note": ""} | more


@pytest.fixture
def own_piece(cast) -> Article:
    """A piece of Axel's, who is in the editors' and the publishers' groups, in review with Edda."""
    return take("claim", take("submit", factories.make_piece(cast.axel, cast.section), by=cast.axel), by=cast.edda)


# The sequences


@pytest.mark.parametrize("door", ["take", "admin", "command"])
def test_author_in_editors_group_cannot_approve_their_own_piece(door, cast, own_piece, client):
    before = every_row()

    if door == "take":
        with pytest.raises(Refused, match="You are an author of this piece"):
            take("approve", own_piece, by=cast.axel, checklist=factories.EVERY_ITEM)
    elif door == "admin":
        client.force_login(cast.axel)
        client.post(desk("desk_step", own_piece, "approve"), decided(own_piece))
    else:
        with pytest.raises(CommandError, match="You are an author of this piece"):
            call_command("take", "approve", str(own_piece.pk), "--by", "axel", "--checked")

    assert every_row() == before
    assert not approvals(own_piece).exists()


@pytest.mark.parametrize("stage", ["in_review", "ready", "scheduled"])
def test_editing_and_approving_in_one_post_approves_nothing(stage, cast, at_stage, client):
    piece = at_stage(stage)
    count = approvals(piece).count()
    client.force_login(cast.edda)
    sheet = typed(piece, **decided(piece), body=EDITED, approve="1", step="approve", stage="ready", standing="live")

    client.post(desk("desk_edit", piece), sheet)

    saved = reread(piece)
    assert (saved.stage, saved.standing, saved.body) == ("in_review", "unpublished", EDITED)
    assert approvals(piece).count() == count
    assert not approvals(piece).filter(package_hash=writing.working_hash(saved)).exists()


def test_editing_on_the_page_of_a_step_changes_no_text(cast, at_stage, client):
    piece = at_stage("in_review")
    client.force_login(cast.edda)
    before = every_row()
    wanted = fingerprint({**piece.package(), "body": EDITED})

    client.post(desk("desk_step", piece, "approve"), typed(piece, **decided(piece, seen=wanted), body=EDITED))

    assert every_row() == before

    client.post(desk("desk_step", piece, "approve"), typed(piece, **decided(piece), body=EDITED))

    approved = reread(piece)
    assert (approved.stage, approved.body) == ("ready", factories.BODY)
    assert approvals(piece).get().revision.body == factories.BODY


def _by_save(revision: Revision) -> None:
    revision.body = EDITED
    revision.save()


def _by_update(revision: Revision) -> None:
    Revision.objects.filter(pk=revision.pk).update(body=EDITED, package_hash="0" * 64)


def _by_bulk_update(revision: Revision) -> None:
    revision.html = "<p>Buy gulls.</p>"
    Revision.objects.bulk_update([revision], ["html"])


def _by_sql(revision: Revision) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_revision SET headline = 'Buy gulls' WHERE id = %s", [revision.pk])


def _by_delete(revision: Revision) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_revision WHERE id = %s", [revision.pk])


@pytest.mark.parametrize("overwrite", [_by_save, _by_update, _by_bulk_update, _by_sql, _by_delete])
def test_approved_revision_cannot_be_overwritten(overwrite, cast, at_stage):
    piece = at_stage("ready")
    before = every_row()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        overwrite(approvals(piece).get().revision)

    assert every_row() == before
    assert take("publish", piece, by=cast.pia).live.revision.body == factories.BODY


def _delete_by_sql(user: User) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_user_groups WHERE user_id = %s", [user.pk])
        cursor.execute("DELETE FROM auth_user WHERE id = %s", [user.pk])
        connection.check_constraints()


def test_approvers_account_cannot_be_deleted_and_the_key_stands(cast, at_stage):
    piece = at_stage("ready")
    before = every_row()

    with pytest.raises(ProtectedError):
        cast.edda.delete()
    with pytest.raises(ProtectedError):
        User.objects.filter(pk=cast.edda.pk).delete()
    with pytest.raises(DatabaseError):
        _delete_by_sql(cast.edda)

    assert every_row() == before
    User.objects.filter(pk=cast.edda.pk).update(is_active=False, username="somebody", email="", first_name="")
    published = take("publish", piece, by=cast.pia)
    assert published.live.review.editor_id == cast.edda.pk
    assert list(trail.verify()) == []


def _a_comma(piece: Article) -> None:
    Article.objects.filter(pk=piece.pk).update(body=Concat("body", Value(",")))


def _the_description(piece: Article) -> None:
    Picture.objects.filter(article=piece).update(alt="A harbour,")


def _the_bio(piece: Article) -> None:
    Byline.objects.filter(article=piece).update(bio="Ana Ruiz writes,")


def _the_disclosure(piece: Article) -> None:
    Byline.objects.filter(article=piece).update(disclosure="Ana Ruiz declares no relevant interests,")


def _the_authors(piece: Article) -> None:
    Byline.objects.create(article=piece, author=factories.make_author("Cy Other"), printed_name="Cy Other")


SHELL = [_a_comma, _the_description, _the_bio, _the_disclosure, _the_authors]


@pytest.fixture
def ready(cast) -> Article:
    """A piece of Ana's with a picture, ready to be published."""
    piece = factories.make_piece(cast.ana, cast.section)
    writing.save(piece, {"lead": factories.make_picture(piece, cast.ana)}, by=cast.ana)
    return factories.advance(piece, "ready", cast)


@pytest.mark.parametrize("change", SHELL)
def test_published_text_differing_by_one_comma_is_refused(change, cast, ready):
    change(ready)

    for step, data in (("publish", {}), ("schedule", {"at": clock.now() + timedelta(days=1)})):
        sentence = refusal(step, ready, by=cast.pia, **data)
        assert "The text is not the one an editor approved. An editor reads it and approves it again." in sentence
        assert "has not signed this text" in sentence or "have not signed this text" in sentence
    assert not Publication.objects.exists()


def _new_disclaimer(piece: Article) -> None:
    factories.make_disclaimer()


def _suspended(piece: Article) -> None:
    Author.objects.filter(articles=piece).update(status=Status.SUSPENDED)


def _blocked(piece: Article) -> None:
    Comment.objects.create(article=piece, writer=piece.created_by, text="Wait.", is_blocking=True)


def _agreement(piece: Article) -> None:
    factories.make_agreement()


STALE = [
    (_new_disclaimer, "Version 2 of the disclaimer came into force after the approval."),
    (_suspended, "Ana Ruiz is suspended."),
    (_a_comma, "The text is not the one an editor approved."),
    (_the_bio, "The text is not the one an editor approved."),
    (_blocked, "A blocking comment is still open."),
    (_agreement, "Ana Ruiz has not accepted version 2 of the contributor agreement yet."),
]


@pytest.mark.parametrize("change, why", STALE)
def test_scheduled_piece_whose_approval_goes_stale_does_not_fire(change, why, at_stage, client):
    piece = at_stage("scheduled")
    moment = piece.scheduled_for
    change(piece)

    with clock.at(moment):
        assert client.get(piece.get_absolute_url()).status_code == 404
        assert piece.headline not in client.get(reverse("home")).content.decode()

    held, event = reread(piece), piece.trail.latest("seq")
    assert (held.stage, held.standing, held.live, held.scheduled_for) == ("ready", "unpublished", None, None)
    assert (event.step, event.actor, event.role) == ("hold", None, "clock")
    assert event.note.startswith("Not published on time.")
    assert why in event.note
    assert {letter.to.username for letter in piece.letters.filter(kind="held")} == {"pia", "axel"}
    assert why in piece.letters.filter(kind="held").first().body
    assert not Publication.objects.exists()
    assert list(trail.verify()) == []


# Nobody turns both


@pytest.mark.parametrize("step", ["claim", "release", "ask_changes", "decline", "approve", "schedule", "publish"])
@pytest.mark.parametrize("door", ["admin", "contribute"])
def test_author_on_the_desk_decides_nothing_by_a_hand_made_post(door, step, cast, own_piece, client):
    client.force_login(cast.axel)
    place = desk("desk_step", own_piece, step) if door == "admin" else f"/contribute/{own_piece.pk}/{step}/"
    before = every_row()

    response = client.post(place, decided(own_piece, note="Mine.", at="2126-01-01T00:00"))

    assert response.status_code in (302, 403, 404)
    assert every_row() == before


def test_author_in_publishers_group_cannot_publish_their_own_piece(cast, own_piece):
    piece = factories.approve(own_piece, cast.edda)

    assert "You are an author of this piece" in refusal("publish", piece, by=cast.axel)


def test_superuser_without_groups_turns_no_key(cast, at_stage, client):
    piece = at_stage("in_review")
    client.force_login(cast.root)
    before = every_row()

    response = client.post(desk("desk_step", piece, "approve"), decided(piece))

    assert response.status_code == 403
    assert every_row() == before


def test_editor_who_becomes_an_author_loses_the_approval_they_gave(cast, ready):
    ready.bylines.create(author=factories.make_author("Edda Desk", cast.edda), printed_name="Edda Desk")

    assert "The text is not the one an editor approved" in refusal("publish", ready, by=cast.pia)
    assert "You are an author of this piece" in refusal("approve", ready, by=cast.edda, checklist=factories.EVERY_ITEM)


# Several authors


@pytest.fixture
def shared(cast) -> Article:
    """A piece of Ana's and Bo's, which Ana has submitted and Edda has."""
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    return take("claim", take("submit", piece, by=cast.ana), by=cast.edda)


def test_every_author_signs_before_a_piece_is_ready(cast, shared):
    piece = factories.approve(shared, cast.edda)

    assert piece.stage == "proof"

    piece = take("sign", piece, by=cast.ana)

    assert piece.stage == "proof"

    piece = take("sign", piece, by=cast.bo)

    assert piece.stage == "ready"
    signed = SignOff.objects.filter(package_hash=writing.working_hash(piece))
    assert {sign_off.author.name for sign_off in signed} == {"Ana Ruiz", "Bo Lindqvist"}


def test_an_edited_text_is_signed_anew_by_every_author(cast, shared):
    factories.edit_by_desk(shared, cast.edda)
    piece = take("sign", factories.approve(shared, cast.edda), by=cast.bo)

    assert piece.stage == "proof"
    assert take("sign", piece, by=cast.ana).stage == "ready"


def test_one_authors_suggestion_sends_the_proof_back(cast, shared):
    factories.edit_by_desk(shared, cast.edda)
    piece = take("sign", factories.approve(shared, cast.edda), by=cast.bo)
    piece = take("suggest", piece, by=cast.ana, note="Say seven.")
    factories.edit_by_desk(piece, cast.edda, EDITED)

    assert factories.approve(piece, cast.edda).stage == "proof"
    assert guards.unsigned(reread(piece)) == ["Ana Ruiz", "Bo Lindqvist"]


# What voids, and what is given again


def test_edit_of_a_ready_piece_voids_the_approval(cast, ready):
    piece = take("edit", ready, by=cast.emil, changes={"body": EDITED})

    assert piece.stage == "in_review"
    assert piece.submissions.open().get().claimed_by == cast.emil
    assert workflow.lacking("publish", piece) == [
        "The text is not the one an editor approved. An editor reads it and approves it again.",
        "Ana Ruiz has not signed this text. They get the proof once it is approved.",
        "The checklist is not complete, 9 items are open. An editor ticks what is left.",
    ]
    assert factories.approve(piece, cast.edda).stage == "proof"


def test_edit_of_a_scheduled_piece_takes_its_time_away(cast, at_stage):
    piece = at_stage("scheduled")
    moment = piece.scheduled_for

    take("edit", piece, by=cast.edda, changes={"body": EDITED})

    with clock.at(moment):
        assert workflow.publish_due() == []
    assert reread(piece).scheduled_for is None


def test_text_brought_back_to_what_was_approved_still_needs_the_step(cast, ready):
    piece = take("edit", ready, by=cast.edda, changes={"body": EDITED})
    writing.save(piece, {"body": factories.BODY}, by=cast.edda)

    assert "is not possible now" in refusal("publish", piece, by=cast.pia)

    piece = factories.approve(piece, cast.emil)

    assert piece.stage == "ready"
    assert take("publish", piece, by=cast.pia).live.review.editor == cast.emil


def test_ready_piece_is_approved_again_with_a_new_disclaimer(cast, ready):
    factories.make_disclaimer("Other words. {author} {contact}")
    assert "Version 2 of the disclaimer came into force" in refusal("publish", ready, by=cast.pia)

    piece = factories.approve(ready, cast.emil)
    published = take("publish", piece, by=cast.pia)

    assert piece.stage == "ready"
    assert (published.live.disclaimer.version, published.live.review.editor) == (2, cast.emil)


def test_ready_piece_is_not_approved_again_without_a_reason(cast, ready):
    sentence = refusal("approve", ready, by=cast.emil, checklist=factories.EVERY_ITEM)

    assert sentence == "The piece is approved already, with the disclaimer in force."


def test_ready_piece_whose_text_changed_is_approved_again_and_signed(cast, ready):
    _a_comma(ready)

    piece = factories.approve(ready, cast.emil)

    assert piece.stage == "proof"
    assert take("sign", piece, by=cast.ana).stage == "ready"
    assert Review.objects.filter(decision="approve").count() == 2
