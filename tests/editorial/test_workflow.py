"""The table of steps and `take()`: what is legal from where, for whom, and that a refusal writes nothing."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from articles import search
from articles.models import Article
from articles.status import Stage, Standing
from authors.models import Author, Status
from editorial import notifications, trail, workflow
from editorial.models import Comment, Proposal
from editorial.workflow import Refused, take
from network import clock
from network.models import Tally
from tests import factories

OURS = {"articles", "authors", "editorial", "network", "django_tasks_db"}
PUBLIC = [standing for standing in Standing.values if standing != "unpublished"]
BY_TWO = {"retracted": "retract", "removed": "remove"}

# docs/workflow.md, “Steps”: from which stages, and at which standings where it names them.
ANY, EVERYWHERE = " ".join(Standing.values), " ".join(Stage.values)
UNFINISHED = "draft submitted in_review changes_requested proof ready scheduled"
LEGAL = {
    "submit": ("draft changes_requested", "unpublished live"),
    "claim": ("submitted", ANY),
    "release": ("in_review", ANY),
    "hand_over": ("in_review proof ready scheduled", ANY),
    "assign": ("submitted in_review proof ready scheduled", ANY),
    "lapse": ("in_review", ANY),
    "ask_changes": ("in_review", ANY),
    "decline": ("submitted in_review changes_requested", "unpublished"),
    "approve": ("in_review ready", ANY),
    "sign": ("proof", ANY),
    "suggest": ("proof", ANY),
    "edit": ("ready scheduled", ANY),
    "check_in": ("in_review ready scheduled", ANY),
    "schedule": ("ready", "unpublished live"),
    "announce": ("in_review proof ready", "live"),
    "unschedule": ("scheduled", ANY),
    "publish": ("ready", "unpublished live"),
    "fire": ("scheduled", "unpublished live"),
    "withdraw": (UNFINISHED, "unpublished"),
    "reopen": ("declined withdrawn killed", "unpublished"),
    "amend": ("published", "live"),
    "discard": (UNFINISHED, " ".join(PUBLIC)),
    "kill": ("proof ready scheduled", "unpublished"),
    "override": ("proof", ANY),
    "challenge": (EVERYWHERE, "live"),
    "clear": (EVERYWHERE, "under_review"),
    "retract": (EVERYWHERE, "live under_review"),
    "reinstate": (EVERYWHERE, "retracted"),
    "remove": (EVERYWHERE, "live under_review retracted"),
    "merge": (EVERYWHERE, "live under_review retracted"),
    "recall": (EVERYWHERE, ANY),
    "recuse": (EVERYWHERE, ANY),
    "break_glass": (EVERYWHERE, ANY),
}
AUTHORS_OWN = {"submit", "sign", "suggest", "withdraw", "reopen"}
THE_CLOCKS_OWN = {"fire", "lapse"}
PUBLISHERS_OWN = {"schedule", "unschedule", "publish"}
STANDARDS_OWN = {"check_in", "override", "challenge", "clear", "retract", "reinstate", "remove", "merge"}
WHO_OR_WHERE = ("is not possible now", "is not yours to take", "somebody else takes", "A person in standards decides")


def every_row() -> dict[str, list[dict]]:
    """Every row of every table of ours and of the queue: what a refusal must leave as it was. That it was refused is
    counted, for whoever runs the site."""
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS and model is not Tally]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in ours}


def reread(piece: Article) -> Article:
    return Article.objects.get(pk=piece.pk)


def refusal(step: str, piece: Article, **data) -> str:
    """The sentence of a step that is refused and writes nothing."""
    before = every_row()
    with pytest.raises(Refused) as refused:
        take(step, piece, **data)
    assert every_row() == before
    return str(refused.value)


def who_takes(name: str, cast):
    """The person in the cast whose step this is on a piece of Ana's that Edda has."""
    if name in THE_CLOCKS_OWN:
        return None
    if name in STANDARDS_OWN:
        return cast.sten
    return cast.ana if name in AUTHORS_OWN else cast.pia if name in PUBLISHERS_OWN else cast.edda


