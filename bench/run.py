"""What `make bench` runs: how fast the site is, as ratios to a floor measured in the same run (README.md).

It fills a database of its own by `manage.py seed`, starts the site as in production and the floor beside it, two
gunicorn processes each, and loads them from a process of its own (wrk, in Debian). Prints one table, and writes the
same as JSON. Exits with 1 where a figure is short of its bar.
"""

import argparse
import gzip
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

from bench import front

GUNICORN = ["--preload", "--workers", "2", "--worker-class", "network.web_worker.Worker", "--threads", "4"]
GUNICORN += ["--no-control-socket", "--log-level", "error"]
CONNECTIONS = 8
ROUNDS = 3
AS_BROWSERS = "Accept-Encoding: gzip"
SIGNED_IN = "Cookie: sessionid=nobody"  # whoever sends one gets every page made anew
READY, MADE = 1.0, {"article": 0.15, "home": 0.10, "section": 0.10}
OF_A_FILE = 0.8  # of nginx with the page as a file, for the shipped nginx before the site
FEW = 100  # pieces, beside which many are measured
GROWN = {10_000: 1.2, 100_000: 1.4}  # how much more a page may cost than among few
READ = ("/articles/", "/sections/", "/tags/", "/archive/", "/about/", "/disclaimer/")
READ += ("/feeds/atom.xml", "/feeds/feed.json", "/sitemap.xml")
LISTS = ("/authors/", "/corrections/")  # which are full among few only where nearly each has an author of its own
FULL = ("--authors", str(2 * FEW), "--corrected", "1")
CHANGE = """
import time
from articles.models import Section
section = Section.objects.order_by("pk").first()
section.name = "WORDS"
section.save()
print(time.time())
"""
TIMES = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
UNITS = {"us": 0.001, "ms": 1.0, "s": 1_000.0}


@dataclass
class Figure:
    """One line of the table. `ratio` is to the floor, or else to the bar."""

    name: str
    ours: float
    unit: str
    floor: float | None
    bar: str
    passes: bool


@dataclass
class Load:
    """Requests a second, and the slowest of a hundred in milliseconds."""

    rate: float
    p99: float


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--articles", type=int, default=10_000)
    asked.add_argument("--seconds", type=int, default=9, help="how long each page is loaded")
    asked.add_argument("--quick", action="store_true", help="a minute that only proves that it works")
    asked.add_argument("--readers", action="store_true", help="nothing of the desk and of those who type")
    asked.add_argument("--json", type=Path, default=HOME / "var" / "bench.json")
    options = asked.parse_args()
    if not shutil.which("wrk"):
        sys.exit("Install wrk, which makes the load: apt-get install wrk.")
    articles, seconds = (100, 1) if options.quick else (options.articles, options.seconds)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, prepared(Path(folder), articles) as site:
        figures = [*measured(site, seconds)]
        if articles > FEW:
            figures += _beside_few(site, articles)
    if not (options.quick or options.readers):
        figures += [*said_by("bench/desk.py", os.environ), *said_by("bench/autosave.py", os.environ)]
    show(figures, articles)
    options.json.write_text(json.dumps([asdict(one) for one in figures], indent=1) + "\n")
    return 0 if options.quick else int(not all(one.passes for one in figures))


