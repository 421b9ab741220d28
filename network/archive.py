"""A backup: the database and the files people uploaded in one archive, with the hash of everything in it.

The database is taken first and the files after it. No file is ever written over, so all that the database names is
there; what came later is more, and harms nothing.
"""

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import FileField

from network import clock, snapshot
from network.snapshot import Failed

FORM = 1
DATABASE, FILES, MANIFEST = "database", "files/", "manifest.json"
PIECE = 1024 * 1024  # bytes read at once
SAYS = {"form": int, "made_at": str, "vendor": str, "rows": dict, "database": str, "files": dict, "missing": list}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Contents:
    """What an archive says of itself."""

    manifest: dict[str, Any]

    @property
    def files(self) -> dict[str, str]:
        """The hash of each uploaded file, by its name in the storage."""
        return self.manifest["files"]

    @property
    def missing(self) -> list[str]:
        return self.manifest["missing"]

    @property
    def rows(self) -> int:
        return sum(self.manifest["rows"].values())


def pack(target: Path, progress: Progress = lambda done, total: None) -> Contents:
    """Write this installation to an archive, which appears under its name once it is whole. Raises Failed."""
    if target.exists():
        raise Failed(f"{target} exists. A backup never writes over another: choose a new name.")
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)  # it holds everything: for whoever makes it, and nobody beside them
        with TemporaryDirectory(dir=target.parent) as folder, tarfile.open(part, "w:gz", compresslevel=6) as archive:
            contents = _fill(archive, Path(folder), progress)
        part.replace(target)
    except OSError as error:
        raise Failed(f"The backup could not be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    return contents


def _fill(archive: tarfile.TarFile, folder: Path, progress: Progress) -> Contents:
    dumped = folder / DATABASE
    rows = snapshot.take(dumped)
    named = named_files()
    archive.add(dumped, DATABASE)
    names = sorted(stored(default_storage))
    hashes = {}
    for done, name in enumerate(names, 1):
        hashes[name] = _add_file(archive, name)
        progress(done, len(names))
    manifest = {
        "form": FORM,
        "made_at": clock.now().isoformat(),
        "vendor": connection.vendor,
        "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
        "rows": rows,
        "database": _hash_of(dumped),
        "files": hashes,
        "missing": sorted(named - hashes.keys()),
    }
    words = json.dumps(manifest, indent=1).encode()
    member = tarfile.TarInfo(MANIFEST)
    member.size = len(words)
    archive.addfile(member, BytesIO(words))
    return Contents(manifest)


def named_files() -> set[str]:
    """Every file that a row names."""
    fields = ((model, field) for model in apps.get_models() for field in model._meta.fields)
    columns = [(model, field.name) for model, field in fields if isinstance(field, FileField)]
    rows = (model._base_manager.exclude(**{column: ""}).values_list(column, flat=True) for model, column in columns)
    return {name for names in rows for name in names if name}


def stored(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of the storage. One without a folder yet holds none."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from stored(storage, f"{folder}{name}/")


def _add_file(archive: tarfile.TarFile, name: str) -> str:
    with default_storage.open(name) as file:
        member = tarfile.TarInfo(FILES + name)
        member.size = file.size
        digest = hashlib.sha256()
        archive.addfile(member, _Hashing(file, digest))
    return digest.hexdigest()


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: Any, digest: Any):
        self.file, self.digest = file, digest

    def read(self, size: int = -1) -> bytes:
        read = self.file.read(size)
        self.digest.update(read)
        return read


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(source: Path, folder: Path) -> Contents:
    """Unpack an archive into an empty folder, and compare everything with its hash. Raises Failed."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest = _well_formed(json.loads((folder / MANIFEST).read_text()))
    except FileNotFoundError as error:
        raise Failed(f"There is no {error.filename or source}.") from None
    except (OSError, tarfile.TarError, EOFError, ValueError) as error:
        raise Failed(f"This is no whole backup: {error}.") from None
    expected = {DATABASE: manifest["database"]} | {FILES + name: digest for name, digest in manifest["files"].items()}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    if odd := sorted(found ^ expected.keys()):
        raise Failed(f"The backup does not hold what it lists, beginning with {odd[0]}.")
    for name, digest in expected.items():
        if _hash_of(folder / name) != digest:
            raise Failed(f"The backup is damaged: {name} is not what was backed up.")
    return Contents(manifest)


def _well_formed(manifest: Any) -> dict[str, Any]:
    """Raises ValueError, or Failed where a newer version may say it otherwise."""
    if not isinstance(manifest, dict):
        raise ValueError("its manifest is no list of what it holds")
    if isinstance(form := manifest.get("form"), int) and form != FORM:
        raise Failed("This backup was made by a newer version of the site. Restore it with that version.")
    odd = [name for name, kind in SAYS.items() if not isinstance(manifest.get(name), kind)]
    if not odd and not all(isinstance(count, int) for count in manifest["rows"].values()):
        odd = ["rows"]
    if odd:
        raise ValueError(f"its manifest does not say “{odd[0]}”")
    return manifest


def check_fits(contents: Contents) -> None:
    """Refuse a backup of the other kind of database. Raises Failed."""
    if (vendor := contents.manifest["vendor"]) != connection.vendor:
        raise Failed(f"The backup is of {vendor}, and DATABASE_URL names {connection.vendor}.")


def put_back(folder: Path, contents: Contents, progress: Progress = lambda done, total: None) -> None:
    """Fill this empty installation from an unpacked archive: the files first, so that no row names a missing one."""
    check_fits(contents)
    if taken := next((name for name in contents.files if default_storage.exists(name)), None):
        raise Failed(f"The storage is not empty: {taken} is there. Restore into an empty one.")
    for done, name in enumerate(contents.files, 1):
        with (folder / FILES / name).open("rb") as file:
            kept = default_storage.save(name, File(file, name=name))
        if kept != name:
            raise Failed(f"The storage kept {name} under another name. Restore into an empty one.")
        progress(done, len(contents.files))
    snapshot.put_back(folder / DATABASE)


def difference(contents: Contents) -> list[str]:
    """What this installation's database holds otherwise than the backup says, in words."""
    before, now = contents.manifest["rows"], snapshot.counts()
    tables = sorted(before.keys() | now.keys())
    return [
        f"{table}: {before.get(table, 0)} rows in the backup, {now.get(table, 0)} here"
        for table in tables
        if before.get(table, 0) != now.get(table, 0)
    ]
