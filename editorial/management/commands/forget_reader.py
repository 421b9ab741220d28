from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial import correspondence, permissions


class Command(BaseCommand):
    help = "Delete all that somebody has written to us as a reader, what was answered, and their address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="their e-mail address")
        parser.add_argument("--by", required=True, help="who answers for it: an account in the group standards")

    def handle(self, *args: Any, **options: Any) -> None:
        by = get_user_model().objects.filter(username=options["by"]).first()
        if not permissions.keeps_standards(by):
            raise CommandError("Only somebody in the group standards deletes what readers wrote.")
        self.stdout.write(f"Deleted: {correspondence.forget(options['address'])}.")
