"""A backup: the database and the files people uploaded in one archive, with the hash of everything in it.

The database is taken first and the files after it. No file is ever written over, so all that the database names is
there; what came later is more, and harms nothing. Where the site has deleted a file in between, the database is taken
once more, which names it no longer: whatever is restored is whole.
"""

import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import FileField

from network import clock, snapshot
from network.snapshot import Failed

FORM = 1
DATABASE, FILES, MANIFEST = "database", "files/", "manifest.json"
COPIES = 5  # of the database, until one names nothing that has just been deleted
HASH_IN_NAME = re.compile(
    r"(?:.*/)?([0-9a-f]{64})(?:_\w{7})?\.\w+"
)  # Django tells apart what has one name by seven letters
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
        """What the database in it names and the storage did not have."""
        return self.manifest["missing"]

    @property
    def rotten(self) -> list[str]:
        """What is in it with another hash than its row or its own name says. Older backups did not look."""
        return self.manifest.get("rotten", [])

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
        where = f" ({error.filename})" if error.filename else ""
        raise Failed(f"The backup could not be written: {error.strerror or error}{where}.") from None
    finally:
        part.unlink(missing_ok=True)
    return contents


def _fill(archive: tarfile.TarFile, folder: Path, progress: Progress) -> Contents:
    dumped, files, missing = folder / DATABASE, dict[str, str](), set[str]()
    for _ in range(COPIES):
        rows, named = snapshot.take(dumped, files_named)
        _add_files(archive, files, named, progress)
        before, missing = missing, named.keys() - files.keys()
        if missing <= before:  # what the next copy names as well is not deleted but lost
            break
    archive.add(dumped, DATABASE)
    manifest = {
        "form": FORM,
        "made_at": clock.now().isoformat(),
        "vendor": connection.vendor,
        "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
        "rows": rows,
        "database": _hash_of(dumped),
        "files": files,
        "missing": sorted(missing),
        "rotten": rotten(files, named),
    }
    words = json.dumps(manifest, indent=1).encode()
    member = tarfile.TarInfo(MANIFEST)
    member.size = len(words)
    archive.addfile(member, BytesIO(words))
    return Contents(manifest)


def named_files() -> dict[str, str]:
    """Every file that a row names now, with its hash."""
    with connection.cursor() as cursor:
        return files_named(cursor)


def files_named(cursor: Any) -> dict[str, str]:
    """Every file that a row names, with the hash that this row or the file's own name says, or nothing. In plain SQL,
    since a copy of the database is asked, too."""
    found: dict[str, str] = {}
    columns = ((model._meta, field) for model in apps.get_models() for field in model._meta.local_fields)
    for table, field in columns:
        if isinstance(field, FileField):
            digest = "sha256" if any(other.name == "sha256" for other in table.local_fields) else "''"
            cursor.execute(f"SELECT {field.column}, {digest} FROM {table.db_table} WHERE {field.column} <> ''")  # noqa: S608 - names of ours
            found |= {name: digest or _hash_in(name) for name, digest in cursor.fetchall()}
    return found


def _hash_in(name: str) -> str:
    found = HASH_IN_NAME.fullmatch(name)
    return found[1] if found else ""


def rotten(files: dict[str, str], named: dict[str, str]) -> list[str]:
    """The files that have another hash than what names them says."""
    return sorted(name for name, digest in files.items() if named.get(name) not in (None, "", digest))


def is_rotten(name: str, digest: str) -> bool:
    """The same of a stored file, which is read to its end. One that is gone is not rotten."""
    try:
        with default_storage.open(name) as file:
            found = hashlib.sha256()
            for piece in file.chunks():
                found.update(piece)
            return found.hexdigest() != digest
    except FileNotFoundError:
        return False


