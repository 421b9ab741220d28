"""Scenes out of doors that particular pieces of the demo describe: harbours, fields, roads, and insects."""

import math

from editorial.demo.motifs import WIDE, Sheet, arc, box, disc, mix, ribbon, turned, waves


def fog(s: Sheet) -> None:
    """A signal sounds from the end of a breakwater."""
    s.is_mirrored = s.rng.random() < 0.5
    s.ground("mist")
    for i in range(4):
        s.cut(mix("mist", "slate", 0.16 + i * 0.13), waves(150 + i * 130, 6, 900, s.rng.uniform(0, 900), 200), lift=2)
    x, y = 640 + s.rng.uniform(-110, 80), 420
    s.cut("paper", *(arc(x, y, 130 + i * 105, -70, 80, 30 - i * 3) for i in range(8)), lift=2, sheer=0.85)
    s.cut("slate", waves(690, 8, 520, s.rng.uniform(0, 500), 180))
    s.cut("paper", [(x - 46, 640), (x + 46, 640), (x + 32, 450), (x - 32, 450)])
    s.cut("rust", [(x - 42, 570), (x + 42, 570), (x + 38, 515), (x - 38, 515)], lift=0)
    s.cut("ink", box(x - 44, 440, 88, 16), box(x - 24, 398, 48, 44), [(x - 40, 400), (x + 40, 400), (x, 356)])
    for i, left in enumerate(range(int(x) - 55, -200, -175)):
        s.cut(("night", "ink")[i % 2], box(left, 630 - i % 3 * 16, 172, 300), lift=4)
    s.cut("night", [(x - 60, 690), (x + 100, 690), (x + 190, 900), (x - 60, 900)])
    s.cut(mix("slate", "deep", 0.55), waves(800, 10, 380, s.rng.uniform(0, 400), 150))
    s.cut("deep", waves(910, 12, 460, s.rng.uniform(0, 400)))


def watch(s: Sheet) -> None:
    """From a block on a hill, three lines go down to a ship."""
    s.is_mirrored = s.rng.random() < 0.5
    s.ground("mist")
    s.cut("cream", disc(s.rng.uniform(380, 640), 250, 120), lift=0)
    for i, colour in enumerate(("sky", "sea")):
        s.cut(colour, waves(430 + i * 130, 8 + i * 2, 360 + i * 60, s.rng.uniform(0, 600), 300))
    x, y = 360 + s.rng.uniform(-50, 60), 640
    s.cut("sage", disc(1560, 1040, 800, 640))
    s.cut("leaf", disc(1400, 1080, 720, 620))
    s.cut("ink", box(1060, 340, 190, 150), box(1035, 325, 240, 20))
    s.cut("gold", *(box(1075 + i * 58, 368, 46, 42) for i in range(3)), lift=0)
    s.cut("paper", *(ribbon([(1054, 385 + i * 14), (x + end, y)], 6) for i, end in enumerate((10, 150, 300))), lift=3)
    s.cut("moss", disc(1600, 1160, 820, 600))
    s.cut("paper", box(x + 190, y - 95, 80, 100))
    s.cut("rust", [(x - 60, y - 20), (x + 340, y - 20), (x + 300, y + 90), (x + 20, y + 90)])
    for i, colour in enumerate((mix("sea", "teal", 0.6), "teal", "deep")):
        s.cut(colour, waves(y + 60 + i * 105, 10, 330 + i * 60, s.rng.uniform(0, 300), 150))


def strata(s: Sheet, top: float, colours: tuple[str, ...]) -> None:
    """Layers of soil with stones in them, each layer darker or paler than its neighbour."""
    y = top
    for colour in colours:
        deep = s.rng.uniform(95, 175)
        s.cut(colour, waves(y, s.rng.uniform(6, 18), s.rng.uniform(500, 1100), s.rng.uniform(0, 900), 260))
        spots = [(s.rng.uniform(0, WIDE), y + s.rng.uniform(45, deep), s.rng.uniform(7, 24)) for _ in range(9)]
        s.cut(mix(colour, "bark", 0.3), *(disc(a, b, r, r * 0.62) for a, b, r in spots), lift=2)
        y += deep


def soil(s: Sheet) -> None:
    """Rain goes down through the layers of a field."""
    s.ground("mist")
    s.cut("sky", waves(110, 12, 900, s.rng.uniform(0, 900), 200), lift=0)
    layers = s.rng.choice(
        (
            ("bark", "loam", "ochre", "loam", "sand", "ochre", "bark"),
            ("loam", "bark", "loam", "sand", "ochre", "loam", "bark"),
        )
    )
    strata(s, 300, layers)
    blue = mix("sea", "sky", 0.35)
    s.cut(
        "leaf", *([(x, 300), (x + 12, 225 - s.rng.uniform(0, 40)), (x + 26, 300)] for x in range(-20, WIDE, 27)), lift=3
    )
    s.cut("moss", waves(278, 7, 640, s.rng.uniform(0, 600), 50))
    for x in range(80, WIDE, 105):
        a, end = x + s.rng.uniform(-30, 30), s.rng.uniform(480, 930)
        s.cut(
            "sea",
            *(ribbon([(b, c), (b - 10, c + 44)], 4) for b, c in ((a, 20 + 7 * a % 90), (a + 48, 110 + 5 * a % 80))),
            lift=0,
        )
        s.cut(blue, ribbon([(a, 285), (a + 3, end - 120), (a, end)], 8, 2), lift=2)
        for side in (-1, 1):
            y = s.rng.uniform(360, end - 90)
            s.cut(blue, ribbon([(a, y), (a + side * 16, y + 34), (a + side * 20, y + 95)], 6, 2), lift=2)


