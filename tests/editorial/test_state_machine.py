"""Random people take random steps on random pieces, while texts, terms, accounts and the clock change between them; and
whatever they do, docs/workflow.md stays true. After every act each of its sentences is asked of the rows.
"""

import logging
import os
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.test import Client
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from articles.models import Article, Byline, Disclaimer, Publication, Revision
from articles.status import AT_DESK, UNFINISHED, WITH_AUTHOR, Stage
from authors.models import Agreement, Author, Status
from editorial import permissions, trail, workflow, writing
from editorial.models import Comment, Event, Letter, Review, SignOff, Submission
from editorial.refusal import Refused
from network import clock
from network.fingerprint import fingerprint
from tests import factories

# Examples, and acts in each, for each half of the run; every act tries one step.
SIZES = {"quick": (27, 45), "deep": (560, 50)}
VERIFIED_EVERY = 12  # acts; the whole trail is recomputed each time

PEOPLE = ("ana", "bo", "axel", "edda", "emil", "pia", "sten", "root", None)
WRITERS = ("ana", "bo", "axel")
BYLINES = (("ana",), ("ana", "bo"), ("axel", "bo"))  # Axel is in the editors' and the publishers' groups
STEPS = tuple(workflow.STEPS)
OTHER_ACTS = ("legal", "legal", "anybody", "writes", "declares", "shell", "trouble", "objects", "time")
ACTS = ("usual",) * 5 + ("mend",) * 5 + OTHER_ACTS
# What usually comes next, and who usually does it.
NEXT = {
    Stage.DRAFT: ("submit",),
    Stage.CHANGES_REQUESTED: ("submit",),
    Stage.SUBMITTED: (*["claim"] * 6, "withdraw", "decline"),
    Stage.IN_REVIEW: (*["approve"] * 6, "ask_changes", "release", "decline"),
    Stage.PROOF: (*["sign"] * 4, "suggest"),
    Stage.READY: (*["publish"] * 3, "announce", *["schedule"] * 6, *["approve"] * 2, "edit"),
    Stage.SCHEDULED: ("fire", "spoil", "unschedule"),
    Stage.PUBLISHED: ("amend",),
    Stage.DECLINED: ("reopen",),
    Stage.WITHDRAWN: ("reopen",),
}
OF_AUTHORS = {"submit", "sign", "suggest", "withdraw", "reopen"}
OWING = {"submit", "ask_changes", "decline", "approve", "sign", "publish", "fire", "hold"}
OF_STEPS = ("receipt", "changes_asked", "declined", "proof", "accepted", "published", "held")
OF_PUBLISHERS = {"schedule", "unschedule", "publish"}
LONG = "The harbour was quiet that morning, and nobody had told the gulls, who sang as if it were an ordinary day. " * 3
LINES = (
    LONG,
    LONG.replace("quiet", "still", 1),
    "A town can hear its own past in a foghorn, and a council can sell it for scrap.",
    "Nobody asked the gulls, and 40 of them left.",
)
HOURS = (1, 5, 30, 24 * 8, 24 * 400)
OF_PIECE = (Event, Publication, Review, Revision, SignOff, Submission)
OF_ALL = (Letter, DBTaskResult)

