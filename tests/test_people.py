"""People are never deleted from under what they did: every foreign key to an account or an author is PROTECT."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import PROTECT, Field, Model

from articles.models import Disclaimer, Publication, Revision
from authors.models import Agreement, Author
from editorial import safeguards

OWN = ("network", "authors", "articles", "editorial")
PEOPLE = (User, Author)


def own_models() -> list[type[Model]]:
    return [model for label in OWN for model in apps.get_app_config(label).get_models(include_auto_created=True)]


def keys_to(targets) -> list[Field]:
    return [
        field
        for model in own_models()
        for field in model._meta.concrete_fields
        if field.is_relation and issubclass(field.related_model, targets)
    ]


def name_of(field) -> str:
    return f"{field.model.__name__}.{field.name}"


@pytest.mark.parametrize("field", keys_to(PEOPLE), ids=name_of)
def test_key_to_a_person_is_protected(field):
    assert field.remote_field.on_delete is PROTECT


@pytest.mark.parametrize("field", keys_to((Revision, Publication, Disclaimer, Agreement)), ids=name_of)
def test_key_to_a_frozen_record_is_protected(field):
    assert field.remote_field.on_delete is PROTECT


def test_walk_finds_the_keys_that_matter():
    found = {name_of(field) for field in keys_to(PEOPLE)}

    assert found >= {
        "Author.user",
        "SocialLink.author",
        "AgreementAcceptance.accepted_by",
        "Article.created_by",
        "Byline.author",
        "Revision.created_by",
        "Picture.uploaded_by",
        "Review.editor",
        "SignOff.signed_by",
        "Disclosure.answered_by",
        "Comment.writer",
        "Event.actor",
        "Submission.submitted_by",
        "Letter.to",
    }


def test_no_hidden_table_ties_a_person_to_anything():
    """Django's own tables behind a many-to-many field delete with the person; ours name their rows."""
    hidden = [model for model in own_models() if model._meta.auto_created]

    assert not [
        field
        for model in hidden
        for field in model._meta.concrete_fields
        if field.is_relation and issubclass(field.related_model, PEOPLE)
    ]


def test_frozen_tables_are_tables_of_the_project():
    tables = {model._meta.db_table for model in own_models()}

    assert tables >= {*safeguards.NEVER, *safeguards.FROZEN_ONCE_USED, *safeguards.REPLACEABLE}
