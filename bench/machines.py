"""Many machines, on one: what is promised of several holds while they fail (README.md).

People read through every door of the machines in bench/servers.py, and one thing after another goes wrong. Each line
says what was seen and the bar for it; exits with 1 where one falls short. Needs root. Nothing of it is seen outside,
and the kernel takes all of it away when this process ends, however it ends.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import redis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.people import TOKEN, Form
from bench.servers import UNNOTICED, Site, ask, start_redis, wait

PROGRAMS = ("ip", "unshare", "setpriv", "nginx", "redis-server", "swift-proxy-server")
PRIVATE = "setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc".split()
PAUSE, AT_EACH_DOOR = 0.02, 2  # seconds between two looks of a reader; readers
SOON, LOOK = 1.0, 0.1  # seconds, after which nobody may be shown what was before; that looking may take
DEAD = 32.0  # seconds that a machine stays so: longer than nginx waits for it
FORGOTTEN = 3.0  # seconds, after which nginx asks a machine again that did not answer
LONGEST_OUTAGE = 15.0  # seconds without pages until a database has failed over
TEXT = re.compile(r"Text number (\d+)\.")
TO_PUBLISH = 14  # pieces, while the primary fails


class Sight:
    """What readers saw at each door. An old page is one that shows less than the same door did before it was asked for,
    or less than what was published more than a second before."""

    def __init__(self, doors: dict[str, str], path: str):
        self.doors, self.path, self.lock = doors, path, threading.Lock()
        self.newest: Counter[str] = Counter()
        self.first: dict[tuple[str, int], float] = {}
        self.published: list[tuple[float, int]] = []
        self.is_over = threading.Event()
        self.clear()
        for door in list(doors) * AT_EACH_DOOR:
            threading.Thread(target=self._read, args=[door], daemon=True).start()

    def clear(self) -> None:
        with self.lock:
            self.errors: Counter[tuple[str, int]] = Counter()
            self.old: Counter[str] = Counter()
            self.answers, self.last_error, self.slowest = 0, 0.0, 0.0

    def _read(self, door: str) -> None:
        while not self.is_over.wait(PAUSE):
            begun = time.monotonic()
            due = [number for moment, number in self.published if moment < begun - SOON]
            least = max([self.newest[door], *due])
            status, text = ask(self.doors[door], "GET", self.path)
            found = TEXT.search(text)
            with self.lock:
                number = int(found[1]) if status == 200 and found else -1
                self._note(door, status, number, least)
                self.first.setdefault((door, number), begun)
                if status and door == "front":
                    self.slowest = max(self.slowest, time.monotonic() - begun)

    def _note(self, door: str, status: int, number: int, least: int) -> None:
        self.answers += 1
        if number < 0:
            self.errors[door, status] += 1
            self.last_error = time.monotonic()
        elif number < least:
            self.old[f"{number} at {door} after {least}"] += 1
        self.newest[door] = max(self.newest[door], number)

    def said(self, *apart_from: str) -> tuple[str, bool]:
        """How it went since `clear`, and whether nothing was wrong but at a door that is known to be shut."""
        with self.lock:
            wrong = {f"{door} {status}": many for (door, status), many in self.errors.items() if door not in apart_from}
            words = f"{self.answers} pages, through nginx the slowest in {self.slowest:.2f} s, "
            words += f"errors: {wrong or 'none'}, old pages: {dict(self.old) or 'none'}"
            return words, not wrong and not self.old


class Desk:
    """An author, an editor and a publisher: the text is led up to its last step here, which is then taken over HTTP."""

    def __init__(self) -> None:
        import django

        django.setup()
        from django.db import connection
        from django.test import Client

        from editorial import permissions, workflow, writing
        from tests import factories

        self.connection, self.take, self.save, self.made = connection, workflow.take, writing.save, factories
        factories.make_network()
        factories.make_disclaimer()
        factories.make_agreement()
        self.section = factories.make_section()
        self.ana = factories.make_contributor("ana", "Ana Ruiz")
        self.edda = factories.make_desk("edda", permissions.EDITORS)
        self.pia = factories.make_desk("pia", permissions.PUBLISHERS)
        client = Client()
        client.force_login(self.pia)
        self.number = 0
        self.cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"

    def begin(self, door: str) -> str:
        """The piece that everybody reads; returns its address."""
        self.piece = self.ready("Of gulls", "Text number 0.")
        assert self.publish(door, self.piece), "The first piece could not be published."
        return type(self.piece).objects.get(pk=self.piece.pk).get_absolute_url()

    def ready(self, headline: str, body: str):
        return self._lead(self.made.make_piece(self.ana, self.section, headline=headline, body=body))

    def _lead(self, piece):
        piece = self.take("submit", piece, by=self.ana)
        return self.made.approve(self.take("claim", piece, by=self.edda), self.edda)

    def change(self) -> int:
        """Another text of the piece, ready to be published as a correction; returns its number."""
        self.connection.close()
        self.number += 1
        piece = self.take("amend", self.piece, by=self.ana)
        self.save(piece, {"body": f"Text number {self.number}."}, by=self.ana)
        piece.refresh_from_db()
        self.made.declare(piece, self.ana)
        piece.refresh_from_db()
        told = {"severity": "slight", "wrong": f"Number {self.number - 1}.", "right": f"Number {self.number}."}
        words = {"kind": "correction", "notice": "The number was another.", "correction": told}
        self.piece = self.take("announce", self._lead(piece), by=self.edda, **words)
        return self.number

    def publish(self, door: str, piece) -> bool:
        path = f"/admin/articles/article/{piece.pk}/steps/publish/"
        status, page = ask(door, "GET", path, Cookie=self.cookie)
        if status != 200:
            return False
        return post(door, path, Form(page).fields, Cookie=self.cookie)[0] == 302


def post(where: str, path: str, fields: dict[str, str], **headers: str) -> tuple[int, str]:
    kind = "application/x-www-form-urlencoded"
    return ask(where, "POST", path, urlencode(fields), X_CSRFToken=TOKEN, Content_Type=kind, **headers)


def write_letter(door: str) -> tuple[int, str]:
    """A reader's letter to the desk, as its form would send it."""
    from editorial import intake
    from network import clock

    with clock.at(clock.now() - timedelta(seconds=30)):
        fields = {"opened": intake.opened("desk"), "website": "", "name": "A reader", "topic": "general"}
    fields |= {"email": "reader@people.example", "text": "The gulls were quiet.", "piece": ""}
    return post(door, "/contact/", fields, Cookie=f"csrftoken={TOKEN}")


