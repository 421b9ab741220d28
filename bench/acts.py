"""For bench/run.py: how long it takes to publish, to save and to preview, on the database of DATABASE_URL.

Prints the figures as a line of JSON.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

import django

django.setup()

from editorial import permissions, workflow, writing
from network import markup
from tests import factories

TIMES = 15
TEXT = (
    "The harbour was *quiet* that morning, and [nobody](https://example.org/) had told the **gulls** so. " * 62
)  # 1,000 words


def main() -> None:
    factories.make_disclaimer()
    factories.make_agreement()
    writer = factories.make_contributor("bench-writer", "Bench Writer")
    editor = factories.make_desk("bench-editor", permissions.EDITORS)
    publisher = factories.make_desk("bench-publisher", permissions.PUBLISHERS)
    section = factories.make_section()
    ready = []
    for number in range(TIMES + 1):
        piece = factories.make_piece(writer, section, headline=f"Gulls at {number}", body=TEXT)
        for step, who in (("submit", writer), ("claim", editor)):
            piece = workflow.take(step, piece, by=who)
        ready.append(factories.approve(piece, editor))
        if number == 0:
            workflow.take("publish", ready.pop(), by=publisher)  # from then on an author may have many open pieces
    draft = factories.make_piece(writer, section, headline="A draft", body=TEXT)
    texts = iter(range(1_000))
    acts = (
        ("publish a piece", lambda: workflow.take("publish", ready.pop(), by=publisher), 50),
        ("save a draft", lambda: writing.save(draft, {"body": f"{next(texts)} {TEXT}"}, by=writer), 30),
        ("preview of 1,000 words", lambda: markup.render(TEXT, doc_id="bench"), 25),
    )
    print(json.dumps([figure(name, median(act), bar) for name, act, bar in acts]))


def figure(name: str, milliseconds: float, bar: int) -> dict[str, object]:
    shown = {"name": name, "ours": milliseconds, "unit": "ms", "floor": None, "bar": f"{bar} ms"}
    return shown | {"passes": milliseconds < bar}


def median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
