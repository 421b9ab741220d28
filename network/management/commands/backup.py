from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from network import archive
from network.snapshot import Failed


class Command(BaseCommand):
    help = "Write the database and the uploaded files to one archive, while the site is being used."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write, as in backup-2026-11-25.tar.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            contents = archive.pack(options["file"], self._progress)
        except Failed as failure:
            raise CommandError(str(failure)) from None
        size = options["file"].stat().st_size / 1024 / 1024
        files = len(contents.files)
        self.stdout.write(
            f"{options['file']}: {contents.rows} rows, {files} file{'' if files == 1 else 's'}, {size:.1f} MB."
        )
        if lines := archive.shortfalls(contents.missing, contents.rotten):
            lines.append("The backup holds everything else. Look for these files in an older one.")
            raise CommandError("\n".join(lines))

    def _progress(self, done: int, total: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\rFiles: {done} of {total}", ending="\n" if done == total else "")
            self.stdout.flush()
