"""The demo network, loaded through the real steps: every piece is written, declared, submitted, read, signed and
published by the people who would do it, on the days they would have done it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.utils.text import slugify

from articles.models import Article, Disclaimer, Picture, Section, Tag
from authors.models import Agreement, Author
from editorial import byline, checklist, correspondence, joining, permissions, workflow, writing
from editorial.demo import drawing
from editorial.models import Comment
from editorial.models.correspondence import To, Topic
from editorial.models.disclosure import QUESTIONS
from network import clock, pictures
from network.models import Network

HERE = Path(__file__).parent
CONTRIBUTOR = "maren-oduya"
COLLEAGUE = "wilhelmina-sorley"  # the desk's other editor, for what takes two
ACCOUNTS = {
    "contributor": permissions.CONTRIBUTORS,
    "editor": permissions.EDITORS,
    "publisher": permissions.PUBLISHERS,
    "standards": permissions.STANDARDS,
}
SECTIONS = (
    ("opinion", "Opinion", "Public affairs and everyday life, argued by people who live them."),
    ("science", "Science & Nature", "What grows, moves and changes, from those who watch it."),
    ("culture", "Culture", "Music, books, craft and the things people make."),
)
DISCLAIMER_LINE = "This is the opinion of {author}, not that of {network} or {host}."
DISCLAIMER = (
    "{network} contributor network is a place for vibrant thought and ideas. Opinions expressed here do not "
    "necessarily reflect those of {host} or {network}. We want to foster dialogue, create conversation, and debate "
    "ideas. See something you like or don’t like? Reach out to {author} or to us at {contact}."
)
APPLICATION = {
    "name": "Ottoline Varga",
    "email": "ottoline.varga@post.example",
    "place": "Saltmere, where I run the harbour's lost-property office",
    "links": "https://saltmere-harbour.example/lost-and-found",
    "why": "I would write about what people leave behind and what they come back for. Everybody thinks it is "
    "umbrellas. It is keys, and they say more about how a town lives than its census does.",
    "sample": "A key that nobody claims is not lost. It is a door that somebody has stopped using, and for eleven "
    "years I have kept the list.\n\nIn the winter of the long strike the keys stopped coming. For a month I thought "
    "that the town had grown careful. Then I understood that nobody was going out.",
}


READER: dict[str, Any] = {"name": "Ines Quill", "email": "ines.quill@post.example"}
LETTERS: tuple[tuple[To, dict[str, Any]], ...] = (
    (To.AUTHOR, {"text": "I teach the bowline to scouts, and we have the twist too. Nobody knew where it came from. "
                         "Do you show it to your nine now, or leave it out?", "may_be_published": True}),
    (To.DESK, {"text": "Do you print letters from people who live inland?", "topic": Topic.PUBLICATION}),
    (To.CORRECTION, {"text": "It does not add up.", "correction": {
        "quote": "It took him eleven seconds, and it had taken me fifty-six years.", "wrong": "It does not add up.",
        "right": "From 1969 to this winter it is one year more.", "source": "The piece itself, third sentence on."}}),
)  # fmt: skip


def is_loaded() -> bool:
    return Article.objects.exists()


def load(password: str, said: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Load everything into an empty database. `said` hears how many of how many pieces are done."""
    now = clock.now()
    with clock.at(now - timedelta(days=400)):
        _network()
        people = _people(password)
    files = sorted(_pieces(), key=lambda item: -item[1]["days_ago"])
    made: dict[str, Article] = {}
    for done, (name, meta, body) in enumerate(files, start=1):
        made[name[:2]] = Story(meta, body, people, made, now).tell()
        said(done, len(files))
    _open_amendment(made["11"], people, now)
    _joining(people, now)
    _letters(made["11"], now)


def _network() -> None:
    Network.objects.update_or_create(
        pk=1,
        defaults={
            "name": "The Causeway",
            "host": "Causeway Press",
            "contact": "desk@causeway.example",
            "tagline": "Opinion from people who know the ground",
            "about": "The Causeway publishes people who write from what they do. Each piece is its author's own; an "
            "editor has read it, and nothing in it changes without the author's signature.",
            **{name: (HERE / f"{name}.md").read_text() for name in ("call", "masthead", "policies", "privacy")},
            "least_words": 400,
            "most_words": 1_200,
            "allows_republishing": True,
        },
    )
    Disclaimer.objects.create(line=DISCLAIMER_LINE, text=DISCLAIMER, in_force_from=clock.now())
    Agreement.objects.create(version=1, text=(HERE / "agreement.md").read_text(), in_force_from=clock.now())
    for position, (slug, name, description) in enumerate(SECTIONS):
        Section.objects.create(slug=slug, name=name, description=description, position=position)