def what_it_asks(name: str) -> dict[str, object]:
    asked = {
        "approve": {"checklist": factories.EVERY_ITEM},
        "schedule": {"at": clock.now() + timedelta(days=2)},
        "edit": {"changes": {"body": "Another text altogether."}},
        "publish": {"kind": "correction", "notice": "We had the hour wrong."},
        "announce": {"kind": "correction", "notice": "We had the hour wrong."},
        "decline": {"note": "It is close to another piece."},
        "suggest": {"note": "Say seven, please."},
        "assign": {"priority": 1},
        "recuse": {"note": "The author is my cousin."},
        "check_in": {"note": "It goes out at noon."},
        "kill": {"note": "The story has moved on."},
        "override": {"note": "The vote is tomorrow."},
    }
    if name == "hand_over":
        return {"to": User.objects.get(username="emil")}
    return asked.get(name, {})


def put(piece: Article, stage: str, standing: str) -> Article:
    """A piece at any place of the table, also where no step leads: by a line in its trail, as the database demands."""
    if standing != piece.standing:
        sten, pia = (User.objects.get(username=name) for name in ("sten", "pia"))
        Proposal.objects.create(
            article=piece,
            step=BY_TWO.get(standing, "-"),
            notice="-",
            proposed_by=sten,
            confirmed_by=pia,
            closed_at=clock.now(),
        )
    search.forget(piece)
    trail.append(piece, step="put", role="test", from_stage=piece.stage, to_stage=stage, to_standing=standing)
    moment = clock.now() - timedelta(minutes=1) if stage == Stage.SCHEDULED else None
    Article.objects.filter(pk=piece.pk).update(stage=stage, standing=standing, scheduled_for=moment)
    return Article.objects.get(pk=piece.pk)


# What leads where


@pytest.mark.parametrize(
    "stage, step, there",
    [
        ("draft", "submit", "submitted"),
        ("changes_requested", "submit", "submitted"),
        ("submitted", "claim", "in_review"),
        ("in_review", "release", "submitted"),
        ("in_review", "hand_over", "in_review"),
        ("proof", "hand_over", "proof"),
        ("submitted", "assign", "submitted"),
        ("scheduled", "assign", "scheduled"),
        ("in_review", "ask_changes", "changes_requested"),
        ("submitted", "decline", "declined"),
        ("in_review", "decline", "declined"),
        ("changes_requested", "decline", "declined"),
        ("in_review", "approve", "ready"),
        ("proof", "sign", "ready"),
        ("proof", "suggest", "in_review"),
        ("ready", "edit", "in_review"),
        ("scheduled", "edit", "in_review"),
        ("ready", "schedule", "scheduled"),
        ("scheduled", "unschedule", "ready"),
        ("ready", "publish", "published"),
        ("declined", "reopen", "draft"),
        ("withdrawn", "reopen", "draft"),
        ("published", "amend", "in_review"),
        *((stage, "withdraw", "withdrawn") for stage in UNFINISHED.split()),
    ],
)
def test_take_leads_from_one_stage_to_the_next(stage, step, there, cast, at_stage):
    piece = at_stage(stage)
    Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text="Say who told you.")

    moved = take(step, piece, by=who_takes(step, cast), **what_it_asks(step))

    assert moved.stage == there
    assert moved.standing == ("live" if "published" in (stage, there) else "unpublished")
    assert list(trail.verify()) == []


def test_take_fires_a_scheduled_piece_when_its_time_has_come(cast, at_stage):
    piece = at_stage("scheduled")

    with clock.at(piece.scheduled_for):
        moved = take("fire", piece, by=None)

    assert (moved.stage, moved.standing) == ("published", "live")


@pytest.mark.parametrize("stage", ["draft", "submitted", "in_review", "changes_requested", "proof", "ready"])
def test_take_discards_an_amendment_from_every_stage(stage, cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.ana)
    piece = factories.advance(piece, stage, cast)

    moved = take("discard", piece, by=cast.emil)

    assert (moved.stage, moved.standing, moved.live) == ("published", "live", piece.live)


# What is not legal


def _is_legal(name: str, stage: str, standing: str) -> bool:
    stages, standings = LEGAL[name]
    return stage in stages.split() and standing in standings.split()


