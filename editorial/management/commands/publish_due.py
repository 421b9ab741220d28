from typing import Any

from django.core.management.base import BaseCommand

from editorial import workflow


class Command(BaseCommand):
    help = "Publish every scheduled piece whose time has come. The site does this by itself; here for a cron job."

    def handle(self, *args: Any, **options: Any) -> None:
        for piece in workflow.publish_due():
            self.stdout.write(f"{piece.pk} {piece.stage} {piece.get_absolute_url()}")
