from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles.models import Article
from articles.models.notice import Basis
from articles.models.publication import Kind, Severity
from editorial import assignment, checklist, workflow
from editorial.forms.text import RESPONDED
from editorial.models import Priority
from editorial.refusal import Refused

CORRECTION = ("severity", "place", "wrong", "right")
OF_STEP: dict[str, tuple[str, ...]] = {
    "schedule": ("at",),
    "announce": ("kind", "notice", *CORRECTION),
    "publish": ("kind", "notice", *CORRECTION),
    "approve": ("checked",),
    "hand_over": ("to",),
    "assign": ("due", "priority"),
    "challenge": ("notice",),
    "clear": ("notice",),
    "retract": ("notice", "says", "hide_text", "confirm"),
    "reinstate": ("notice", "confirm"),
    "remove": ("notice", "basis", "confirm"),
    "merge": ("notice", "into", "confirm"),
}
OPTIONS = dict.fromkeys(name for names in OF_STEP.values() for name in names)
PRIORITIES = {priority.name.lower(): int(priority) for priority in Priority}


class Command(BaseCommand):
    help = "Take one step of a piece, under the same rules as everywhere. A refusal prints its sentence and exits 1."

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("step", choices=sorted(workflow.STEPS))
        add("piece", type=int, help="the piece's number")
        add("--by", metavar="USERNAME", help="whose step it is; only `fire` and `lapse` are nobody's")
        add("--note", default="", help="a letter, a suggestion, a word for the trail")
        add("--at", help="schedule: when readers see it, as in 2027-03-01T07:00+00:00")
        add("--checked", action="store_true", default=None, help="approve: you vouch for every item of the checklist")
        add("--kind", choices=Kind.values, help="announce or publish an amendment: its kind")
        add("--notice", help="announce or publish an amendment, and all after publication: the words for readers")
        add("--severity", choices=Severity.values, help="publish a correction: how much it mattered")
        add("--place", help="publish a correction: where it was, as in “the third paragraph”")
        add("--wrong", help="publish a correction: what was wrong")
        add("--right", help="publish a correction: what is right")
        add("--to", metavar="USERNAME", help="hand_over: the editor who gets the piece")
        add("--due", metavar="DATE", help="assign: the day by which the desk means to be done, or none")
        add("--priority", choices=PRIORITIES, help="assign: how soon the desk means to look at it")
        add("--says", help="retract: who retracts it, as in “its author and the network”")
        add("--hide-text", action="store_true", default=None, help="retract: the text is no longer shown")
        add("--basis", choices=Basis.values, help="remove: on what basis")
        add("--into", metavar="PIECE", help="merge: the address or the number of the other piece")
        add("--confirm", type=int, metavar="PROPOSAL", help="the second person's word: the number of what is proposed")

    def handle(self, *args: Any, **options: Any) -> None:
        piece = Article.objects.filter(pk=options["piece"]).first() if abs(options["piece"]) < 2**63 else None
        if piece is None:
            raise CommandError(f"There is no piece number {options['piece']}.")
        by, step = _person(options["by"]), options["step"]
        data = self._data(step, piece, _own(step, options))
        try:
            moved = workflow.take(step, piece, by=by, note=options["note"], **data)
        except Refused as refusal:
            raise CommandError("\n".join([*refusal.sentences, *_waiting(step, piece, data)])) from None
        address = moved.get_absolute_url() if moved.is_public else "not public"
        self.stdout.write(f"{moved.stage} {moved.standing} {address}")
        for line in _waiting(step, piece, data):
            self.stdout.write(line)

    def _data(self, step: str, piece: Article, own: dict[str, Any]) -> dict[str, Any]:
        """What `take` is given besides the note, from the options of this step."""
        if step == "schedule":
            return {"at": _moment(own.get("at"))}
        if step in ("publish", "announce"):
            return {"kind": own.get("kind", ""), "notice": own.get("notice", "")} | _correction(own)
        if step == "approve":
            return {"checklist": self._checklist(piece, "checked" in own)}
        if step == "hand_over":
            return {"to": _person(own.get("to"))}
        if step == "assign":
            return _assigned(piece, own)
        return _told(own)

    def _checklist(self, piece: Article, is_checked: bool) -> list[str]:
        """Show what is asked of the piece; with `--checked`, the person vouches for all that is open."""
        lines = checklist.lines(piece)
        for line in lines:
            self.stdout.write(f"[{'x' if is_checked or not line.is_open else ' '}] {line.item.words}")
        return [line.item.key for line in lines if line.is_open] if is_checked else []


