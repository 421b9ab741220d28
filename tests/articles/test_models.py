"""What the database holds about a piece: where it can be, what is live of it, who is credited, where it is found."""

import pytest
from django.db import IntegrityError, connection, transaction

from articles.models import Article, Byline, OldSlug, Revision, Section, Tag
from articles.status import Label, Stage, Standing
from editorial import safeguards, workflow, writing
from network import clock
from tests import factories

MOVED = "Only a step moves a piece"
BORN = "begins as an unpublished draft"
UNKNOWN = {"stage": "lost", "standing": "floating", "label": "gossip"}


def make(by, **columns) -> Article:
    return Article.objects.create(**{"headline": "Gulls", "created_by": by} | columns)


def where(piece) -> tuple:
    return Article.objects.values_list("stage", "standing", "live").get(pk=piece.pk)


@pytest.fixture
def unguarded(db):
    """A function that takes the triggers away, so that the constraints of the tables answer."""

    def take_away():
        connection.check_constraints()  # PostgreSQL drops no trigger while a check is still waiting
        safeguards.remove(connection)

    return take_away


# Stage and standing


@pytest.mark.parametrize("column", UNKNOWN)
def test_unknown_value_is_refused_in_a_new_piece(cast, column):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(cast.ana, **{column: UNKNOWN[column]})

    assert not Article.objects.exists()


@pytest.mark.parametrize("column", UNKNOWN)
def test_unknown_value_is_refused_in_a_piece(draft, column):
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=draft.pk).update(**{column: UNKNOWN[column]})

    assert getattr(Article.objects.get(), column) == getattr(draft, column)


@pytest.mark.parametrize("column", UNKNOWN)
def test_unknown_value_is_refused_by_the_table_itself(at_stage, unguarded, column):
    piece = at_stage("published")
    unguarded()

    with pytest.raises(IntegrityError, match=f"article_{column}_known"), transaction.atomic():
        by_update(piece, **{column: UNKNOWN[column]})

    assert getattr(Article.objects.get(), column) == getattr(piece, column)


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.DRAFT}))
def test_piece_born_at_another_stage_is_refused(cast, stage):
    scheduled_for = clock.now() if stage == Stage.SCHEDULED else None

    with pytest.raises(IntegrityError, match=BORN), transaction.atomic():
        make(cast.ana, stage=stage, scheduled_for=scheduled_for)

    assert not Article.objects.exists()


@pytest.mark.parametrize("standing", sorted(set(Standing) - {Standing.UNPUBLISHED}))
def test_piece_born_in_public_is_refused(cast, at_stage, standing):
    live = at_stage("published").live

    with pytest.raises(IntegrityError, match=BORN), transaction.atomic():
        make(cast.ana, standing=standing, live=live, published_at=clock.now(), slug="born-in-public")

    assert Article.objects.count() == 1


def by_save(piece, **columns):
    for name, value in columns.items():
        setattr(piece, name, value)
    piece.save()


def by_update(piece, **columns):
    Article.objects.filter(pk=piece.pk).update(**columns)


def by_bulk_update(piece, **columns):
    for name, value in columns.items():
        setattr(piece, name, value)
    Article.objects.bulk_update([piece], list(columns))


def by_raw_sql(piece, **columns):
    names = ", ".join(f"{Article._meta.get_field(name).column} = %s" for name in columns)
    values = [getattr(value, "pk", value) for value in columns.values()]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE articles_article SET {names} WHERE id = %s", [*values, piece.pk])


WAYS = [by_save, by_update, by_bulk_update, by_raw_sql]


def name_of(value) -> str:
    return getattr(value, "__name__", str(value))


def test_stage_changed_without_an_event_is_refused(draft, subtests):
    for way in WAYS:
        with subtests.test(way=name_of(way)):
            with pytest.raises(IntegrityError, match=MOVED), transaction.atomic():
                way(Article.objects.get(), stage="ready")

            assert where(draft) == ("draft", "unpublished", None)


def test_standing_changed_without_an_event_is_refused(at_stage, subtests):
    piece = at_stage("published")

    for way in WAYS:
        with subtests.test(way=name_of(way)):
            with pytest.raises(IntegrityError, match=MOVED), transaction.atomic():
                way(Article.objects.get(), standing="under_review")

            assert where(piece) == ("published", "live", piece.live_id)


def test_piece_put_live_without_an_event_is_refused(at_stage, subtests):
    other, piece = at_stage("published"), at_stage("ready")
    columns = {"stage": "published", "standing": "live", "live": other.live, "published_at": clock.now()}

    for way in WAYS:
        with subtests.test(way=name_of(way)):
            with pytest.raises(IntegrityError), transaction.atomic():
                way(Article.objects.get(pk=piece.pk), **columns)

            assert where(piece) == ("ready", "unpublished", None)


