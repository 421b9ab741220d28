from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial import erasure
from editorial.refusal import Refused


class Command(BaseCommand):
    help = "Erase what is private about a person; bylines, texts, signatures and the trail stay. It cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--by", required=True, help="who answers for it: an administrator's account")

    def handle(self, *args: Any, **options: Any) -> None:
        who, by = (User.objects.filter(username=options[name]).first() for name in ("username", "by"))
        if who is None:
            raise CommandError(f"There is no account {options['username']}.")
        try:
            erasure.erase(who, by=by)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("Erased. Backups keep what they hold until you delete them.")
