"""What the doctor finds, each trouble made for real."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Disclaimer, Revision
from editorial import doctor, safeguards
from editorial.models import Letter
from network import clock
from tests import factories


@pytest.fixture
def mended(cast, settings, tmp_path):
    """An installation of which nothing grave can be said."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SECRET_KEY, settings.REQUIRE_SECOND_STEP = "abcde" * 10, True
    return cast


@pytest.fixture
def file_database(settings, tmp_path):
    """A file of the database that everything but its rights is said of elsewhere."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite's database is a file of ours")
    path = tmp_path / "network.sqlite3"
    path.touch()
    named, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], path
    yield path
    connection.settings_dict["NAME"] = named


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


def rot(name: str) -> None:
    default_storage.delete(name)
    default_storage.save(name, ContentFile(b"rotten"))


def test_rotten_file_is_found(mended):
    picture = factories.make_picture(factories.make_piece(mended.ana, mended.section), mended.ana)
    assert said() == ""

    rot(picture.file.name)

    assert f"1 uploaded file is not what was uploaded: {picture.file.name}." in said()


def test_rotten_portrait_is_found_by_its_own_name(mended):
    author = mended.ana.author
    author.portrait.save(f"{'0' * 64}.jpg", ContentFile(b"rotten"))

    assert f"not what was uploaded: {author.portrait.name}." in said()


def test_files_beyond_the_sample_are_compared_when_asked_for(mended, monkeypatch):
    monkeypatch.setattr(doctor, "SAMPLE", 0)
    picture = factories.make_picture(factories.make_piece(mended.ana, mended.section), mended.ana)
    rot(picture.file.name)

    call_command("doctor")
    with pytest.raises(CommandError, match="1 of"):
        call_command("doctor", "--files")


def test_published_text_that_was_tampered_with_is_found(mended):
    piece = factories.advance(factories.make_piece(mended.ana, mended.section), "published", mended)
    safeguards.remove(connection)
    Revision.objects.filter(pk=piece.live.revision_id).update(headline="Quite another")
    safeguards.install(connection)

    assert f"articles.Revision {piece.live.revision_id} does not hold" in said()
    assert "verify_trail looks at all records" in said()


def test_records_of_older_pieces_are_left_to_verify_trail(mended, monkeypatch):
    monkeypatch.setattr(doctor, "NEWEST", 1)
    old, new = (factories.make_piece(mended.ana, mended.section, headline=f"Number {number}") for number in "12")
    old, new = (factories.advance(piece, "published", mended) for piece in (old, new))
    safeguards.remove(connection)
    Revision.objects.filter(pk=old.live.revision_id).update(headline="Quite another")
    safeguards.install(connection)

    assert said() == ""


def test_broken_cache_is_found(mended, settings, tmp_path):
    place = tmp_path / "no folder" / "cache.sqlite3"
    settings.CACHES = {"default": {"BACKEND": "network.shared_cache.SharedCache", "LOCATION": str(place)}}

    assert "The cache does not answer: unable to open database file. See that the disk has room, and that" in said()


def test_forgetful_cache_is_found(mended, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert cache.get("doctor") is None
    assert "The cache does not answer: it forgets at once." in said()


@pytest.mark.parametrize(
    "mode, is_grave, words",
    [
        (0o600, None, ""),
        (0o640, False, "read"),
        (0o644, False, "read"),
        (0o660, False, "change"),
        (0o602, True, "change"),
        (0o666, True, "change"),
    ],
)
def test_database_that_others_reach_is_found(file_database, mode, is_grave, words):
    file_database.chmod(mode)

    found = [(finding.is_grave, finding.what) for finding in doctor._readable()]

    assert found == ([(is_grave, f"Other accounts of this machine can {words} the database.")] if words else [])


def test_rights_are_looked_at_beside_the_database_too(file_database):
    file_database.chmod(0o600)
    beside = file_database.with_name(f"{file_database.name}-wal")
    beside.touch()
    beside.chmod(0o646)

    assert [finding.is_grave for finding in doctor._readable()] == [True]


def test_desk_without_second_steps_is_found(mended, settings):
    settings.REQUIRE_SECOND_STEP = False
    bare = said()
    for user in User.objects.filter(is_staff=True):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})

    assert "REQUIRE_SECOND_STEP is off, and 6 accounts are let into the desk by a password alone." in bare
    assert said() == ""


def test_short_secret_is_grave_and_said_once(mended, settings):
    settings.SECRET_KEY = "x" * 31

    found = [finding for finding in doctor.findings() if "SECRET_KEY" in finding.what]

    assert [finding.is_grave for finding in found] == [True]


def test_check_that_the_settings_silence_is_not_repeated(mended, settings):
    settings.SECURE_HSTS_SECONDS = 1
    heard = [finding.what for finding in doctor.findings()]
    settings.SILENCED_SYSTEM_CHECKS = []

    assert not [what for what in heard if "HSTS" in what]
    assert [finding.what for finding in doctor.findings() if "HSTS" in finding.what]


def test_storage_that_takes_nothing_is_found(mended, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "file")
    (tmp_path / "file").write_text("no folder")

    assert "Nothing can be uploaded" in said()


def test_dead_mail_server_is_found(mended, settings):
    settings.EMAIL_BACKEND = "network.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert "The mail server does not take us" in said()


def test_sleeping_worker_and_letters_given_up_or_in_doubt_are_found(mended):
    letter = {"to": mended.ana, "kind": "digest", "subject": "x", "body": "x"}
    Letter.objects.create(**letter, next_try_at=clock.now() - timedelta(minutes=11))
    Letter.objects.create(**letter, tries=10)
    Letter.objects.create(**letter, tries=1, handed_over_at=clock.now() - timedelta(minutes=11))

    assert "1 letter is waiting for a worker." in said()
    assert "1 letter is given up" in said()
    assert "1 letter is in doubt" in said()


def test_missing_words_and_people_are_found(mended):
    Disclaimer.objects.all().delete()
    Group.objects.get(name="publishers").user_set.clear()

    assert "No disclaimer is in force" in said()
    assert "Nobody is in the group publishers." in said()


def test_grave_findings_exit_1(mended):
    Group.objects.get(name="publishers").user_set.clear()

    with pytest.raises(CommandError, match="grave"):
        call_command("doctor")
