"""What the database refuses by itself, whichever way it is asked. The same tests run on SQLite and on PostgreSQL."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from articles.models import Article, Disclaimer, Notice, Publication, Repin, Repinning, Revision, SearchText
from authors.models import Agreement, AgreementAcceptance, Author
from editorial import safeguards, workflow
from editorial.models import BrokenGlass, Event, Override, Proposal, Recusal, Review, RiskMark, SignOff, Tick
from network import clock
from network.fingerprint import fingerprint
from tests import factories

NAMES = {"network": "The Signal", "host": "Signal House", "contact": "desk@signal.example"}
FROZEN = {
    Revision: "html",
    Publication: "notice",
    AgreementAcceptance: "text_hash",
    Event: "note",
    Review: "note",
    SignOff: "package_hash",
    Override: "reason",
    Notice: "text",
    Recusal: "reason",
    Repinning: "note",
    BrokenGlass: "reason",
    Proposal: "notice",
    RiskMark: "reason",
    Tick: "reason",
    Disclaimer: "text",
    Agreement: "text",
}


def by_save(row, column):
    setattr(row, column, "changed")
    row.save()


def by_update(row, column):
    rows(row).update(**{column: "changed"})


def by_bulk_update(row, column):
    setattr(row, column, "changed")
    type(row).objects.bulk_update([row], [column])


def by_upsert(row, column):
    setattr(row, column, "changed")
    type(row).objects.bulk_create([row], update_conflicts=True, unique_fields=["pk"], update_fields=[column])


def by_raw_update(row, column):
    run(f"UPDATE {row._meta.db_table} SET {column} = 'changed' WHERE id = %s", row.pk)


def by_raw_replace(row, column):
    """SQLite deletes a replaced row without a DELETE trigger; PostgreSQL updates it."""
    columns = [field.column for field in row._meta.concrete_fields]
    values = ", ".join("'changed'" if name == column else name for name in columns)
    table, names = row._meta.db_table, ", ".join(columns)
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    upsert = "" if connection.vendor == "sqlite" else f" ON CONFLICT (id) DO UPDATE SET {column} = EXCLUDED.{column}"
    run(f"{verb} INTO {table} ({names}) SELECT {values} FROM {table} WHERE id = %s{upsert}", row.pk)


def by_delete(row, column):
    row.delete()


def by_queryset_delete(row, column):
    rows(row).delete()


def by_unchecked_delete(row, column):
    rows(row)._raw_delete(using="default")


def by_raw_delete(row, column):
    run(f"DELETE FROM {row._meta.db_table} WHERE id = %s", row.pk)


PLAIN_CHANGES = [by_save, by_update, by_bulk_update, by_raw_update]
CHANGES = [*PLAIN_CHANGES, by_upsert, by_raw_replace]
DELETIONS = [by_delete, by_queryset_delete, by_unchecked_delete, by_raw_delete]
REFUSALS = (
    r"append-only|never changes|frozen once used|never replaced|follows the one before|protected|Two editors approve"
)


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)


def rows(row):
    return type(row).objects.filter(pk=row.pk)


def name_of(value) -> str:
    return getattr(value, "__name__", str(value))


@pytest.fixture
def published(cast, at_stage):
    """A published piece that has every kind of record: also a note to readers, and a signature by standards."""
    piece = at_stage("published")
    workflow.take("challenge", piece, by=cast.sten, notice="A figure is being checked.")
    piece = workflow.take("clear", piece, by=cast.sten, notice="The figure is right.")
    shown = piece.live.revision
    Override.objects.create(
        article=piece, author=cast.bo.author, revision=shown, package_hash="0", taken_by=cast.sten, reason="It is due."
    )
    words = {"network": "The Signal", "host": "Signal House", "contact": "desk@signal.example"}
    act = Repinning.objects.create(disclaimer=piece.live.disclaimer, taken_by=cast.sten, names=words)
    Repin.objects.create(article=piece, publication=piece.live, act=act)
    RiskMark.objects.create(article=piece, by=cast.edda, reason="It names a minister.")
    workflow.take("recuse", piece, by=cast.emil, note="She is my cousin.")
    BrokenGlass.objects.create(article=piece, user=cast.emil, reason="Nobody else is left.")
    workflow.take("retract", piece, by=cast.sten, notice="It was made up.", says="the network")
    return piece


@pytest.mark.parametrize("model", FROZEN, ids=name_of)
def test_frozen_row_is_refused_a_change_and_a_deletion_by_every_way(published, subtests, model):
    before = list(model.objects.order_by("pk").values())

    for way in CHANGES + DELETIONS:
        row = model.objects.order_by("pk").first()
        with subtests.test(way=name_of(way)):
            with pytest.raises((IntegrityError, ProtectedError), match=REFUSALS), transaction.atomic():
                way(row, FROZEN[model])

            assert list(model.objects.order_by("pk").values()) == before


def test_repin_is_refused_a_change_and_a_deletion(published, subtests):
    for way in (
        lambda row: rows(row).update(publication=row.publication_id),
        lambda row: rows(row)._raw_delete("default"),
    ):
        with subtests.test(), pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            way(Repin.objects.get())

    assert Repin.objects.exists()


@pytest.mark.parametrize("way", PLAIN_CHANGES, ids=name_of)
@pytest.mark.parametrize("make", [factories.make_disclaimer, factories.make_agreement], ids=name_of)
def test_unused_words_are_free_to_change(network, make, way):
    row = make()

    way(row, "text")

    assert rows(row).get().text == "changed"


@pytest.mark.parametrize("way", DELETIONS, ids=name_of)
@pytest.mark.parametrize("make", [factories.make_disclaimer, factories.make_agreement], ids=name_of)
def test_unused_words_are_free_to_delete(network, make, way):
    row = make()

    way(row, "text")

    assert not rows(row).exists()


def test_disclaimer_is_frozen_by_its_first_review(cast, at_stage):
    at_stage("in_review")
    disclaimer = Disclaimer.objects.get()

    with pytest.raises(IntegrityError, match="frozen once used"), transaction.atomic():
        by_update(disclaimer, "text")

    assert disclaimer.is_used
    assert Disclaimer.objects.get().text == disclaimer.text


def test_waiting_disclaimer_is_free_beside_a_used_one(published):
    waiting = factories.make_disclaimer(in_force_from=None)

    by_update(waiting, "text")
    by_raw_delete(waiting, "text")

    assert Disclaimer.objects.get().version == 1


def test_row_is_never_replaced_through_another_unique_key(published, subtests):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite can replace a row")
    models = {model._meta.db_table: model for model in (*FROZEN, Article, Repin, SearchText)}

    for table, keys in safeguards.REPLACEABLE.items():
        before = list(models[table].objects.order_by("pk").values())
        columns = [field.column for field in models[table]._meta.concrete_fields]
        names = ", ".join(name for name in columns if keys == ("id",) or name != "id")
        with subtests.test(table=table):
            with pytest.raises(IntegrityError), transaction.atomic():
                run(f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table}")

            assert list(models[table].objects.order_by("pk").values()) == before


@pytest.mark.parametrize("column", ["file", "sha256", "reference"])
def test_picture_of_a_published_piece_never_becomes_another(cast, published, column):
    picture = factories.make_picture(published, cast.ana)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        rows(picture).update(**{column: "other"})

    assert getattr(rows(picture).get(), column) == getattr(picture, column)


def test_row_is_never_updated_into_the_place_of_another(cast, subtests):
    """SQLite would delete the other row, and no DELETE trigger would be asked."""
    verb = "UPDATE OR REPLACE" if connection.vendor == "sqlite" else "UPDATE"
    for make in (factories.make_disclaimer, factories.make_agreement):
        make()
    pieces = [factories.make_piece(cast.ana, cast.section) for _ in range(2)]
    Article.objects.filter(pk=pieces[0].pk).update(slug="gulls")
    for model, column, value in (
        *((model, "version", 1) for model in (Disclaimer, Agreement)),
        *((model, "id", model.objects.order_by("id").first().pk) for model in (Disclaimer, Agreement, Article)),
        (Article, "slug", "gulls"),
    ):
        before = list(model.objects.order_by("pk").values())
        with subtests.test(model=model.__name__, column=column):
            with pytest.raises(IntegrityError), transaction.atomic():
                run(f"{verb} {model._meta.db_table} SET {column} = %s WHERE id = %s", value, before[-1]["id"])

            assert list(model.objects.order_by("pk").values()) == before


def test_safeguards_cover_every_record_that_says_it_never_changes():
    own = [model for name in ("authors", "articles", "editorial") for model in apps.get_app_config(name).get_models()]

    assert {model._meta.db_table for model in own if "ever changes" in model.__doc__} == set(safeguards.NEVER)


def test_install_leaves_each_safeguard_once_and_remove_none(db):
    safeguards.install(connection)
    installed = triggers()
    safeguards.remove(connection)

    expected = [f"{guard.table}_{guard.name}" for guard in safeguards.all_safeguards(connection.vendor)]
    assert sorted(installed) == sorted(expected)
    assert triggers() == []


def triggers() -> list[str]:
    """Those that refuse something. Others keep the index of the search, count editions, and derive a column."""
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(listed[connection.vendor])
        return [name for (name,) in cursor.fetchall() if not name.startswith(("search_on_", "edition_on_", "derived_"))]


# A publication and its keys: one complete set by raw rows, and each thing that can be missing from it


@pytest.fixture
def keys(cast):
    """A function: the values of a publication of Ana's and Bo's piece, reviewed by `editor`, signed by `signers`."""

    def turn(editor=cast.edda, signers=(cast.ana, cast.bo), decision="approve", **text):
        piece = factories.make_piece(cast.ana, cast.section, cast.bo, **text)
        Article.objects.filter(pk=piece.pk).update(slug=f"piece-{piece.pk}")
        revision = Revision.objects.filter(article=piece).order_by("-number").first()
        review = make_review(revision, editor, decision)
        for user in signers:
            make_sign_off(revision, user)
        return values_for(piece, revision, review)

    return turn


def make_review(revision, editor, decision="approve", **more):
    values = {"article": revision.article, "package_hash": revision.package_hash} | more
    disclaimer = Disclaimer.objects.in_force()
    return Review.objects.create(revision=revision, editor=editor, decision=decision, disclaimer=disclaimer, **values)


def make_sign_off(revision, user, **more):
    values = {"article": revision.article, "package_hash": revision.package_hash, "signed_by": user} | more
    return SignOff.objects.create(revision=revision, author=user.author, **values)


def make_revision(revision, **changed):
    """Another text of the same piece, with the hashes that belong to it."""
    values = {field.attname: getattr(revision, field.attname) for field in Revision._meta.concrete_fields}
    copy = Revision(**values | {"id": None, "number": revision.number + 1} | changed)
    copy.package_hash = fingerprint(copy.package())
    copy.frozen_hash = copy.fingerprint()
    copy.save(force_insert=True)
    return copy


def values_for(piece, revision, review) -> dict:
    keys = {"article": piece, "revision": revision, "disclaimer": review.disclaimer, "review": review}
    return {**keys, "number": 1, "kind": "first", "names": NAMES, "published_at": clock.now()}


def publish(values) -> Publication:
    publication = Publication(**values)
    is_whole = all(values[name] for name in ("revision", "disclaimer", "review"))
    publication.hash = publication.fingerprint() if is_whole else "0" * 64
    publication.save(force_insert=True)
    return publication


def test_publication_with_every_key_is_accepted(keys):
    values = keys()

    publication = publish(values)

    assert Publication.objects.get() == publication


def with_another_text_than_reviewed(values, cast, keys):
    other = make_revision(values["revision"], body="Another text.")
    make_sign_off(other, cast.ana)
    make_sign_off(other, cast.bo)
    return {"revision": other}


def with_a_review_of_another_text(values, cast, keys):
    return {"review": make_review(make_revision(values["revision"], body="Another text."), cast.edda)}


def with_a_review_of_another_piece(values, cast, keys):
    twin = keys()
    assert twin["revision"].package_hash == values["revision"].package_hash
    return {"review": twin["review"]}


def with_an_author_nobody_knows(values, cast, keys):
    stranger = {**values["revision"].byline[0], "author": 999_999}
    other = make_revision(values["revision"], byline=[*values["revision"].byline, stranger])
    make_sign_off(other, cast.ana)
    make_sign_off(other, cast.bo)
    return {"revision": other, "review": make_review(other, cast.edda)}


def with_no_author(values, cast, keys):
    other = make_revision(values["revision"], byline=[])
    return {"revision": other, "review": make_review(other, cast.edda)}


def reviewed(decision, by):
    """A breach: this decision of this person in the approval's place."""
    return lambda values, cast, keys: {"review": make_review(values["revision"], getattr(cast, by), decision)}


