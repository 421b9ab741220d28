import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles import renditions
from articles.models import Picture
from network import clock


class Command(BaseCommand):
    help = "Make the renditions of every picture that waits for them. The worker does the same, a picture a second."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="also of pictures that were given up")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            Picture.objects.exclude(renditions_due_at=None).update(rendition_tries=0, renditions_due_at=clock.now())
        waiting = list(Picture.objects.waiting(clock.now()))
        made = 0
        for done, picture in enumerate(waiting, start=1):
            made += renditions.make(picture)
            self._progress(done, len(waiting))
        self.stdout.write(f"Made the renditions of {made} of {len(waiting)} pictures.")
        if made < len(waiting):
            self.stdout.write(
                "The others are another worker's, or cannot be read: see the log. --again tries once more."
            )

    def _progress(self, done: int, total: int) -> None:
        if sys.stdout.isatty():
            filled = 30 * done // total
            ending = "\n" if done == total else ""
            self.stdout.write(f"\rPictures  [{'█' * filled}{' ' * (30 - filled)}] {done}/{total}", ending=ending)
            self.stdout.flush()
