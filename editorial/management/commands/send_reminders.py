from typing import Any

from django.core.management.base import BaseCommand

from editorial import correspondence, reminders, workflow


class Command(BaseCommand):
    help = (
        "Write the reminders and digests that are due, end the claims that lapsed, and delete old letters of readers. "
        "The worker does this by itself; here for a cron job."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        workflow.lapse_claims()
        correspondence.tidy()
        self.stdout.write(str(reminders.send()))