log = logging.getLogger(__name__)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Newsroom(RuleBasedStateMachine):
    """Three pieces in a newsroom with people who do what they may, and people who try what they may not."""

    pieces: tuple[int, ...] = ()
    taken: Counter = Counter()
    visited: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(undone())
        self.time = self.stack.enter_context(ExitStack())
        self._set_clock(clock.now())
        self.public: dict[int, tuple] = {}
        self.told, self.owed, self.acts = Event.objects.latest("pk").pk, _of_steps().count(), 0
        self.queued = DBTaskResult.objects.count() - Letter.objects.count()
        self.author_of = dict(Author.objects.values_list("user", "pk"))

    def teardown(self):
        try:
            self._readers_look()
            assert list(trail.verify()) == []
        finally:
            self.stack.close()

    # Acts

    @rule(data=st.data())
    def act(self, data):
        """Something happens, or nothing, and then somebody tries a step. One rule, because Hypothesis leaves whole rules
        out of an example, and a newsroom without half its people gets nowhere."""
        what = data.draw(st.sampled_from(ACTS), "act")
        if what in ("legal", "anybody"):
            getattr(self, f"_{what}")(self._drawn_piece(data), data)
            return
        if what != "usual":
            getattr(self, f"_{what}")(self._drawn_piece(data), data)
        self._take_next(self._drawn_piece(data), data)

    def _legal(self, piece: Article, data):
        names = [name for name, step in workflow.STEPS.items() if step.is_legal_from(piece)]
        name = data.draw(st.sampled_from(names), "step")
        self._take(name, piece, self._usually(name, piece, data), data)

    def _anybody(self, piece: Article, data):
        name = data.draw(st.sampled_from(STEPS), "step")
        self._take(name, piece, data.draw(st.sampled_from(PEOPLE), "person"), data)

    def _writes(self, piece: Article, data):
        who, line = data.draw(st.sampled_from((*PEOPLE, *WRITERS, "edda"))), data.draw(st.sampled_from(LINES))
        before = self._rows(piece)
        try:
            writing.save(piece, {"body": line}, by=_person(who))
        except Refused as refusal:
            self._refused(refusal, piece, before)

    def _declares(self, piece: Article, data):
        who, yes = data.draw(st.sampled_from((*WRITERS, "edda"))), data.draw(st.booleans())
        before = self._rows(piece)
        answers = {**factories.NO_INTERESTS, "paid": {"yes": yes, "detail": "the port"}}
        try:
            factories.declare(piece, _person(who), answers=answers)
        except Refused as refusal:
            self._refused(refusal, piece, before)

    def _shell(self, piece: Article, data):
        """Behind the back of every form, as somebody at a shell can."""
        change = data.draw(
            st.sampled_from(("body", "body", "bio", "disclosure", "section", "joins", "leaves")), "change"
        )
        line = data.draw(st.sampled_from(LINES), "line")
        if change == "body":
            Article.objects.filter(pk=piece.pk).update(body=line)
        elif change == "section":
            Article.objects.filter(pk=piece.pk).update(section=None)
        elif change == "joins":
            _join(piece, data.draw(st.sampled_from(WRITERS), "author"))
        elif change == "leaves":
            piece.bylines.filter(position__gt=0).delete()
        else:
            piece.bylines.update(**{change: line[:100]})

    def _trouble(self, piece: Article, data):
        kind = data.draw(
            st.sampled_from(("disclaimer", "disclaimer soon", "agreement", "suspended", "closed")), "trouble"
        )
        who = data.draw(st.sampled_from((*WRITERS, "edda", "pia")), "person")
        if kind == "agreement":
            factories.make_agreement()
        elif kind == "suspended":
            Author.objects.filter(user__username=who).update(status=Status.SUSPENDED)
        elif kind == "closed":
            User.objects.filter(username=who).update(is_active=False)
        else:
            pause = timedelta(days=2 if kind == "disclaimer soon" else 0)
            factories.make_disclaimer(in_force_from=clock.now() + pause)

    def _objects(self, piece: Article, data):
        words = {"text": "Who told you?", "is_blocking": data.draw(st.booleans(), "blocks"), "is_from_desk": True}
        Comment.objects.create(article=piece, writer=_person("edda"), **words)
        if data.draw(st.booleans(), "held"):
            writing.set_details(piece, by=_person("sten"), slug=piece.slug, is_on_legal_hold=True)

    def _time(self, piece: Article, data):
        self._set_clock(clock.now() + timedelta(hours=data.draw(st.sampled_from(HOURS), "hours")))
        door = data.draw(st.sampled_from(("shell", "reader", "nobody")), "door")
        if door == "shell":
            workflow.publish_due()
            workflow.lapse_claims()
        elif door == "reader":
            assert Client().get("/").status_code == 200
        assert door == "nobody" or not Article.objects.due(clock.now()).exists()

    def _mend(self, piece: Article, data):
        """Take away all that keeps pieces from the next step, but what only a step can do."""
        User.objects.update(is_active=True)
        Author.objects.update(status=Status.ACTIVE, bio_confirmed_at=clock.now())
        Comment.objects.update(resolved_at=clock.now(), resolved_by=_person("edda"))
        Article.objects.update(is_on_legal_hold=False, section=factories.make_section(), dek="A morning.")
        for author in Author.objects.select_related("user"):
            Agreement.objects.in_force().accept(author, by=author.user)
            for byline in author.bylines.filter(article__stage__in=WITH_AUTHOR, disclosure=""):
                factories.declare(byline.article, author.user)

    # How an act is done

    def _set_clock(self, moment):
        self.time.close()
        self.time.enter_context(clock.at(moment))

    def _drawn_piece(self, data) -> Article:
        return Article.objects.get(pk=data.draw(st.sampled_from(self.pieces), "piece"))

    def _usually(self, name: str, piece: Article, data) -> str | None:
        """Somebody whose step this usually is."""
        if name in ("fire", "lapse"):
            return None
        if name in OF_AUTHORS or (name == "amend" and data.draw(st.booleans(), "by an author")):
            names = piece.bylines.values_list("author__user__username", flat=True)
            return data.draw(st.sampled_from([*names]), "author")
        if name in OF_PUBLISHERS:
            return "pia"
        claimed = piece.submissions.open().values_list("claimed_by__username", flat=True).first()
        return claimed or data.draw(st.sampled_from(("edda", "emil")), "editor")

    def _take_next(self, piece: Article, data):
        usual = NEXT[Stage(piece.stage)]
        if piece.is_amendment:
            usual = [name for name in usual if name not in ("schedule", "decline", "withdraw")] * 4 + ["discard"]
        name = data.draw(st.sampled_from(usual), "step")
        if name == "spoil":
            Article.objects.filter(pk=piece.pk).update(dek="")
            name = "fire"
        if name == "fire":
            self._set_clock(max(clock.now(), piece.scheduled_for))
        if name == "ask_changes":
            Comment.objects.create(article=piece, writer=_person("edda"), is_from_desk=True, text="Who told you?")
        self._take(name, piece, self._usually(name, piece, data), data)

    def _asked(self, name: str, piece: Article, data) -> dict:
        """What the step asks for; mostly right."""
        if name == "approve":
            seen = data.draw(st.sampled_from((*[writing.working_hash(piece)] * 7, "0" * 64)), "seen")
            left_out = data.draw(st.sampled_from((*[0] * 7, 1)), "left out")
            return {"checklist": factories.EVERY_ITEM[left_out:], "seen": seen}
        if name == "schedule":
            return {"at": clock.now() + timedelta(hours=data.draw(st.sampled_from((3, 50, 90, -1)), "hours"))}
        if name in ("publish", "announce"):
            kind = data.draw(st.sampled_from(("correction", "minor", "update", "")), "kind")
            return {"kind": kind, "notice": data.draw(st.sampled_from(("We had the hour wrong.", "")), "notice")}
        if name == "edit":
            return {"changes": {"body": data.draw(st.sampled_from(LINES), "body")}}
        if name in ("hand_over", "assign"):
            to = _person(data.draw(st.sampled_from(("emil", "edda", "axel", "pia")), "to"))
            return (
                {"to": to} if name == "hand_over" else {"priority": data.draw(st.sampled_from((1, 2, 3)), "priority")}
            )
        return {"note": "Because."} if name in ("decline", "suggest") else {}

    def _take(self, name: str, piece: Article, who: str | None, data):
        """Try a step. It happens whole, or a sentence says why not and no row has changed."""
        asked, before = self._asked(name, piece, data), self._rows(piece)
        self.acts += 1
        Newsroom.taken["tried"] += 1
        try:
            moved = workflow.take(name, piece, by=_person(who), **asked)
        except Refused as refusal:
            self._refused(refusal, piece, before)
        else:
            self._moved(name, moved, who, before)

    def _refused(self, refusal: Refused, piece: Article, before: dict):
        assert refusal.sentences
        assert all(sentence.endswith(".") for sentence in refusal.sentences)
        assert self._rows(piece) == before

    def _moved(self, name: str, piece: Article, who: str | None, before: dict):
        newest = piece.trail.select_related("actor").latest("seq")
        assert newest.seq == before[Event] + 1
        assert newest.step == name or (name, newest.step) == ("fire", "hold")
        assert (newest.actor.username if newest.actor else None) == who
        if name == "discard":
            assert writing.working_hash(piece) == piece.live.revision.package_hash
        if name == "publish":
            Newsroom.taken[f"as {piece.live.kind}"] += 1

    def _rows(self, piece: Article) -> dict:
        """The piece's own row and how many records there are."""
        own = (f"(SELECT COUNT(*) FROM {model._meta.db_table} WHERE article_id = {piece.pk})" for model in OF_PIECE)
        all_of = (f"(SELECT COUNT(*) FROM {model._meta.db_table})" for model in OF_ALL)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join((*own, *all_of))}")
            counts = dict(zip((*OF_PIECE, *OF_ALL), cursor.fetchone(), strict=True))
        return counts | {"row": Article.objects.filter(pk=piece.pk).values().get()}

    def _readers_look(self):
        """A stranger sees exactly what is published, word for word as it was frozen."""
        for piece in Article.objects.exclude(slug=""):
            answer = Client().get(piece.get_absolute_url())
            live = Article.objects.get(pk=piece.pk).live
            assert answer.status_code == (200 if live else 404)
            assert live is None or live.revision.html in answer.content.decode()

    # What is true after every act

    @invariant()
    def each_piece_is_what_its_records_say(self):
        newest = Event.objects.filter(article=OuterRef("pk")).order_by("-seq")
        told = {name: Subquery(newest.values(name)[:1]) for name in ("to_stage", "to_standing")}
        pieces = Article.objects.annotate(**told).select_related("live__revision", "live__review")
        for piece in pieces.prefetch_related("submissions", "sign_offs", "publications"):
            Newsroom.visited[piece.stage, piece.standing] += 1
            trips = [trip for trip in piece.submissions.all() if trip.closed_at is None]
            assert len(trips) == (1 if piece.stage in AT_DESK else 0)
            assert piece.stage != Stage.IN_REVIEW or trips[0].claimed_by_id
            assert piece.stage != Stage.SUBMITTED or not trips[0].claimed_by_id
            assert (piece.stage == Stage.SCHEDULED) == (piece.scheduled_for is not None)
            assert (piece.standing == "unpublished") == (piece.live is None) == (piece.published_at is None)
            assert piece.live is None or piece.stage in UNFINISHED | {Stage.PUBLISHED}
            assert (piece.to_stage or "draft", piece.to_standing or "unpublished") == (piece.stage, piece.standing)
            self._keys_hold(piece)

    def _keys_hold(self, piece: Article):
        """What readers see was approved by no author of it, signed by every author, and is still that text."""
        before, live = self.public.get(piece.pk), piece.live
        if live is None:
            assert before is None, "a step took a live piece off the site"
            return
        revision, review = live.revision, live.review
        assert before is None or live.number == before[1] + 1 or (live.pk, live.number, revision.html) == before
        assert live.number == len(piece.publications.all())
        assert fingerprint(revision.package()) == revision.package_hash == review.package_hash
        assert (review.decision, review.disclaimer_id) == ("approve", live.disclaimer_id)
        assert self.author_of.get(review.editor_id) not in revision.author_ids
        signed = {
            sign_off.author_id for sign_off in piece.sign_offs.all() if sign_off.package_hash == review.package_hash
        }
        assert set() < set(revision.author_ids) <= signed
        self.public[piece.pk] = live.pk, live.number, revision.html

    @invariant()
    def each_letter_belongs_to_a_step(self):
        """A step that owes letters has written them, and nothing else has; the queue holds one task for each."""
        for event in Event.objects.filter(pk__gt=self.told).order_by("pk"):
            self.told = event.pk
            self.owed += len(_owed(event))
            Newsroom.taken[event.step] += 1
        assert _of_steps().count() == self.owed
        assert DBTaskResult.objects.count() - Letter.objects.count() == self.queued

    @invariant()
    def the_trail_holds(self):
        if self.acts % VERIFIED_EVERY == 1:
            assert list(trail.verify()) == []


