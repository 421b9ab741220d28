from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from articles.models import Disclaimer
from editorial import repinning
from editorial.refusal import Refused


class Command(BaseCommand):
    help = "Put the disclaimer in force under the public pieces that carry an older one: one act, a dated row for each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", type=int)
        parser.add_argument("--by", metavar="USERNAME", required=True, help="a person in standards")
        parser.add_argument("--note", default="", help="why, for the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        disclaimer = Disclaimer.objects.filter(version=options["version"]).first()
        person = get_user_model().objects.filter(username=options["by"]).first()
        if disclaimer is None or person is None:
            raise CommandError("There is no such version, or no such account.")
        with tqdm(unit=" pieces", disable=None) as bar:
            try:
                count = repinning.apply(disclaimer, by=person, note=options["note"], said=lambda *_: bar.update())
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(f"Version {disclaimer.version} is under {count} more pieces.")