def _people(password: str) -> dict[str, User]:
    """The four demo accounts, a second editor, and an account for every author: the authors' cannot sign in."""
    people = {name: _account(name, password, group) for name, group in ACCOUNTS.items()}
    people[COLLEAGUE] = _account(COLLEAGUE, password, permissions.EDITORS)
    for row in yaml.safe_load((HERE / "authors.yaml").read_text()):
        user = (
            people["contributor"]
            if row["slug"] == CONTRIBUTOR
            else _account(row["slug"], None, permissions.CONTRIBUTORS)
        )
        people[row["slug"]] = user
        author = _author(row, user)
        Agreement.objects.get().accept(author, by=user)
    return people


def _account(username: str, password: str | None, group: str) -> User:
    user = User.objects.create_user(
        username, f"{username}@causeway.example", password, is_staff=group in permissions.DESK
    )
    user.groups.add(Group.objects.get(name=group))
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def _author(row: dict[str, Any], user: User) -> Author:
    names = ("slug", "name", "role", "bio", "long_bio", "familiar", "time_zone", "identity")
    author = Author(user=user, portrait_alt=row["portrait"]["alt"], **{name: row[name] for name in names})
    portrait = pictures.square(drawing.portrait(row["portrait"]["hue"], row["slug"]))
    author.portrait.save(f"{portrait.sha256}{portrait.extension}", ContentFile(portrait.data), save=False)
    author.bio_confirmed_at = clock.now() + timedelta(days=200)
    author.portrait_rights_at = clock.now()
    author.save()
    for position, link in enumerate(row["links"]):
        author.links.create(position=position, **link)
    return author


def _pieces() -> Iterator[tuple[str, dict[str, Any], str]]:
    for path in sorted((HERE / "pieces").glob("*.md")):
        post = frontmatter.loads(path.read_text())
        yield path.name, post.metadata, post.content + "\n"