def _person(name: str | None) -> User | None:
    return User.objects.get(username=name) if name else None


def _join(piece: Article, name: str) -> None:
    if not piece.bylines.filter(author__user__username=name).exists():
        byline = Byline(article=piece, author=_person(name).author, position=piece.bylines.count())
        byline.copy_from_author()
        byline.save()


def _owed(event: Event) -> list[User]:
    """To whom the desk owes a letter for a step that was just taken, by docs/workflow.md."""
    if event.step not in OWING or event.from_stage == event.to_stage:
        return []
    people = User.objects.filter(is_active=True)
    if event.step == "hold":
        return [*people.filter(groups__name=permissions.PUBLISHERS)]
    return [*people.filter(author__bylines__article=event.article_id)]


def _of_steps():
    """The letters that steps owe; comments and suggestions owe others."""
    return Letter.objects.filter(kind__in=OF_STEPS)


def _three_pieces(cast) -> list[Article]:
    """A draft of Ana's, a scheduled piece of Ana's and Bo's, a published one of Axel's and Bo's."""
    pieces = []
    for first, *others in BYLINES:
        by = getattr(cast, first)
        pieces.append(factories.make_piece(by, cast.section, *(getattr(cast, name) for name in others), body=LONG))
    for piece, by in zip(pieces[1:], (cast.ana, cast.axel), strict=True):
        workflow.take("submit", piece, by=by)
        workflow.take("claim", piece, by=cast.edda)
        factories.approve(piece, cast.edda)
        workflow.take("sign", piece, by=cast.bo)
    workflow.take("schedule", pieces[1], by=cast.pia, at=clock.now() + timedelta(hours=6))
    workflow.take("publish", pieces[2], by=cast.pia)
    return pieces


