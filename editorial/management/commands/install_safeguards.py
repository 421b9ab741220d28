from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from editorial import public_changes, safeguards


class Command(BaseCommand):
    help = "Put the database's own refusals back, after somebody took them out by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            safeguards.install(connection)
            public_changes.count(connection)
        self.stdout.write(f"{len(safeguards.all_safeguards(connection.vendor))} safeguards are in the database.")
