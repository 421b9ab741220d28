"""The static files of a production start: hashed, compressed, and each stylesheet whole.

The sheets are written apart, by what they dress, and a page asks for one. In development the browser follows the
`@import` lines by itself.
"""

import re
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r'^@import "([\w-]+\.css)"( print)?;$', re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)


class WholeSheets(CompressedManifestStaticFilesStorage):
    """Puts every imported sheet in the place of its `@import` line, then hashes and compresses."""

    def post_process(self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any):
        for name in [name for name in paths if name.endswith(".css") and not dry_run]:
            if (whole := joined(name, paths)) is not None:
                self.delete(name)
                self._save(name, ContentFile(whole.encode()))
                paths[name] = (self, name)
        return super().post_process(paths, dry_run, **options)


def joined(name: str, paths: dict[str, tuple[Storage, str]]) -> str | None:
    """The sheet with what it imports, without comments; None for one that imports nothing of ours."""
    folder = name.rpartition("/")[0]
    text = _read(name, paths)
    if not _IMPORT.search(text):
        return None

    def sheet(match: re.Match[str]) -> str:
        words = _read(f"{folder}/{match[1]}", paths)
        return f"@media print {{\n{words}}}" if match[2] else words

    return _COMMENT.sub("", _IMPORT.sub(sheet, text))


def _read(name: str, paths: dict[str, tuple[Storage, str]]) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
