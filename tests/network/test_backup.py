"""Backup and restore, with the real commands on real databases."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Picture, Publication
from network import archive
from network.snapshot import Failed
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(cast):
    """A site with a published piece and a picture."""
    piece = factories.make_piece(cast.ana, cast.section)
    factories.make_picture(piece, cast.ana)
    return factories.advance(piece, "published", cast)


@pytest.fixture
def backup(tmp_path) -> Path:
    return tmp_path / "backup.tar.gz"


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """A command in a process of its own, on the test's database unless the environment says otherwise."""
    command = [sys.executable, "manage.py", *arguments]
    given = os.environ | {"DJANGO_SETTINGS_MODULE": "network.settings", "DEBUG": "1"} | environment
    return subprocess.run(command, cwd=settings.BASE_DIR, env=given, capture_output=True, text=True, check=False)


def manifest_of(backup: Path) -> dict:
    with tarfile.open(backup) as packed:
        return json.load(packed.extractfile("manifest.json"))


def test_backup_is_for_nobody_beside_whoever_makes_it(site, backup):
    backup.with_name(f"{backup.name}.part").write_text("what a killed backup left")

    call_command("backup", backup)

    assert backup.stat().st_mode & 0o777 == 0o600


def test_backup_holds_every_row_and_file_with_its_hash(site, backup):
    call_command("backup", backup)

    manifest = manifest_of(backup)
    picture = Picture.objects.get()
    assert manifest["files"][picture.file.name] == picture.sha256
    assert manifest["rows"]["articles_publication"] == Publication.objects.count() == 1
    assert manifest["missing"] == []


def test_restore_check_proves_it_in_a_scratch_place(site, backup):
    call_command("backup", backup)

    done = manage("restore", str(backup), "--check", DATABASE_URL=address())

    assert done.returncode == 0, done.stderr
    assert "The backup is good." in done.stdout
    assert "Everything holds" in done.stdout