def worms(s: Sheet) -> None:
    """What earthworms leave: fine shafts down through the layers."""
    s.ground("ochre")
    strata(s, 90, ("loam", "sand", "ochre", "bark", "loam", mix("ochre", "sand", 0.5), "bark"))
    x = 70.0
    while x < WIDE - 60:
        end = s.rng.choice((420, 560, 690, 860)) + s.rng.uniform(-40, 40)
        line = [(x + 9 * math.sin(y / 60 + x), y) for y in range(-10, int(end), 14)]
        s.cut(s.rng.choice(("paper", "cream", "cream", "rose")), ribbon(line, 12, 6), lift=3)
        x += s.rng.choice((46, 70, 130, 190))


def pavement(s: Sheet) -> None:
    """The carriageway has the width; the pavement has the things."""
    s.is_mirrored = s.rng.random() < 0.5
    lean, x = s.rng.uniform(-9, -5), -120.0
    s.ground("sand")
    while x < WIDE + 100:
        width = s.rng.choice((180, 240, 300))
        s.cut(s.rng.choice(("dusk", "night", "slate")), turned(box(x, -200, width - 12, 400), lean), lift=6)
        x += width
    s.cut("paper", turned(box(-200, 230, 2000, 130), lean), lift=2)
    s.cut("stone", turned(box(-200, 360, 2000, 24), lean))
    for i in range(4):
        s.cut(mix("slate", "stone", 0.12 + 0.2 * (i % 2)), turned(box(-200, 384 + i * 200, 2000, 202), lean), lift=0)
    s.cut("paper", *(turned(box(x, 578, 110, 12), lean) for x in range(-100, 1700, 220)), lift=0)
    s.cut("gold", turned(box(-200, 780, 2000, 10), lean), lift=0)
    for x in range(100, 1550, 145):
        wide, across = s.rng.choice((46, 70, 96)), s.rng.choice((58, 74, 90))
        colour = s.rng.choice(("rust", "teal", "ochre", "moss", "brick"))
        s.cut(colour, turned(box(x + s.rng.uniform(-30, 40), 340 - across, wide, across), lean), lift=7)


def lane(s: Sheet) -> None:
    """A lane winds away to a point, and something small waits at its edge."""
    s.is_mirrored = s.rng.random() < 0.5
    swing, horizon = s.rng.uniform(190, 250), 370

    def at(u: float) -> tuple[float, float, float]:
        """The middle of the lane, its height and half its width, from the horizon (0) to the reader (1)."""
        return 800 + swing * math.sin(9.5 * u**0.6) * u**0.5, horizon + 640 * u**1.2, 1 + 210 * u**1.4

    s.ground("cream")
    s.cut(mix("gold", "cream", 0.4), disc(800, horizon + 20, 270), lift=0)
    s.cut(mix("sage", "mist", 0.4), waves(horizon - 30, 16, 1100, s.rng.uniform(0, 900)), lift=3)
    s.cut("sage", waves(horizon, 3, 900, 0, 700), lift=3)
    line = [at(step / 60) for step in range(61)]
    s.cut("paper", [(x - half, y) for x, y, half in line] + [(x + half, y) for x, y, half in reversed(line)], lift=3)
    for u in (0.08, 0.19, 0.34, 0.54, 0.78, 1.0):
        x, y, half = at(u)
        wide = 40 + 230 * u
        behind, _, narrow = at(u - 0.07 - 0.06 * u)
        edges = {-1: min(x - half, behind - narrow), 1: max(x + half, behind + narrow)}
        for side, n in ((side, n) for side in edges for n in range(10)):
            left = edges[side] + side * (16 + 40 * u + wide * 1.25 * n) - (wide if side < 0 else 0)
            tall = (40 + 130 * u) * s.rng.uniform(0.7, 1.1)
            s.cut(s.rng.choice(("pine", "dusk", "night")), box(left, y - tall, wide, tall), lift=2 + 6 * u)
    s.cut("rust", disc(832, horizon - 4, 24), lift=4)


