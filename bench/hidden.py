"""Whether the time of a 404 tells what is there: each secret address beside one of nothing (README.md)."""

import itertools
import logging
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import transaction
from django.test import override_settings

from bench.desk import database
from tests import test_access, world

TIMES = 30
WHO = ("stranger", "contributor", "recused", "administrator")


def main() -> None:
    logging.disable(logging.ERROR)
    with database(), transaction.atomic(), override_settings(REQUIRE_SECOND_STEP=True):
        site = world.make_world()
        for who in WHO:
            show(who, [measured(site, who, *one) for one in secrets(site, who)])
        transaction.set_rollback(True)


def secrets(site, who: str) -> list[tuple[str, str]]:
    """Pairs of addresses: one of something that this person is not to know of, and the same of nothing."""
    known = ("", "public", *test_access.KNOWN.get(who, ()))
    found = []
    for route, nothing in ((route, world.nowhere(route)) for route in world.routes()):
        for of, address in world.filled(site, route).items() if nothing else ():
            if of not in known and world.ask(site.clients[who], "GET", address).word == "404":
                found.append((address, nothing))
    return found


def measured(site, who: str, secret: str, nothing: str) -> tuple[float, float]:
    """The medians in milliseconds, of questions put in turn."""
    times: dict[str, list[float]] = {secret: [], nothing: []}
    for address, _ in itertools.product(times, range(2)):
        world.ask(site.clients[who], "GET", address)
    for _, address in itertools.product(range(TIMES), times):
        begun = time.perf_counter()
        world.ask(site.clients[who], "GET", address)
        times[address].append((time.perf_counter() - begun) * 1_000)
    return statistics.median(times[secret]), statistics.median(times[nothing])


def show(who: str, pairs: list[tuple[float, float]]) -> None:
    later = [secret - nothing for secret, nothing in pairs]
    print(
        f"{who:<14} {len(pairs):>3} addresses, 404 in {statistics.median(nothing for _, nothing in pairs):.1f} ms; "
        f"a secret one takes {statistics.median(later):+.2f} ms, at most {max(later):+.2f}, at least {min(later):+.2f}"
    )


if __name__ == "__main__":
    main()
