"""A release without a gap: old code goes on against new tables (docs/growing.md), so no migration may do what it minds."""

from functools import cache

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

SINCE = {"network": 9, "authors": 4, "articles": 20, "editorial": 31}  # the numbers that were there before the rule
# The second half of a change in two releases, by its name: what the first half was, and when it was released.
SECOND_HALVES: dict[str, str] = {}
ADDS = (operations.CreateModel, operations.AddIndex, AddIndexConcurrently)
SLOWS = (operations.RemoveIndex,)  # old code for a moment, and breaks nothing
SAYS = (operations.AlterModelOptions, operations.AlterModelManagers)  # nothing to the database
BY_HAND = (operations.RunPython, operations.RunSQL)  # whoever reads the change judges it


def minded(operation: operations.base.Operation, state: ProjectState, app: str) -> str:
    """Why code that does not know of an operation minds it, or nothing."""
    if isinstance(operation, (*ADDS, *SLOWS, *SAYS, *BY_HAND)):
        return ""
    if isinstance(operation, operations.AddField):
        field = operation.field
        is_filled = field.null or field.many_to_many or field.has_db_default()
        return "" if is_filled else "Old code writes rows without it: give it null=True or a db_default."
    if isinstance(operation, operations.AlterField):
        old = state.models[app, operation.model_name_lower].get_field(operation.name)
        return "" if in_database(old) == in_database(operation.field) else "Old code goes on with the old column."
    if isinstance(operation, operations.SeparateDatabaseAndState):
        return next(filter(None, (minded(one, state, app) for one in operation.database_operations)), "")
    return f"{type(operation).__name__} takes something away from old code, or refuses what it writes: in two releases."


def in_database(field: models.Field) -> tuple:
    _, path, args, kwargs = field.deconstruct()
    return path, args, {name: value for name, value in kwargs.items() if name not in field.non_db_attrs}


@cache
def newer() -> list[tuple[str, operations.base.Operation, ProjectState]]:
    loader, found = MigrationLoader(None), []
    for app, name in loader.disk_migrations:
        if app in SINCE and int(name[:4]) > SINCE[app] and f"{app}.{name}" not in SECOND_HALVES:
            state = loader.project_state((app, name), at_end=False)
            for operation in loader.disk_migrations[app, name].operations:
                found.append((f"{app}.{name}", operation, state.clone()))
                operation.state_forwards(app, state)
    return found


def test_old_code_minds_no_migration():
    why = [(name, minded(one, state, name.partition(".")[0])) for name, one, state in newer()]

    assert [line for line in why if line[1]] == []


def test_rule_begins_where_the_migrations_of_today_end():
    numbers = {app: [int(name[:4]) for of, name in MigrationLoader(None).disk_migrations if of == app] for app in SINCE}

    assert all(SINCE[app] in numbers[app] for app in SINCE)


@pytest.mark.parametrize(
    ("operation", "is_minded"),
    [
        (operations.CreateModel("new", [("id", models.AutoField(primary_key=True))]), False),
        (operations.AddField("tag", "note", models.TextField(null=True)), False),
        (operations.AddField("tag", "note", models.TextField(db_default="")), False),
        (operations.AddField("tag", "note", models.TextField(default="")), True),
        (operations.AddIndex("tag", models.Index("slug", name="tag_slug")), False),
        (operations.AlterField("tag", "name", models.CharField(max_length=7)), True),
        (operations.RemoveField("tag", "name"), True),
        (operations.RenameField("tag", "name", "title"), True),
        (operations.RenameModel("tag", "subject"), True),
        (operations.DeleteModel("tag"), True),
        (operations.AddConstraint("tag", models.CheckConstraint(condition=~models.Q(name=""), name="named")), True),
        (operations.RunPython(operations.RunPython.noop), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, operations.base.Operation) else "",
)
def test_what_old_code_minds(operation, is_minded):
    assert bool(minded(operation, ProjectState.from_apps(apps), "articles")) is is_minded


def test_old_code_does_not_mind_what_the_database_does_not_hold():
    state = ProjectState.from_apps(apps)
    field = state.models["articles", "tag"].get_field("name").clone()
    field.help_text = "A word or two."

    assert minded(operations.AlterField("tag", "name", field), state, "articles") == ""