def bee(s: Sheet, x: float, y: float, size: float, tilt: float) -> None:
    """A striped oval with two pale wings, `size` long."""
    for wing in (-125, -75):
        blade = disc(x, y - size * 0.42, size * 0.16, size * 0.34)
        s.cut("paper", turned(turned(blade, wing + 100, x, y), tilt, x, y), lift=2, sheer=0.9)
    s.cut("gold", turned(disc(x, y, size * 0.5, size * 0.3), tilt, x, y), lift=4)
    for at in (-0.18, 0.02, 0.22):
        half = size * 0.3 * math.sqrt(1 - (at / 0.5) ** 2)
        s.cut("ink", turned(box(x + size * (at - 0.045), y - half, size * 0.09, 2 * half), tilt, x, y), lift=0)
    s.cut("ink", turned(disc(x + size * 0.46, y, size * 0.13), tilt, x, y), lift=2)


def hedge(s: Sheet) -> None:
    """An untidy hedge in flower, and bees at it."""
    s.is_mirrored = s.rng.random() < 0.5
    s.ground("mist")
    s.cut("cream", disc(s.rng.uniform(400, 1200), 250, 170), lift=0)
    s.cut(mix("sage", "mist", 0.4), waves(400, 20, 1300, s.rng.uniform(0, 900), 400), lift=3)
    s.cut("moss", waves(500, 20, 1300, s.rng.uniform(0, 900), 440), lift=0)
    for row in range(7):
        y, green = 410 + row * 72, (("sage", "leaf"), ("leaf", "moss"), ("moss", "pine"))[min(row // 2, 2)]
        for x in range(-60, WIDE + 60, 74):
            wide, tall = s.rng.uniform(90, 130), s.rng.uniform(110, 170)
            at = x + row % 2 * 37 + s.rng.uniform(-12, 12)
            s.cut(s.rng.choice(green), [(at - wide / 2, y + 80), (at + wide / 2, y + 80), (at, y + 80 - tall)], lift=3)
        for x in range(-20, WIDE, 160):
            at, k = x + s.rng.uniform(0, 140), s.rng.uniform(22, 40)
            s.cut(
                "paper",
                turned([(at - k, y + k), (at + k, y + k), (at, y - k * 0.7)], s.rng.uniform(-40, 40), at, y),
                lift=3,
            )
    s.cut("sand", waves(915, 8, 800, s.rng.uniform(0, 800), 200))
    for i in range(8):
        bee(
            s,
            190 + i * 175 + s.rng.uniform(-50, 50),
            s.rng.uniform(210, 760),
            s.rng.uniform(84, 124),
            s.rng.uniform(-30, 20),
        )


def wasp(s: Sheet, x: float, y: float, size: float, tilt: float) -> None:
    """A striped wedge that flies the way its wide end points."""
    for wing in (-0.42, 0.42):
        s.cut(
            "paper",
            turned(disc(x + size * 0.1, y + size * wing, size * 0.1, size * 0.34), tilt + wing * 70, x, y),
            lift=2,
            sheer=0.9,
        )
    for band in range(6):
        a, b = (0.5 - n / 6 for n in (band, band + 1))
        wedge = [(x + size * n, y + size * 0.3 * (n + 0.5) * way) for n, way in ((a, -1), (a, 1), (b, 1), (b, -1))]
        s.cut(("gold", "ink")[band % 2], turned(wedge, tilt, x, y), lift=3)
    s.cut("ink", turned(disc(x + size * 0.54, y, size * 0.16), tilt, x, y), lift=3)


def wasps(s: Sheet) -> None:
    """Wasps about a paper nest."""
    s.ground(mix("sage", "cream", 0.45))
    x, y = 800 + s.rng.uniform(-80, 80), 520
    s.cut(mix("sage", "cream", 0.15), disc(x, y, 440), lift=2)
    s.cut("bark", turned(box(-50, 110, 1700, 50), s.rng.uniform(-4, 4)), box(x - 22, 140, 44, 160))
    s.cut(mix("stone", "slate", 0.3), disc(x, y - 262, 150, 74, 180, 360), lift=4)
    for row in range(12, -1, -1):
        up = -270 + row * 43
        half = math.sqrt(270**2 - min(abs(up + 20), 269) ** 2)
        count = max(1, round(half / 46))
        for n in range(-count, count + 1):
            if abs(at := (n + row % 2 * 0.5) * half / count) <= half + 4:
                grey = s.rng.choice(
                    ("stone", mix("stone", "paper", 0.35), mix("stone", "cream", 0.6), mix("stone", "slate", 0.3))
                )
                s.cut(grey, disc(x + at * 0.86, y + up, 56, 50, start=0, stop=180), lift=3)
    s.cut("ink", disc(x + 60, y + 150, 40, 34), lift=0)
    for i in range(8):
        angle = i * 45 + 22 + s.rng.uniform(-9, 9)
        away = s.rng.uniform(370, 410)
        at, down = x + 1.2 * away * math.cos(math.radians(angle)), y + away * math.sin(math.radians(angle))
        wasp(s, at, down, s.rng.uniform(120, 150), angle + 90)


# The opening of a headline, and the scene its alternative text describes.
SCENES = {
    "fog": fog,
    "watch": watch,
    "soil": soil,
    "worms": worms,
    "pavement": pavement,
    "lane": lane,
    "hedge": hedge,
    "wasps": wasps,
}