def test_stage_that_the_newest_event_does_not_name_is_refused(at_stage):
    piece = at_stage("ready")

    for stage in ("submitted", "in_review", "draft"):
        with pytest.raises(IntegrityError, match=MOVED), transaction.atomic():
            by_update(piece, stage=stage)

    assert where(piece) == ("ready", "unpublished", None)


def test_stage_that_only_another_pieces_event_names_is_refused(cast, draft, at_stage):
    at_stage("submitted")

    with pytest.raises(IntegrityError, match=MOVED), transaction.atomic():
        by_update(draft, stage="submitted")

    assert where(draft) == ("draft", "unpublished", None)


def test_other_columns_change_freely(draft):
    by_update(draft, headline="Terns at six", is_on_legal_hold=True, embargo_until=clock.now())

    assert Article.objects.get().headline == "Terns at six"


UNPUBLISHED_BREACHES = [
    ({"standing": "live"}, "article_public_standing_has_publication"),
    ({"standing": "under_review"}, "article_public_standing_has_publication"),
    ({"standing": "retracted"}, "article_public_standing_has_publication"),
    ({"standing": "removed"}, "article_public_standing_has_publication"),
    ({"stage": "published"}, "article_published_stage_is_public"),
    ({"stage": "scheduled"}, "article_scheduled_has_time"),
    ({"scheduled_for": clock.now()}, "article_scheduled_has_time"),
    ({"published_at": clock.now()}, "article_public_since"),
]
LIVE_BREACHES = [
    ({"live": None}, "article_public_"),
    ({"live": None, "published_at": None}, "article_public_standing_has_publication"),
    ({"standing": "unpublished"}, "article_publi"),
    ({"published_at": None}, "article_public_since"),
    ({"slug": ""}, "article_public_has_address"),
]


@pytest.mark.parametrize(("stage", "breaches"), [("draft", UNPUBLISHED_BREACHES), ("published", LIVE_BREACHES)])
def test_half_a_move_is_refused_by_the_table_itself(at_stage, unguarded, subtests, stage, breaches):
    piece = at_stage(stage)
    unguarded()

    for columns, constraint in breaches:
        with subtests.test(**columns):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                by_update(piece, **columns)

            assert where(piece) == (piece.stage, piece.standing, piece.live_id)


# What is live


def test_publication_of_another_piece_is_refused_as_live(at_stage, subtests):
    other, piece = at_stage("published"), at_stage("published")

    for way in WAYS:
        with subtests.test(way=name_of(way)):
            with pytest.raises(IntegrityError, match="its own newest publication"), transaction.atomic():
                way(Article.objects.get(pk=piece.pk), live=other.live)

            assert where(piece) == ("published", "live", piece.live_id)


def test_older_publication_is_refused_as_live(cast, at_stage):
    piece = workflow.take("amend", at_stage("published"), by=cast.ana)
    piece = writing.save(piece, {"body": factories.BODY + "\nThere were four gulls.\n"}, by=cast.ana)
    piece = workflow.take("publish", ready(piece, cast), by=cast.pia, kind="update", notice="The gulls were four.")
    older = piece.publications.get(number=1)

    with pytest.raises(IntegrityError, match="its own newest publication"), transaction.atomic():
        by_update(piece, live=older)

    assert piece.live.number == 2
    assert where(piece) == ("published", "live", piece.live_id)


def ready(piece, cast) -> Article:
    piece = workflow.take("submit", piece, by=cast.ana)
    return factories.approve(workflow.take("claim", piece, by=cast.edda), cast.edda)


# Bylines


def test_author_twice_in_a_byline_is_refused(cast, draft):
    again = Byline(article=draft, author=cast.ana.author, position=1, printed_name="A. Ruiz")

    for put in (again.save, lambda: Byline.objects.bulk_create([again])):
        with pytest.raises(IntegrityError), transaction.atomic():
            put()

    assert draft.bylines.count() == 1


def test_author_exchanged_for_one_who_is_there_already_is_refused(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)

    with pytest.raises(IntegrityError), transaction.atomic():
        piece.bylines.update(author=cast.bo.author)

    assert {byline.author for byline in piece.bylines.all()} == {cast.ana.author, cast.bo.author}


