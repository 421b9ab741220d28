"""Files made to harm, each refused or cleaned of all that makes it harmful. `bench/uploads.py` measures what each takes."""

import gzip
import io
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from network import pictures
from tests.network.test_pictures import EPS, SCRIPT, SVG, chunk, photo, png, saved

HTML = b"<html><body onload=alert(1)>" + SCRIPT + b"</body></html>"
PHP = b"<?php system('id'); ?>"
MARKS = (b"<script", b"<svg", b"<html", b"<?php", b"PK\x03\x04", b"%!PS", b"%PDF", b"Exif", b"javascript")
LONGEST = 10  # seconds, also where others work on the same machine
MOST_MEMORY = 400  # MB above a process that has nothing to do
HOME = Path(__file__).resolve().parent.parent.parent
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


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", HTML)
    return out.getvalue()


def with_comment(words: bytes) -> bytes:
    plain = saved(photo(), "JPEG")
    return plain[:2] + b"\xff\xfe" + struct.pack(">H", len(words) + 2) + words + plain[2:]


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    exif.get_ifd(0x8825)[2] = (59.0, 54.0, 1.0)  # GPS latitude
    return saved(photo(), "JPEG", exif=exif)


def with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_itxt("XML:com.adobe.xmp", SVG.decode())
    return saved(photo(), "PNG", pnginfo=words)


