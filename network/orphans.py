"""Uploaded files that no row names: of a worker that was killed, of a full disk, or of a portrait that was changed."""

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from network import archive, clock

KEPT_FOR = timedelta(days=1)  # whoever has just stored a file is about to name it
FOLDERS = ("pictures/", "portraits/", "renditions/")  # what rows name; share images are named by none


def sweep() -> list[str]:
    """Delete them. Returns their names. Raises OSError where the storage is away."""
    old = clock.now() - KEPT_FOR
    there = [name for folder in FOLDERS for name in archive.stored(default_storage, folder)]
    named = archive.named_files()
    gone = [name for name in there if name not in named and _is_older(name, old)]
    for name in gone:
        default_storage.delete(name)
    return gone


def _is_older(name: str, moment: datetime) -> bool:
    """What somebody else has deleted meanwhile needs nobody."""
    try:
        return default_storage.get_modified_time(name) < moment
    except FileNotFoundError:
        return False
