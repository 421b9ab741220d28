from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles.models import Article
from articles.models.publication import Kind
from editorial import workflow
from editorial.checklist import CHECKLIST
from editorial.refusal import Refused


class Command(BaseCommand):
    help = "Take one step of a piece, under the same rules as everywhere. A refusal prints its sentence and exits 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=sorted(workflow.STEPS))
        parser.add_argument("piece", type=int, help="the piece's number")
        parser.add_argument("--by", metavar="USERNAME", help="whose step it is; only `fire` is nobody's")
        parser.add_argument("--note", default="", help="a letter, a suggestion, a word for the trail")
        parser.add_argument("--at", help="schedule: when readers see it, as in 2027-03-01T07:00+00:00")
        parser.add_argument("--kind", default="", choices=["", *Kind.values], help="publish an amendment: its kind")
        parser.add_argument("--notice", default="", help="publish an amendment: the words for readers")
        parser.add_argument("--checked", action="store_true", help="approve: you vouch for every item of the checklist")

    def handle(self, *args: Any, **options: Any) -> None:
        piece = Article.objects.filter(pk=options["piece"]).first()
        if piece is None:
            raise CommandError(f"There is no piece number {options['piece']}.")
        data = self._data(options)
        try:
            moved = workflow.take(options["step"], piece, by=_person(options["by"]), note=options["note"], **data)
        except Refused as refusal:
            raise CommandError("\n".join(refusal.sentences)) from None
        address = moved.get_absolute_url() if moved.is_public else "not public"
        self.stdout.write(f"{moved.stage} {moved.standing} {address}")

    def _data(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["step"] == "schedule":
            return {"at": _moment(options["at"])}
        if options["step"] == "publish":
            return {"kind": options["kind"], "notice": options["notice"]}
        if options["step"] == "approve":
            self._show_checklist(options["checked"])
            return {"checklist": [item.key for item in CHECKLIST] if options["checked"] else []}
        return {}

    def _show_checklist(self, is_checked: bool) -> None:
        for item in CHECKLIST:
            self.stdout.write(f"[{'x' if is_checked else ' '}] {item.words}")


def _person(username: str | None):
    if username is None:
        return None
    person = get_user_model().objects.filter(username=username).first()
    if person is None:
        raise CommandError(f"There is no account called “{username}”.")
    return person


def _moment(typed: str | None) -> datetime | None:
    """A moment with its zone. Without one nobody can know which hour was meant."""
    if typed is None:
        return None
    try:
        moment = parse_datetime(typed)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise CommandError(f"“{typed}” is not a moment with a zone. Write it as in 2027-03-01T07:00+00:00.")
    return moment
