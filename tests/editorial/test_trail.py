"""The chain of events, and `verify_trail`, which finds what somebody changed past the safeguards."""

import os
import subprocess
import sys
from datetime import timedelta
from operator import attrgetter

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from articles.models import Article, Disclaimer, Publication, Revision
from editorial import risk, safeguards, trail, workflow, writing
from editorial.models import Event, Review, SignOff
from network import clock
from tests import factories

STAGES = "draft submitted in_review changes_requested proof ready scheduled published declined withdrawn".split()


@pytest.fixture
def corrected(cast, at_stage):
    """A piece of Ana's that was published, then corrected with a notice."""
    piece = workflow.take("amend", at_stage("published"), by=cast.ana)
    piece = writing.save(piece, {"body": factories.BODY + "\nThere were four gulls.\n"}, by=cast.ana)
    for step, who in (("submit", cast.ana), ("claim", cast.edda)):
        piece = workflow.take(step, piece, by=who)
    piece = factories.approve(piece, cast.edda)
    return factories.correct(piece, cast, "The gulls were four.")


@pytest.fixture
def unguarded():
    """A function that runs SQL after the safeguards are gone, as somebody with the database's password could."""

    def run(sql, *params):
        connection.check_constraints()  # PostgreSQL drops no trigger while a check is still waiting
        safeguards.remove(connection)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            assert cursor.rowcount

    return run


@pytest.fixture
def tamper(unguarded):
    """A function that puts another value into one column of one row."""

    def put(row, column, value):
        field = row._meta.get_field(column)
        stored = field.get_db_prep_save(value, connection)
        unguarded(f"UPDATE {row._meta.db_table} SET {field.column} = %s WHERE id = %s", stored, row.pk)

    return put


def other(value):
    """Another value of the same kind; of a text, one with a single bit turned."""
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    if isinstance(value, list):
        return [*value, {}]
    if isinstance(value, dict):
        return {**value, "host": "Somebody else"}
    return value + (1 if isinstance(value, int) else timedelta(microseconds=1))


def assert_named(row):
    with pytest.raises(CommandError, match=rf"^{row._meta.label} {row.pk} does not hold: "):
        call_command("verify_trail")


@pytest.mark.parametrize("stage", STAGES)
def test_verify_trail_holds_for_a_piece_at_every_stage(at_stage, stage):
    at_stage(stage)

    broken = list(trail.verify())

    assert broken == []


def test_verify_trail_says_how_much_holds(corrected, capsys):
    counts = f"{Revision.objects.count()} revisions, {Event.objects.count()} events, 2 publications"

    call_command("verify_trail")

    assert capsys.readouterr().out == f"Everything holds: {counts}.\n"


def test_verify_trail_holds_after_every_way_round(cast, at_stage):
    piece = at_stage("scheduled")
    with clock.at(piece.scheduled_for):
        piece = workflow.publish_due()[0]
        piece = workflow.take("amend", piece, by=cast.edda)
        factories.edit_by_desk(piece, cast.edda)
        workflow.take("discard", piece, by=cast.edda)
    for stage in ("ready", "proof"):
        workflow.take("withdraw", at_stage(stage), by=cast.ana)
    withdrawn = Article.objects.filter(stage="withdrawn").first()
    piece = workflow.take("reopen", withdrawn, by=cast.ana)
    piece = workflow.take("submit", piece, by=cast.ana)
    piece = workflow.take("release", workflow.take("claim", piece, by=cast.edda), by=cast.edda)

    broken = list(trail.verify())

    assert piece.stage == "submitted"
    assert broken == []


TAMPERED = {
    Revision: "headline dek label body html images byline disclosure words package_hash frozen_hash created_at",
    Event: "role step from_stage to_stage from_standing to_standing note checks at previous_hash hash",
    Publication: "notice names published_at hash",
    Review: "package_hash",
    SignOff: "package_hash",
}


@pytest.mark.parametrize("model", TAMPERED, ids=lambda model: model.__name__)
def test_verify_trail_names_the_row_of_which_one_bit_was_turned(corrected, subtests, tamper, model):
    for column in TAMPERED[model].split():
        row = model.objects.filter(article=corrected).order_by("-pk").first()
        with subtests.test(column=column), transaction.atomic():
            tamper(row, column, other(getattr(row, column)))

            assert_named(row)
            transaction.set_rollback(True)


def test_verify_trail_names_the_row_whose_person_or_decision_was_changed(cast, corrected, subtests, tamper):
    newest = {model: model.objects.order_by("-pk").first() for model in (Revision, Event, Review, SignOff)}
    approval = Review.objects.filter(decision="approve").order_by("-pk").first()
    changes = (
        (newest[Revision], "created_by", cast.emil),
        (newest[Revision], "section", factories.make_section("Harbour")),
        (newest[Event], "actor", cast.emil),
        (newest[Event], "actor", None),
        (newest[Event], "revision", Revision.objects.order_by("pk").first()),
        (approval, "editor", cast.emil),
        (approval, "decision", "decline"),
        (newest[SignOff], "signed_by", cast.bo),
    )
    for row, column, value in changes:
        with subtests.test(row=row._meta.label, column=column), transaction.atomic():
            tamper(row, column, value.pk if hasattr(value, "pk") else value)

            assert_named(row)
            transaction.set_rollback(True)


