"""Files made to harm, each refused or cleaned of all that makes it harmful. `bench/uploads.py` measures what each takes."""

import gzip
import io
import struct
import time
import zipfile
import zlib

import pytest
from PIL import Image, PngImagePlugin

from network import pictures
from tests.network.test_pictures import EPS, SCRIPT, SVG, chunk, photo, png, saved

HTML = b"<html><body onload=alert(1)>" + SCRIPT + b"</body></html>"
PHP = b"<?php system('id'); ?>"
MARKS = (b"<script", b"<svg", b"<html", b"<?php", b"PK\x03\x04", b"%!PS", b"%PDF", b"Exif", b"javascript")
LONGEST = 10  # seconds, also where others work on the same machine


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


FILES = files()


@pytest.mark.parametrize("name", FILES)
def test_hostile_file_is_refused_or_comes_out_clean(name):
    started = time.process_time()

    try:
        made = pictures.clean(io.BytesIO(FILES[name])).data
    except pictures.Refused:
        made = b""

    assert not [mark for mark in MARKS if mark in made]
    assert time.process_time() - started < LONGEST
