"""Files that nothing names go; what a row names, and what is new, stays."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from network import clock
from tests import factories

STRAY, SHARED = "pictures/ab/stray.jpg", "share/1.png"


@pytest.mark.parametrize("days, gone", [(0, False), (2, True)])
def test_sweep_deletes_what_is_old_and_named_by_nothing(cast, draft, settings, tmp_path, capsys, days, gone):
    settings.MEDIA_ROOT = tmp_path
    picture = factories.make_picture(draft, cast.ana)
    for name in (STRAY, SHARED):
        default_storage.save(name, ContentFile(b"stray"))

    with clock.at(clock.now() + timedelta(days=days)):
        call_command("sweep_files")

    assert default_storage.exists(STRAY) is not gone
    assert default_storage.exists(picture.file.name)
    assert default_storage.exists(SHARED)
    assert capsys.readouterr().out.endswith(f"Deleted: {int(gone)}.\n")


@pytest.mark.django_db
def test_sweep_of_a_storage_that_is_away_says_so(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "file")
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(CommandError, match=r"^The files cannot be swept now: Not a directory\.$"):
        call_command("sweep_files")
