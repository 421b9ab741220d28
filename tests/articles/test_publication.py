"""What readers got: one row for each time, that contradicts nobody and is hashed in every part."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from articles.models import Publication
from articles.models.publication import Kind


@pytest.fixture
def another(cast, at_stage):
    """A function: an unsaved second publication of a live piece, with every key of the first."""
    first = at_stage("published").live

    def copy(**changed) -> Publication:
        values = {field.attname: getattr(first, field.attname) for field in Publication._meta.concrete_fields}
        publication = Publication(**values | {"id": None, "number": 2, "kind": "update", "notice": "New."} | changed)
        publication.hash = publication.fingerprint()
        return publication

    return copy


def test_later_publication_of_every_other_kind_is_accepted(another):
    kinds = sorted(set(Kind) - {Kind.FIRST})

    for number, kind in enumerate(kinds, start=2):
        another(number=number, kind=kind).save(force_insert=True)

    silent = [publication.kind for publication in Publication.objects.all() if publication.is_silent]
    assert sorted(silent) == ["first", "minor"]


def test_publication_that_contradicts_itself_is_refused(another, subtests):
    for changed, constraint in (
        ({"kind": "rumour"}, "publication_kind_known"),
        ({"kind": "first"}, "publication_first_is_first"),
        ({"notice": ""}, "publication_change_has_notice"),
        ({"kind": "correction", "notice": ""}, "publication_change_has_notice"),
        ({"kind": "retraction", "notice": ""}, "publication_change_has_notice"),
        ({"number": 1, "kind": "first"}, None),
        ({"number": 0}, None),
    ):
        with subtests.test(**changed):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                another(**changed).save(force_insert=True)

            assert Publication.objects.count() == 1


def test_publication_hash_changes_with_every_part(another):
    publication = another()
    hashes = {publication.hash}

    for name, value in {
        "article_id": 0,
        "number": 3,
        "kind": "correction",
        "notice": "Newer.",
        "names": publication.names | {"host": "Somebody else"},
        "published_at": publication.published_at + timedelta(microseconds=1),
        "review_id": 0,
    }.items():
        hashes.add(another(**{name: value}).hash)
    publication.revision.frozen_hash = "0" * 64
    hashes.add(publication.fingerprint())
    publication.disclaimer.text = "Other words."
    hashes.add(publication.fingerprint())

    assert len(hashes) == 10
