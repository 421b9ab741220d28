"""Nothing acknowledged is lost: the real server and worker, killed again and again while people write (README.md).

People write over HTTP: text, unsaved text, steps, comments, pictures, readers' letters. At random moments a web process
dies, or all of them, the worker, everything, or PostgreSQL itself. After each kill the database is asked for all that
was answered with yes; what was cut off may be there or not, and never in part.
"""

import argparse
import asyncio
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

from bench.people import Contributor, cast

PATIENCE = 120  # seconds for what a busy machine does in two


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def soon(happens: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while not (happened := happens()) and time.monotonic() < end:
        time.sleep(0.02)
    return happened


class Postgres:
    """A server of our own, so that it can crash. It does not run as root."""

    def __init__(self, folder: Path):
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.data, self.port = folder / "data", free_port()
        self.user = {"user": "postgres"} if os.geteuid() == 0 else {}
        if self.user:
            shutil.chown(folder, "postgres")
        self._run("initdb", "--auth=trust", "--username=network", "--no-sync", f"--pgdata={self.data}")
        self.url = f"postgres://network@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.data}"
        self._run("pg_ctl", "start", "--wait", f"--pgdata={self.data}", f"--options={options}", "--log=/dev/null")

    def crash(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate", f"--pgdata={self.data}")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.user)


class Postbox:
    """A mail server that thinks for a moment over each letter, and counts it once it has said that it takes it."""

    def __init__(self, moments: random.Random):
        self.taken: Counter[str] = Counter()
        self.moments = moments

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - by this name it is called
        await asyncio.sleep(self.moments.uniform(0, 0.05))
        self.taken[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        return "250 Taken"


class Site:
    """The web server and the worker as `make serve` starts them."""

    def __init__(self) -> None:
        self.serve = SourceFileLoader("serve", str(HOME / "bin" / "serve")).load_module()
        self.port = free_port()
        self.parts: dict[str, subprocess.Popen] = {}
        self.log = Path(os.environ["KILLS"], "log").open("w")  # noqa: SIM115 - open as long as its writers live

    def start(self) -> None:
        commands = {
            "server": self.serve.web_server(self.port),
            "worker": [*self.serve.MANAGE, "run_worker"],
        }
        for name, command in commands.items():
            if name not in self.parts:
                self.parts[name] = subprocess.Popen(
                    command, cwd=HOME, process_group=0, stdout=self.log, stderr=self.log
                )
        if not soon(self.is_ready):
            raise SystemExit(f"The site did not come back. {Path(self.log.name).read_text()[-2000:]}")

    def is_ready(self) -> bool:
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, body: bytes | str = b"", **headers: str) -> tuple[int, str, str]:
        """Status, text, and where it leads. Raises OSError where nobody answers to the end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.headers.get("Location", "")
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def kill(self, name: str) -> None:
        part = self.parts.pop(name)
        os.killpg(part.pid, signal.SIGKILL)
        part.wait()

    def kill_one_process(self, moments: random.Random) -> None:
        """One of gunicorn's processes; the first of them starts another."""
        children = (
            Path(f"/proc/{self.parts['server'].pid}/task/{self.parts['server'].pid}/children").read_text().split()
        )
        if children:
            os.kill(int(moments.choice(children)), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="a PostgreSQL of its own, which is killed as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else
        sys.exit(run(Path(folder), options))


def run(folder: Path, options: argparse.Namespace) -> int:
    from aiosmtpd.controller import Controller

    moments = random.Random(options.seed)
    for name in ("postgres", "media"):
        (folder / name).mkdir()
    postgres = Postgres(folder / "postgres") if options.postgres else None
    box = Postbox(random.Random(options.seed))
    mail = Controller(box, hostname="127.0.0.1", port=free_port())
    mail.start()
    set_environment(folder, postgres, mail.port)
    import django

    django.setup()
    story = Story(moments, box, postgres)
    try:
        return story.tell(options.kills)
    finally:
        story.end()
        mail.stop()
        if postgres:
            postgres.crash()


def decide(box: Postbox) -> tuple[int, int]:
    """As a person does who asks the mail server about each letter in doubt: how many there are, and how many of them
    had not arrived and go out again."""
    from editorial import post
    from editorial.models import Letter

    unsure = list(Letter.objects.unsure())
    again = [letter for letter in unsure if name_of(letter.pk) not in box.taken]
    for letter in unsure:
        (post.send_again if letter in again else post.count_as_sent)(letter)
    return len(unsure), len(again)


def name_of(pk: int) -> str:
    """The Message-ID of a letter."""
    return f"<letter-{pk}@signal.example>"


def set_environment(folder: Path, postgres: Postgres | None, mail_port: int) -> None:
    for name in ("CACHE_URL", "SEARCH_URL", "EMAIL_REPLY"):
        os.environ.pop(name, None)
    os.environ |= {
        "KILLS": str(folder),
        "DJANGO_SETTINGS_MODULE": "network.settings",
        "DEBUG": "0",
        "SECRET_KEY": "for-this-run-only-" * 3,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "DATABASE_URL": postgres.url if postgres else f"sqlite:///{folder / 'site.sqlite3'}",
        "STORAGE_URL": f"file://{folder / 'media'}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "REQUIRE_SECOND_STEP": "0",
        "TRUSTED_PROXIES": "1",
        "LETTERS_AN_HOUR": "1000000",
    }


class Story:
    """The people, what they were promised, and what becomes of it."""

    def __init__(self, moments: random.Random, box: Postbox, postgres: Postgres | None):
        from django.core.management import call_command

        self.moments, self.box, self.postgres = moments, box, postgres
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.site = Site()
        self.may_write, self.is_over = threading.Event(), threading.Event()
        self.kills: Counter[str] = Counter()
        self.pieces: dict[int, int] = {}  # what each author has at the desk, by their account
        self.people = cast(self, moments)

    def tell(self, kills: int) -> int:
        started = time.monotonic()
        self.site.start()
        for person in self.people:
            person.start()
        for number in range(1, kills + 1):
            self.let_them_write()
            self.kill()
            if lost := self.lost():
                print("\n".join(lost))
                return 1
            if number % 25 == 0:
                print(
                    f"{number} kills, {self.acknowledged()} writes acknowledged",
                    flush=True,
                )
            if number < kills:
                self.renew()
                self.site.start()
        return self.sum_up(time.monotonic() - started)

    def let_them_write(self) -> None:
        """Until so many writes are acknowledged, and then for a moment longer, in which others are under way."""
        enough = self.acknowledged() + self.moments.randint(0, 15)
        self.may_write.set()
        soon(lambda: self.acknowledged() >= enough, seconds=8)
        time.sleep(self.moments.uniform(0, 0.3))

    def acknowledged(self) -> int:
        return sum(person.acknowledged for person in self.people)

    def kill(self) -> None:
        """One thing or another dies; what still answers finishes what it has begun."""
        kinds = ["a web process", "the web server", "the worker", "everything"]
        kind = self.moments.choice(kinds + (["PostgreSQL"] * 2 if self.postgres else []))
        self.kills[kind] += 1
        if kind == "a web process":
            self.site.kill_one_process(self.moments)
        if kind in ("the web server", "everything"):
            self.site.kill("server")
        if kind in ("the worker", "everything"):
            self.site.kill("worker")
        if kind == "PostgreSQL":
            self.postgres.crash()
            self.postgres.start()
        self.may_write.clear()
        assert soon(lambda: all(person.is_idle for person in self.people)), "somebody waits for an answer"

    def lost(self) -> list[str]:
        from django.db import connection

        connection.close()
        found = [sentence for person in self.people for sentence in person.lost()]
        connection.close()
        return found

    def renew(self) -> None:
        """Whose piece is published writes another."""
        from articles.models import Article
        from tests import factories

        for person in self.people:
            if isinstance(person, Contributor) and Article.objects.get(pk=self.pieces[person.user.pk]).live_id:
                headline = f"Of {person.user.username}, after {sum(self.kills.values())} kills"
                self.pieces[person.user.pk] = factories.make_piece(person.user, self.section, headline=headline).pk

    def sum_up(self, seconds: float) -> int:
        from articles.models import Picture, Publication
        from editorial import trail
        from editorial.models import Event, Letter

        broken = [f"{record}: {sentence}" for record, sentence in trail.verify()] + half_steps()
        waiting = Letter.objects.waiting()
        Letter.objects.filter(sent_at=None).update(next_try_at=now())  # a dead worker's hold on a letter is over
        self.site.start()
        if not soon(lambda: not waiting.exists()):
            broken.append(f"{waiting.count()} letters are not sent")
        unsure, again = decide(self.box)
        if not soon(lambda: not Letter.objects.filter(sent_at=None).exists()):
            broken.append("a letter that somebody decided about is not sent")
        owed = {name_of(pk) for pk in Letter.objects.values_list("pk", flat=True)}
        broken += [f"{name} was not delivered" for name in owed - self.box.taken.keys()]
        broken += [f"{name} came out of nothing" for name in self.box.taken.keys() - owed]
        broken += [f"{name} came {times} times" for name, times in self.box.taken.items() if times > 1]
        acknowledged = self.acknowledged()
        kinds = ", ".join(f"{many} of {kind}" for kind, many in self.kills.items())
        lines = {
            "kills": f"{sum(self.kills.values())} ({kinds})",
            "seconds": f"{seconds:.0f}",
            "writes acknowledged": acknowledged,
            "of them found": acknowledged,  # the first that is not ends the run
            "writes cut off or refused": sum(person.tried for person in self.people) - acknowledged,
            "by kind": json.dumps(dict(sum((person.kinds for person in self.people), Counter()))),
            "events in the trail": Event.objects.count(),
            "pieces published": Publication.objects.count(),
            "pictures": Picture.objects.count(),
            "letters owed and delivered once": len(owed),
            "of them in doubt, for a person to decide": f"{unsure}, of which {again} had not arrived",
        }
        print("\n".join(f"{name}: {value}" for name, value in lines.items()))
        print("\n".join(broken) or "Nothing was lost, no step is half, the trail holds.")
        return 1 if broken else 0

    def end(self) -> None:
        self.is_over.set()
        self.may_write.set()
        for name in list(self.site.parts):
            self.site.kill(name)


def now():
    from network import clock

    return clock.now()


def half_steps() -> list[str]:
    """Every submission and every publication has all that it leaves behind; every picture has its file."""
    from articles.models import Article, Picture, SearchText

    found = []
    for piece in Article.objects.all():
        counts = {
            "events": piece.trail.filter(step="submit").count(),
            "submissions": piece.submissions.count(),
            "receipts": piece.letters.filter(kind="receipt").count(),
        }
        if len(set(counts.values())) > 1:
            found.append(f"{piece.pk} was submitted in part: {counts}")
        counts = {
            "events": piece.trail.filter(step="publish").count(),
            "publications": piece.publications.count(),
            "letters": piece.letters.filter(kind="published").count(),
            "found by search": SearchText.objects.filter(article=piece).count(),
        }
        if len(set(counts.values())) > 1:
            found.append(f"{piece.pk} was published in part: {counts}")
        if piece.trail.filter(step="submit", revision=None).exists():
            found.append(f"{piece.pk} was submitted without a revision")
    damaged = [row.pk for row in Picture.objects.all() if hash_of(row.file.path) != row.sha256]
    return found + [f"The file of picture {pk} is not what was uploaded" for pk in damaged]


def hash_of(path: str) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