def test_the_table_holds_the_steps_of_the_document_and_no_other():
    assert set(workflow.STEPS) == set(LEGAL)


@pytest.mark.parametrize("standing", Standing.values)
@pytest.mark.parametrize("stage", Stage.values)
def test_the_table_is_legal_where_the_document_says(stage, standing):
    place = Article(stage=stage, standing=standing)

    legal = {name for name, step in workflow.STEPS.items() if step.is_legal_from(place)}

    assert legal == {name for name in LEGAL if _is_legal(name, stage, standing)}


def _assert_illegal_steps_refused(piece: Article, cast) -> None:
    before = every_row()

    for name in set(LEGAL) - {
        "recall",
        "break_glass",
    }:  # which are nobody's where nothing is proposed, and nobody recused
        if _is_legal(name, piece.stage, piece.standing):
            continue
        with pytest.raises(Refused) as refusal:
            take(name, piece, by=who_takes(name, cast), **what_it_asks(name))
        assert f"“{workflow.STEPS[name].label}” is not possible now: the piece is “" in str(refusal.value)

    assert every_row() == before


@pytest.mark.parametrize("stage", [stage for stage in Stage.values if stage != "published"])
def test_take_refuses_what_is_not_legal_of_an_unpublished_piece(stage, cast, at_stage):
    piece = put(at_stage("in_review"), stage, "unpublished")

    _assert_illegal_steps_refused(piece, cast)


@pytest.mark.parametrize("standing", PUBLIC)
def test_take_refuses_what_is_not_legal_of_a_public_piece(standing, cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.edda)

    for stage in Stage.values:
        piece = put(piece, stage, standing)
        _assert_illegal_steps_refused(piece, cast)


# Who


@pytest.mark.parametrize("stage", [*UNFINISHED.split(), "published", "declined", "withdrawn", "amendment"])
def test_steps_for_offers_exactly_what_take_does_not_refuse(stage, cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.ana) if stage == "amendment" else at_stage(stage)
    people = [name for name in vars(cast) if name != "section"]

    for name in people:
        by = getattr(cast, name)
        offered = {step.name for step in workflow.steps_for(piece, by)}
        possible = {step for step in LEGAL if _is_theirs_from_here(step, piece, by)}
        assert possible - {"edit"} == offered, name


def _is_theirs_from_here(step: str, piece: Article, by) -> bool:
    """Whether `take` gets past person and place. Whatever it did is undone."""
    try:
        with transaction.atomic():
            take(step, piece, by=by, **what_it_asks(step))
            transaction.set_rollback(True)
    except Refused as refusal:
        return not any(words in str(refusal) for words in WHO_OR_WHERE)
    return True


@pytest.mark.parametrize("step", [name for name in LEGAL if name not in THE_CLOCKS_OWN])
def test_take_by_nobody_is_refused(step, cast, at_stage):
    piece = at_stage(LEGAL[step][0].split()[0])
    before = every_row()

    with pytest.raises(Refused, match="not yours to take"):
        take(step, piece, by=None, **what_it_asks(step))

    assert every_row() == before


@pytest.mark.parametrize("username", ["ana", "axel", "edda", "pia", "sten", "root"])
def test_take_fire_by_an_account_is_refused(username, cast, at_stage):
    piece = at_stage("scheduled")
    before = every_row()

    with clock.at(piece.scheduled_for), pytest.raises(Refused):
        take("fire", piece, by=getattr(cast, username))

    assert every_row() == before


def test_take_tells_an_author_that_somebody_else_takes_the_step(cast):
    piece = take("submit", factories.make_piece(cast.axel, cast.section), by=cast.axel)

    with pytest.raises(Refused, match="You are an author of this piece, so somebody else takes the step “Claim”"):
        take("claim", piece, by=cast.axel)


