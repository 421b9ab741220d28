from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial import importing
from editorial.refusal import Refused


class Command(BaseCommand):
    help = "Make a draft from a text file (“headline | byline”, the text) or from Markdown with front matter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", metavar="USERNAME", required=True, help="the account that brings the piece in")
        parser.add_argument("--author", metavar="NAME", default="", help="whose piece it is, if not that account's")

    def handle(self, *args: Any, **options: Any) -> None:
        person = get_user_model().objects.filter(username=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no account called “{options['by']}”.")
        try:
            found = importing.read(options["file"])
            piece = importing.keep(found, by=person, author_name=options["author"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        for line in found.said:
            self.stdout.write(line)
        self.stdout.write(str(piece.pk))
