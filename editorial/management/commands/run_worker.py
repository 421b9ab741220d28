import logging
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django_tasks_db.management.commands.db_worker import Worker

from articles import renditions
from editorial import correspondence, post, reminders, workflow
from network import orphans
from network.models import Tally

AWAY = "The database or the disk did not answer; the next round tries again."
PAUSE = 1.0  # seconds between two rounds
BETWEEN_REMINDERS = 60.0  # seconds
BETWEEN_SWEEPS = 86_400.0  # seconds

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Send letters, publish what is due and make pictures' renditions, until it is told to stop. "
        "Several may run side by side."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is waiting, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.is_told_to_stop = False
        self.reminds_at = self.sweeps_at = time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        while True:
            self._round()
            if options["once"] or self._rest():
                return

    def _stop(self, *_: Any) -> None:
        """A plain word: whatever takes a lock could wait for the code that this has interrupted."""
        self.is_told_to_stop = True

    def _rest(self) -> bool:
        """Wait until the next round. True where it is told to stop before that."""
        end = time.monotonic() + PAUSE
        while not self.is_told_to_stop and time.monotonic() < end:
            time.sleep(0.1)
        return self.is_told_to_stop

    def _round(self) -> None:
        """One round: the queue, what has fallen due, letters that an earlier try left behind, and one picture's
        renditions, so that no letter waits for more. A database or a disk that is away for a moment costs this round
        only."""
        try:
            _worker().run()
            workflow.publish_due()
            self._remind()
            post.sweep()
            renditions.make_next()
            self._sweep()
        except (DatabaseError, OSError) as error:
            said = {"message": AWAY, "error": type(error).__name__}
            logger.warning("%s %s", AWAY, error, extra={"said": said})
        finally:
            close_old_connections()

    def _remind(self) -> None:
        """What time owes: days matter to it, so that it is asked once a minute."""
        if time.monotonic() >= self.reminds_at:
            self.reminds_at = time.monotonic() + BETWEEN_REMINDERS
            reminders.send()
            workflow.lapse_claims()
            correspondence.tidy()

    def _sweep(self) -> None:
        if time.monotonic() >= self.sweeps_at:
            self.sweeps_at = time.monotonic() + BETWEEN_SWEEPS
            orphans.sweep()
            Tally.sweep()


def _worker() -> Worker:
    """The queue's own worker, for one pass over what is waiting."""
    return Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="network-worker",
        excluded_queue_names=[],
    )
