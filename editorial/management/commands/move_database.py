from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial import moving


class Command(BaseCommand):
    help = "Move everything into a new, empty database, as from SQLite to PostgreSQL, and prove that nothing was lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="postgres://user:password@host/name, or sqlite:////path/to/file")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Nobody may write while this runs: stop the site and its worker first.")
        try:
            counts = moving.move(options["address"], self._said)
        except moving.Failed as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write(
            f"{sum(counts.values())} rows in {len(counts)} tables are there, each the same as here, and the trail "
            "verifies. Start the site with the new DATABASE_URL; this database is as it was."
        )

    def _said(self, table: str, rows: int) -> None:
        if rows:
            self.stdout.write(f"  {table}: {rows}")
