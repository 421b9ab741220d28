"""What an upload takes: every hostile file of the suite, and the largest pictures that are taken (README.md)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.network.test_hostile_files import FILES, FLOODS, GIANTS, measured


def main() -> None:
    """A process for each; the memory is what it takes above one that has nothing to do."""
    base = measured(b"")[2]
    rows = [(name, *measured(data)) for name, data in FILES.items()]
    rows += [(name, *measured(make())) for name, make in (FLOODS | GIANTS).items()]
    for name, said, seconds, peak in rows:
        print(f"{name:<55} {said:<8} {seconds:>6.2f} s {peak - base:>5} MB")
    refused = sum(said == "refused" for _, said, *_ in rows)
    print(f"{len(rows)} files: {refused} refused, the others clean. A process with nothing to do takes {base} MB.")
    print(f"The worst takes {max(row[2] for row in rows):.1f} s, and {max(row[3] for row in rows) - base} MB more.")


if __name__ == "__main__":
    main()