def test_verify_trail_names_the_publication_whose_disclaimer_was_rewritten(corrected, tamper):
    tamper(Disclaimer.objects.get(), "text", "Other words.")

    assert_named(Publication.objects.order_by("number").first())


@pytest.mark.parametrize(("row", "column"), [("live", "disclaimer"), ("live", "kind"), ("live.review", "disclaimer")])
def test_verify_trail_names_the_publication_of_which_a_part_was_exchanged(corrected, tamper, row, column):
    values = {"disclaimer": factories.make_disclaimer("Other words.").pk, "kind": "update"}

    tamper(attrgetter(row)(corrected), column, values[column])

    assert_named(corrected.live)


def test_verify_trail_names_the_publication_that_an_author_has_not_signed(corrected, unguarded):
    package_hash = corrected.live.revision.package_hash

    unguarded("DELETE FROM editorial_signoff WHERE package_hash = %s", package_hash)

    assert_named(corrected.live)


@pytest.mark.parametrize(("column", "value"), [("stage", "draft"), ("standing", "retracted")])
def test_verify_trail_names_the_piece_that_no_step_has_moved(corrected, tamper, column, value):
    tamper(corrected, column, value)

    assert_named(corrected)


def test_verify_trail_names_the_piece_that_shows_an_older_publication(corrected, tamper):
    tamper(corrected, "live", corrected.publications.get(number=1).pk)

    assert_named(corrected)


@pytest.mark.parametrize("gone", ["first", "middle"])
def test_verify_trail_names_the_event_after_a_deleted_one(corrected, unguarded, gone):
    events = list(corrected.trail.order_by("seq"))
    place = 0 if gone == "first" else len(events) // 2

    unguarded("DELETE FROM editorial_event WHERE id = %s", events[place].pk)

    assert_named(events[place + 1])


def test_verify_trail_names_the_event_after_one_that_was_rewritten_with_a_hash_that_fits(corrected, tamper):
    event, following = corrected.trail.order_by("seq")[1:3]
    event.note = "I never said that."

    tamper(event, "note", event.note)
    tamper(event, "hash", event.fingerprint())

    assert_named(following)


def test_verify_trail_names_the_piece_whose_last_event_was_deleted(corrected, unguarded):
    last = corrected.trail.order_by("-seq").first()

    unguarded("DELETE FROM editorial_event WHERE id = %s", last.pk)

    assert_named(corrected)


def test_verify_trail_names_the_piece_of_which_all_events_were_deleted(corrected, unguarded):
    unguarded("DELETE FROM editorial_event WHERE article_id = %s", corrected.pk)

    assert_named(corrected)


def test_verify_trail_names_the_key_whose_event_was_cut_off_and_the_stage_with_it(at_stage, unguarded):
    """Deleting the event and turning the stage back leaves a chain that fits; the review speaks against it."""
    piece = at_stage("ready")
    approval = piece.reviews.get(decision="approve")

    unguarded("DELETE FROM editorial_event WHERE step = 'approve'")
    unguarded("UPDATE articles_article SET stage = 'in_review' WHERE id = %s", piece.pk)

    assert_named(approval)


def test_verify_trail_names_the_sign_off_whose_event_moved_no_stage(cast, unguarded):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece = workflow.take("claim", workflow.take("submit", piece, by=cast.ana), by=cast.edda)
    piece = factories.approve(factories.edit_by_desk(piece, cast.edda), cast.edda)
    piece = workflow.take("sign", piece, by=cast.ana)
    last = piece.trail.order_by("-seq").first()

    unguarded("DELETE FROM editorial_event WHERE id = %s", last.pk)

    assert (last.from_stage, last.to_stage) == ("proof", "proof")
    assert_named(SignOff.objects.order_by("-pk").first())


def test_verify_trail_names_the_second_approval_whose_event_moved_no_stage(cast, at_stage, unguarded):
    piece = at_stage("ready")
    factories.make_disclaimer("Newer words.")
    piece = factories.approve(piece, cast.edda)
    last = piece.trail.order_by("-seq").first()

    unguarded("DELETE FROM editorial_event WHERE id = %s", last.pk)

    assert (last.from_stage, last.to_stage) == ("ready", "ready")
    assert_named(Review.objects.order_by("-pk").first())


@pytest.fixture
def seen_twice(cast, at_stage):
    """A high-risk piece that two editors approved, live."""
    piece = at_stage("in_review")
    Article.objects.filter(pk=piece.pk).update(libel="yes", libel_detail="The mayor")
    for editor in (cast.edda, cast.emil):
        piece = factories.approve(Article.objects.get(pk=piece.pk), editor)
    return workflow.take("publish", piece, by=cast.pia)


def test_verify_trail_counts_both_approvals_of_a_high_risk_piece(seen_twice, tamper):
    assert list(trail.verify()) == []
    first = Review.objects.filter(decision="approve").order_by("pk").first()

    tamper(first, "decision", "claim")

    assert "one editor alone" in " ".join(sentence for row, sentence in trail.verify() if row == seen_twice.live)


