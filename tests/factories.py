"""Plain functions that make what a test needs, by the project's own doors: pieces are made by steps, never by rows."""

import io
from datetime import timedelta

from django.contrib.auth.models import Group, User
from PIL import Image

from articles.models import Article, Disclaimer, Picture, Section
from articles.status import Stage
from authors.models import Agreement, Author, Identity
from editorial import permissions, workflow, writing
from editorial.checklist import CHECKLIST
from editorial.models import Comment
from editorial.models.disclosure import QUESTIONS
from network import clock
from network.models import Network

NO_INTERESTS = {question.key: {"yes": False, "detail": ""} for question in QUESTIONS}
EVERY_ITEM = [item.key for item in CHECKLIST]
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
    user.groups.set(Group.objects.filter(name__in=groups))
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
    values = {"alt": "A harbour", "caption": "At six", "credit": "Ana Ruiz", "licence": "own work"} | words
    return Picture.objects.take_in(image_file(), article=piece, by=by, **values)


def declare(piece: Article, by: User, **more) -> None:
    declared = {"ai_use": "none", "has_checked_facts": True, "prior": "exclusive", "prior_url": ""} | more
    writing.declare(piece, by=by, answers=declared.pop("answers", NO_INTERESTS), **declared)


def make_piece(by: User, section: Section, *others: User, **text) -> Article:
    """A complete draft, every author's questions answered."""
    values = {"headline": "Gulls at six", "dek": "A morning in the harbour.", "body": BODY, "section": section} | text
    piece = writing.start(by.author, by=by, **values)
    for position, other in enumerate(others, start=1):
        byline = piece.bylines.model(article=piece, author=other.author, position=position)
        byline.copy_from_author()
        byline.save()
    for author in (by, *others):
        declare(piece, author)
    return Article.objects.get(pk=piece.pk)


def edit_by_desk(piece: Article, by: User, body: str = BODY + "\nThe desk added this.\n") -> Article:
    return writing.save(piece, {"body": body}, by=by)


def approve(piece: Article, by: User) -> Article:
    return workflow.take("approve", piece, by=by, checklist=EVERY_ITEM)


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
    for step in path[Stage(stage)].split():
        piece = _take(step, piece, cast)
    return piece


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