class Story:
    """One act after the other; each prints what was seen."""

    def __init__(self, site: Site):
        self.site, self.desk, self.is_short = site, Desk(), False
        self.sight = Sight(site.doors, self.desk.begin(site.doors["a"]))
        wait(lambda: all((door, 0) in self.sight.first for door in site.doors), "The first piece is not to be read.")

    def tell(self) -> int:
        try:
            for act in "correct kill_host restart lose_redis pause_replica fail_over".split():
                self.sight.clear()
                getattr(self, act)()
        finally:
            self.sight.is_over.set()
        print("Some of it falls short." if self.is_short else "Everything is as it was promised.")
        return int(self.is_short)

    def say(self, what: str, seen: str, bar: str, holds: bool) -> None:
        self.is_short = self.is_short or not holds
        print(f"{what}: {seen} (bar: {bar}){'' if holds else '  SHORT'}", flush=True)

    def nothing_wrong(self, what: str, *apart_from: str) -> None:
        seen, holds = self.sight.said(*apart_from)
        self.say(what, seen, "no error, no old page", holds)

    def publish(self, by: str, *seen_at: str) -> dict[str, float]:
        """A new text, and after how many seconds whoever asked at each door was shown it: from when somebody anywhere
        was, or its publisher was told, whichever came first."""
        number = self.desk.change()
        assert self.desk.publish(self.site.doors[by], self.desk.piece), f"Text {number} could not be published."
        told = time.monotonic()
        self.sight.published.append((told, number))
        first = self.sight.first
        wait(lambda: all((door, number) in first for door in seen_at), f"Text {number} is not seen.", 20)
        begun = min([told, *(first[door, number] for door in self.sight.doors if (door, number) in first)])
        return {door: first[door, number] - begun for door in seen_at}

    def say_seen(self, what: str, took: list[dict[str, float]]) -> None:
        longest = {door: max(one[door] for one in took) for door in took[0]}
        seen = ", ".join(f"{door} {seconds:.2f} s" for door, seconds in longest.items())
        self.say(what, f"seen at {seen}", f"{SOON:.0f} s, and a look", max(longest.values()) <= SOON + LOOK)

    def correct(self) -> None:
        took = [self.publish("a", "a", "b", "front") for _ in range(6)]
        self.say_seen("6 texts published on a, the slowest", took)
        self.nothing_wrong("  readers meanwhile")

    def kill_host(self) -> None:
        a = self.site.machines["a"]
        a.kill()
        a.plug("down")
        self.say_seen("a killed, its link down; a text published on b", [self.publish("b", "b", "front")])
        time.sleep(DEAD)
        self.nothing_wrong("  readers at b and through nginx", "a")
        self.sight.clear()
        a.plug("up")
        self.site.a.start()
        seconds = wait(self.site.a.is_ready, "a did not come back.")
        self.say_seen(f"a back after {seconds:.1f} s; a text published on b", [self.publish("b", "a", "b", "front")])
        self.nothing_wrong("  readers since then, a's own from its first page", "a")

    def restart(self) -> None:
        """As a new release comes: one after the other, and each is back before the next goes."""
        for host in (self.site.a, self.site.b):
            host.stop()
            host.start()
            wait(host.is_ready, f"{host.machine.name} did not come back.")
            time.sleep(FORGOTTEN)
        self.say_seen("a, then b restarted; a text published on a", [self.publish("a", "a", "b", "front")])
        self.nothing_wrong("  readers through nginx meanwhile", "a", "b")

    def lose_redis(self) -> None:
        machine, front = self.site.machines["redis"], self.site.doors["front"]
        redis.Redis(machine.address).flushall()
        time.sleep(1)
        machine.kill()
        status, page = write_letter(front)
        holds = status == 503 and "The gulls were quiet." in page
        words = f"answer {status}, {'with' if holds else 'without'} the text in it"
        self.say("Redis flushed, then stopped; a reader's letter", words, "503, with it", holds)
        self.say_seen("  a text published without Redis", [self.publish("a", "a", "b", "front")])
        start_redis(machine)
        seconds = wait(lambda: write_letter(front)[0] == 302, "No letter is taken after Redis came back.")
        self.say("  Redis started; the same letter", f"taken after {seconds:.1f} s", "5 s", seconds < 5)
        self.nothing_wrong("  readers meanwhile")

    def pause_replica(self) -> None:
        replica, newest = self.site.replica, "SELECT max(id) FROM articles_publication"
        asked = "SELECT count(*) FROM pg_stat_activity WHERE client_addr IN ('10.77.0.11', '10.77.0.12')"
        replica.ask("SELECT pg_wal_replay_pause()")
        before = replica.ask(newest)
        took = [self.publish("a", "a", "b", "front") for _ in range(2)]
        behind = self.site.primary.ask(newest) - replica.ask(newest)
        self.say_seen(f"replica paused, {behind} publications behind; texts published on a", took)
        connected = replica.ask(asked)
        self.say("  connections of the site to the replica", str(connected), "0", connected == 0)
        replica.ask("SELECT pg_wal_replay_resume()")
        seconds = wait(lambda: replica.ask(newest) == before + 2, "The replica did not catch up.")
        self.say("  replica resumed", f"level after {seconds:.1f} s", "10 s", behind == 2 and seconds < 10)
        self.nothing_wrong("  readers meanwhile")

    def fail_over(self) -> None:
        pieces = [self.desk.ready(f"Of gull {number}", "It sang.") for number in range(TO_PUBLISH)]
        acknowledged: list[int] = []
        publisher = threading.Thread(target=self._publish_all, args=[pieces, acknowledged])
        publisher.start()
        wait(lambda: len(acknowledged) >= 4, "Nothing was published.")
        killed = time.monotonic()
        self.site.fail_over()
        publisher.join()
        wait(lambda: ask(self.site.doors["front"], "GET", "/readyz")[0] == 200, "The site did not come back.")
        outage = max(0.0, self.sight.last_error - killed)
        what = f"primary killed, {UNNOTICED:.0f} s later its replica promoted and given its address"
        self.say(what, f"pages again after {outage:.1f} s", f"{LONGEST_OUTAGE:.0f} s", 0 < outage <= LONGEST_OUTAGE)
        self.say_seen("  a text published on a afterwards", [self.publish("a", "a", "b", "front")])
        self._say_kept(pieces, acknowledged)

    def _publish_all(self, pieces: list, acknowledged: list[int]) -> None:
        """Each once, whatever comes of it: one after another, through nginx, all the while."""
        for piece in pieces:
            if self.desk.publish(self.site.doors["front"], piece):
                acknowledged.append(piece.pk)
            time.sleep(0.1 if acknowledged[-1:] == [piece.pk] else 1)

    def _say_kept(self, pieces: list, acknowledged: list[int]) -> None:
        from articles.models import Article
        from editorial import trail

        numbers = [piece.pk for piece in pieces]
        live = set(Article.objects.filter(pk__in=numbers, live__isnull=False).values_list("pk", flat=True))
        lost, silent = set(acknowledged) - live, live - set(acknowledged)
        seen = f"{len(acknowledged)} of {len(pieces)} acknowledged, {len(lost)} lost, {len(silent)} more are there"
        self.say("  pieces published meanwhile", seen, "none lost", not lost)
        broken = [f"{record}: {sentence}" for record, sentence in trail.verify()]
        self.say("  verify_trail on the new primary", "; ".join(broken) or "holds", "holds", not broken)
        with self.sight.lock:
            statuses, old = dict(self.sight.errors), dict(self.sight.old)
        wrong = {status for _, status in statuses} - {503, 504}
        seen, bar = f"errors {statuses}, old pages: {old or 'none'}", "503 and 504 only, no old page"
        self.say("  readers meanwhile", seen, bar, not wrong and not old)


def main() -> int:
    """Once outside, where there is only a folder to take away; once inside, where everything else is."""
    if folder := os.environ.get("MACHINES"):
        return Story(Site(Path(folder))).tell()
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if os.geteuid() or missing:
        sys.exit(
            f"This needs root and these programs: {', '.join(missing or PROGRAMS)}. bench/README.md names packages."
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    Path("/run/netns").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="machines-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else
        command = [*PRIVATE, sys.executable, str(Path(__file__).resolve())]
        return subprocess.run(command, env=os.environ | {"MACHINES": folder}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
