"""Where the time of a reader's page goes: made anew, and not ready, which is only asked about (README.md).

On a database of its own. Prints the milliseconds of this process for one request, its queries, and the share of each
part of the code by its own time, as cProfile counts it (which makes Python look slower than the database).
"""

import argparse
import cProfile
import logging
import os
import pstats
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

from bench import run

TIMES = 100
PARTS = {
    "django/db/models": "putting statements together",
    "django/db/backends": "the database",
    "sqlite3": "the database",
    "psycopg": "the database",
    "django/template": "templates",
    "network/reread": "asking whether it is still so",
    "articles/": "articles",
    "network/": "network",
}
REST = "the rest of Django and Python"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--articles", type=int, default=1_000)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, run.prepared(Path(folder), options.articles) as site:
        os.environ |= site
        measure()


def measure() -> None:
    from bench.unready import application
    from network import clock

    logging.disable(logging.INFO)
    for name, path in paths().items():
        made = measured(lambda path=path: ask(application, path, HTTP_COOKIE="sessionid=nobody"))
        not_ready = measured(lambda path=path: ask(application, path))
        (page,) = (page for key, (_, page) in application.shelf.pages.items() if path in key)
        for how, (milliseconds, shares) in (("made anew", made), ("not ready", not_ready)):
            print(f"\n{name}, {how}: {milliseconds:.1f} ms, {len(page.notes.answers)} queries")
            for part, share in shares.most_common(6):
                print(f"  {share:>4.0%}  {part}")
    print(f"\n{clock.now():%-d %B %Y}, Python {sys.version.split()[0]}")


def paths() -> dict[str, str]:
    from articles.models import Article

    piece = Article.objects.listed()[20]
    author, section = piece.authors.first(), piece.section
    named = {"article": piece.get_absolute_url(), "home": "/", "section": section.get_absolute_url()}
    return named | {"author": author.get_absolute_url(), "feed": "/feeds/rss.xml"}


def ask(application: Callable[..., Iterable[bytes]], path: str, **more: str) -> bytes:
    host, port = os.environ["ALLOWED_HOSTS"], os.environ["PORT"]
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_ACCEPT_ENCODING": "gzip"}
    place = {"SERVER_NAME": host, "SERVER_PORT": port, "HTTP_HOST": f"{host}:{port}", "wsgi.url_scheme": "http"}
    answer = application(environ | place | {"wsgi.input": sys.stdin.buffer} | more, lambda *said: None)
    try:
        return b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()


def measured(act: Callable[[], object]) -> tuple[float, Counter]:
    for _ in range(3):
        act()
    begun = time.process_time()
    for _ in range(TIMES):
        act()
    milliseconds = (time.process_time() - begun) * 1_000 / TIMES
    profile = cProfile.Profile()
    profile.runcall(lambda: [act() for _ in range(TIMES)])
    own: Counter = Counter()
    for (file, _, function), (_, _, seconds, *_) in pstats.Stats(profile).stats.items():
        own[part_of(f"{file} {function}".removeprefix(f"{HOME}/"))] += seconds
    return milliseconds, Counter({part: seconds / sum(own.values()) for part, seconds in own.items()})


def part_of(function: str) -> str:
    return next((part for place, part in PARTS.items() if place in function), REST)


if __name__ == "__main__":
    main()
