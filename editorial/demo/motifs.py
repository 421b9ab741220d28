"""Cut-paper scenes, and what they are made of: coloured papers, shapes, and sheets that shade what lies beneath.

Lengths are pixels of the finished picture, y grows downwards, angles are degrees clockwise from three o'clock. A narrow
card crops a picture to its middle square, so what a scene is about stays between x = 300 and x = 1300.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from itertools import product
from random import Random

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

WIDE, HIGH = 1600, 1000
MOST_BYTES = 150_000
_BOX = """
    ink 23262c night 1b2940 dusk 3a4a66 slate 65707a stone a8aba4 paper f5f0e6 cream eadfc8 sand d8c49c loam 97704c
    bark 5b4334 gold e5bd62 ochre c9953f rust bb5c38 brick 8c4236 rose dba48f sage a5b08b leaf 7f9157 moss 5d6c3e
    pine 2f4b40 mist dbe2dd sky b9cdd1 sea 6f9ca6 teal 236778 deep 143f4e fair f0d3b8 sandy e3b994 olive cf9d72
    tan ad7850 brown 86583c dark 6b4732 black 29242a chestnut 4a342b hazel 7d573b straw c39a5c grey 9b9a96
""".split()
PAPERS = {name: f"#{code}" for name, code in zip(_BOX[::2], _BOX[1::2], strict=True)}

Shape = Sequence[tuple[float, float]]


class Sheet:
    """A sheet that others are laid on. The same seed lays them the same way."""

    def __init__(self, size: tuple[int, int], seed: str, fine: int = 2):
        self.rng = Random(seed)  # noqa: S311 (it composes pictures and guards nothing)
        self.image = Image.new("RGB", size, PAPERS["paper"])
        self.fine, self.is_mirrored = fine, False

    def ground(self, colour: str) -> None:
        self.image.paste(PAPERS.get(colour, colour), (0, 0, *self.image.size))

    def cut(self, colour: str, *shapes: Shape, lift: float = 5, sheer: float = 1, holes: Sequence[Shape] = ()) -> None:
        """Lay shapes of one colour. A lift of 0 lies flat and casts no shadow; a sheer below 1 lets light through."""
        for shape in shapes:
            self._lay(colour, [self._by_hand(shape) if lift else shape, *holes], lift, sheer)

    def jpeg(self) -> bytes:
        """The picture as JPEG of quality 82, or as much less as brings a busy one under 150 kB."""
        picture = ImageChops.add(self.image, _tooth(self.image.size), offset=-128)
        for quality in (82, 76, 70, 64):
            out = BytesIO()
            picture.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() < MOST_BYTES:
                break
        return out.getvalue()

    def _lay(self, colour: str, outlines: list[Shape], lift: float, sheer: float) -> None:
        """A shape and its holes, drawn `fine` times as large in the room it needs, then reduced for a smooth edge."""
        if self.is_mirrored:
            outlines = [[(self.image.width - x, y) for x, y in outline] for outline in outlines]
        left, top, right, bottom = self._bounds(outlines[0], margin=int(2.5 * lift) + 1)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", ((right - left) * self.fine, (bottom - top) * self.fine))
        for at, outline in enumerate(outlines):
            points = [((x - left) * self.fine, (y - top) * self.fine) for x, y in outline]
            ImageDraw.Draw(mask).polygon(points, fill=0 if at else round(255 * sheer))
        mask = mask.reduce(self.fine)
        if lift:
            self._shade(mask, left, top, lift)
        self.image.paste(PAPERS.get(colour, colour), (left, top), mask)

    def _by_hand(self, shape: Shape) -> Shape:
        """Corners a hair off true, as scissors leave them; curves stay smooth."""
        if len(shape) > 8:
            return shape
        return [(x + self.rng.uniform(-1.5, 1.5), y + self.rng.uniform(-1.5, 1.5)) for x, y in shape]

    def _bounds(self, shape: Shape, margin: int) -> tuple[int, int, int, int]:
        xs, ys = zip(*shape, strict=True)
        width, height = self.image.size
        left, top = max(0, int(min(xs)) - margin), max(0, int(min(ys)) - margin)
        return left, top, min(width, int(max(xs)) + margin), min(height, int(max(ys)) + margin)

    def _shade(self, mask: Image.Image, left: int, top: int, lift: float) -> None:
        """The soft shadow of a lifted shape, worked out at a quarter of the size because it is blurred anyway."""
        soft = mask.reduce(4).filter(ImageFilter.BoxBlur(lift / 4)).resize(mask.size, Image.Resampling.BILINEAR)
        self.image.paste("#171a26", (left + round(lift * 0.4), top + round(lift * 0.8)), soft.point(_FAINT))


_FAINT = [round(value * 0.3) for value in range(256)]


@lru_cache(maxsize=2)
def _tooth(size: tuple[int, int]) -> Image.Image:
    """The unevenness of paper as grey around 128: a slow mottle and a faint weave, the same for every picture."""
    rng, across = Random("paper"), (size[0] // 3, size[1] // 3)  # noqa: S311
    slow = Image.frombytes("L", (64, 40), rng.randbytes(2560)).resize(across, Image.Resampling.BICUBIC)
    fine = Image.frombytes("L", across, rng.randbytes(across[0] * across[1]))
    grain = Image.blend(slow, fine, 0.55).point([round(128 + (value - 128) * 0.05) for value in range(256)])
    return Image.merge("RGB", [grain.resize(size, Image.Resampling.BILINEAR)] * 3)


def mix(one: str, other: str, share: float) -> str:
    pairs = zip(*(ImageColor.getrgb(PAPERS.get(colour, colour)) for colour in (one, other)), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + (b - a) * share) for a, b in pairs))


def box(x: float, y: float, width: float, height: float) -> Shape:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def disc(x: float, y: float, r: float, tall: float | None = None, start: float = 0, stop: float = 360) -> Shape:
    """A disc, an ellipse, or the part of one between two angles."""
    tall = r if tall is None else tall
    angles = [math.radians(start + (stop - start) * step / 60) for step in range(61)]
    return [(x + r * math.cos(angle), y + tall * math.sin(angle)) for angle in angles]


def turned(shape: Shape, degrees: float, x: float = WIDE / 2, y: float = HIGH / 2) -> Shape:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(x + (a - x) * c - (b - y) * s, y + (a - x) * s + (b - y) * c) for a, b in shape]


def ribbon(line: Shape, width: float, end: float | None = None) -> Shape:
    """A line with a width, which may grow or shrink to another by its end."""
    one, other = [], []
    for at, (x, y) in enumerate(line):
        (ax, ay), (bx, by) = line[max(at - 1, 0)], line[min(at + 1, len(line) - 1)]
        length = math.hypot(bx - ax, by - ay) or 1
        half = (width + ((width if end is None else end) - width) * at / (len(line) - 1)) / 2
        dx, dy = -(by - ay) / length * half, (bx - ax) / length * half
        one.append((x + dx, y + dy))
        other.append((x - dx, y - dy))
    return [*one, *reversed(other)]


def arc(x: float, y: float, r: float, start: float, stop: float, width: float) -> Shape:
    return ribbon(disc(x, y, r, start=start, stop=stop), width)


def waves(y: float, height: float, length: float, shift: float, deep: float = 260) -> Shape:
    """Ground or water from edge to edge: a wavy upper edge at about y, and a straight lower one `deep` below it."""
    edge = [(x, crest(x, y, height, length, shift)) for x in range(-40, WIDE + 60, 20)]
    return [*edge, (WIDE + 40, y + deep), (-40, y + deep)]


def crest(x: float, y: float, height: float, length: float, shift: float) -> float:
    """How high the upper edge of waves stands at x."""
    return y + height * math.sin((x + shift) * math.tau / length)


def harbour(s: Sheet) -> None:
    """A ship passes between two leading lights."""
    x, far = 530 + s.rng.uniform(-60, 60), s.rng.choice(("sage", "rose", "slate"))
    s.ground({"sage": "mist", "rose": "cream", "slate": "sky"}[far])
    s.cut(mix("gold", "cream", 0.6), disc(s.rng.choice((330, 640, 1130)), 330, 150), lift=0)
    s.cut(far, [(-20, 640), (-20, 380), (250, 240 + x / 8), (620, 640)], [(1620, 640), (1400, 370), (1000, 640)])
    s.cut(mix("sky", "sea", 0.3), waves(520, 9, 420, x * 4))
    for light in (345, 1255):
        s.cut("dusk", box(light - 9, 380, 18, 230))
        s.cut("gold", [(light - 75, 420), (light + 75, 420), (light, 265)])
        s.cut("paper", disc(light, 372, 20), lift=2)
    s.cut("rust", box(x + 372, 280, 52, 80))
    s.cut("paper", box(x + 330, 350, 130, 190), box(x + 300, 420, 190, 120))
    s.cut("slate", *(box(x + 318 + i * 36, 440, 18, 22) for i in range(5)), lift=0)
    s.cut(s.rng.choice(("ochre", "rose")), *(box(x + 70 + i * 74, 466, 62, 70) for i in range(s.rng.choice((2, 3)))))
    s.cut(
        s.rng.choice(("ink", "night", "bark")),
        [(x - 40, 510), (x + 70, 530), (x + 560, 530), (x + 520, 680), (x + 50, 680)],
    )
    for i, colour in enumerate(("sea", mix("sea", "teal", 0.5), "teal", "deep")):
        s.cut(colour, waves(655 + i * 88, 11 + i * 2, 300 + i * 50, s.rng.uniform(0, 600), 140))


def road(s: Sheet) -> None:
    """It goes by, and one small bench stands at its edge."""
    lean, x = -s.rng.uniform(22, 33), 700 + s.rng.uniform(-60, 120)
    verge, beyond = s.rng.choice((("sage", "leaf"), ("sand", "ochre"), ("sky", "sea")))
    s.ground(mix(verge, "paper", 0.4))
    s.cut(verge, turned(box(-500, -600, 2600, 900), lean), lift=3)
    s.cut(beyond, turned(box(-500, -700, 2600, 700), lean), lift=4)
    s.cut("paper", turned(box(-500, 330, 2600, 330), lean), lift=4)
    s.cut("slate", turned(box(-500, 390, 2600, 300), lean), lift=1)
    s.cut("paper", *(turned(box(x + at, 533, 120, 14), lean) for at in range(-1330, 1300, 190)), lift=0)
    s.cut("rust", turned(box(x, 278, 190, 62), lean), lift=9)
    s.cut(mix("rust", "ink", 0.35), *(turned(box(x, y, 190, 6), lean) for y in (298, 318)), lift=0)


def field(s: Sheet) -> None:
    """Allotments from above: strips, some divided again, one bare."""
    s.ground("cream")
    lean, bare, crops = s.rng.uniform(-7, 7), s.rng.randrange(4, 9), ("leaf", "moss", "sage", "loam", "pine", "bark")
    for i, j in product(range(15), range(3)):
        x, y, parts = -160 + i * 128, -150 + j * 415, 1 if (i, j) == (bare, 1) else s.rng.choice((1, 1, 1, 4))
        for k in range(parts):
            colour = "sand" if (i, j) == (bare, 1) else s.rng.choice(crops)
            s.cut(colour, turned(box(x, y + k * 385 / parts, 112, 385 / parts - 10 * (parts > 1)), lean), lift=4)
        if parts == 1 and (i + j) % 2 and i != bare:
            s.cut("cream", *(turned(box(x + at, y + 20, 12, 345), lean) for at in (16, 46, 76)), lift=0, sheer=0.3)


def books(s: Sheet) -> None:
    """A shelf of them, and sound rising off it."""
    middle, wide, beat = s.rng.uniform(620, 980), s.rng.uniform(300, 400), s.rng.uniform(170, 230)
    s.ground("mist")
    s.cut(mix("gold", "mist", 0.65), disc(middle, 640, 470), lift=0)
    for i, colour in enumerate(("sea", "teal", "ochre", "rust", "moss")):
        swell = [(x, (150 - i * 24) * math.exp(-(((x - middle) / wide) ** 2))) for x in range(-20, WIDE + 40, 12)]
        line = [(x, 190 + i * 52 - high * math.cos((x - middle) * math.tau / beat)) for x, high in swell]
        s.cut(colour, ribbon(line, 14), lift=4)
    x, colours = -40.0, ["pine", "moss", "brick", "rust", "cream", "leaf", "ochre"]
    while x < WIDE:
        spine, high, tilt = s.rng.choice((44, 56, 68, 84)), s.rng.choice((250, 290, 320, 360)), s.rng.choice((0, 0, 9))
        x += high * tilt / 110
        s.rng.shuffle(colours)
        bands = (box(x + 8, 820 - high + at, spine - 16, 11) for at in (34, 54, high - 46))
        s.cut(colours[0], turned(box(x, 820 - high, spine, high), tilt, x + spine, 820))
        pale = mix(colours[0], "ink" if colours[0] == "cream" else "cream", 0.55)
        s.cut(pale, *(turned(band, tilt, x + spine, 820) for band in bands), lift=0)
        x += spine + 3 + high * tilt / 110
    s.cut("bark", box(-20, 820, WIDE + 40, 240), lift=8)
    s.cut("loam", box(-20, 820, WIDE + 40, 46), lift=0)


def night(s: Sheet) -> None:
    """Who is awake shows in the windows, under half a moon."""
    x = s.rng.choice((480, 800, 1120))
    s.ground(mix("dusk", "slate", 0.35))
    s.cut(mix("dusk", "slate", 0.6), disc(x, 230, 205), lift=0)
    s.cut("cream", turned(disc(x, 230, 115, start=90, stop=270), s.rng.uniform(10, 40), x, 230))
    rows = [(mix("dusk", "night", near), mix("gold", "dusk", 0.5 - near / 2)) for near in (0.3, 0.7, 1)]
    _skyline(s, rows, shares=(0.25, 0.4, 0.6))


def city(s: Sheet) -> None:
    """The same kind of street by day."""
    s.ground("mist")
    s.cut("cream", disc(s.rng.uniform(420, 1150), 270, 150), lift=0)
    colours = s.rng.sample(("rose", "ochre", "sage", "stone", "sand"), 2)
    _skyline(s, [("sky", "mist"), (colours[0], "paper"), (colours[1], "dusk")], shares=(1,))
    for x in range(90, WIDE, 290):
        s.cut("bark", box(x - 8, 820, 16, 110))
        s.cut(s.rng.choice(("moss", "pine", "leaf")), disc(x, 800, 62, s.rng.uniform(70, 95)))
    s.cut("slate", box(-20, 920, WIDE + 40, 100))


def _skyline(s: Sheet, rows: list[tuple[str, str]], shares: tuple[float, ...]) -> None:
    """Rows of blocks, the nearest last, each of a colour and, in a share of their windows, of another."""
    for depth, (colour, light) in enumerate(rows):
        x = -30 - 60 * depth
        while x < WIDE:
            width, roof = s.rng.choice((150, 196, 242)), 390 + 120 * depth + s.rng.randrange(0, 140, 46)
            s.cut(colour, box(x, roof, width, HIGH - roof + 20), lift=7)
            panes = product(range(x + 28, x + width - 30, 46), range(roof + 34, HIGH - 90, 62))
            share = s.rng.choice(shares)
            s.cut(light, *(box(a, b, 22, 28) for a, b in panes if s.rng.random() < share), lift=0)
            x += width + s.rng.choice((4, 4, 34))


def clock(s: Sheet) -> None:
    """Twenty past three, at the end of a dark corridor."""
    x, y, far = 800 + s.rng.uniform(-40, 40), 490, s.rng.choice(("teal", "slate", "dusk", "moss"))
    for k in (1, 0.8, 0.64, 0.51, 0.41):
        colour = mix(far, "ink", k**0.7)
        s.cut(mix(colour, "mist", 0.2), box(x - x * k, y - y * k, WIDE * k, HIGH * k), lift=0)
        s.cut(colour, box(x - x * k + 4 * k, y - y * k + 4 * k, (WIDE - 8) * k, (HIGH - 8) * k), lift=0)
    s.cut("ochre", disc(x, y, 249), lift=12)
    s.cut("paper", disc(x, y, 225), lift=3)
    for hour in range(12):
        s.cut("dusk", turned(box(x - 6, y - 207, 12, 24 if hour % 3 else 46), hour * 30, x, y), lift=0)
    for wide, long, degrees in ((12, 118, 100), (9, 178, 120)):
        hand = [(x - wide, y + 34), (x + wide, y + 34), (x + 6, y - long), (x - 6, y - long)]
        s.cut("ink", turned(hand, degrees, x, y), lift=4)
    s.cut("rust", disc(x, y, 17), lift=3)


def voices(s: Sheet) -> None:
    """Sound on either side, and a wide quiet between."""
    s.ground(mix(s.rng.choice(("sage", "sky", "sand")), "mist", 0.4))
    sides = (0, ["rust", "ochre", "rose", "brick", "gold"]), (WIDE, ["teal", "sea", "deep", "dusk", "moss"])
    for (x, colours), group, i in product(sides, range(3), range(5)):
        if i == group == 0:
            s.rng.shuffle(colours)
        r, turn = 110 + i * 88 - group % 2 * 30, 180 if x else 0
        spread = math.degrees(math.asin(min(0.97, 138 / r)))
        s.cut(colours[(i + group) % 5], arc(x, 170 + group * 330, r, turn - spread, turn + spread, 36), lift=4)
    s.cut("cream", box(560, -20, 480, 1040), lift=9)
    s.cut("paper", box(620, -20, 360, 1040), lift=4)


def ledger(s: Sheet) -> None:
    """A ruled page on which one column carries most, and a bus at its foot."""
    heavy, lean = s.rng.randrange(2, 5), s.rng.uniform(-2, 2)
    s.ground(s.rng.choice(("deep", "teal", "pine")))
    s.cut("cream", turned(box(90, 60, 1420, 1000), lean), lift=10)
    s.cut("paper", turned(box(120, 40, 1390, 1000), lean * 0.4), lift=6)
    s.cut("sky", *(box(150, 150 + i * 62, 1330, 3) for i in range(12)), lift=0)
    for column, x in enumerate(range(172, 1460, 184)):
        tones, many, widths = ("sand", "mist", "cream", "sky"), s.rng.randrange(2, 5), (70, 100, 130)
        if column == heavy:
            tones, many, widths = ("rust", "brick", "ochre", "rust"), 11, (150, 150, 150)
        s.cut("rose", box(x - 16, 90, 4, 790), lift=0)
        for y in range(784, 784 - 62 * many, -62):
            s.cut(s.rng.choice(tones), box(x, y, s.rng.choice(widths), 50), lift=4)
    x = 142 + heavy * 184
    s.cut("ochre", box(x, 850, 210, 92), lift=7)
    s.cut("deep", *(box(x + 16 + i * 46, 866, 36, 32) for i in range(4)), lift=0)
    s.cut("ink", disc(x + 48, 944, 23), disc(x + 162, 944, 23))


def bees(s: Sheet) -> None:
    """In winter: a warm knot of cells in a cold field."""
    x, y = 800 + s.rng.uniform(-60, 60), 500 + s.rng.uniform(-25, 25)
    s.ground("sea")
    cells = [(col * 125 + row % 2 * 62, row * 108) for row in range(11) for col in range(14)]
    for a, b in sorted(cells, key=lambda cell: -math.dist(cell, (x, y))):
        tones = ("sky", "mist", "paper", "mist", mix("sky", "sea", 0.5))
        if is_warm := math.dist((a, b), (x, y)) < 290 + s.rng.uniform(-25, 25):
            tones = ("gold", "gold", "ochre", "ochre", mix("ochre", "rust", 0.35))
        cell = [(a + 67 * math.sin(math.tau * k / 6), b + 67 * math.cos(math.tau * k / 6)) for k in range(6)]
        s.cut(s.rng.choice(tones), cell, lift=7 if is_warm else 2)


def river(s: Sheet) -> None:
    """Its mouth at low water: channels part and meet across the sand."""
    s.ground("mist")
    s.cut(mix("slate", "mist", 0.3), waves(180, 16, 900, s.rng.uniform(0, 900), 100), lift=3)
    for i, colour in enumerate(("stone", "sand", mix("sand", "stone", 0.5), "cream", "sand", "stone", "cream")):
        s.cut(colour, waves(235 + i * 112, 8, s.rng.uniform(700, 1200), s.rng.uniform(0, 900), 150), lift=3)
    phase, down = s.rng.uniform(0, 6), [step / 60 for step in range(61)]
    for i, colour in enumerate(("sea", "sky", mix("sky", "sea", 0.4), "mist", "sky")):
        sway = [math.sin(v * 7.5 + i * 2.2 + phase) * (40 + 190 * v) for v in down]
        line = [(620 + 260 * v + (i - 2) * 250 * v**1.3 + x, 225 + 900 * v) for v, x in zip(down, sway, strict=True)]
        s.cut(colour, ribbon(line, 12, 95 + i % 2 * 40), lift=3)


def kitchen(s: Sheet) -> None:
    """A kettle, a bowl of fruit, and a window."""
    wall, kettle = s.rng.choice((("sage", "rust"), ("sky", "ochre"), ("rose", "teal")))
    x, fruit = s.rng.uniform(880, 1000), s.rng.uniform(460, 560)
    s.ground(mix(wall, "paper", 0.35))
    s.cut("paper", box(400, 90, 430, 460), lift=7)
    s.cut("sky", box(428, 118, 374, 404), lift=0)
    s.cut("leaf", [(428, 522), (428, 450), (590, 390), (802, 470), (802, 522)], lift=0)
    s.cut("gold", disc(s.rng.uniform(500, 700), 230, 62), lift=0)
    s.cut("paper", box(606, 100, 18, 440), box(415, 310, 400, 18), lift=3)
    s.cut("bark", box(-20, 780, WIDE + 40, 280), lift=9)
    s.cut("loam", box(-20, 780, WIDE + 40, 36), lift=0)
    s.cut("ink", disc(x, 600, 128, 150), disc(x, 540, 20), holes=[disc(x, 600, 100, 122)])
    s.cut(kettle, [(x - 110, 680), (x - 215, 585), (x - 178, 580), (x - 90, 620)])
    s.cut(kettle, [*disc(x, 650, 150, 110, 180, 360), (x + 170, 792), (x - 170, 792)], lift=8)
    s.cut("gold", disc(fruit - 62, 684, 48), disc(fruit + 62, 684, 48), lift=3)
    s.cut("rust", disc(fruit, 666, 52), lift=3)
    s.cut("cream", disc(fruit, 700, 150, 105, 0, 180), lift=7)


def machine(s: Sheet) -> None:
    """A pair of scissors, and its mirror image for the other hand."""
    spread, cool = s.rng.uniform(13, 19), s.rng.choice((("deep", "sea"), ("teal", "dusk")))
    s.ground(s.rng.choice(("cream", "sand", "stone")))
    s.cut(s.rng.choice(("mist", "sky", "paper")), box(800, -20, 820, 1040), lift=8)
    for x, hand, tones in ((500, 1, s.rng.choice((("rust", "ochre"), ("brick", "rose")))), (1100, -1, cool)):
        for way, colour in zip((hand, -hand), tones, strict=True):
            blade = [(x - 50 * way, 670), (x + 38 * way, 670), (x + 44 * way, 530), (x + 2 * way, 60)]
            grip, tilt = (x - 38 * way, 835), spread * way
            s.cut(colour, turned(blade, tilt, x, 600), lift=8)
            s.cut(mix(colour, "paper", 0.3), turned([(x + 38 * way, 600), *blade[2:]], tilt, x, 600), lift=0)
            s.cut(mix(colour, "ink", 0.15), turned(box(x - 34 - 16 * way, 646, 68, 90), tilt, x, 600))
            hole = turned(disc(*grip, 52, 88), tilt, x, 600)
            s.cut(mix(colour, "ink", 0.15), turned(disc(*grip, 90, 128), tilt, x, 600), lift=8, holes=[hole])
        s.cut("cream", disc(x, 600, 20), lift=4)


def hills(s: Sheet) -> None:
    """Behind each other, with a stand of trees and a house with its light on."""
    warm, cool = (mix("rose", "cream", 0.4), "rose", "ochre", "loam", "bark"), ("sky", "sea", "teal", "deep", "night")
    colours = s.rng.choice((("sky", "sage", "leaf", "moss", "pine"), warm, cool))
    s.ground("cream")
    s.cut(mix("gold", "cream", 0.35), disc(s.rng.uniform(420, 1150), 290, 140), lift=0)
    for i, colour in enumerate(colours):
        hill = 370 + i * 125, 75 - i * 8, s.rng.uniform(900, 1300), s.rng.uniform(0, 1300)
        for x in (840 + n * 60 + s.rng.uniform(-12, 12) for n in range(9 if i == 3 else 0)):
            y = crest(x, *hill)
            s.cut(colours[4], [(x - 40, y + 40), (x + 40, y + 40), (x, y - s.rng.uniform(110, 190))], lift=4)
        if i == 2:
            x, y = 640, crest(640, *hill)
            s.cut("paper", box(x - 50, y - 76, 100, 120))
            s.cut("brick", [(x - 66, y - 72), (x + 66, y - 72), (x, y - 142)])
            s.cut("gold", box(x - 14, y - 54, 28, 36), lift=0)
        s.cut(colour, waves(*hill, deep=420), lift=7)


_ALL = (harbour, road, field, books, night, clock, voices, ledger, bees, city, river, kitchen, machine, hills)
SCENES = {scene.__name__: scene for scene in _ALL}
MAY_MIRROR = (harbour, road, field, city, river, kitchen, hills)
