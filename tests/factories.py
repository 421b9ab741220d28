"""Plain functions that make what a test needs, by the project's own doors: pieces are made by steps, never by rows."""

import copy
import importlib
import io
from datetime import datetime, timedelta
from math import ceil

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, User
from django.db import connection
from PIL import Image

from articles.models import Article, Byline, Disclaimer, Picture, Publication, Revision, Section
from articles.models.sitemap_part import PER_PART
from articles.status import Stage, Standing
from authors.models import Agreement, Author, Identity
from editorial import byline, checklist, permissions, safeguards, workflow, writing
from editorial.models import Comment, Disclosure, Event, Review, SignOff, Submission
from editorial.models.disclosure import QUESTIONS
from network import clock, snapshot
from network.models import Network
from tests.remembered import memory

NO_INTERESTS = {question.key: {"yes": False, "detail": ""} for question in QUESTIONS}
_TEMPLATE = importlib.import_module("editorial.migrations.0016_checklist_items")
EVERY_ITEM = [key for key, *_ in _TEMPLATE.ITEMS]
OF_HIGH_RISK = [key for key, *_ in _TEMPLATE.HIGH_RISK]
PASSWORD = "a long enough password"
WORDS = (
    "{network} contributor network is a place for thought. Opinions expressed here do not necessarily reflect those of "
    "{host} or {network}. Reach out to {author} or to us at {contact}."
)
BODY = "The harbour was quiet that morning, and nobody had told the gulls.\n\nSo they sang.\n"


def make_network() -> Network:
    Network.objects.all().delete()
    return Network.objects.create(name="The Signal", host="Signal House", contact="desk@signal.example")


def make_user(username: str, *groups: str, **more) -> User:
    user = User.objects.create_user(username, f"{username}@people.example", PASSWORD, **more)
    if groups:
        user.groups.add(*Group.objects.filter(name__in=groups))
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def make_desk(username: str, *groups: str) -> User:
    return make_user(username, *groups, is_staff=True)


def make_author(name: str, user: User | None = None, **more) -> Author:
    values = {"identity": Identity.VERIFIED, "bio": f"{name} writes.", "bio_confirmed_at": clock.now()} | more
    return Author.objects.create(name=name, slug=name.lower().replace(" ", "-"), user=user, **values)


def make_contributor(username: str, name: str, *groups: str) -> User:
    """An account with an author behind it, a follow line and the agreement in force accepted."""
    user = make_user(username, permissions.CONTRIBUTORS, *groups, is_staff=bool(groups))
    author = make_author(name, user)
    author.links.create(site="twitter", handle=username)
    if agreement := Agreement.objects.in_force():
        agreement.accept(author, by=user)
    return user


def make_section(name: str = "Opinion") -> Section:
    return Section.objects.get_or_create(slug=name.lower(), defaults={"name": name})[0]


def make_disclaimer(text: str = WORDS, line: str = "The author's own opinion.", **more) -> Disclaimer:
    return Disclaimer.objects.create(text=text, line=line, **{"in_force_from": clock.now()} | more)


def make_agreement() -> Agreement:
    version = Agreement.objects.count() + 1
    return Agreement.objects.create(version=version, text=f"The terms, version {version}.")


def image_file(size: tuple[int, int] = (640, 400), colour: str = "teal") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    file.seek(0)
    file.name = "picture.jpg"
    return file


def make_picture(piece: Article, by: User, **words) -> Picture:
    values = {"alt": "A harbour", "caption": "At six", "credit": "Ana Ruiz", "licence": "own work"}
    values |= {"made": "camera"} | words
    return Picture.objects.take_in(image_file(), article=piece, by=by, **values)


def declare(piece: Article, by: User, **more) -> None:
    declared = {
        "ai_use": "none",
        "has_checked_facts": True,
        "prior": "exclusive",
        "prior_url": "",
        "libel": "no",
    } | more
    writing.declare(piece, by=by, answers=declared.pop("answers", NO_INTERESTS), **declared)


def make_piece(by: User, section: Section, *others: User, **text) -> Article:
    """A complete draft, every author's questions answered."""
    what = ("piece", by.pk, section and section.pk, *(other.pk for other in others), *sorted(text.items()))
    pk = memory.recall(what, lambda: _make_piece(by, section, *others, **text).pk)
    return Article.objects.get(pk=pk)


def _make_piece(by: User, section: Section, *others: User, **text) -> Article:
    values = {"headline": "Gulls at six", "dek": "A morning in the harbour.", "body": BODY, "section": section} | text
    piece = writing.start(by.author, by=by, **values)
    for other in others:
        share(piece, by, other)
    for author in (by, *others):
        declare(piece, author)
    return piece


def share(piece: Article, by: User, other: User) -> None:
    """Credit somebody else as well. The letters of it are not what a story about the desk's letters counts."""
    byline.accept(byline.ask(piece, email=other.email, name=other.author.name, by=by), other)
    piece.letters.filter(kind__startswith="byline").delete()


def edit_by_desk(piece: Article, by: User, body: str = BODY + "\nThe desk added this.\n") -> Article:
    return writing.save(piece, {"body": body}, by=by)


def approve(piece: Article, by: User) -> Article:
    return workflow.take("approve", piece, by=by, checklist=EVERY_ITEM + OF_HIGH_RISK)


