from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.models import Publication, Revision
from editorial import trail
from editorial.models import Event


class Command(BaseCommand):
    help = "Recompute the hash of every revision, event and publication; name the first row that does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        for row, sentence in trail.verify():
            raise CommandError(f"{row._meta.label} {row.pk} does not hold: {sentence}.")
        counts = ((Revision, "revisions"), (Event, "events"), (Publication, "publications"))
        held = ", ".join(f"{model._default_manager.count()} {words}" for model, words in counts)
        self.stdout.write(f"Everything holds: {held}.")