def film(kind: str, frames: int) -> bytes:
    shots = [Image.new("RGB", (64, 64), (number % 256, 0, number // 256)) for number in range(frames)]
    return saved(shots[0], kind, save_all=True, append_images=shots[1:])


def claiming(data: bytes, place: int, words: bytes) -> bytes:
    return data[:place] + words + data[place + len(words) :]


def mp4() -> bytes:
    return b"\0\0\0\x18ftypisom\0\0\0\0isomavif" + b"\0\0\0\x08mdat" + bytes(500)


def endless(scans: int) -> bytes:
    jpeg = saved(photo(), "JPEG", progressive=True)
    start = jpeg.rindex(b"\xff\xda")
    return jpeg[:-2] + jpeg[start:-2] * scans + b"\xff\xd9"


def files() -> dict[str, bytes]:
    jpeg, whole, gif = saved(photo(), "JPEG"), saved(photo(), "PNG"), saved(photo(), "GIF")
    webp, avif = saved(photo(), "WEBP"), saved(photo(), "AVIF")
    bomb = zlib.compress(bytes(64 * 1024 * 1024), 9)
    return {
        "nothing": b"",
        "a page": HTML,
        "a page that begins like a GIF": b"GIF89a" + HTML,
        "a script that is a GIF": b"GIF89a/*\0\0\0\0\0\0*/=1;alert(1)//" + bytes(50),
        "a page that begins like a PNG": whole[:8] + HTML,
        "a page that begins like a JPEG": b"\xff\xd8\xff\xe0" + HTML,
        "a JPEG with a page behind it": jpeg + HTML,
        "a JPEG with an archive behind it": jpeg + zipped(),
        "a PNG with an archive behind it": whole + zipped(),
        "a GIF with a script behind it": gif + b"/*" + SCRIPT,
        "a WebP with PHP behind it": webp + PHP,
        "an AVIF with a page behind it": avif + HTML,
        "a JPEG with a script as its comment": with_comment(SCRIPT),
        "a JPEG with PHP as its comment": with_comment(PHP),
        "a JPEG that says where it was taken, and a script": with_exif(),
        "a PNG with an SVG in its words": with_words(),
        "an archive": zipped(),
        "an SVG": SVG,
        "an SVG, packed": gzip.compress(SVG),
        "an SVG behind a PNG's first bytes": whole[:8] + SVG,
        "an SVG of entities": b'<!DOCTYPE s [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
        "an EPS": EPS,
        "an EPS with a preview": b"\xc5\xd0\xd3\xc6" + bytes(28) + EPS,
        "a PDF": b"%PDF-1.7\n" + HTML,
        "a film": mp4(),
        "a picture of Windows": saved(photo(), "BMP"),
        "a TIFF": saved(photo(), "TIFF"),
        "an icon": saved(photo(), "ICO"),
        "a Photoshop file": b"8BPS\0\1" + bytes(200),
        "a Windows metafile": b"\xd7\xcd\xc6\x9a" + bytes(200),
        "a program": b"\x7fELF" + bytes(200),
        "zeros": bytes(10_000),
        "only a JPEG's first bytes": b"\xff\xd8\xff",
        "a PNG with a wrong check sum": whole[:40] + b"\0\0\0\0" + whole[44:],
        "a PNG without a size": png(0, 0),
        "a PNG of 4 billion pixels": png(65_000, 65_000),
        "a PNG that is one pixel high": png(2**31 - 1, 1),
        "a PNG of 49 million pixels in 60 kB": png(7_000, 7_000, rows=bomb[:60_000]),
        "a PNG with 64 MB of words in 64 kB": png(9, 9, extra=chunk(b"zTXt", b"a\0\0" + bomb)),
        "a PNG with 64 MB of profile in 64 kB": png(9, 9, extra=chunk(b"iCCP", b"a\0\0" + bomb)),
        "a PNG whose rows are larger than it": png(9, 9, rows=bytes(64 * 1024 * 1024)),
        "a PNG of 16 bits and 36 million pixels": png(6_000, 6_000, depth=16, colour=6),
        "a GIF of 4 billion pixels": claiming(gif, 6, b"\xff\xff\xff\xff"),
        "a JPEG of 4 billion pixels": claiming(jpeg, jpeg.index(b"\xff\xc0") + 5, b"\xff\xff\xff\xff"),
        "a WebP of 268 million pixels": claiming(webp, webp.index(b"\x9d\x01\x2a") + 3, b"\xff\x3f\xff\x3f"),
        "a GIF of 3,000 pictures": film("GIF", 3_000),
        "a WebP of 300 pictures": film("WEBP", 300),
        "a PNG of 300 pictures": film("PNG", 300),
        "a JPEG of 2,000 passes": endless(2_000),
        **{f"{kind} cut off in the middle": data[: len(data) // 2] for kind, data in _whole().items()},
        **{f"{kind} with its middle overwritten": _overwritten(data) for kind, data in _whole().items()},
    }


def _whole() -> dict[str, bytes]:
    return {f"a {kind}": saved(photo(), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF")}


def _overwritten(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + SCRIPT * 4 + data[middle + 4 * len(SCRIPT) :]


def segment(marker: int, words: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(words) + 2) + words


def in_jpeg(words: bytes) -> bytes:
    plain = saved(photo(), "JPEG")
    return plain[:2] + words + plain[2:]


def between_scans(words: bytes) -> bytes:
    plain = saved(photo(), "JPEG", progressive=True)
    place = plain.rindex(b"\xff\xda")
    return plain[:place] + words + plain[place:]


def in_gif(words: bytes) -> bytes:
    """Before its picture."""
    plain = saved(Image.new("P", (9, 9)), "GIF")
    return plain[:13] + plain[13:].replace(b",", words + b",", 1)


def tiny_png(extra: bytes) -> bytes:
    return png(9, 9, rows=bytes(9 * 28), extra=extra)


def in_webp(words: bytes) -> bytes:
    """With room for words behind the picture of a WebP: its header says that Exif follows."""
    size = b"".join(struct.pack("<I", side - 1)[:3] for side in photo().size)
    return riff(piece(b"VP8X", b"\x08\0\0\0" + size) + saved(photo(), "WEBP")[12:] + words)


def riff(words: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(words) + 4) + b"WEBP" + words


def piece(name: bytes, words: bytes) -> bytes:
    return name + struct.pack("<I", len(words)) + words + bytes(len(words) % 2)


def exif_of(tags: int, size: int) -> bytes:
    """Each tag points to the same bytes: all of them."""
    rows = b"".join(struct.pack("<HHLL", 0x8000 + tag, 1, size, 8) for tag in range(tags))
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", tags) + rows).ljust(size + 8, b"\0")


def film_of_one_pixel(frames: int) -> bytes:
    frame = piece(b"ANMF", bytes(16) + saved(Image.new("RGB", (1, 1)), "WEBP")[12:])
    return riff(piece(b"VP8X", b"\2\0\0\0" + bytes(6)) + piece(b"ANIM", bytes(6)) + frame * frames)


# Of many parts: each would take seconds or hundreds of megabytes if it were read as it stands. Made when asked for.
FLOODS: dict[str, Callable[[], bytes]] = {
    "a JPEG of 3.6 million APP segments": lambda: in_jpeg(b"\xff\xe0\0\2" * 3_600_000),
    "a JPEG of 3.6 million comments": lambda: in_jpeg(b"\xff\xfe\0\2" * 3_600_000),
    "a JPEG of 3.6 million segments between its scans": lambda: between_scans(b"\xff\xe0\0\2" * 3_600_000),
    "a JPEG of 15 MB of padding": lambda: in_jpeg(b"\xff" * 15_600_000),
    "a JPEG of 15 MB of padding between its scans": lambda: between_scans(b"\xff" * 15_600_000),
    "a JPEG of 228,000 tables": lambda: in_jpeg(segment(0xDB, (b"\0" + b"\1" * 64) * 1_000) * 228),
    "a JPEG of a million Photoshop resources": lambda: in_jpeg(
        segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\0" * 5_400) * 230
    ),
    "a JPEG of 64 kB of Exif that become 320 MB": lambda: in_jpeg(segment(0xE1, b"Exif\0\0" + exif_of(5_000, 65_000))),
    "a JPEG of 64 kB of previews that become 320 MB": lambda: in_jpeg(segment(0xE2, b"MPF\0" + exif_of(5_000, 65_000))),
    "a PNG of 1 MB of Exif that become 2 GB": lambda: tiny_png(chunk(b"eXIf", exif_of(2_000, 1_000_000))),
    "a WebP of 1 MB of Exif that become 2 GB": lambda: in_webp(piece(b"EXIF", exif_of(2_000, 1_000_000))),
    "a PNG of 1.2 million chunks": lambda: tiny_png(chunk(b"teSt", b"") * 1_200_000),
    "a PNG whose pixels are in 1.2 million chunks": lambda: tiny_png(chunk(b"IDAT", b"") * 1_200_000),
    "a PNG of 10,000 profiles of 1 MB": lambda: tiny_png(
        chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1024 * 1020), 9)) * 10_000
    ),
    "a GIF of 2.9 million comments": lambda: in_gif(b"!\xfe\1x\0" * 2_900_000),
    "a GIF of 900,000 pictures": lambda: in_gif(b",\0\0\0\0\1\0\1\0\0\2\2\x44\1\0" * 900_000),
    "a GIF in 7 million blocks": lambda: saved(Image.new("P", (9, 9)), "GIF")[:-2] + b"\1\0" * 7_000_000 + b"\0;",
    "a WebP of 1.9 million chunks": lambda: in_webp(piece(b"abcd", b"") * 1_900_000),
    "a WebP of 200,000 pictures": lambda: film_of_one_pixel(200_000),
}


def plain(mode: str, kind: str, width: int, height: int = 0, **options: object) -> bytes:
    return saved(Image.new(mode, (width, height or width)), kind, **options)


def shaded(mode: str, kind: str, side: int, **options: object) -> bytes:
    bands = len(Image.new(mode, (1, 1)).getbands())
    band = Image.linear_gradient("L").resize((side, side))
    return saved(Image.merge(mode, [band] * bands) if bands > 1 else band.convert(mode), kind, **options)


def slow_passes(side: int, passes: int) -> bytes:
    """A scan that costs as much for each block as it can, again and again."""
    jpeg = shaded("RGB", "JPEG", side, progressive=True, subsampling=0)
    first = jpeg.index(b"\xff\xda")
    end = jpeg.index(b"\xff\xc4", first)
    return jpeg[:end] + jpeg[first:end] * passes + jpeg[end:]


def small_avif_with_a_large_frame(side: int) -> bytes:
    size = b"ispe" + bytes(4)
    honest = plain("RGB", "AVIF", side, speed=10)
    return honest.replace(size + struct.pack(">II", side, side), size + struct.pack(">II", 100, 100))


def deep(side: int) -> bytes:
    """16 bits in each of three colours, in rows that take the longest to undo."""
    row = b"\4" + (bytes(range(250)) * (side // 40))[: side * 6]
    return png(side, side, depth=16, colour=2, rows=row.ljust(side * 6 + 1, b"\0") * side)


def interlaced(side: int) -> bytes:
    """In seven passes, and in colours that look like noise once they are scaled."""
    shifts = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = b"".join(
        (b"\4" + (bytes(range(250)) * 28)[: len(range(left, side, across))]) * len(range(top, side, down))
        for left, top, across, down in shifts
    )
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 3, 0, 0, 1))
    colours = chunk(b"PLTE", bytes(number * step % 256 for number in range(256) for step in (1, 3, 7)))
    return b"\x89PNG\r\n\x1a\n" + header + colours + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


GRAIN = {"codec": "aom", "subsampling": "4:4:4", "advanced": {"film-grain-test": "1"}}
# Of many pixels: the largest that are taken, and what is larger than it seems. Made when asked for: some take seconds.
GIANTS: dict[str, Callable[[], bytes]] = {
    "49 MP WebP": lambda: plain("RGB", "WEBP", 7_000),
    "49 MP AVIF": lambda: plain("RGB", "AVIF", 7_000, speed=10),
    "49 MP CMYK JPEG": lambda: plain("CMYK", "JPEG", 7_000),
    "50 MP PNG, one pixel wide": lambda: png(1, 49_999_999, colour=0, rows=bytes(99_999_998)),
    "49 MP PNG of 16 bits": lambda: deep(7_000),
    "49 MP AVIF that says it has 0.01": lambda: small_avif_with_a_large_frame(7_000),
    "49 MP JPEG of 30 passes": lambda: slow_passes(7_000, 20),
    "49 MP JPEG": lambda: shaded("RGB", "JPEG", 7_000),
    "49 MP GIF": lambda: plain("P", "GIF", 7_000),
    "49 MP PNG": lambda: shaded("RGB", "PNG", 7_000, compress_level=1),
    "49 MP PNG with a palette": lambda: shaded("P", "PNG", 7_000, compress_level=1),
    "49 MP PNG, interlaced, with a palette": lambda: interlaced(7_000),
    "50 MP PNG, 20,000 pixels high": lambda: plain("RGB", "PNG", 2_500, 20_000, compress_level=1),
    "25 MP PNG of 16 bits": lambda: deep(5_000),
    "25 MP PNG of 16 greys": lambda: saved(
        Image.frombytes("I;16", (5_000, 5_000), bytes(2 * 5_000 * 5_000)), "PNG", compress_level=1
    ),
    "25 MP PNG, transparent": lambda: shaded("RGBA", "PNG", 5_000, compress_level=1),
    "25 MP GIF, transparent": lambda: shaded("P", "GIF", 5_000, transparency=3),
    "25 MP CMYK JPEG": lambda: shaded("CMYK", "JPEG", 5_000, progressive=True),
    "16 MP WebP": lambda: shaded("RGB", "WEBP", 4_080),
    "16 MP WebP, transparent, without loss": lambda: shaded("RGBA", "WEBP", 4_080, lossless=True, method=0, quality=0),
    "16 MP AVIF, transparent, with grain": lambda: shaded("RGBA", "AVIF", 4_080, speed=10, **GRAIN),
}
FILES = files()
WORST = ("49 MP JPEG of 30 passes", "16 MP WebP, transparent, without loss")


def measured(data: bytes) -> tuple[str, float, int]:
    """Taken or refused, seconds of the processor, and the most memory of a process of its own, in MB."""
    done = subprocess.run([sys.executable, "-c", CLEAN], cwd=HOME, input=data, capture_output=True, check=True)
    said, seconds, peak = done.stdout.split()
    return said.decode(), float(seconds), int(peak)


@pytest.mark.parametrize("name", FILES)
def test_hostile_file_is_refused_or_comes_out_clean(name):
    started = time.process_time()

    try:
        made = pictures.clean(io.BytesIO(FILES[name])).data
    except pictures.Refused:
        made = b""

    assert not [mark for mark in MARKS if mark in made]
    assert time.process_time() - started < LONGEST


@pytest.fixture(scope="module")
def base():
    """MB of a process that has nothing to do."""
    return measured(b"")[2]


@pytest.mark.parametrize("name", FLOODS)
def test_flood_of_parts_is_refused_or_costs_little(name, base):
    data = FLOODS[name]()
    assert len(data) < pictures.MAX_BYTES

    said, seconds, peak = measured(data)

    assert said in ("taken", "refused")
    assert seconds < LONGEST
    assert peak - base < MOST_MEMORY / 2


@pytest.mark.parametrize(
    "name",
    [
        "a JPEG of 3.6 million APP segments",
        "a JPEG of 3.6 million comments",
        "a JPEG of 3.6 million segments between its scans",
        "a PNG of 1.2 million chunks",
        "a PNG whose pixels are in 1.2 million chunks",
        "a GIF of 2.9 million comments",
        "a GIF in 7 million blocks",
    ],
)
def test_flood_of_parts_is_refused_in_a_sentence(name):
    with pytest.raises(pictures.Refused, match="so many parts"):
        pictures.clean(io.BytesIO(FLOODS[name]()))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("49 MP WebP", "16.7 million pixels"),
        ("49 MP AVIF", "16.7 million pixels"),
        ("49 MP AVIF that says it has 0.01", "16.7 million pixels"),
        ("49 MP CMYK JPEG", "25 million pixels"),
        ("50 MP PNG, one pixel wide", "20,000 pixels long"),
    ],
)
def test_giant_is_refused_before_it_is_decoded(name, sentence):
    with pytest.raises(pictures.Refused, match=sentence):
        pictures.clean(io.BytesIO(GIANTS[name]()))


@pytest.mark.parametrize("name", WORST)
def test_worst_file_that_is_taken_takes_no_more_memory_than_is_stated(name, base):
    said, seconds, peak = measured(GIANTS[name]())

    assert said == "taken"
    assert seconds < LONGEST
    assert peak - base < MOST_MEMORY
