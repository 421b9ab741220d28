"""How each seeded piece got to its readers: every text with its keys, and the events that tell of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from articles.models import Article, Byline, Disclaimer, Publication, Revision
from articles.models.publication import Kind
from articles.models.revision import render
from articles.status import Stage, Standing
from authors.models import Author
from editorial.models import Event, Review, SignOff, Submission
from network import markup
from network.fingerprint import fingerprint
from network.models import Network

NOTICE = "A paragraph was missing at the end, and has been added."
DAY = timedelta(days=1)
# Each step with where it leads, who takes it, and how many days before the publication.
STEPS = (
    ("amend", Stage.DRAFT, "author", 0.9),
    ("submit", Stage.SUBMITTED, "author", 0.8),
    ("claim", Stage.IN_REVIEW, "editor", 0.5),
    ("approve", Stage.READY, "editor", 0.3),
    ("publish", Stage.PUBLISHED, "publisher", 0),
)


@dataclass
class Story:
    """A piece with its author and the texts that readers had of it, the newest last. `chance` is from 0 to 1."""

    article: Article
    author: Author
    account: User
    moment: datetime
    texts: list[str]
    chance: float
    byline: Byline = field(init=False)
    events: list[Event] = field(default_factory=list)


def tell(stories: list[Story], *, disclaimer: Disclaimer, editors: User, publishers: User) -> None:
    """One round for the first text of each piece, and one for the second of those that have it."""
    by = {"editor": editors, "publisher": publishers}
    network = Network.load()
    names = {"network": network.name, "host": network.host, "contact": network.contact}
    for number in range(max((len(story.texts) for story in stories), default=0)):
        told = [story for story in stories if len(story.texts) > number]
        revisions = Revision.objects.bulk_create([_revision(story, number) for story in told])
        pairs = list(zip(told, revisions, strict=True))
        reviews = _keys(pairs, disclaimer, editors)
        Submission.objects.bulk_create([_submission(story, number, editors) for story in told])
        Event.objects.bulk_create(
            [event for story, revision in pairs for event in _events(story, number, revision, by)]
        )
        Publication.objects.bulk_create(
            [_publication(story, number, review, names) for story, review in zip(told, reviews, strict=True)]
        )


def _out(story: Story, number: int) -> datetime:
    """When a text was published: the second two days after the first."""
    return story.moment + 2 * DAY * number


def _revision(story: Story, number: int) -> Revision:
    article = story.article
    revision = Revision(
        article=article,
        number=number + 1,
        headline=article.headline,
        dek=article.dek,
        label=article.label,
        section_id=article.section_id,
        body=story.texts[number],
        byline=[story.byline.frozen()],
        disclosure=story.byline.disclosure,
        created_by_id=story.account.pk,
        created_at=_out(story, number) - DAY,
    )
    revision.html, revision.words = str(render(revision)), markup.words(revision.body)
    revision.package_hash = fingerprint(revision.package())
    revision.frozen_hash = revision.fingerprint()
    return revision


def _keys(pairs: list[tuple[Story, Revision]], disclaimer: Disclaimer, editor: User) -> list[Review]:
    """The author's signature, the editor's claim, and the approvals, which are returned."""
    signed = (
        SignOff(**_named(revision), author=story.author, signed_by_id=story.account.pk, signed_at=revision.created_at)
        for story, revision in pairs
    )
    SignOff.objects.bulk_create(signed)
    decided: dict[str, list[Review]] = {
        decision: [
            Review(
                **_named(revision),
                editor=editor,
                decision=decision,
                disclaimer=disclaimer,
                created_at=revision.created_at + DAY / 2,
                is_high_risk=False if decision == "approve" else None,
            )
            for _, revision in pairs
        ]
        for decision in ("claim", "approve")
    }
    Review.objects.bulk_create(decided["claim"])
    return Review.objects.bulk_create(decided["approve"])


def _named(revision: Revision) -> dict[str, Any]:
    return {"article_id": revision.article_id, "revision": revision, "package_hash": revision.package_hash}


def _submission(story: Story, number: int, editor: User) -> Submission:
    out = _out(story, number)
    return Submission(
        article=story.article,
        number=number + 1,
        submitted_by_id=story.account.pk,
        submitted_at=out - DAY,
        promised_by=out + DAY,
        claimed_by=editor,
        claimed_at=out - DAY / 2,
        answered_at=out,
        closed_at=out,
    )


def _events(story: Story, number: int, revision: Revision, by: dict[str, User]) -> Iterator[Event]:
    standing = Standing.LIVE if number else Standing.UNPUBLISHED
    stage = Stage.PUBLISHED if number else Stage.DRAFT
    for step, to_stage, role, days in STEPS if number else STEPS[1:]:
        last = story.events[-1] if story.events else None
        event = Event(
            article=story.article,
            seq=last.seq + 1 if last else 1,
            previous_hash=last.hash if last else "",
            actor_id=story.account.pk if role == "author" else by[role].pk,
            role=role,
            step=step,
            from_stage=stage,
            to_stage=to_stage,
            from_standing=standing,
            to_standing=Standing.LIVE if step == "publish" else standing,
            revision=None if step == "amend" else revision,
            at=_out(story, number) - DAY * days,
        )
        event.hash = event.fingerprint()
        stage = to_stage
        story.events.append(event)
        yield event


def _publication(story: Story, number: int, review: Review, names: dict[str, str]) -> Publication:
    publication = Publication(
        article=story.article,
        number=number + 1,
        revision=review.revision,
        disclaimer=review.disclaimer,
        review=review,
        kind=Kind.CORRECTION if number else Kind.FIRST,
        notice=NOTICE if number else "",
        names=names,
        published_at=_out(story, number),
    )
    publication.hash = publication.fingerprint()
    return publication