def test_byline_keeps_its_order_and_how_it_was_printed(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    cast.ana.author.name = "Ana R. Ruiz"
    cast.ana.author.save(update_fields=["name"])

    assert [byline["name"] for byline in piece.package()["byline"]] == ["Ana Ruiz", "Bo Lindqvist"]


# Addresses


def test_address_of_another_piece_is_refused(cast, draft):
    by_update(draft, slug="gulls")
    other = factories.make_piece(cast.ana, cast.section)

    with pytest.raises(IntegrityError), transaction.atomic():
        by_update(other, slug="gulls")
    with pytest.raises(IntegrityError), transaction.atomic():
        make(cast.ana, slug="gulls")

    assert list(Article.objects.filter(slug="gulls")) == [draft]


def test_pieces_without_an_address_do_not_get_in_each_others_way(cast):
    make(cast.ana), make(cast.ana)

    assert Article.objects.filter(slug="").count() == 2


def test_address_that_another_piece_once_had_is_refused(cast, draft, subtests):
    OldSlug.objects.create(slug="gulls", article=draft)
    other = factories.make_piece(cast.ana, cast.section)

    for way in WAYS:
        with subtests.test(way=name_of(way)):
            with pytest.raises(IntegrityError, match="once had this address"), transaction.atomic():
                way(Article.objects.get(pk=other.pk), slug="gulls")

            assert not Article.objects.filter(slug="gulls").exists()


def test_address_that_another_piece_once_had_is_refused_to_a_new_piece(cast, draft):
    OldSlug.objects.create(slug="gulls", article=draft)

    with pytest.raises(IntegrityError, match="once had this address"), transaction.atomic():
        make(cast.ana, slug="gulls")

    assert Article.objects.count() == 1


def test_address_that_the_piece_itself_once_had_is_accepted(draft):
    OldSlug.objects.create(slug="gulls", article=draft)

    by_update(draft, slug="gulls")

    assert Article.objects.get().slug == "gulls"


def test_old_address_that_another_piece_has_now_is_refused(cast, draft):
    by_update(draft, slug="gulls")
    other = factories.make_piece(cast.ana, cast.section)
    terns = OldSlug.objects.create(slug="terns", article=other)

    with pytest.raises(IntegrityError, match="Another piece has this address"), transaction.atomic():
        OldSlug.objects.create(slug="gulls", article=other)
    with pytest.raises(IntegrityError, match="Another piece has this address"), transaction.atomic():
        OldSlug.objects.filter(pk=terns.pk).update(slug="gulls")

    assert [old.slug for old in OldSlug.objects.all()] == ["terns"]


def test_old_address_of_two_pieces_is_refused(cast, draft):
    OldSlug.objects.create(slug="gulls", article=draft)
    other = factories.make_piece(cast.ana, cast.section)

    with pytest.raises(IntegrityError), transaction.atomic():
        OldSlug.objects.create(slug="gulls", article=other)

    assert OldSlug.objects.get().article == draft


@pytest.mark.parametrize("model", [Section, Tag], ids=name_of)
@pytest.mark.parametrize("column", ["name", "slug"])
def test_section_and_tag_have_a_name_and_an_address_of_their_own(db, model, column):
    model.objects.create(name="Harbour", slug="harbour")
    values = {"name": "Port", "slug": "port"} | {column: "Harbour" if column == "name" else "harbour"}

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**values)

    assert model.objects.count() == 1


# What a piece says about itself


@pytest.mark.parametrize(
    ("stage", "is_public", "is_amendment"),
    [("draft", False, False), ("ready", False, False), ("published", True, False)],
)
def test_piece_is_public_once_published(at_stage, stage, is_public, is_amendment):
    piece = at_stage(stage)

    assert (piece.is_public, piece.is_amendment) == (is_public, is_amendment)


def test_piece_that_is_amended_stays_public(cast, at_stage):
    piece = workflow.take("amend", at_stage("published"), by=cast.ana)

    assert (piece.stage, piece.is_public, piece.is_amendment) == ("draft", True, True)


@pytest.mark.parametrize("standing", Standing)
def test_readable_standings_are_those_that_are_marked_or_live(standing):
    piece = Article(standing=standing)

    assert piece.is_public == (standing in ("live", "under_review", "retracted"))


def test_revision_number_twice_is_refused(cast, draft):
    revision = Revision.objects.filter(article=draft).first()
    values = {field.attname: getattr(revision, field.attname) for field in Revision._meta.concrete_fields}

    with pytest.raises(IntegrityError), transaction.atomic():
        Revision(**values | {"id": None}).save(force_insert=True)

    assert Revision.objects.filter(article=draft, number=revision.number).count() == 1


def test_tables_know_every_word_of_the_vocabulary(draft, unguarded):
    unguarded()

    for column, values in (("label", Label), ("stage", set(Stage) - {Stage.PUBLISHED, Stage.SCHEDULED})):
        for value in values:
            by_update(draft, **{column: value})
            assert getattr(Article.objects.get(), column) == value