BREACHES = {
    "no disclaimer": lambda values, cast, keys: {"disclaimer": None},
    "no review": lambda values, cast, keys: {"review": None},
    "no revision": lambda values, cast, keys: {"revision": None},
    "another disclaimer": lambda values, cast, keys: {"disclaimer": factories.make_disclaimer("Other words.")},
    "another text than reviewed": with_another_text_than_reviewed,
    "a review of another text": with_a_review_of_another_text,
    "a review of another piece": with_a_review_of_another_piece,
    "a revision of another piece": lambda values, cast, keys: {"revision": keys()["revision"]},
    "a claim": reviewed("claim", "edda"),
    "a request for changes": reviewed("ask_changes", "edda"),
    "a decline": reviewed("decline", "edda"),
    "an approval by its first author": reviewed("approve", "ana"),
    "an approval by its second author": reviewed("approve", "bo"),
    "an author nobody knows": with_an_author_nobody_knows,
    "no author": with_no_author,
}


@pytest.mark.parametrize("breach", BREACHES)
def test_publication_with_one_key_wrong_is_refused(cast, keys, breach):
    values = keys()
    values |= BREACHES[breach](values, cast, keys)

    with pytest.raises(IntegrityError), transaction.atomic():
        publish(values)

    assert not Publication.objects.exists()