@contextmanager
def prepared(folder: Path, articles: int, *seeding: str) -> Iterator[dict[str, str]]:
    """The environment of a site with so many pieces: SQLite, or a database beside that of DATABASE_URL."""
    seeding = seeding or ("--authors", str(max(10, articles // 12)))
    port = free_port()
    given = os.environ.get("DATABASE_URL", "")
    name = f"bench_{os.getpid()}_{port}"
    if given.startswith("postgres"):
        subprocess.run(["createdb", "--maintenance-db", given, name], check=True)
    database = (
        f"{given.rpartition('/')[0]}/{name}" if given.startswith("postgres") else f"sqlite:///{folder}/site.sqlite3"
    )
    site = os.environ | {
        "DEBUG": "0",
        "SECRET_KEY": "only for a bench, which nobody else can reach from anywhere",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "MALLOC_ARENA_MAX": "1",  # as bin/serve and deploy/network-web.service have it
        "EMAIL_URL": f"file://{folder}/mail",
        "STORAGE_URL": f"file://{folder}/media",
        "DATABASE_URL": database,
        "BENCH_LOG": str(folder / "log"),
    }
    (folder / "media").mkdir()
    try:
        for command in (["collectstatic", "--noinput"], ["migrate"]):
            manage(site, *command, "--verbosity", "0")
        begun = time.perf_counter()
        manage(site, "seed", "--articles", str(articles), *seeding)
        print(f"{articles:,} pieces seeded in {time.perf_counter() - begun:.0f} s.", flush=True)
        yield site
    finally:
        if given.startswith("postgres"):
            subprocess.run(["dropdb", "--maintenance-db", given, name], check=True)


def measured(site: dict[str, str], seconds: int) -> Iterator[Figure]:
    begun = time.perf_counter()
    with served("network.wsgi:application", site, int(site["PORT"])) as group:
        start = time.perf_counter() - begun
        with served("bench.floor:application", site, free_port()) as floor_group:
            yield from _pages(site, seconds, floor_group.port)
            yield from _unready(site, seconds, floor_group.port)
        memory = proportional_megabytes(group.process.pid)
        yield Figure("cold start to the first page", start, "s", None, "2 s", start < 2)
        yield Figure("memory of two workers", memory, "MB", None, "180 MB", memory <= 180)
        search = one_by_one(f"{site['SITE_URL']}/search/?q=the")
        yield Figure("search for a word in every piece", search, "ms", None, "50 ms", search < 50)
    yield from _front(site, seconds)
    yield from said_by("bench/acts.py", site)


def _pages(site: dict[str, str], seconds: int, floor_port: int) -> Iterator[Figure]:
    """Each page beside the floor of the same moment: a machine is not equally fast all the time."""
    address, floor_address = site["SITE_URL"], f"http://127.0.0.1:{floor_port}/"
    for name, path in pages(address).items():
        load(address + path, min(seconds, ROUNDS))
        floor, ours = load(floor_address, seconds), load(address + path, seconds)
        yield Figure(f"{name}, ready", ours.rate, "/s", floor.rate, "1.00 ×", ours.rate >= READY * floor.rate)
        yield Figure(f"{name}, ready, p99", ours.p99, "ms", floor.p99, "1.50 ×", ours.p99 <= 1.5 * floor.p99)
        if name in MADE:
            yield _made(f"{name}, made anew", load(address + path, seconds, SIGNED_IN), floor, MADE[name])


def _unready(site: dict[str, str], seconds: int, floor_port: int) -> Iterator[Figure]:
    """After a new edition, of what was ready before it: its rows are asked for again, and found as they were."""
    floor_address, port = f"http://127.0.0.1:{floor_port}/", free_port()
    with served("bench.unready:application", site, port):
        for name, path in pages(site["SITE_URL"]).items():
            address = f"http://127.0.0.1:{port}{path}"
            load(address, min(seconds, ROUNDS))
            floor = load(floor_address, seconds)
            yield _made(f"{name}, not ready", load(address, seconds), floor, MADE.get(name, 0.10))


def _made(name: str, ours: Load, floor: Load, bar: float) -> Figure:
    return Figure(name, ours.rate, "/s", floor.rate, f"{bar:.2f} ×", ours.rate >= bar * floor.rate)


def _front(site: dict[str, str], seconds: int) -> Iterator[Figure]:
    """The shipped nginx before the site, beside nginx with each page as a file; and how soon a change is seen."""
    if not shutil.which("nginx"):
        print("The front is left out: there is no nginx here.")
        return
    port, file_port = free_port(), free_port()
    folder = Path(site["BENCH_LOG"]).parent / "front"
    (folder / "file").mkdir(parents=True)
    with served("network.wsgi:application", site | {"TRUSTED_PROXIES": "1"}, free_port()) as group:
        kinds = pages(f"http://127.0.0.1:{group.port}")
        for kind, path in kinds.items():
            text = urllib.request.urlopen(f"http://127.0.0.1:{group.port}{path}").read()
            (folder / "file" / kind).write_bytes(text)
            (folder / "file" / f"{kind}.gz").write_bytes(gzip.compress(text, 6))
        as_file = (
            f"listen 127.0.0.1:{file_port}; root {folder}/file; gzip_static on; default_type text/html; access_log off;"
        )
        path = front.configured(folder, f"127.0.0.1:{port}", [f"127.0.0.1:{group.port}"], f"server {{ {as_file} }}\n")
        door, files = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{file_port}"
        with running(["nginx", "-c", str(path)], site, port):
            for kind, address in kinds.items():
                file = load(f"{files}/{kind}", seconds)
                yield _beside_file(f"{kind}, by nginx", load(door + address, seconds), file)
            yield _seen("nginx", door, site)
            file = load(f"{files}/article", seconds)
        if shutil.which("varnishd"):
            with running(front.varnish(folder, f"127.0.0.1:{port}", group.port), site, port):
                yield _beside_file("article, by Varnish", load(door + kinds["article"], seconds), file)
                yield _seen("Varnish", door, site)


def _beside_file(name: str, ours: Load, file: Load) -> Figure:
    passes = ours.rate >= OF_A_FILE * file.rate
    return Figure(f"{name}, beside a file", ours.rate, "/s", file.rate, "0.80 ×", passes)


def _seen(name: str, door: str, site: dict[str, str]) -> Figure:
    late = seconds_until_seen(f"{door}/", name, site)
    return Figure(f"a change is seen by {name} after", late, "s", None, "1 s", late <= 1)


def seconds_until_seen(address: str, words: str, site: dict[str, str]) -> float:
    """From the moment at which a change was saved to the first answer that has it."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", CHANGE.replace("WORDS", f"Changed by {words}")]
    with subprocess.Popen(command, cwd=HOME, env=site, stdout=subprocess.PIPE, text=True) as changing:
        while f"Changed by {words}".encode() not in urllib.request.urlopen(address).read():
            time.sleep(0.01)
        seen = time.time()
        return max(0.0, seen - float(changing.communicate()[0].splitlines()[-1]))


def _beside_few(site: dict[str, str], articles: int) -> Iterator[Figure]:
    """What a page costs that nobody has asked for, among many pieces and among few: one after the other, in turn."""
    bar = next((most for number, most in GROWN.items() if articles <= number), GROWN[100_000])
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as started:
        sites = [site]
        for place, seeding in (("few", ()), ("full", FULL)):
            (Path(folder) / place).mkdir()
            sites.append(started.enter_context(prepared(Path(folder) / place, FEW, *seeding)))
        for each in sites:
            started.enter_context(served("network.wsgi:application", each, int(each["PORT"])))
        many, few, full = (each["SITE_URL"] for each in sites)
        among_few = {name: few + path for name, path in pages(few).items()} | {path: few + path for path in READ}
        among_few |= {path: full + path for path in LISTS}
        among_many = pages(many)
        for name, address in among_few.items():
            ours, floor = in_turn(many + among_many.get(name, name), address)
            words = f"{name}, made, beside {FEW} pieces"
            yield Figure(words, ours, "ms", floor, f"{bar:.2f} ×", ours <= bar * floor)


def in_turn(one: str, other: str, count: int = 40) -> list[float]:
    """The medians in milliseconds of two pages, each made anew for whoever seems to have signed in."""
    times: dict[str, list[float]] = {one: [], other: []}
    name, _, value = SIGNED_IN.partition(": ")
    for _ in range(count):
        for address, taken in times.items():
            begun = time.perf_counter()
            urllib.request.urlopen(urllib.request.Request(address, headers={name: value})).read()
            taken.append((time.perf_counter() - begun) * 1_000)
    return [statistics.median(taken) for taken in times.values()]


def pages(address: str) -> dict[str, str]:
    """An address of each kind, as the front page leads to them."""
    home = urllib.request.urlopen(address + "/").read().decode()
    article = re.search(r'href="(/articles/[\w-]+/)"', home)[1]
    home += urllib.request.urlopen(address + article).read().decode()  # which leads to its author
    found = {kind: re.search(rf'href="(/{kind}/[\w-]+/)"', home) for kind in ("articles", "sections", "authors")}
    kinds = {"articles": "article", "sections": "section", "authors": "author"}
    named = {kinds[kind]: match[1] for kind, match in found.items() if match}
    return named | {"home": "/", "feed": "/feeds/rss.xml"}


def load(address: str, seconds: int, *headers: str) -> Load:
    """The middle one of ROUNDS, or of as many as there are seconds."""
    number = min(seconds, ROUNDS)
    rounds = [_round(address, seconds // number, *headers) for _ in range(number)]
    return Load(statistics.median(one.rate for one in rounds), statistics.median(one.p99 for one in rounds))


def _round(address: str, seconds: int, *headers: str) -> Load:
    options = [word for header in (AS_BROWSERS, *headers) for word in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--latency", *options, address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        sys.exit(f"{address} did not answer every request:\n{said}")
    if errors := re.search(r"Socket errors: .*", said):  # a machine with other work: said, and counted in the p99
        print(f"{address}: {errors[0]}")
    p99, unit = TIMES.search(said).groups()
    return Load(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), float(p99) * UNITS[unit])


def one_by_one(address: str, count: int = 30) -> float:
    """The median in milliseconds of one request after another."""
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        urllib.request.urlopen(address).read()
        times.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(times)


def said_by(script: str, environment: Mapping[str, str]) -> list[Figure]:
    """The figures of another bench, which it prints as its last line when it is asked for JSON."""
    command = [sys.executable, script, "--json"]
    said = subprocess.run(command, cwd=HOME, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [Figure(**one) for one in json.loads(said.splitlines()[-1])]


@dataclass
class Group:
    process: subprocess.Popen
    port: int


@contextmanager
def served(application: str, environment: dict[str, str], port: int) -> Iterator[Group]:
    command = [sys.executable, "-m", "gunicorn", application, *GUNICORN, "--bind", f"127.0.0.1:{port}"]
    with running(command, environment, port) as process:
        yield Group(process, port)


@contextmanager
def running(command: list[str], environment: dict[str, str], port: int) -> Iterator[subprocess.Popen]:
    with (Path(environment.get("BENCH_LOG") or os.devnull)).open("a") as log:
        process = subprocess.Popen(command, cwd=HOME, env=environment, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while not answers(port):
            if process.poll() is not None or time.monotonic() > until:
                sys.exit(f"This did not start: {' '.join(command)}")
            time.sleep(0.02)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            return answer.status == 200
    except OSError:
        return False


def proportional_megabytes(master: int) -> float:
    """Of a gunicorn and its processes: what they share is counted once."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    kilobytes = 0
    for process in (str(master), *children):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text()
        kilobytes += int(re.search(r"^Pss:\s+(\d+)", lines, re.MULTILINE)[1])
    return kilobytes / 1024


def manage(environment: dict[str, str], *words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words], cwd=HOME, env=environment, check=True, stdout=subprocess.DEVNULL
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def show(figures: list[Figure], articles: int) -> None:
    print(f"\n{articles:,} pieces, {CONNECTIONS} connections\n")
    print(f"{'':36}{'ours':>12}{'floor':>12}{'ratio':>9}{'bar':>10}")
    for one in figures:
        floor = f"{one.floor:,.1f}" if one.floor else ""
        ratio = f"{one.ours / one.floor:.2f} ×" if one.floor else ""
        word = "" if one.passes else "  short"
        print(f"{one.name:36}{one.ours:>9,.1f} {one.unit:<2}{floor:>12}{ratio:>9}{one.bar:>10}{word}")


if __name__ == "__main__":
    sys.exit(main())