def test_verify_trail_counts_no_approval_by_the_same_editor_twice(seen_twice, cast, tamper):
    tamper(Review.objects.filter(decision="approve").order_by("pk").first(), "editor_id", cast.emil.pk)

    assert "one editor alone" in " ".join(sentence for row, sentence in trail.verify() if row == seen_twice.live)


def test_verify_trail_asks_for_no_second_approval_where_a_piece_was_marked_later(cast, at_stage):
    piece = at_stage("published")
    risk.mark(piece, by=cast.edda, reason="Its subject has sued.")

    assert list(trail.verify()) == []


def test_verify_trail_names_the_revision_after_a_deleted_one(cast, draft, unguarded):
    for body in ("One.", "Two."):
        draft = writing.save(draft, {"body": body}, by=cast.ana)
    one, two = Revision.objects.filter(article=draft).order_by("-number")[:2][::-1]

    unguarded("DELETE FROM articles_revision WHERE id = %s", one.pk)

    assert_named(two)


def test_verify_trail_names_the_publication_after_a_deleted_one(corrected, unguarded):
    unguarded("DELETE FROM articles_publication WHERE number = 1")

    assert_named(corrected.live)


def test_verify_trail_from_the_shell_exits_1_and_names_the_row(transactional_db, request):
    cast = request.getfixturevalue("cast")
    piece = factories.make_piece_at("published", cast)
    event = piece.trail.get(seq=2)

    healthy = verify_in_a_shell()
    safeguards.remove(connection)
    try:
        Event.objects.filter(pk=event.pk).update(note="x")
        broken = verify_in_a_shell()
    finally:
        safeguards.install(connection)

    assert (healthy.returncode, healthy.stderr) == (0, "")
    assert broken.returncode == 1
    assert broken.stderr == f"CommandError: editorial.Event {event.pk} does not hold: it is not what its hash says.\n"


def verify_in_a_shell() -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "verify_trail", "--no-color"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "network.settings", "DEBUG": "1", "DATABASE_URL": address()},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def address() -> str:
    """The test database as DATABASE_URL names it."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    port = f":{values['PORT']}" if values["PORT"] else ""
    return f"postgres://{values['USER']}{password}@{values['HOST']}{port}/{values['NAME']}"


# Appending


def make_line(piece, **changed) -> dict:
    where = {"from_stage": piece.stage, "to_stage": piece.stage}
    return {
        **where,
        "from_standing": piece.standing,
        "to_standing": piece.standing,
        "step": "note",
        "role": "x",
    } | changed


def test_append_chains_each_event_to_the_one_before(draft):
    first = trail.append(draft, **make_line(draft))
    second = trail.append(draft, **make_line(draft, note="Again."))

    assert (first.seq, first.previous_hash) == (1, "")
    assert (second.seq, second.previous_hash) == (2, first.hash)
    assert first.hash != second.hash
    assert [event.fingerprint() for event in draft.trail.order_by("seq")] == [first.hash, second.hash]


def test_append_starts_each_piece_at_one(cast, draft):
    trail.append(draft, **make_line(draft))
    another = factories.make_piece(cast.ana, cast.section)

    event = trail.append(another, **make_line(another))

    assert (event.seq, event.previous_hash) == (1, "")


@pytest.mark.parametrize(
    ("events", "seq", "previous"),
    [
        *((2, seq, -1) for seq in (0, 1, 2, 4)),
        *((2, 3, previous) for previous in (0, "", "0" * 64)),
        *((0, seq, previous) for seq, previous in ((2, ""), (0, ""), (1, "0" * 64))),
    ],
)
def test_event_that_does_not_follow_the_last_is_refused(draft, events, seq, previous):
    hashes = [trail.append(draft, **make_line(draft)).hash for _ in range(events)]
    previous = hashes[previous] if isinstance(previous, int) else previous
    event = Event(article=draft, seq=seq, previous_hash=previous, **make_line(draft))
    event.hash = event.fingerprint()

    with pytest.raises(IntegrityError, match="follows the one before"), transaction.atomic():
        event.save()

    assert draft.trail.count() == events


def test_event_hash_changes_with_every_column(cast, draft):
    event = trail.append(draft, **make_line(draft, at=clock.now()))
    changed = {
        "seq": 2,
        "actor": cast.edda,
        "role": "editor",
        "step": "claim",
        "from_stage": "proof",
        "to_stage": "proof",
        "from_standing": "live",
        "to_standing": "live",
        "revision": Revision.objects.filter(article=draft).first(),
        "note": "x",
        "checks": ["has_dek"],
        "at": event.at + timedelta(microseconds=1),
        "previous_hash": "0" * 64,
        "article": factories.make_piece(cast.ana, cast.section),
    }

    hashes = {event.hash}
    for column, value in changed.items():
        copy = Event.objects.get(pk=event.pk)
        setattr(copy, column, value)
        hashes.add(copy.fingerprint())

    assert len(hashes) == 1 + len(changed)
    assert set(changed) | {"id", "hash"} == {field.name for field in Event._meta.concrete_fields}