def stored(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of the storage. One without a folder yet holds none."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from stored(storage, f"{folder}{name}/")


def _add_files(archive: tarfile.TarFile, files: dict[str, str], named: dict[str, str], progress: Progress) -> None:
    """Add what is not in the archive yet, to it and to `files`. What was being written then is added once more: of two
    members with one name, the later counts."""
    cut_short = set(rotten(files, named))
    names = sorted(name for name in stored(default_storage) if name not in files or name in cut_short)
    for done, name in enumerate(names, 1):
        if digest := _add_file(archive, name):
            files[name] = digest
        progress(done, len(names))


def _add_file(archive: tarfile.TarFile, name: str) -> str:
    """Its hash, or nothing where it has been deleted since it was seen."""
    member = tarfile.TarInfo(FILES + name)
    try:
        file = default_storage.open(name)
        member.size = file.size
    except FileNotFoundError:
        return ""
    with file:
        digest = hashlib.sha256()
        archive.addfile(member, _Hashing(file, digest))
    return digest.hexdigest()


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: Any, digest: Any):
        self.file, self.digest = file, digest

    def read(self, size: int = -1) -> bytes:
        try:
            read = self.file.read(size)
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), self.file.name) from error
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
    except (OSError, tarfile.TarError, zlib.error, EOFError, ValueError) as error:
        if isinstance(error, OSError) and error.strerror:  # of this machine, not of the backup
            raise Failed(f"The backup could not be unpacked: {error.strerror}.") from None
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
    """Fill this empty installation from an unpacked archive: the files first, so that no row names a missing one. What
    cannot be put back whole is taken out again. Raises Failed, or what the storage raises."""
    check_fits(contents)
    if taken := next((name for name in contents.files if default_storage.exists(name)), None):
        raise Failed(f"The storage is not empty: {taken} is there. Restore into an empty one.")
    begun, made = [], _folders_to_make(contents)
    try:
        for done, name in enumerate(contents.files, 1):
            begun.append(name)
            _put_file(folder / FILES / name, name)
            progress(done, len(contents.files))
        snapshot.put_back(folder / DATABASE)
    except BaseException as error:
        if stays := _take_out([*begun, *made]):
            raise Failed(f"{error} After that {stays} could not be deleted: empty the storage by hand.") from None
        raise


def _put_file(source: Path, name: str) -> None:
    with source.open("rb") as file:
        kept = default_storage.save(name, File(file, name=name))
    if kept != name:
        default_storage.delete(kept)
        raise Failed(f"The storage kept {name} under another name. Restore into an empty one.")


def _folders_to_make(contents: Contents) -> list[str]:
    """The folders that files will bring with them, the deepest first; a bucket has none."""
    if not settings.MEDIA_ROOT:
        return []
    folders = {folder for name in contents.files for folder in PurePosixPath(name).parents}
    deepest_first = sorted(folders, key=lambda folder: len(folder.parts), reverse=True)
    return [str(folder) for folder in deepest_first if not default_storage.exists(str(folder))]


def _take_out(names: list[str]) -> str:
    """Delete what was put back, also by halves. Returns the name of the first that cannot be deleted, or nothing."""
    for name in names:
        try:
            default_storage.delete(name)
        except NotADirectoryError:  # it never got there: something else has the place of its folder
            continue
        except OSError:
            return name
    return ""


def shortfalls(missing: list[str], rotten: list[str]) -> list[str]:
    """What keeps a backup from being whole, a line for each file."""
    gone = [f"{name} is named by the database, and the storage did not have it." for name in missing]
    return gone + [f"{name} is not what was uploaded: its hash is another." for name in rotten]


def shortfalls_here(contents: Contents) -> list[str]:
    """The same of what was put back, as the database that came with it says: older backups did not look."""
    named = named_files()
    return shortfalls(sorted(named.keys() - contents.files.keys()), rotten(contents.files, named))


def difference(contents: Contents) -> list[str]:
    """What this installation's database holds otherwise than the backup says, in words."""
    before, now = contents.manifest["rows"], snapshot.counts()
    tables = sorted(before.keys() | now.keys())
    return [
        f"{table}: {before.get(table, 0)} rows in the backup, {now.get(table, 0)} here"
        for table in tables
        if before.get(table, 0) != now.get(table, 0)
    ]