class Story:
    """One piece from its first word to the stage where the demo leaves it."""

    def __init__(self, meta: dict, body: str, people: dict[str, User], made: dict[str, Article], now: datetime):
        self.meta, self.body, self.people, self.made = meta, body, people, made
        slugs = meta["author"] if isinstance(meta["author"], list) else [meta["author"]]
        self.authors = [people[slug] for slug in slugs]
        days = meta["days_ago"]
        morning = (now - timedelta(days=days)).replace(hour=7, minute=7 * days % 60, second=0, microsecond=0)
        self.end = min(morning, now - timedelta(minutes=5))
        self.piece: Article = None  # type: ignore[assignment]

    def tell(self) -> Article:
        with self.days_before(5):
            self._write()
        getattr(self, f"_{self.meta['ends_at']}")()
        return self.piece

    def days_before(self, days: float):
        return clock.at(self.end - timedelta(days=days))

    def take(self, step: str, who: str | User, days: float, **data) -> None:
        by = self.people[who] if isinstance(who, str) else who
        with self.days_before(days):
            self.piece = workflow.take(step, self.piece, by=by, **data)

    def _write(self) -> None:
        by, *others = self.authors
        text = {name: self.meta[name] for name in ("headline", "dek", "label")}
        text |= {name: self.meta[name] for name in ("response_kind", "language") if name in self.meta}
        section = Section.objects.get(slug=self.meta["section"])
        answered = self.made.get(self.meta.get("responds_to", ""))
        self.piece = writing.start(by.author, by=by, body=self.body, section=section, responds_to=answered, **text)
        for other in others:
            byline.accept(byline.ask(self.piece, email=other.email, name=other.author.name, by=by), other)
        self._picture(by)
        for author in self.authors:
            said = {"ai_use": "none", "has_checked_facts": True, "prior": "exclusive"} | self._libel()
            writing.declare(self.piece, by=author, answers=self._answers(), **said)
        tags = [Tag.objects.get_or_create(slug=slugify(tag), defaults={"name": tag})[0] for tag in self.meta["tags"]]
        self.piece.tags.set(tags)
        self.piece.refresh_from_db()

    def _picture(self, by: User) -> None:
        if words := dict(self.meta.get("picture", {})):
            drawn = ContentFile(drawing.motif(words.pop("motif"), self.meta["headline"]))
            lead = Picture.objects.take_in(drawn, article=self.piece, by=by, licence="own work", made="drawn", **words)
            writing.save(self.piece, {"lead": lead}, by=by)

    def _libel(self) -> dict[str, str]:
        detail = self.meta.get("libel", "")
        return {"libel": "yes" if detail else "no", "libel_detail": detail}

    def _answers(self) -> dict[str, Any]:
        said = self.meta.get("disclosure") or {}
        return {q.key: {"yes": q.key in said, "detail": said.get(q.key, "")} for q in QUESTIONS}

    def _draft(self) -> None:
        """Nothing more: it is still being written."""

    def _submitted(self) -> None:
        self.take("submit", self.authors[0], 0)

    def _in_review(self) -> None:
        self.take("submit", self.authors[0], 1)
        self.take("claim", "editor", 0.5)
        self._comment()

    def _changes_requested(self) -> None:
        self._in_review()
        self.take("ask_changes", "editor", 0)

    def _comment(self) -> None:
        with self.days_before(0.3):
            Comment.objects.create(
                article=self.piece, writer=self.people["editor"], is_from_desk=True, text=self.meta["comment"]
            )

    def _proof(self) -> None:
        self.take("submit", self.authors[0], 3)
        self.take("claim", "editor", 2)
        change = self.meta["desk_edit"]
        with self.days_before(1):
            body = _replaced(self.piece.body, change)
            self.piece = writing.save(self.piece, {"body": body}, by=self.people["editor"])
        self._approve(0)

    def _second_eyes(self) -> None:
        """High risk, and approved by one editor: it waits for a second one."""
        self.take("submit", self.authors[0], 1)
        self.take("claim", COLLEAGUE, 0.5)
        self._approve(0, by=COLLEAGUE)

    def _approve(self, days: float, by: str = "editor") -> None:
        self.take("approve", by, days, checklist=[item.key for item in checklist.asked(self.piece)])

    def _ready(self) -> None:
        self.take("submit", self.authors[0], 4)
        self._through_the_desk()

    def _through_the_desk(self) -> None:
        """Claimed, approved, and signed by every author who has not yet."""
        self.take("claim", "editor", 3)
        self._approve(2)
        for author in self.authors[1:]:
            self.take("sign", author, 1)

    def _scheduled(self) -> None:
        self._ready()
        at = clock.now().replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=self.meta["in_days"])
        self.take("schedule", "publisher", 0.5, at=at)

    def _published(self) -> None:
        self._ready()
        self.take("publish", "publisher", 0)
        if correction := self.meta.get("correction"):
            self._correct(correction)

    def _correct(self, correction: dict[str, str]) -> None:
        """A mistake, found a day later: amended by its author, approved again, published with its notice."""
        author = self.authors[0]
        self.take("amend", author, -1)
        with self.days_before(-1.1):
            self.piece = writing.save(self.piece, {"body": _replaced(self.piece.body, correction)}, by=author)
        self.take("submit", author, -1.2)
        self.take("claim", "editor", -1.3)
        self._approve(-1.4)
        self.take("announce", "editor", -1.45, kind="correction", notice=correction["notice"])
        self.take("publish", "publisher", -1.5)

    def _declined(self) -> None:
        self.take("submit", self.authors[0], 2)
        self.take("claim", "editor", 1)
        self.take("decline", "editor", 0, note=self.meta["note"])

    def _withdrawn(self) -> None:
        self.take("submit", self.authors[0], 2)
        self.take("withdraw", self.authors[0], 0)


def _replaced(body: str, change: dict[str, str]) -> str:
    if body.count(change["find"]) != 1:
        raise ValueError(f"The demo text holds “{change['find']}” {body.count(change['find'])} times.")
    return body.replace(change["find"], change["replace"])


def _open_amendment(piece: Article, people: dict[str, User], now: datetime) -> None:
    """A published piece whose author has begun to change it; readers go on seeing what was published."""
    with clock.at(now - timedelta(hours=6)):
        workflow.take("amend", piece, by=people["contributor"])


def _joining(people: dict[str, User], now: datetime) -> None:
    """Somebody waits for an answer, and somebody else has an invitation that still opens an account."""
    with clock.at(now - timedelta(days=3)):
        joining.apply(**APPLICATION)
    with clock.at(now - timedelta(days=1)):
        joining.invite(
            email="idris.bellweather@post.example",
            name="Idris Bellweather",
            by=people["editor"],
            words="Your letter about the night ferry should be a piece. Will you write it for us?",
        )


def _letters(piece: Article, now: datetime) -> None:
    """A reader has written to an author, to the desk, and for a correction, and nobody has answered yet."""
    author = piece.authors.first()
    for days, (to, said) in enumerate(LETTERS, start=1):
        about: dict[str, Any] = {"article": piece if to != To.DESK else None}
        about |= {"author": author} if to == To.AUTHOR else {}
        with clock.at(now - timedelta(days=days)):
            correspondence.confirm(correspondence.begin(to, **READER, **about, **said))
