"""What an AVIF asks its decoder for: an AVIF of 1 KB that says 100 × 100 can hold a frame of 268 million pixels.

Its table names the parts of the file that are coded pictures and where their bytes are; each begins with the size of
its frames (AV1, 5.5 and ISO/IEC 14496-12, 8.11).
"""

from collections.abc import Iterator

MAX_TABLE = 256 * 1024  # bytes that say where the parts are: decoders look for each part in all of them
MAX_UNITS = 10_000  # in all of its parts; an ordinary file has three in each
_SEQUENCE_HEADER, _FRAMES = 1, (3, 6)


class _Bits:
    """Numbers from some bytes, one after the other, that need not fill whole bytes."""

    def __init__(self, data: bytes):
        self.data, self.position = data, 0

    def take(self, width: int) -> int:
        start, self.position = self.position, self.position + width
        end = (self.position + 7) // 8
        if end > len(self.data):
            raise ValueError("It ends too early.")
        return int.from_bytes(self.data[start // 8 : end]) >> 8 * end - self.position & (1 << width) - 1

    def take_long(self) -> int:
        """AV1's uvlc(): as many zeros as the number then has bits."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)


def still(data: bytes) -> tuple[bytes, int]:
    """The file as one picture that does not move, and how many pixels all its coded parts have. Raises ValueError.

    Nothing moves its bytes, since its table counts from the beginning. The name of its Exif goes, which says nothing
    about how to show it: an AVIF has a part for that.
    """
    kept, tables = [], []
    for name, start, end in _boxes(data):
        box = data[start:end]
        if name == b"ftyp":
            box = box.replace(b"avis", b"avif")
        elif name == b"moov":
            box = box[:4] + b"free" + box[8:]
        elif name == b"meta":
            box = box.replace(b"Exif", b"none")
            tables.append(box)
        kept.append(box)
    if len(tables) != 1 or len(tables[0]) > MAX_TABLE:
        raise ValueError("Nothing ordinary has two tables, or such a long one.")
    return b"".join(kept), sum(_pixels(data, tables[0]))


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    position = 0
    for _ in range(MAX_UNITS):
        if position >= len(data):
            return
        length = int.from_bytes(data[position : position + 4])
        if length == 1:
            length = int.from_bytes(data[position + 8 : position + 16])
        end = position + max(8, length) if length else len(data)
        yield data[position + 4 : position + 8], position, end
        position = end
    raise ValueError("It has too many boxes.")


def _pixels(data: bytes, table: bytes) -> Iterator[int]:
    """Of each frame in each coded part, also of those that would never be shown."""
    coded, count, read = _coded(table), 0, 0
    for part, pieces in _places(data, table):
        pixels, read = 0, read + sum(len(piece) for piece in pieces)
        if read > 4 * len(data):
            raise ValueError("Its parts overlap.")
        for kind, body in _units(b"".join(pieces)) if part in coded else ():
            count += 1
            if count > MAX_UNITS:
                raise ValueError("It has too many units.")
            if kind == _SEQUENCE_HEADER:
                pixels = _frame(_Bits(body))
            elif kind in _FRAMES:
                yield pixels


def _coded(table: bytes) -> set[int]:
    """The numbers of the parts that are AV1; one too many does no harm."""
    found, position = set(), table.find(b"infe")
    while position >= 0:
        wide = table[position + 4 : position + 5] == b"\3"
        number = table[position + 8 : position + (12 if wide else 10)]
        if table[position + (14 if wide else 12) :][:4] == b"av01":
            found.add(int.from_bytes(number))
        position = table.find(b"infe", position + 4)
    return found


def _places(data: bytes, table: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Each part's number and its bytes, in pieces."""
    if table.count(b"iloc") != 1 or table.count(b"idat") > 1:
        raise ValueError("It says twice where its parts are.")
    bits = _Bits(table[table.index(b"iloc") + 4 :])
    version, _ = bits.take(8), bits.take(24)
    offset, length, base, index = (8 * bits.take(4) for _ in range(4))
    inside = table[table.find(b"idat") + 4 :]
    for _ in range(bits.take(32 if version == 2 else 16)):
        number = bits.take(32 if version == 2 else 16)
        source = data if not version or bits.take(16) & 15 == 0 else inside
        _, first = bits.take(16), bits.take(base)
        pieces = []
        for _ in range(bits.take(16)):
            bits.take(index if version else 0)
            place = first + bits.take(offset)
            size = bits.take(length) or len(source)
            pieces.append(source[place : place + size])
        yield number, pieces


def _units(part: bytes) -> Iterator[tuple[int, bytes]]:
    """AV1's units: a byte of kind and flags, perhaps one more, perhaps a length, and the body."""
    position = 0
    while position < len(part):
        head = part[position]
        position += 2 if head & 4 else 1
        length = len(part) - position
        if head & 2:
            length = shift = 0
            while position < len(part) and shift < 56:
                byte, position = part[position], position + 1
                length, shift = length | (byte & 127) << shift, shift + 7
                if byte < 128:
                    break
        yield head >> 3 & 15, part[position : position + min(length, 1024)]
        position += length


def _frame(bits: _Bits) -> int:
    """The most pixels that a frame may have, from a sequence header."""
    _, _, is_reduced = bits.take(3), bits.take(1), bits.take(1)
    if is_reduced:
        bits.take(5)
    else:
        _skip_operating_points(bits)
    width, height = bits.take(4) + 1, bits.take(4) + 1
    return (bits.take(width) + 1) * (bits.take(height) + 1)


def _skip_operating_points(bits: _Bits) -> None:
    """Clocks and levels, which stand before the size of a picture that may move."""
    has_model = delay = 0
    if bits.take(1):
        bits.take(64)
        if bits.take(1):
            bits.take_long()
        if has_model := bits.take(1):
            delay = bits.take(5) + 1
            bits.take(42)
    has_delays = bits.take(1)
    for _ in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if has_model and bits.take(1):
            bits.take(2 * delay + 1)
        if has_delays and bits.take(1):
            bits.take(4)
