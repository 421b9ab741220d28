import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from editorial.demo import load
from network.env import number, text

PASSWORD_FILE = Path(settings.VAR) / "demo-password"
TRY = """
  Read       {site}/
  Write      {site}/contribute/      as contributor: a proof waits for your signature, and changes are asked for
  Edit       {site}/admin/           as editor: claim a piece, change a word, approve it
  Publish    {site}/admin/           as publisher: one piece is ready, one is scheduled
  Check      .venv/bin/python manage.py verify_trail      (with DEBUG=1)
  Mail       var/mail
"""


class Command(BaseCommand):
    help = "Load the demo network, once, and serve it with its worker. Only where DEBUG is on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="throw away the database and media under var/ and start over"
        )
        parser.add_argument("--no-serve", action="store_true", help="only load")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has accounts with a known password, so it runs only where DEBUG is on.")
        port = number("PORT", default=8000, least=1)
        if not options["no_serve"]:
            _check_port(port)
        if options["reset"]:
            _reset()
        call_command("migrate", verbosity=0)
        settings.SITE_URL = f"http://127.0.0.1:{port}"
        try:
            password = self._load()
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was loaded; the next start begins anew.") from None
        self._say(port, password)
        if not options["no_serve"]:
            _serve(port)

    def _load(self) -> str:
        """Load what is not there yet. Returns the password of the four accounts."""
        given = text("DEMO_PASSWORD", default="")
        if load.is_loaded():
            password = given or (PASSWORD_FILE.read_text() if PASSWORD_FILE.exists() else secrets.token_urlsafe(9))
            self.stdout.write("The demo network is here already; it is kept as it is. (--reset starts over.)")
        else:
            password = given or secrets.token_urlsafe(9)
            with transaction.atomic():
                load.load(password, self._progress)
            self.stdout.write("")
        _keep_password(password)
        return password

    def _progress(self, done: int, total: int) -> None:
        filled = 30 * done // total
        if self.stdout.isatty():
            self.stdout.write(f"\rLoading the demo  [{'█' * filled}{' ' * (30 - filled)}] {done}/{total}", ending="")
        elif done in (1, total):
            self.stdout.write(f"Loading the demo: {done} of {total} pieces.")
        self.stdout.flush()

    def _say(self, port: int, password: str) -> None:
        site = f"http://127.0.0.1:{port}"
        self.stdout.write(f"\nThe demo network: {site}/\n")
        self.stdout.write(f"Accounts: {', '.join(load.ACCOUNTS)}. Password for each: {password}")
        self.stdout.write(f"A second editor, for what takes two: {load.COLLEAGUE}, with the same password.")
        self.stdout.write(TRY.format(site=site))
        self.stdout.flush()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise CommandError(
                f"Port {port} cannot be used. Stop what uses it, or choose another: make demo PORT=8765."
            ) from None


def _reset() -> None:
    """Remove the demo's own files, and nothing that is not below var/."""
    if Path(settings.VAR) not in Path(settings.MEDIA_ROOT).parents:
        raise CommandError(
            "--reset starts over with the uploaded files below var/. Yours are somewhere else; nothing is changed."
        )
    name = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or Path(settings.VAR) not in name.parents:
        raise CommandError(
            "--reset starts over with the SQLite database below var/. This one is somewhere else; it is left alone."
        )
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{name}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    shutil.rmtree(Path(settings.VAR) / "mail", ignore_errors=True)


def _keep_password(password: str) -> None:
    """Set it on the accounts that sign in, and keep it for the next start, readable to nobody else."""
    for user in User.objects.filter(username__in=[*load.ACCOUNTS, load.COLLEAGUE]):
        user.set_password(password)
        user.save(update_fields=["password"])
    PASSWORD_FILE.touch(mode=0o600)
    PASSWORD_FILE.write_text(password)


def _serve(port: int) -> None:
    """The site and its worker, until Ctrl-C or a TERM; both end together."""
    environment = {**os.environ, "DEBUG": "1", "SITE_URL": settings.SITE_URL}
    command = [sys.executable, "manage.py", "run_worker"]
    # A group of its own: Ctrl-C comes to this process alone, and is passed on below.
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, process_group=0)  # noqa: S603 - our own command
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, skip_checks=True)
    except KeyboardInterrupt:
        pass
    finally:
        worker.terminate()
        worker.wait(timeout=30)
