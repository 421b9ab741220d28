from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from editorial import public_changes, safeguards


class Command(migrate.Command):
    """Django's own, with the database's refusals out of the way on SQLite: it changes a table by making it anew under
    another name, and cannot while triggers, of this table or of others, look into it."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        connection = connections[options["database"]]
        is_only_a_look = options["check_unapplied"] or options["plan"]
        if connection.vendor != "sqlite" or is_only_a_look:
            return super().handle(*args, **options)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            safeguards.remove(connection)
        try:
            return super().handle(*args, **options)
        finally:
            safeguards.install(connection)
            public_changes.count(connection)
