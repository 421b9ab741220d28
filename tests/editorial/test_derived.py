"""What the database works out by itself: where readers find a piece, whom they know, how many pieces are listed."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from articles.models import Article, ListedCount
from authors.models import Author
from editorial import safeguards, workflow, writing
from tests import factories

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


def test_installing_sets_right_what_was_written_while_no_trigger_was_there(cast, at_stage):
    at_stage("published")
    safeguards.remove(connection)
    Author.objects.update(is_public=False)
    ListedCount.objects.update(number=7)
    ListedCount.objects.create(month="1999-01", section=0, number=3)

    safeguards.install(connection)

    assert list(Author.objects.public()) == [cast.ana.author]
    assert ListedCount.objects.total() == ListedCount.objects.filter(section=cast.section.pk).total() == 1