def correct(piece: Article, cast, notice: str) -> Article:
    """Publish an amendment that is ready as a correction, its author told first."""
    said = {"kind": "correction", "notice": notice}
    return workflow.take("publish", workflow.take("announce", piece, by=cast.edda, **said), by=cast.pia)


def make_piece_at(stage: str, cast, **text) -> Article:
    """A piece of Ana's at a stage, reached by the steps that lead there."""
    return advance(make_piece(cast.ana, cast.section, **text), stage, cast)


def advance(piece: Article, stage: str, cast) -> Article:
    """Take a complete draft of Ana's to a stage."""
    path = {
        Stage.DRAFT: "",
        Stage.SUBMITTED: "submit",
        Stage.IN_REVIEW: "submit claim",
        Stage.CHANGES_REQUESTED: "submit claim comment ask_changes",
        Stage.PROOF: "submit claim rewrite approve",
        Stage.READY: "submit claim approve",
        Stage.SCHEDULED: "submit claim approve schedule",
        Stage.PUBLISHED: "submit claim approve publish",
        Stage.DECLINED: "submit claim decline",
        Stage.WITHDRAWN: "submit withdraw",
    }
    people = copy.deepcopy(cast)  # who keep nothing in mind of steps that not every test goes
    memory.recall(
        ("advance", piece.pk, stage, cast.ana.pk, cast.edda.pk, cast.pia.pk),
        lambda: _walk(path[Stage(stage)].split(), piece, people),
    )
    return Article.objects.get(pk=piece.pk)


def _walk(steps: list[str], piece: Article, cast) -> None:
    for step in steps:
        piece = _take(step, piece, cast)


def _take(step: str, piece: Article, cast) -> Article:
    if step == "comment":
        Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text="Say who told you.")
        return piece
    if step == "rewrite":
        return edit_by_desk(piece, cast.edda)
    who = {"submit": cast.ana, "withdraw": cast.ana, "publish": cast.pia, "schedule": cast.pia}.get(step, cast.edda)
    data = {
        "approve": {"checklist": EVERY_ITEM},
        "schedule": {"at": clock.now() + timedelta(days=1)},
        "decline": {"note": "It is close to another piece."},
    }
    return workflow.take(step, piece, by=who, **data.get(step, {}))


def put_under_embargo(piece: Article, until: datetime, by: User) -> None:
    """With the item of the checklist that looks at embargoes ticked anew, as its change asks."""
    Article.objects.filter(pk=piece.pk).update(embargo_until=until)
    checklist.tick(piece, by=by, said={"embargo": ("done", "")})


def copies(piece: Article, number: int) -> list[Article]:
    """So many more pieces like this one, with all their records, each hash its own: what the same steps would have written.

    Row by row into the tables, while the safeguards rest, because five hundred pieces by steps take minutes.
    """
    safeguards.remove(connection)
    fresh = {"stage": Stage.DRAFT, "standing": Standing.UNPUBLISHED, "live_id": None, "published_at": None}
    made = [_again(piece, slug=f"{piece.slug}-{n}", **fresh) for n in range(number)]
    Article.objects.bulk_create(made)
    for model in (Byline, Disclosure, Submission):
        model.objects.bulk_create(
            _again(row, article=one) for row in model.objects.filter(article=piece) for one in made
        )
    revisions = _of_each(Revision, piece, made, {}, "frozen_hash")
    reviews = _of_each(Review, piece, made, revisions)
    _of_each(SignOff, piece, made, revisions)
    live = _of_each(Publication, piece, made, revisions | reviews, "hash")
    _of_each(Event, piece, made, revisions, "hash")
    for one in made:
        one.live = live.get((Publication, piece.live_id, one.pk))
        one.stage, one.standing, one.published_at = piece.stage, piece.standing, piece.published_at
    Article.objects.bulk_update(made, ["live", "stage", "standing", "published_at"])
    safeguards.install(connection)
    snapshot.take_stock(connection)
    return made


def _again(row, **other):
    made = copy.copy(row)
    made._state = copy.deepcopy(row._state)
    made.pk, made._state.adding, made._state.fields_cache = None, True, {}
    for name, value in other.items():
        setattr(made, name, value)
    return made


def sitemap_file(row: Article | Author) -> str:
    """The address of the file in which something stands; numbers go on from test to test."""
    kind = "pieces" if isinstance(row, Article) else "authors"
    return f"/sitemap-{kind}-{ceil(row.pk / PER_PART)}.xml"


def _of_each(model, piece: Article, made: list[Article], known: dict, hashed: str = "") -> dict:
    """The rows of a piece again for each of the others, leading to their own rows of what is known already."""
    found = {}
    for one in made:
        before = ""
        for row in model.objects.filter(article=piece).order_by("pk"):
            new = _again(row, article=one)
            for name, kind in (("revision", Revision), ("review", Review)):
                if own := known.get((kind, getattr(row, f"{name}_id", None), one.pk)):
                    setattr(new, name, own)
            if model is Event:
                new.previous_hash = before
            if hashed:
                setattr(new, hashed, new.fingerprint())
                before = getattr(new, hashed)
            found[model, row.pk, one.pk] = new
    model.objects.bulk_create(found.values())
    return found
