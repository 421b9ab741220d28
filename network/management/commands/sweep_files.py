from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network import orphans


class Command(BaseCommand):
    help = "Delete uploaded files older than a day that nothing names. The worker does it once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            gone = orphans.sweep()
        except OSError as error:
            raise CommandError(f"The files cannot be swept now: {error.strerror or error}.") from None
        for name in gone:
            self.stdout.write(name)
        self.stdout.write(f"Deleted: {len(gone)}.")
