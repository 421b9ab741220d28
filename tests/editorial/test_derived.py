"""What the database works out by itself: where readers find a piece, whom they know, how many there are of what."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection, transaction

from articles.models import Article, KeptCount, ListedCount, ListedTag, Publication, SitemapPart, Tag
from authors.models import Author, LetterCount
from editorial import safeguards, workflow, writing
from tests import factories
from tests.editorial.test_aftermath import removed, retracted
from tests.editorial.test_races import at_once

pytestmark = pytest.mark.database


def test_section_in_which_readers_find_a_piece_follows_what_is_live_whoever_writes(cast, at_stage):
    other = factories.make_section("Views")
    piece = at_stage("published")
    assert piece.live_section == cast.section

    Article.objects.update(live_section=other)
    piece.save()
    piece = workflow.take("amend", Article.objects.get(), by=cast.ana)
    piece = writing.save(piece, {"section": other, "body": factories.BODY + "\nAnd more.\n"}, by=cast.ana)

    assert Article.objects.get().live_section == cast.section
    for step, who in (("submit", cast.ana), ("claim", cast.edda)):
        piece = workflow.take(step, piece, by=who)
    factories.correct(factories.approve(piece, cast.edda), cast, "Another section.")
    assert Article.objects.get().live_section == other


def test_authors_whom_readers_know_follow_from_what_was_live_whoever_writes(cast, at_stage):
    piece = at_stage("ready")
    ana, bo = cast.ana.author, factories.make_author("Bo Quiet")
    assert not Author.objects.public().exists()

    piece = workflow.take("publish", piece, by=cast.pia)
    ana.save()  # a row that was read before
    assert list(Author.objects.public()) == [ana]

    Author.objects.update(is_public=True)
    assert list(Author.objects.public()) == [ana]
    Author.objects.update(is_public=False)
    assert list(Author.objects.public()) == [ana]
    assert not Author.objects.get(pk=Author.objects.create(name="New", slug="new", is_public=True).pk).is_public

    byline = piece.bylines.create(author=bo, printed_name="Bo Quiet", position=1)
    assert set(Author.objects.public()) == {ana, bo}
    byline.author = Author.objects.get(slug="new")
    byline.save()
    assert [author.name for author in Author.objects.public()] == [ana.name, "New"]
    byline.delete()
    assert list(Author.objects.public()) == [ana]


def test_what_is_listed_is_counted_by_month_and_section_whoever_writes(cast, at_stage):
    other, months = factories.make_section("Views"), {"2026-01": 1, "2026-02": 2}
    pieces = [at_stage("published", headline=f"Gulls {number}") for number in range(3)]
    for piece, month in zip(pieces, (1, 2, 2), strict=True):
        Article.objects.filter(pk=piece.pk).update(published_at=datetime(2026, month, 3, tzinfo=UTC))
    assert ListedCount.objects.by_month() == sorted(months.items(), reverse=True)
    assert ListedCount.objects.by_section() == {cast.section.pk: 3}

    factories.make_piece(cast.ana, other)
    Article.objects.update(live_section=other)
    assert ListedCount.objects.total() == 3
    assert ListedCount.objects.filter(section=other.pk).total() == 0

    workflow.take("amend", Article.objects.get(pk=pieces[1].pk), by=cast.ana)
    assert ListedCount.objects.by_month() == sorted(months.items(), reverse=True)

    with transaction.atomic():
        piece = Article.objects.get(pk=pieces[0].pk)
        workflow.take("challenge", piece, by=cast.sten, note="Somebody says so.", notice="We look into it.")
        assert ListedCount.objects.by_month() == [("2026-02", 2)]
        transaction.set_rollback(True)
    assert ListedCount.objects.total() == 3


def tagged(tag: Tag) -> list[int]:
    return list(ListedTag.objects.of(tag.pk).values_list("article", flat=True))


@pytest.fixture
def tags(network):
    return [Tag.objects.create(name=name, slug=name) for name in ("gulls", "foxes")]


def test_listed_pieces_of_a_tag_are_kept_and_counted_from_publishing_to_retracting(client, cast, at_stage, tags):
    gulls, foxes = tags
    piece = at_stage("ready")
    piece.tags.set(tags)
    assert KeptCount.objects.by_tag() == {}

    piece = workflow.take("publish", piece, by=cast.pia)
    assert (tagged(gulls), KeptCount.objects.by_tag()) == ([piece.pk], {gulls.pk: 1, foxes.pk: 1})

    with transaction.atomic():
        workflow.take("challenge", piece, by=cast.sten, note="Somebody says so.", notice="We look into it.")
        assert (tagged(gulls), KeptCount.objects.by_tag()) == ([], {})
        transaction.set_rollback(True)
    retracted(Article.objects.get(), cast)
    assert (tagged(gulls), KeptCount.objects.by_tag()) == ([], {})
    assert client.get("/tags/gulls/").status_code == 200


def test_listed_pieces_of_a_tag_follow_the_tags_that_the_desk_sets_whoever_writes(client, cast, at_stage, tags):
    gulls, foxes = tags
    first, second = (at_stage("published", headline=f"Piece {number}") for number in (1, 2))
    for piece in (first, second):
        writing.set_details(piece, by=cast.edda, slug=piece.slug, tags=[gulls])
    assert tagged(gulls) == [second.pk, first.pk]

    Article.objects.filter(pk=second.pk).update(published_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert tagged(gulls) == [first.pk, second.pk]

    writing.set_details(first, by=cast.edda, slug=first.slug, tags=[foxes])
    assert KeptCount.objects.by_tag() == {gulls.pk: 1, foxes.pk: 1}
    Article.tags.through.objects.filter(tag=gulls).update(tag=foxes)  # two subjects made one
    assert (tagged(gulls), tagged(foxes), KeptCount.objects.by_tag()) == ([], [first.pk, second.pk], {foxes.pk: 2})
    foxes.name = foxes.slug = "vixens"
    foxes.save()
    page = client.get("/tags/vixens/").text
    assert "2 pieces on this subject" in page
    assert page.index("Piece 1") < page.index("Piece 2")
    removed(first, cast)
    assert KeptCount.objects.by_tag() == {foxes.pk: 1}


def test_part_of_the_sitemap_knows_its_pieces_and_its_last_change_whoever_writes(cast, at_stage):
    pieces = [at_stage("published", headline=f"Piece {number}") for number in range(3)]
    moments = [datetime(2026, month, 3, tzinfo=UTC) for month in (1, 2, 3)]
    for piece, moment in zip(pieces, moments, strict=True):
        Article.objects.filter(pk=piece.pk).update(published_at=moment)
    assert list(parts()) == [(3, moments[2])]

    retracted(pieces[2], cast)
    assert list(parts()) == [(2, moments[1])]

    elsewhere = {"prior": "elsewhere", "canonical": "elsewhere", "prior_url": "https://first.example/"}
    Article.objects.filter(pk=pieces[1].pk).update(**elsewhere)
    assert list(parts()) == [(1, moments[0])]

    factories.make_piece(cast.ana, cast.section)
    Article.objects.filter(pk=pieces[1].pk).update(canonical="here")
    assert list(parts()) == [(2, moments[1])]


def parts():
    """Of the two over whose border the pieces of a test may lie, as if they were one."""
    rows = list(SitemapPart.objects.filter(pieces__gt=0))
    return [(sum(row.pieces for row in rows), max(row.changed_at for row in rows))] if rows else []


def test_notes_that_readers_find_are_counted_whoever_writes(client, cast, at_stage):
    piece = at_stage("published")
    assert KeptCount.objects.notes() == 0
    for number in (1, 2):
        piece = workflow.take("amend", Article.objects.get(), by=cast.ana)
        piece = writing.save(piece, {"body": f"{factories.BODY}\nAnd {number} more.\n"}, by=cast.ana)
        for step, who in (("submit", cast.ana), ("claim", cast.edda)):
            piece = workflow.take(step, piece, by=who)
        factories.correct(factories.approve(piece, cast.edda), cast, f"Correction {number}.")

    assert KeptCount.objects.notes() == Publication.objects.with_notice().count() == 2
    removed(Article.objects.get(), cast)
    assert KeptCount.objects.notes() == Publication.objects.with_notice().count() == 0


def test_authors_whom_readers_know_are_counted_by_letter_whoever_writes(cast, at_stage):
    assert LetterCount.objects.by_first() == {}

    at_stage("published")
    assert LetterCount.objects.by_first() == {"A": 1}

    Author.objects.update(is_public=True)
    Author.objects.create(name="New", slug="new", is_public=True)
    assert (LetterCount.objects.by_first(), LetterCount.objects.total()) == ({"A": 1}, 1)
    Author.objects.filter(pk=cast.ana.author.pk).update(name="Étienne")
    assert LetterCount.objects.by_first() == {"É": 1}
    Author.objects.filter(pk=cast.ana.author.pk).update(name="Élise", is_public=False)
    assert LetterCount.objects.by_first() == {"É": 1}


@pytest.mark.django_db(transaction=True)
def test_what_two_people_change_at_one_moment_is_all_counted(cast, at_stage, tags):
    for number in range(5):
        leaves = at_stage("published", headline=f"Leaves {number}")
        comes = at_stage("ready", headline=f"Comes {number}")
        for piece in (leaves, comes):
            piece.tags.set(tags)
        said = {"note": "Somebody says so.", "notice": "We look into it."}

        at_once(
            partial(workflow.take, "challenge", leaves, by=cast.sten, **said),
            partial(workflow.take, "publish", comes, by=cast.pia),
        )

        listed = Article.objects.listed()
        assert list(listed) == [*Article.objects.filter(headline__startswith="Comes").order_by("-published_at")]
        assert list(parts()) == [(number + 1, listed.first().published_at)]
        assert set(KeptCount.objects.by_tag().values()) == {ListedCount.objects.total()} == {number + 1}


def test_installing_sets_right_what_was_written_while_no_trigger_was_there(cast, at_stage, tags):
    gulls, foxes = tags
    piece = at_stage("published")
    piece.tags.add(gulls)
    kept, before = ListedTag.objects.get().pk, parts()
    safeguards.remove(connection)
    Author.objects.update(is_public=False)
    for table in (ListedCount, KeptCount, LetterCount):
        table.objects.update(number=7)
    ListedCount.objects.create(month="1999-01", section=0, number=3)
    KeptCount.objects.create(kind="tag", subject=foxes.pk, number=3)
    LetterCount.objects.create(first="X", number=3)
    ListedTag.objects.create(tag=foxes.pk, article=piece.pk, published_at=piece.published_at)
    SitemapPart.objects.update(pieces=7, changed_at=None)
    SitemapPart.objects.create(number=10**6, pieces=3, changed_at=piece.published_at)

    safeguards.install(connection)

    assert list(Author.objects.public()) == [cast.ana.author]
    assert ListedCount.objects.total() == ListedCount.objects.filter(section=cast.section.pk).total() == 1
    assert (tagged(gulls), tagged(foxes), ListedTag.objects.get().pk) == ([piece.pk], [], kept)
    assert (KeptCount.objects.by_tag(), KeptCount.objects.notes()) == ({gulls.pk: 1}, 0)
    assert LetterCount.objects.by_first() == {"A": 1}
    assert parts() == before
