"""What the tests try on the site: how many routes as how many people, attack strings, hostile files (README.md)."""

import os
import re
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from tests import world
from tests.attacks import TEXTS
from tests.network import test_hostile_files

ROW = re.compile(r"^\| `(/[^`]*)` \| ([^|]*) \| (GET|POST) \|", re.MULTILINE)


def main() -> None:
    rows = ROW.findall((HOME / "docs" / "access.md").read_text())
    print(f"{len({route for route, *_ in rows}):6,} routes, and {len(rows):,} requests of them (docs/access.md)")
    print(f"{len(world.PEOPLE):6,} kinds of people who send each")
    print(f"{len(TEXTS):6,} attack strings (tests/attacks)")
    print(f"{len(test_hostile_files.files()):6,} hostile files")


if __name__ == "__main__":
    main()
