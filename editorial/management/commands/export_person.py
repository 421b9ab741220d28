from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial import person


class Command(BaseCommand):
    help = "Write all that is held about a person to a zip: JSON, and the files that they uploaded."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        who = User.objects.filter(username=options["username"]).first()
        if who is None:
            raise CommandError(f"There is no account {options['username']}.")
        target: Path = options["file"]
        if target.exists():
            raise CommandError(f"{target} exists. Choose a new name.")
        target.touch(mode=0o600)
        with target.open("wb") as file:
            person.pack(who, file)
        self.stdout.write(f"Written to {target}. It is for this person, and nobody else.")
