import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from network import archive, snapshot
from network.archive import Contents
from network.snapshot import Failed


class Command(BaseCommand):
    help = "Fill a new installation from a backup; with --check, only prove in a scratch place that it would work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="restore into a scratch place and throw it away")

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["file"].resolve()
        try:
            with TemporaryDirectory(dir=settings.VAR, prefix="restore-") as folder:
                self._check(source, Path(folder)) if options["check"] else self._restore(source, Path(folder))
        except Failed as failure:
            raise CommandError(str(failure)) from None
        except OSError as error:
            raise CommandError(f"The files could not be put back: {error.strerror or error}.") from None
        except DatabaseError as error:
            raise CommandError(f"The restored database cannot be read: {error}.") from None

    def _restore(self, source: Path, folder: Path) -> None:
        contents = archive.unpack(source, folder)
        archive.put_back(folder, contents)
        if odd := archive.difference(contents):
            raise CommandError(f"The restored database is not the one that was backed up: {'; '.join(odd)}.")
        call_command("verify_trail", stdout=self.stdout)
        self.stdout.write(f"Restored as of {contents.manifest['made_at']}: {self._said(contents)}.")
        self.stdout.write("If the site is newer than the backup, run manage.py migrate now.")
        if lines := archive.shortfalls_here(contents):
            lines.append("The backup holds everything else. Look for these files in another one.")
            raise CommandError("\n".join(lines))

    def _check(self, source: Path, folder: Path) -> None:
        """The same command, in an environment of its own: what it would do to a new installation, it does."""
        archive.check_fits(archive.unpack(source, folder / "unpacked"))
        with snapshot.scratch(folder) as address:
            places = {"DATABASE_URL": address, "STORAGE_URL": f"file://{folder / 'files'}"}
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(source)]
            done = subprocess.run(command, env=os.environ | places, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CommandError(done.stderr.strip().removeprefix("CommandError: "))
        self.stdout.write(done.stdout.rstrip())
        self.stdout.write("That was in a scratch place, which is gone again. The backup is good.")

    @staticmethod
    def _said(contents: Contents) -> str:
        return f"{contents.rows} rows, {len(contents.files)} files, every hash as it was"
