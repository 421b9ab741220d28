from typing import Any

from django.core.management.base import BaseCommand

from network import orphans


class Command(BaseCommand):
    help = "Delete uploaded files older than a day that nothing names. The worker does it once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        gone = orphans.sweep()
        for name in gone:
            self.stdout.write(name)
        self.stdout.write(f"Deleted: {len(gone)}.")
