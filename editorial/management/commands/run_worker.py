import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django_tasks_db.management.commands.db_worker import Worker

from editorial import post, workflow

PAUSE = 1.0


class Command(BaseCommand):
    help = "Send letters and publish what is due, until it is told to stop. Several may run side by side."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is waiting, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        while True:
            self._round()
            if options["once"] or stop.wait(PAUSE):
                return

    def _round(self) -> None:
        """One round: the queue, what has fallen due, and letters that an earlier try left behind. A database that is
        away for a moment costs this round only."""
        try:
            _worker().run()
            workflow.publish_due()
            post.sweep()
        except DatabaseError as error:
            self.stderr.write(f"The database did not answer; the next round tries again. {error}")
        finally:
            close_old_connections()


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
