import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from editorial import inbound
from editorial.refusal import Refused

NOT_WELL_FORMED, NO_SUCH_ADDRESS, LATER = 65, 67, 75  # as mail servers read them (sysexits.h)


class Command(BaseCommand):
    help = "Pass on one mail, read from the standard input, that answers a letter between a reader and somebody else."

    stealth_options = ("stdin",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default="", help="whom it was sent to; without it, the mail's own headers say")

    def handle(self, *args: Any, **options: Any) -> None:
        data = (options.get("stdin") or sys.stdin.buffer).read(inbound.LARGEST + 1)
        try:
            inbound.receive(data, options["to"])
        except inbound.NobodyThere as refusal:
            raise CommandError(str(refusal), returncode=NO_SUCH_ADDRESS) from None
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=NOT_WELL_FORMED) from None
        except DatabaseError:
            raise CommandError("Try again later.", returncode=LATER) from None