def address() -> str:
    """The test's own database, for another process: only its kind matters to a check."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a new SQLite database is a new file")
def test_restored_site_is_the_same_byte_for_byte(client, site, backup, tmp_path):
    before = client.get(site.get_absolute_url()).content
    call_command("backup", backup)
    new = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}", "STORAGE_URL": f"file://{tmp_path / 'media'}"}

    restored = manage("restore", str(backup), **new)

    assert restored.returncode == 0, restored.stderr
    picture = Picture.objects.get()
    assert (tmp_path / "media" / picture.file.name).read_bytes() == picture.file.read()
    show = (
        "from django.test import Client; import sys; "
        f"sys.stdout.buffer.write(Client().get({site.get_absolute_url()!r}, headers={{'host': 'localhost'}}).content)"
    )
    page = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", show],
        cwd=settings.BASE_DIR, env=os.environ | {"DJANGO_SETTINGS_MODULE": "network.settings", "DEBUG": "1"} | new, capture_output=True, check=True,
    )  # fmt: skip
    assert page.stdout == before

    again = manage("restore", str(backup), **new)
    assert again.returncode == 1
    assert "is not empty" in again.stderr


def test_backup_is_consistent_while_people_write(site, cast, backup):
    """Every revision that the copy holds has its piece, and nobody waits for the backup."""
    stop, errors = threading.Event(), []

    def write() -> None:
        try:
            while not stop.is_set():
                factories.make_piece(cast.ana, cast.section)
        except Exception as error:  # noqa: BLE001 - the test's own thread tells it
            errors.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        call_command("backup", backup)
    finally:
        stop.set()
        writer.join()

    done = manage("restore", str(backup), "--check", DATABASE_URL=address())
    assert errors == []
    assert done.returncode == 0, done.stderr


def test_backup_never_writes_over_another(site, backup):
    backup.write_bytes(b"mine")

    with pytest.raises(CommandError, match="exists"):
        call_command("backup", backup)

    assert backup.read_bytes() == b"mine"


def test_backup_says_which_file_is_missing_and_keeps_the_rest(site, backup):
    name = Picture.objects.get().file.name
    default_storage.delete(name)

    with pytest.raises(CommandError, match=name):
        call_command("backup", backup)

    assert manifest_of(backup)["missing"] == [name]


def put_portrait(author, data: bytes) -> str:
    author.portrait.save(f"{hashlib.sha256(data).hexdigest()}.jpg", ContentFile(data))
    return author.portrait.name


def test_backup_leaves_out_what_vanishes_and_nothing_names(site, backup):
    stray = default_storage.save("renditions/stray.jpg", ContentFile(b"stray"))

    contents = archive.pack(backup, lambda done, total: default_storage.delete(stray))

    assert stray not in contents.files
    assert contents.missing == []


def test_backup_of_a_site_that_changes_a_portrait_meanwhile_is_whole(site, cast, backup):
    """The first copy of the database names the portrait that is then deleted; the one in the archive names the next."""
    old = put_portrait(cast.ana.author, b"old")

    def change(done: int, total: int) -> None:
        if default_storage.exists(old):
            put_portrait(cast.ana.author, b"new")
            default_storage.delete(old)

    contents = archive.pack(backup, change)

    assert {cast.ana.author.portrait.name} <= contents.files.keys()
    assert (old in contents.files, contents.missing) == (False, [])
    assert manage("restore", str(backup), "--check", DATABASE_URL=address()).returncode == 0


def test_backup_says_what_vanishes_while_rows_name_it(site, cast, backup):
    lost = put_portrait(cast.ana.author, b"lost")

    contents = archive.pack(backup, lambda done, total: default_storage.delete(lost))
    restored = manage("restore", str(backup), "--check", DATABASE_URL=address())

    assert contents.missing == [lost]
    assert restored.returncode == 1
    assert f"{lost} is named by the database, and the storage did not have it." in restored.stderr


def test_file_that_was_being_written_is_in_the_backup_whole(site, cast, backup):
    """A lost file is why the database is copied twice, and the second copy names what the first did not."""
    for left in set(archive.stored(default_storage)) - set(archive.named_files()):  # by other tests, and later in order
        default_storage.delete(left)
    data = b"written to its end"
    name = default_storage.save(f"portraits/{hashlib.sha256(data).hexdigest()}.jpg", ContentFile(data[:7]))
    cast.bo.author.portrait.save("the last.jpg", ContentFile(b"lost"))

    def finish(done: int, total: int) -> None:
        if done == total - 1:  # all but the last are in the archive
            default_storage.delete(cast.bo.author.portrait.name)
            default_storage.delete(name)
            put_portrait(cast.ana.author, data)

    contents = archive.pack(backup, finish)

    assert contents.files[name] == hashlib.sha256(data).hexdigest()
    assert contents.rotten == []


def rot() -> str:
    """A picture whose bytes have changed. Returns its name."""
    name = Picture.objects.get().file.name
    default_storage.delete(name)
    return default_storage.save(name, ContentFile(b"rotten"))


def test_backup_says_which_file_is_rotten_and_keeps_the_rest(site, backup):
    name = rot()

    with pytest.raises(CommandError, match=f"{name} is not what was uploaded: its hash is another"):
        call_command("backup", backup)

    assert manifest_of(backup)["rotten"] == [name]


def test_backup_knows_a_portrait_by_its_name(site, cast, backup):
    twice = [put_portrait(author, b"the same") for author in (cast.ana.author, cast.bo.author)]
    for name in twice:
        (Path(settings.MEDIA_ROOT) / name).write_bytes(b"rotten")

    assert archive.pack(backup).rotten == sorted(twice)
    assert len(set(twice)) == 2


def test_restore_check_finds_rotten_files_in_a_backup_that_did_not_look(site, backup):
    name = rot()
    with pytest.raises(CommandError):
        call_command("backup", backup)
    manifest = manifest_of(backup)
    del manifest["rotten"]
    repack(backup, lambda part, data: json.dumps(manifest).encode() if part == "manifest.json" else data)

    done = manage("restore", str(backup), "--check", DATABASE_URL=address())

    assert done.returncode == 1
    assert done.stderr.startswith(f"CommandError: {name} is not what was uploaded: its hash is another.")


@pytest.fixture
def place(tmp_path) -> Path:
    """Where a site is restored to."""
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


def restore_into(place: Path, backup: Path) -> subprocess.CompletedProcess:
    new = {"DATABASE_URL": f"sqlite:///{place / 'new.sqlite3'}", "STORAGE_URL": f"file://{place / 'media'}"}
    return manage("restore", str(backup), **new)


def everything_in(place: Path) -> list[Path]:
    return sorted(place.rglob("*"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a new SQLite database is a new file")
def test_restore_that_fails_half_way_leaves_the_place_as_it_was(site, cast, backup, place):
    """A file has the place of a folder, which the last of the files would be put into."""
    put_portrait(cast.ana.author, b"portrait")
    call_command("backup", backup)
    (place / "media" / "pictures").mkdir(parents=True)
    (place / "media" / "portraits").write_text("no folder")
    before = everything_in(place)

    failed = restore_into(place, backup)

    assert (failed.returncode, len(failed.stderr.splitlines())) == (1, 1)
    assert failed.stderr.startswith("CommandError: The files could not be put back: ")
    assert everything_in(place) == before
    (place / "media" / "portraits").unlink()
    assert restore_into(place, backup).returncode == 0


@pytest.fixture
def small_disk(place):
    """Mounts a disk of so many KB there."""
    mounted = []

    def mount(size: int) -> None:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("A small disk can be mounted by root only.")
        mounted.append(size)

    yield mount
    for _ in mounted:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a new SQLite database is a new file")
@pytest.mark.parametrize(
    "fits, spare, sentence",
    [
        ("files/pictures", 8, "The files could not be put back: No space left on device."),
        ("files/", 8, "The database cannot be opened: disk I/O error."),
        ("files/", 128, "The database could not be put back: No space left on device."),
        ("", 8, "The database could not be put back: disk I/O error."),  # no room for what SQLite puts beside it
    ],
)
def test_restore_to_a_full_disk_says_so_and_leaves_it_empty(
    site, cast, backup, place, small_disk, fits, spare, sentence
):
    put_portrait(cast.ana.author, b"x" * 100_000)
    call_command("backup", backup)
    with tarfile.open(backup) as packed:
        members = [member for member in packed if member.name.startswith(fits) and member.name != "manifest.json"]
    small_disk(sum(-(-member.size // 4096) * 4 for member in members) + spare)

    failed = restore_into(place, backup)

    assert (failed.returncode, failed.stderr) == (1, f"CommandError: {sentence}\n")
    assert everything_in(place) == []


def test_unpacking_to_a_full_disk_blames_the_disk(site, backup, place, small_disk):
    call_command("backup", backup)
    small_disk(64)

    with pytest.raises(Failed, match=r"^The backup could not be unpacked: No space left on device\.$"):
        archive.unpack(backup, place)


@pytest.mark.parametrize("harm", ["cut", "changed", "stranger", "nothing", "words"])
def test_unpack_refuses_what_is_no_whole_backup(cast, backup, tmp_path, harm):
    factories.make_picture(factories.make_piece(cast.ana, cast.section), cast.ana)
    call_command("backup", backup)
    harmed = {
        "cut": lambda: backup.write_bytes(backup.read_bytes()[:-2000]),
        "changed": lambda: repack(backup, lambda name, data: data[:-1] + b"x" if name.startswith("files/") else data),
        "stranger": lambda: repack(backup, lambda name, data: data, more={"files/more.txt": b"more"}),
        "nothing": backup.unlink,
        "words": lambda: backup.write_text("not an archive"),
    }
    harmed[harm]()

    with pytest.raises(Failed):
        archive.unpack(backup, tmp_path / "unpacked")


@pytest.mark.parametrize(
    "manifest",
    [b"[]", b"3", b"{}", b'{"form": 1}', b'{"form": "1"}', b'{"form": 99}', b"\xff", b"", b'{"form": 1, "files": []}'],
)
def test_restore_of_a_malformed_manifest_says_so_and_changes_nothing(backup, tmp_path, manifest):
    with tarfile.open(backup, "w:gz") as packed:
        member = tarfile.TarInfo("manifest.json")
        member.size = len(manifest)
        packed.addfile(member, io.BytesIO(manifest))

    with pytest.raises(CommandError, match="backup"):
        call_command("restore", backup, "--check")


def test_restore_into_a_site_in_use_changes_nothing(site, backup):
    call_command("backup", backup)

    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", backup)

    assert Publication.objects.count() == 1


def repack(backup: Path, change, more=None) -> None:

    with tarfile.open(backup) as packed:
        parts = {member.name: packed.extractfile(member).read() for member in packed if member.isfile()}
    with tarfile.open(backup, "w:gz") as packed:
        for name, data in ({name: change(name, data) for name, data in parts.items()} | (more or {})).items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