@pytest.mark.deep
@pytest.mark.parametrize("half", ["first", "second"])
def test_no_step_of_anybody_breaks_an_invariant(half, cast):
    Newsroom.pieces = tuple(piece.pk for piece in _three_pieces(cast))
    Newsroom.taken, Newsroom.visited = Counter(), Counter()
    examples, acts = SIZES[os.environ.get("HYPOTHESIS_PROFILE", "quick")]
    phases = [phase for phase in Phase if phase != Phase.explain]  # which takes minutes to say little of a newsroom
    size = {"max_examples": examples, "stateful_step_count": acts, "deadline": None, "phases": phases}

    run_state_machine_as_test(Newsroom, settings=settings(**size, suppress_health_check=list(HealthCheck)))

    log.info("%s\n%s", Newsroom.taken, Newsroom.visited)
    assert Newsroom.taken["tried"] >= 1_000
    assert {stage for stage, _ in Newsroom.visited} == set(Stage.values) - {"killed"}
    if examples == SIZES["deep"][0]:
        amended = {stage for stage, standing in Newsroom.visited if standing == "live"}
        assert amended == (UNFINISHED | {Stage.PUBLISHED}) - {Stage.SCHEDULED}
        assert Newsroom.taken.keys() >= {*STEPS, "hold", "as minor", "as correction"}
        assert Newsroom.taken["tried"] >= 25_000
    assert not Disclaimer.objects.filter(version__gt=1).exists(), "an example left rows behind"
