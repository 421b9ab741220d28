"""What an upload takes: every hostile file of the suite, and the largest pictures that are taken (README.md)."""

import io
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

from PIL import Image

from tests.network.test_hostile_files import FILES

CLEAN = """
import io, sys, time
from network import pictures
data, started = sys.stdin.buffer.read(), time.process_time()
try:
    said = "taken" if pictures.clean(io.BytesIO(data)) else ""
except pictures.Refused:
    said = "refused"
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
print(said, round(time.process_time() - started, 2), int(status["VmHWM"].split()[0]) // 1024)
"""
LARGEST = {"RGB": 7_000, "RGBA": 5_000, "P": 7_000, "I;16": 5_000, "L": 7_000}  # pixels of a side


def measured(data: bytes) -> tuple[str, float, int]:
    """Taken or refused, seconds of the processor, and the most memory of a process of its own, in MB."""
    done = subprocess.run([sys.executable, "-c", CLEAN], cwd=HOME, input=data, capture_output=True, check=True)
    said, seconds, peak = done.stdout.split()
    return said.decode(), float(seconds), int(peak)


def largest(mode: str, side: int) -> bytes:
    file = io.BytesIO()
    if mode == "I;16":
        picture = Image.frombytes(mode, (side, side), bytes(2 * side * side))
    elif mode == "P":
        picture = Image.linear_gradient("L").resize((side, side)).convert("P")
    else:
        picture = Image.merge(
            mode, [Image.linear_gradient("L").resize((side, side))] * len(Image.new(mode, (1, 1)).getbands())
        )
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


def main() -> None:
    rows = [("nothing to do", *measured(b""))]
    rows += [(name, *measured(data)) for name, data in FILES.items()]
    hostile = len(rows) - 1
    rows += [(f"{side} × {side} {mode}, PNG", *measured(largest(mode, side))) for mode, side in LARGEST.items()]
    for name, said, seconds, peak in rows:
        print(f"{name:<55} {said:<8} {seconds:>6.2f} s {peak:>5} MB")
    refused = sum(said == "refused" for _, said, *_ in rows[1 : hostile + 1])
    print(f"{hostile} hostile files: {refused} refused, the others clean.")
    print(f"The worst takes {max(row[2] for row in rows):.1f} s, and {max(row[3] for row in rows)} MB.")


if __name__ == "__main__":
    main()