def _own(step: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given; one that is another step's is a mistake, and nothing is done."""
    given = {name: options[name] for name in OPTIONS if options.get(name) is not None}
    own = OF_STEP.get(step, ())
    if strange := [name for name in given if name not in own]:
        may = ", ".join(["--by", "--note", *map(_shown, own)])
        raise CommandError(f"The step {step} takes no {_shown(strange[0])}. It takes {may}.")
    if "confirm" in given and len(given) > 1:
        raise CommandError("What is proposed is confirmed as it stands: give --confirm without other words.")
    return given


def _shown(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _told(own: dict[str, Any]) -> dict[str, Any]:
    """What readers are told when a published piece is challenged or taken back, or the proposal that is confirmed."""
    data = {name: own[name] for name in ("notice", "says", "basis") if name in own}
    if "hide_text" in own:
        data["keeps_text"] = False
    if "into" in own:
        data["into"] = _other_piece(own["into"])
    if "confirm" in own:
        data["proposal"] = own["confirm"]
    return data


def _other_piece(typed: str) -> Article:
    match = RESPONDED.fullmatch(typed.strip())
    named = Q(pk=int(typed[:18])) if typed.isascii() and typed.isdigit() else Q(slug=match[1] if match else "/")
    found = Article.objects.live().filter(named).first()
    if found is None:
        raise CommandError(f"No published piece has the address or the number “{typed}”.")
    return found


def _correction(own: dict[str, Any]) -> dict[str, Any]:
    said = {name: own[name] for name in CORRECTION if own.get(name)}
    if said and own.get("kind") != Kind.CORRECTION:
        raise CommandError("What was wrong and what is right is said of a correction: give --kind correction.")
    if said and not {"severity", "wrong", "right"} <= said.keys():
        raise CommandError(
            "A correction says to readers --severity, --wrong and --right; --place as well, if you like."
        )
    return {"correction": said} if said else {}


def _assigned(piece: Article, own: dict[str, Any]) -> dict[str, Any]:
    """What is not said stays as it is."""
    if not own:
        raise CommandError("Say --due, --priority or both.")
    submission = piece.submissions.open().first()
    day = _day(own["due"]) if "due" in own else submission and submission.due_on
    before = submission.priority if submission else int(Priority.NORMAL)
    return {"due_on": day, "priority": PRIORITIES.get(own.get("priority", ""), before)}


def _waiting(step: str, piece: Article, data: dict[str, Any]) -> list[str]:
    """The proposal that waits for its second person, for whoever did not know its number or has just made it."""
    proposal = piece.proposals.open().filter(step=step).select_related("proposed_by").first()
    if proposal is None or "confirm" not in OF_STEP.get(step, ()) or "proposal" in data:
        return []
    who = assignment.name(proposal.proposed_by)
    return [
        f"Proposal {proposal.pk}, by {who}: {proposal.notice}",
        f"Somebody else does it with --confirm {proposal.pk}.",
    ]


def _person(username: str | None):
    if username is None:
        return None
    person = get_user_model().objects.filter(username=username.replace("\0", "")).first()
    if person is None:
        raise CommandError(f"There is no account called “{username}”.")
    return person


def _day(typed: str) -> date | None:
    if typed == "none":
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise CommandError(f"“{typed}” is not a day. Write it as in 2027-03-01, or none.") from None


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
