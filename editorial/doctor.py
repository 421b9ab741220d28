"""What is wrong with an installation, and how to mend it: each finding a fact and a remedy."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.checks import WARNING, run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum

from articles.models import Disclaimer
from authors.models import Agreement
from editorial import derived, permissions, public_changes, safeguards, trail
from editorial.models import Letter
from editorial.post import MOST_TRIES
from editorial.site import SECOND_STEPS
from network import archive, clock, snapshot
from network.models import Tally

LEAST_FREE = 1024**3  # bytes: a day's uploads and a database that is being rewritten
LATE = timedelta(minutes=10)  # the worker looks every few seconds
APART = timedelta(seconds=2)  # of two clocks
MANY_TRIES = 100  # of signing in, within a day: people mistype, and programs guess
SHOWN = 3  # names of what is missing; more would hide the rest
SAMPLE = 200  # files that are read in one run: some seconds of a slow bucket
NEWEST = 100  # pieces whose records are recomputed in one run: a second
LEAST_SECRET = 32  # characters: of the 16 that a hash is written with they make 128 bits, which nobody tries out
READ, WRITTEN, WRITTEN_BY_ALL = 0o044, 0o022, 0o002  # by a group or by all, in the rights of a file
TOLD_BY_DJANGO_TOO = "security.W009"  # that the secret key is short


@dataclass(frozen=True)
class Finding:
    """A fact and what to do about it. A grave one means that people or texts are at risk now."""

    what: str
    remedy: str
    is_grave: bool = True


def findings(*, every_file: bool = False) -> Iterator[Finding]:
    for look in (_database, _readable, _safeguards, _records, _cache, _disk):
        yield from look()
    yield from _files(every_file)
    for look in (_mail, _letters, _words, _people, _second_steps, _wrong, _settings):
        yield from look()


def _many(number: int, noun: str) -> str:
    """“1 letter is”, “2 letters are”."""
    return f"{number} {noun} is" if number == 1 else f"{number:,} {noun}s are"


def _database() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Finding(f"{_many(len(plan), 'migration')} not applied.", "Run manage.py migrate.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            if abs(cursor.fetchone()[0] - clock.now()) > APART:
                yield Finding("This machine's clock and the database's differ.", "Let both machines keep time by NTP.")
            return
        cursor.execute("PRAGMA quick_check(1)")
        if (said := cursor.fetchone()[0]) != "ok":
            yield Finding(f"The database file is damaged: {said}.", "Restore the last good backup into a new place.")
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone()[0] != "wal":
            yield Finding("SQLite does not write ahead, so readers wait.", "Put the database on a local disk.")


def _readable() -> Iterator[Finding]:
    """Whoever reads the database's file reads drafts and sign-ins; whoever writes it passes every safeguard."""
    if connection.vendor != "sqlite":
        return
    name = connection.settings_dict["NAME"]
    files = [path for end in snapshot.BESIDE if (path := Path(f"{name}{end}")).is_file()]
    rights = {bit for path in files for bit in (READ, WRITTEN, WRITTEN_BY_ALL) if path.stat().st_mode & bit}
    if rights:
        yield Finding(
            f"Other accounts of this machine can {'change' if WRITTEN in rights else 'read'} the database.",
            f"Run chmod go= {name}*: what lies beside it holds what was written last.",
            is_grave=WRITTEN_BY_ALL in rights,
        )


def _records() -> Iterator[Finding]:
    """Of what was published last: whoever changes a text by hand changes one that is read."""
    for row, sentence in trail.verify(trail.newest(NEWEST)):
        yield Finding(
            f"{row._meta.label} {row.pk} does not hold: {sentence}.",
            "Somebody has changed it by hand. Compare it with a backup; manage.py verify_trail looks at all records.",
        )
        return


def _cache() -> Iterator[Finding]:
    """It holds the counters of limits, and whoever signs in is counted."""
    try:
        cache.set("doctor", "ok", timeout=60)
        said = "" if cache.get("doctor") == "ok" else "it forgets at once"
    except Exception as error:  # noqa: BLE001 - each kind of cache fails in its own way
        said = str(error)
    if said:
        ours = f"See that the disk has room, and that the site may write {settings.CACHES['default'].get('LOCATION')}."
        yield Finding(
            f"The cache does not answer: {said.removeprefix('The cache does not answer: ')}.",
            "Compare CACHE_URL with the server." if settings.CACHE_URL else ours,
        )


def _safeguards() -> Iterator[Finding]:
    """The database's own refusals, without which a shell could change what was approved, and what counts its editions,
    without which readers would be shown an old one."""
    catalogue = "pg_trigger" if connection.vendor == "postgresql" else "sqlite_master"
    column = "tgname" if connection.vendor == "postgresql" else "name"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {catalogue}")  # noqa: S608 - names of ours
        there = {name for (name,) in cursor.fetchall()}
    gone = [f"{guard.table}_{guard.name}" for guard in safeguards.all_safeguards(connection.vendor)]
    gone = [name for name in [*gone, *public_changes.names(), *derived.names(connection)] if name not in there]
    if gone:
        yield Finding(
            f"{_many(len(gone), 'safeguard')} not in the database: {', '.join(gone[:SHOWN])}.",
            "Run manage.py verify_trail, then manage.py install_safeguards.",
        )


def _disk() -> Iterator[Finding]:
    places = [(settings.VAR, "the database's folder"), (settings.MEDIA_ROOT, "the uploads' folder")]
    for place, words in places if settings.MEDIA_ROOT else places[:1]:
        free = shutil.disk_usage(place).free if Path(place).is_dir() else LEAST_FREE
        if free < LEAST_FREE:
            yield Finding(
                f"{free / 1024**2:.0f} MB are free in {words}.", "Make room before people lose what they send."
            )


