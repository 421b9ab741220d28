"""What the doctor finds, each trouble made for real."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Disclaimer
from editorial import doctor, safeguards
from editorial.models import Letter
from network import clock
from tests import factories


@pytest.fixture
def mended(cast, settings, tmp_path):
    """An installation of which nothing grave can be said."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return cast


def said() -> str:
    return " ".join(f"{finding.what} {finding.remedy}" for finding in doctor.findings() if finding.is_grave)


def test_nothing_grave_where_nothing_is_wrong(mended, capsys):
    call_command("doctor")

    assert said() == ""
    assert capsys.readouterr().out.endswith("Nothing is grave.\n")


def test_missing_safeguard_is_found_and_put_back(mended):
    guard = safeguards.all_safeguards(connection.vendor)[0]
    with connection.cursor() as cursor:
        on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {guard.table}_{guard.name}{on_table}")

    assert f"1 safeguard is not in the database: {guard.table}_{guard.name}." in said()
    call_command("install_safeguards")
    assert said() == ""


def test_missing_file_is_found(mended):
    picture = factories.make_picture(factories.make_piece(mended.ana, mended.section), mended.ana)
    default_storage.delete(picture.file.name)

    assert picture.file.name in said()


def test_storage_that_takes_nothing_is_found(mended, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "file")
    (tmp_path / "file").write_text("no folder")

    assert "Nothing can be uploaded" in said()


def test_dead_mail_server_is_found(mended, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert "The mail server does not take us" in said()


def test_sleeping_worker_and_given_up_letters_are_found(mended):
    letter = {"to": mended.ana, "kind": "digest", "subject": "x", "body": "x"}
    Letter.objects.create(**letter, next_try_at=clock.now() - timedelta(minutes=11))
    Letter.objects.create(**letter, tries=10)

    assert "1 letter is waiting for a worker." in said()
    assert "1 letter is given up" in said()


def test_missing_words_and_people_are_found(mended):
    Disclaimer.objects.all().delete()
    Group.objects.get(name="publishers").user_set.clear()

    assert "No disclaimer is in force" in said()
    assert "Nobody is in the group publishers." in said()


def test_grave_findings_exit_1(mended):
    Group.objects.get(name="publishers").user_set.clear()

    with pytest.raises(CommandError, match="grave"):
        call_command("doctor")
