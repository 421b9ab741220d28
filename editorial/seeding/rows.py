"""The rows of published pieces, many at a time. Nothing is left out that a step would write for the trail: the
safeguards look at each row, and `verify_trail` finds that everything holds.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.text import slugify

from articles import search
from articles.models import Article, Byline, Disclaimer, Section, Tag
from articles.status import Label
from authors.models import Author, Identity
from editorial import permissions, workflow
from editorial.seeding import trails, words
from editorial.seeding.trails import Story
from network import clock

BATCH = 500
YEARS = 6  # back from today
SETTLED = timedelta(days=3)  # by then a correction, where there is one, is out
LABELS = (Label.OPINION, Label.OPINION, Label.OPINION, Label.ANALYSIS, Label.ESSAY)
SAID = {"ai_use": "none", "has_checked_facts": True, "prior": "exclusive", "libel": "no"}
LINE = "The author's own opinion."
DISCLAIMER = "What {author} says here is not said by {host} or {network}. Write to {author} or to us at {contact}."


def seed(
    articles: int, authors: int, said: Callable[[int], object] = lambda count: None, *, corrected: int = 40
) -> None:
    """Add so many published pieces by so many new authors. `said` hears how many more are done. One piece in
    `corrected` was corrected."""
    desk = {group: _desk(group) for group in (permissions.EDITORS, permissions.PUBLISHERS)}
    sections, tags, disclaimer = _sections(), _tags(), _disclaimer()
    people = _people(authors)
    first = Article.objects.count()
    for start in range(0, articles, BATCH):
        numbers = range(first + start, first + min(start + BATCH, articles))
        with transaction.atomic():
            stories = [_story(number, first, articles, people, sections, corrected) for number in numbers]
            _write(stories, tags)
            trails.tell(stories, disclaimer=disclaimer, **desk)
            workflow.settle(story.article for story in stories)
            search.take_in(story.article for story in stories)
        said(len(stories))


def _desk(group: str) -> User:
    user, is_new = User.objects.get_or_create(username=f"seed-{group}", defaults={"is_staff": True})
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        user.groups.set(Group.objects.filter(name=group))
    return user


def _sections() -> list[Section]:
    made = (Section.objects.get_or_create(slug=slug, defaults={"name": name}) for slug, name in words.SECTIONS)
    return [section for section, _ in made]


def _tags() -> list[Tag]:
    return [Tag.objects.get_or_create(slug=name, defaults={"name": name})[0] for name in words.TAGS]


def _disclaimer() -> Disclaimer:
    found = Disclaimer.objects.in_force()
    return found or Disclaimer.objects.create(line=LINE, text=DISCLAIMER, in_force_from=clock.now())


def _people(count: int) -> list[tuple[Author, User]]:
    """New authors, each with an account that nobody can sign in to."""
    first = Author.objects.count()
    users = [User(username=f"seed-{first + number}", password="!") for number in range(count)]  # noqa: S106 - unusable
    User.objects.bulk_create(users, batch_size=BATCH)
    authors = [_author(first + number, user) for number, user in enumerate(users)]
    return list(zip(Author.objects.bulk_create(authors, batch_size=BATCH), users, strict=True))


def _author(number: int, user: User) -> Author:
    speaker = words.Speaker(number)
    name = speaker.name()
    return Author(
        user=user,
        name=name,
        slug=f"{slugify(name)}-{number}",
        role=f"Keeps a {speaker.thing()}"[:120],
        bio=f"{name} writes about the {speaker.thing()}."[:160],
        identity=Identity.VERIFIED,
        bio_confirmed_at=clock.now(),
    )


def _story(
    number: int, first: int, count: int, people: list[tuple[Author, User]], sections: list[Section], corrected: int
) -> Story:
    speaker = words.Speaker(number)
    headline, (author, account) = speaker.headline(), speaker.random.choice(people)
    texts = [speaker.body()]
    moment = _moment(number - first, count, speaker.random)
    if number % corrected == 0 and moment < clock.now() - SETTLED:
        texts.append(texts[0] + f"\n{speaker.paragraph()}\n")
    article = Article(
        headline=headline,
        dek=speaker.sentence(),
        label=speaker.random.choice(LABELS),
        section=speaker.random.choice(sections),
        slug=f"{slugify(headline)}-{number}",
        body=texts[-1],
        created_by=account,
        created_at=moment - SETTLED,
        saved_at=moment - SETTLED,
        **SAID,
    )
    return Story(article, author, account, moment, texts, speaker.random.random())


def _moment(number: int, count: int, random: Random) -> datetime:
    """Spread over the years, the first the oldest, at some time of the day."""
    span = timedelta(days=365 * YEARS) / count
    return clock.now() - timedelta(hours=1) - span * (count - number - random.random())


def _write(stories: list[Story], tags: list[Tag]) -> None:
    """The pieces, what is printed over them, and their subjects."""
    Article.objects.bulk_create([story.article for story in stories])
    Byline.objects.bulk_create(list(_bylines(stories)))
    tagged = Article.tags.through
    tagged.objects.bulk_create(
        tagged(article_id=story.article.pk, tag_id=tags[int(story.chance * len(tags))].pk) for story in stories
    )


def _bylines(stories: list[Story]) -> Iterator[Byline]:
    for story in stories:
        author = story.author
        disclosure = f"{author.name} declares no relevant interests."
        story.byline = Byline(
            article=story.article,
            author=author,
            printed_name=author.name,
            role=author.role,
            bio=author.bio,
            first_name=author.first_name,
            disclosure=disclosure,
        )
        yield story.byline
