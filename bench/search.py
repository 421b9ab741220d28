"""How long a search takes among many published pieces: `python bench/search.py` (with `--articles 10000`), on the
database of DATABASE_URL or on an SQLite file of its own.

It fills an empty, temporary database by `manage.py seed`, asks each question thirty times as the search page does (the
count, the page of pieces and their passages), and prints the median and the slowest in milliseconds, with its
own round trip as the floor. A median over 50 ms, also for a word that is in every piece, makes it exit with 1. On
PostgreSQL it makes a database beside the one that DATABASE_URL names, and drops it afterwards.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

TIMES, LIMIT = 30, 50  # questions, milliseconds
QUESTIONS = {
    "a word in every piece": {"typed": "the"},
    "the same, newest first": {"typed": "the", "is_by_date": True},
    "a common word": {"typed": "harbour"},
    "a rare word": {"typed": "Torashberg"},
    "three words": {"typed": "quiet harbour committee"},
    "a phrase": {"typed": '"the quiet harbour"'},
    "a word refused": {"typed": "harbour -committee"},
    "a beginning": {"typed": "har*"},
    "one year": {"typed": "the", "year": 2024},
    "an author": {"author": "Ada"},
    "nothing found": {"typed": "xylophonist"},
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--articles", type=int, default=10_000)
    asked.add_argument("--authors", type=int, default=800)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/search.sqlite3")
        return _in_a_database_of_its_own(lambda: _measure(options.articles, options.authors))


def _in_a_database_of_its_own(measure: Callable[[], int]) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"] = {**connection.settings_dict["TEST"], "NAME": _beside(connection, name)}
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("check", verbosity=0)
        return measure()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _beside(connection, name: str) -> str:
    return f"{name}.bench" if connection.vendor == "sqlite" else f"bench_{os.getpid()}"


def _measure(articles: int, authors: int) -> int:
    from django.core.management import call_command
    from django.db import connection

    begun = time.perf_counter()
    call_command("seed", articles=articles, authors=authors)
    print(f"{articles} pieces in {connection.vendor}, seeded in {time.perf_counter() - begun:.0f} s")
    call_command("index_search")
    floor = statistics.median(_timed(_round_trip))
    print(f"{'':24}{'median':>9}{'slowest':>9}{'× floor':>9}   found")
    print(f"{'one round trip':24}{floor:9.2f}")
    return max(_ask(name, question, floor) for name, question in QUESTIONS.items())


def _ask(name: str, question: dict, floor: float) -> int:
    from articles import search

    total = 0

    def ask() -> None:
        nonlocal total
        found = search.Found(search.Asked(**question))
        total, _ = found.total, found[0:12]

    times = _timed(ask)
    median = statistics.median(times)
    print(f"{name:24}{median:9.2f}{max(times):9.2f}{median / floor:9.0f}   {total}")
    return int(median > LIMIT)


def _round_trip() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _timed(act: Callable[[], None]) -> list[float]:
    """Milliseconds of each of thirty times, after one that warms up."""
    act()
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1_000)
    return times


if __name__ == "__main__":
    sys.exit(main())