def _files(every_file: bool) -> Iterator[Finding]:
    try:
        default_storage.delete(default_storage.save("doctor.txt", ContentFile(b"can be deleted")))
        there = set(archive.stored(default_storage))
    except OSError as error:
        bucket = "Compare STORAGE_URL with the store: address, region, bucket, and what its key may do."
        yield Finding(
            f"Nothing can be uploaded: {error.strerror}.",
            "Let the site's user write to STORAGE_URL." if settings.MEDIA_ROOT else bucket,
        )
        return
    named = archive.named_files()
    if gone := sorted(named.keys() - there):
        names = ", ".join(gone[:SHOWN])
        yield Finding(f"{_many(len(gone), 'uploaded file')} missing: {names}.", "Copy them back from a backup.")
    known = sorted(name for name in named.keys() & there if named[name])
    looked_at = known if every_file else random.sample(known, min(SAMPLE, len(known)))
    yield from _rotten({name: named[name] for name in looked_at})


def _rotten(hashes: dict[str, str]) -> Iterator[Finding]:
    rotten, unread = [], []
    for name, digest in hashes.items():
        try:
            rotten += [name] if archive.is_rotten(name, digest) else []
        except OSError:
            unread.append(name)
    remedy = "Copy them back from a backup. manage.py doctor --files looks at every file."
    for names, words in ((rotten, "not what was uploaded"), (unread, "there and cannot be read")):
        if names:
            yield Finding(f"{_many(len(names), 'uploaded file')} {words}: {', '.join(names[:SHOWN])}.", remedy)


def _mail() -> Iterator[Finding]:
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        yield Finding(
            "Letters are written to files, and reach nobody.", "Set EMAIL_URL to a mail server.", not settings.DEBUG
        )
        return
    server = get_connection()
    try:
        server.open()
        server.close()
    except OSError as error:
        yield Finding(f"The mail server does not take us: {error}.", "Compare EMAIL_URL with what the server wants.")


def _letters() -> Iterator[Finding]:
    waiting = Letter.objects.waiting()
    if late := waiting.filter(tries=0, next_try_at__lt=clock.now() - LATE).count():
        yield Finding(
            f"{_many(late, 'letter')} waiting for a worker.", "Start manage.py run_worker, and keep it running."
        )
    if given_up := waiting.filter(tries__gte=MOST_TRIES).count():
        yield Finding(
            f"{_many(given_up, 'letter')} given up after {MOST_TRIES} tries.",
            "Read their last errors in the admin, under Letters.",
        )
    if unsure := Letter.objects.unsure().count():
        yield Finding(
            f"{_many(unsure, 'letter')} in doubt, since no answer of the mail server is on record.",
            "Decide in the admin, under “Letters that may have arrived”, which of them go out again.",
        )


def _words() -> Iterator[Finding]:
    if Disclaimer.objects.in_force() is None:
        yield Finding(
            "No disclaimer is in force, so nothing can be approved.", "Write one in the admin, under Disclaimers."
        )
    if Agreement.objects.in_force() is None:
        yield Finding(
            "No contributor agreement is in force.", "Write one in the admin, under Agreements.", is_grave=False
        )


def _people() -> Iterator[Finding]:
    for group in permissions.ROLES:
        if not get_user_model().objects.filter(groups__name=group, is_active=True).exists():
            yield Finding(f"Nobody is in the group {group}.", "Put an account into it in the admin, under Users.")


def _second_steps() -> Iterator[Finding]:
    """Where the desk does not ask for one, a guessed password publishes."""
    if settings.DEBUG or settings.REQUIRE_SECOND_STEP:
        return
    desk = get_user_model().objects.filter(is_active=True, is_staff=True)
    if bare := desk.exclude(authenticator__type__in=SECOND_STEPS).count():
        yield Finding(
            f"REQUIRE_SECOND_STEP is off, and {_many(bare, 'account')} let into the desk by a password alone.",
            "Leave it out of the environment: the desk then leads them to where they get a second step.",
        )


def _wrong() -> Iterator[Finding]:
    """What was counted within a day (network/watch.py)."""
    lately = Tally.objects.filter(hour__gt=clock.now() - timedelta(days=1))
    errors = lately.filter(kind=Tally.Kind.ERROR).values("what").annotate(number=Sum("number")).order_by("-number")
    if worst := errors.first():
        yield Finding(
            f"{_many(sum(row['number'] for row in errors), 'error')} counted within a day, most at {worst['what']}.",
            "Read the log; in the admin, “Things that went wrong” says when.",
            is_grave=False,
        )
    tries = lately.filter(kind=Tally.Kind.SIGN_IN).aggregate(number=Sum("number", default=0))["number"]
    if tries >= MANY_TRIES:
        yield Finding(
            f"{_many(tries, 'failed sign-in')} counted within a day.",
            "Look in the admin, under “Things that went wrong”, whose accounts they were for.",
            is_grave=False,
        )


def _settings() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding(
            "DEBUG is on: errors show the site's insides.", "Leave DEBUG out of the environment.", is_grave=False
        )
        return
    told = {TOLD_BY_DJANGO_TOO} if (is_short := len(settings.SECRET_KEY) < LEAST_SECRET) else set()
    if is_short:
        yield Finding(
            f"SECRET_KEY has fewer than {LEAST_SECRET} characters: who guesses it signs in as anybody.",
            "Set fifty random ones, and keep the old one in SECRET_KEY_FALLBACKS as docs/operations.md says.",
        )
    for said in run_checks(include_deployment_checks=True):
        if said.level >= WARNING and not said.is_silenced() and said.id not in told:
            yield Finding(said.msg.split("\n")[0], said.hint or "See docs/operations.md.", is_grave=False)
