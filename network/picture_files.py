"""The file of a picture without all that its pixels do not need.

Pillow keeps what it finds about a picture, as often as a file says it, and follows whatever points into it: 64 KB of
Exif can become 300 MB, and 15 MB of tiny segments ten seconds. So it only ever sees what its decoders need.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from network import avif

MAX_SEGMENTS = 4_000  # of a JPEG: cameras write fewer than 100, Photoshop a few hundred
MAX_BLOCKS = 100_000  # chunks of a PNG, blocks of a GIF: 15 MB in blocks of 255 bytes are 62,000
MAX_SCANS = 30  # passes of a progressive JPEG; encoders write about 10, and each costs the whole picture's time

_JPEG_MARKER = re.compile(rb"\xff[\x02-\xcf\xd9-\xfe]")  # those with a length, or the end
_JPEG_END, _JPEG_SCAN = 0xD9, 0xDA
_JPEG_TABLES = (0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD)  # without arithmetic coding, where nothing limits what a byte costs
_JPEG_NEEDED = (b"\xe0JFIF\0", b"\xe2ICC_PROFILE\0", b"\xeeAdobe")  # the last says whether colours are upside down
_JPEG_EXIF = b"\xe1Exif\0\0"
_PNG_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_AVIF = (b"ftypavif", b"ftypavis", b"ftypmif1", b"ftypmsf1")
_ORIENTATION = 0x0112


class Refused(ValueError):
    """The file cannot be taken; the message is a sentence for the person who chose it."""


class Bare(NamedTuple):
    """What the decoders get, and what they are not asked."""

    data: bytes
    orientation: int = 0  # from 1 to 8, as Exif counts; 0 where nobody said it
    coded_pixels: int = 0  # of an AVIF: how many it has to decode, whatever it says is its size


def bare(data: bytes) -> Bare:
    """The same picture in a file that holds little else. Raises Refused where it is in too many parts to look at, and
    ValueError where it is damaged.

    A WebP stays as it is: its decoder keeps one of each part and follows nothing.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return _bare_jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _bare_png(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Bare(_first_of_gif(data))
    if data[4:12] in _AVIF:
        data, coded_pixels = avif.still(data)
        return Bare(data, coded_pixels=coded_pixels)
    return Bare(data)


def orientation(exif: bytes) -> int:
    """Which way up the picture is, or 0. Of all else in it nothing is read."""
    exif = exif.removeprefix(b"Exif\0\0")
    order: Literal["little", "big"] = "little" if exif.startswith(b"II") else "big"
    start = int.from_bytes(exif[4:8], order)
    count = int.from_bytes(exif[start : start + 2], order)
    for place in range(start + 2, min(start + 2 + 12 * count, len(exif) - 11), 12):
        if int.from_bytes(exif[place : place + 2], order) == _ORIENTATION:
            return int.from_bytes(exif[place + 8 : place + 10], order)
    return 0


def _bare_jpeg(data: bytes) -> Bare:
    """Its tables, its profile and its scans: no padding, comment, preview, and nothing behind its end."""
    kept, upright, scans, end = [data[:2]], 0, 0, 0
    for code, start, end in _segments(data):
        head = data[start + 1 : start + 2] + data[start + 4 : start + 16]
        if scans or code == _JPEG_SCAN:
            scans = scans or start
        elif code in _JPEG_TABLES or head.startswith(_JPEG_NEEDED):
            kept.append(data[start:end])
        elif head.startswith(_JPEG_EXIF):
            upright = upright or orientation(data[start + 4 : end])
    return Bare(b"".join((*kept, data[scans:end] if scans else b"")), upright)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Each marker's code, where its segment begins and where it ends; of the last scan, where the file does.

    A scan of 75 bytes can ask for another pass over the whole picture: 300 KB would take a minute, 15 MB hours.
    """
    position, scans, count = 2, 0, 0
    while marker := _JPEG_MARKER.search(data, position):
        code = data[marker.end() - 1]
        if code == _JPEG_END:
            yield code, marker.start(), marker.end()
            return
        count, scans = count + 1, scans + (code == _JPEG_SCAN)
        if scans > MAX_SCANS:
            raise Refused("This JPEG takes too long to read. Save it again, not as a progressive one, and choose that.")
        _refuse_if(count > MAX_SEGMENTS)
        length = int.from_bytes(data[marker.end() : marker.end() + 2])
        if length < 2:  # it counts itself; Pillow would go on at another place than we do, and find what we left out
            raise ValueError("A segment is shorter than its own length.")
        position = marker.end() + length
        yield code, marker.start(), position
    yield _JPEG_END, len(data), len(data)


def _bare_png(data: bytes) -> Bare:
    """Its pixels, its colours and one profile: no words, and no further pictures, which nobody would see."""
    kept, upright, profiles, position, count = [data[:8]], 0, 0, 8, 0
    while position < len(data):
        name = data[position + 4 : position + 8]
        end = position + 12 + int.from_bytes(data[position : position + 4])
        count, profiles = count + 1, profiles + (name == b"iCCP")
        _refuse_if(count > MAX_BLOCKS)
        if name in _PNG_NEEDED or (name == b"iCCP" and profiles == 1):
            kept.append(data[position:end])
        elif name == b"eXIf":
            upright = upright or orientation(data[position + 8 : end - 4])
        position = len(data) if name == b"IEND" else end
    return Bare(b"".join(kept), upright)


def _first_of_gif(data: bytes) -> bytes:
    """Its first picture: no comments, and no further pictures, which nobody would see."""
    position, count, control = 13 + _colours(data[10:11]), 0, b""
    head = data[:position]
    while position < len(data) and (kind := data[position]) != ord(";"):
        start = position
        if kind == ord("!"):
            position, count = _after_blocks(data, start + 2, count)
            control = data[start:position] if data[start + 1] == 0xF9 else control
        elif kind == ord(","):
            position, _ = _after_blocks(data, start + 11 + _colours(data[start + 9 : start + 10]), count)
            return head + control + data[start:position]
        else:  # decoders skip what they do not know
            position, count = position + 1, count + 1
            _refuse_if(count > MAX_BLOCKS)
    return head


def _colours(flags: bytes) -> int:
    """The bytes of the table of colours that a picture brings along."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _after_blocks(data: bytes, position: int, count: int) -> tuple[int, int]:
    """Where a chain of blocks ends, each led by its length, and how many there are by then."""
    while position < len(data):
        length = data[position]
        position, count = position + 1 + length, count + 1
        _refuse_if(count > MAX_BLOCKS)
        if not length:
            break
    return position, count


def _refuse_if(is_in_too_many_parts: bool) -> None:
    if is_in_too_many_parts:
        raise Refused("This file is in so many parts that it takes too long to read. Save the picture again as JPEG.")