@pytest.mark.parametrize("signers", [["ana"], ["bo"], []], ids=str)
def test_publication_without_every_authors_sign_off_is_refused(cast, keys, signers):
    values = keys(signers=[getattr(cast, name) for name in signers])

    with pytest.raises(IntegrityError, match="every author's sign-off"), transaction.atomic():
        publish(values)

    assert not Publication.objects.exists()


@pytest.mark.parametrize("signed", ["another text", "another piece"])
def test_publication_with_a_sign_off_on_something_else_is_refused(cast, keys, signed):
    values = keys(signers=[cast.ana])
    if signed == "another text":
        make_sign_off(make_revision(values["revision"], body="Another text."), cast.bo)
    else:
        keys(signers=[cast.bo])

    with pytest.raises(IntegrityError, match="every author's sign-off"), transaction.atomic():
        publish(values)

    assert not Publication.objects.exists()


def test_approval_by_an_account_that_became_an_author_afterwards_is_refused(cast, keys):
    values = keys(editor=cast.edda)
    Author.objects.filter(user=cast.bo).update(user=cast.edda)

    with pytest.raises(IntegrityError, match="needs an approval"), transaction.atomic():
        publish(values)

    assert not Publication.objects.exists()


def test_approval_by_an_account_that_signed_for_an_author_is_refused(cast, keys):
    values = keys(signers=[cast.ana])
    make_sign_off(values["revision"], cast.bo, signed_by=cast.edda)

    with pytest.raises(IntegrityError, match="needs an approval"), transaction.atomic():
        publish(values)

    assert not Publication.objects.exists()
