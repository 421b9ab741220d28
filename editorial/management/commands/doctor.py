from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial import doctor


class Command(BaseCommand):
    help = "Say what is wrong with this installation and how to mend it; exits 1 where something is grave."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--files", action="store_true", help="compare every uploaded file with its hash")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(doctor.findings(every_file=options["files"]))
        for finding in found:
            self.stdout.write(f"{'Grave' if finding.is_grave else 'Note'}: {finding.what} {finding.remedy}")
        grave = sum(finding.is_grave for finding in found)
        if grave:
            raise CommandError(f"{grave} of {len(found)} findings are grave.")
        self.stdout.write("Nothing is wrong." if not found else "Nothing is grave.")