@pytest.mark.parametrize(
    "name, step, asked",
    [
        ("edda", "publish", "It is for a publisher: ask axel or pia."),
        ("pia", "claim", "It is for an editor who is no author of it: ask axel or edda or emil."),
        ("edda", "challenge", "It is for a person in standards: ask sten."),
        ("emil", "ask_changes", "It is for the editor who has it: ask edda."),
        ("edda", "sign", "It is for an author of it."),
        ("bo", "publish", "It is for a publisher."),
    ],
)
def test_refusal_says_who_may_take_the_step(name, step, asked, cast, at_stage):
    piece = at_stage("in_review")

    with pytest.raises(Refused) as refusal:
        take(step, piece, by=getattr(cast, name), note="Mine.")

    assert str(refusal.value).endswith(f"is not yours to take on this piece. {asked}")


@pytest.mark.parametrize("step, stage", [("submit", "draft"), ("sign", "proof"), ("reopen", "withdrawn")])
def test_take_tells_a_barred_author_who_decides(step, stage, cast, at_stage):
    piece = at_stage(stage)
    Author.objects.filter(user=cast.ana).update(status=Status.SUSPENDED)
    cast.ana.author.refresh_from_db()
    before = every_row()

    with pytest.raises(Refused, match=r"Ana Ruiz is suspended\. A person in standards decides what happens"):
        take(step, piece, by=cast.ana)

    assert every_row() == before


# What it needs


def test_take_with_an_unknown_step_is_refused(cast, draft):
    with pytest.raises(Refused, match="no step called"):
        take("vanish", draft, by=cast.edda)


@pytest.mark.parametrize("step, stage", [("decline", "in_review"), ("suggest", "proof")])
def test_take_without_its_note_is_refused(step, stage, cast, at_stage):
    piece = at_stage(stage)
    before = every_row()

    with pytest.raises(Refused) as refusal:
        take(step, piece, by=who_takes(step, cast), note=" \n ")

    assert str(refusal.value) == workflow.STEPS[step].needs_note
    assert every_row() == before


def test_take_of_an_incomplete_piece_says_everything_that_is_missing(cast, draft):
    Article.objects.filter(pk=draft.pk).update(dek="", section=None, ai_use="")
    before = every_row()

    with pytest.raises(Refused) as refusal:
        take("submit", draft, by=cast.ana)

    assert len(refusal.value.sentences) == 3
    assert refusal.value.sentences == workflow.lacking("submit", Article.objects.get(pk=draft.pk))
    assert every_row() == before


# What it leaves


def test_take_writes_one_event_that_names_person_place_and_checks(cast, at_stage):
    piece = at_stage("in_review")

    take("approve", piece, by=cast.edda, note="  Well told. ", checklist=factories.EVERY_ITEM)

    event = piece.trail.latest("seq")
    assert (event.actor, event.role, event.step, event.seq) == (cast.edda, "editor", "approve", 3)
    assert (event.from_stage, event.to_stage) == ("in_review", "ready")
    assert (event.from_standing, event.to_standing) == ("unpublished", "unpublished")
    assert event.note == "Well told."
    assert event.checks == [guard.__name__ for guard in workflow.STEPS["approve"].guards]
    assert event.revision.package_hash == piece.reviews.first().package_hash


def test_take_leads_a_piece_from_draft_to_published(cast, at_stage):
    piece = at_stage("published")

    assert piece.standing == "live"
    assert piece.live.disclaimer.version == 1
    assert [event.step for event in piece.trail.all()] == ["submit", "claim", "approve", "publish"]
    assert list(trail.verify()) == []


def test_take_works_on_the_row_and_not_on_what_the_caller_holds(cast, draft):
    stale = Article.objects.get(pk=draft.pk)
    take("submit", draft, by=cast.ana)

    with pytest.raises(Refused, match="not possible now"):
        take("submit", stale, by=cast.ana)

    assert draft.submissions.count() == 1


def test_take_undone_by_its_caller_leaves_nothing(cast, draft):
    before = every_row()

    with transaction.atomic():
        take("submit", draft, by=cast.ana)
        transaction.set_rollback(True)

    assert every_row() == before


def test_every_letter_of_a_step_has_a_subject():
    words = {path.stem for path in (settings.BASE_DIR / "templates" / "emails").glob("[!_]*.txt")}

    assert words == set(notifications.SUBJECTS)
