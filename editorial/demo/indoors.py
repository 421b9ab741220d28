"""Scenes indoors that particular pieces of the demo describe: corridors, machines, faces, shelves."""

import math
from itertools import pairwise

from editorial.demo.motifs import HIGH, WIDE, Shape, Sheet, box, disc, mix, ribbon, turned


def passage(s: Sheet, x: float, y: float, far: str) -> None:
    """Frames that recede towards a point, the nearest on top, each with the pale edge of its paper."""
    for i in range(6, 0, -1):
        outer, hole = (
            box(x - (x + 30) * k, y - (y + 30) * k, (WIDE + 60) * k, (HIGH + 60) * k)
            for k in (0.68 ** (i - 1), 0.68**i)
        )
        colour = mix("ink", far, (i - 1) / 6)
        s.cut(colour, outer, lift=3 + 14 * 0.68**i, holes=[hole])
        s.cut(mix(colour, "mist", 0.22), ribbon([*hole, hole[0]], 1 + 6 * 0.68**i), lift=0)


def corridor(s: Sheet) -> None:
    """A hospital corridor, lit along one side."""
    s.is_mirrored = s.rng.random() < 0.5
    x, y = 700 + s.rng.uniform(-80, 40), 470
    s.ground(mix("slate", "sky", 0.5))
    s.cut("ochre", box(x - 20, y - 38, 44, 110), lift=0)
    passage(s, x, y, mix("slate", "dusk", 0.3))
    for i in range(6):
        near, far = (0.68 ** (i + share) for share in (0.3, 0.7))
        a, b = (x + (WIDE + 30 - x) * k for k in (near, far))
        pane = [(a, y - 330 * near), (b, y - 330 * far), (b, y - 30 * far), (a, y - 30 * near)]
        s.cut(mix("gold", "dusk", 0.15 + i * 0.07), pane, lift=2)


def gear(x: float, y: float, teeth: int, phase: float, module: float = 15) -> Shape:
    """A toothed wheel with a tooth at `phase`. Wheels of one module mesh: the radius is half the module a tooth."""
    r, points = teeth * module / 2, []
    for tooth in range(teeth):
        for at, out in ((-0.3, -0.62), (-0.15, 0.52), (0.15, 0.52), (0.3, -0.62)):
            angle = math.radians(phase + 360 * (tooth + at) / teeth)
            points.append((x + (r + out * module) * math.cos(angle), y + (r + out * module) * math.sin(angle)))
    return points


def train(
    x: float, y: float, teeth: int, steps: tuple[tuple[int, float], ...]
) -> list[tuple[float, float, int, float]]:
    """Wheels that turn each other: the first, then each by its teeth and the way to it from the last."""
    wheels = [(x, y, teeth, 0.0)]
    for count, way in steps:
        x, y, teeth, phase = wheels[-1]
        away = 15 * (teeth + count) / 2
        at = x + away * math.cos(math.radians(way)), y + away * math.sin(math.radians(way))
        wheels.append((*at, count, way + 180 - (phase - way) * teeth / count - 180 / count))
    return wheels


def wheel(s: Sheet, colour: str, x: float, y: float, teeth: int, phase: float) -> None:
    r = teeth * 7.5
    spokes = 5 if teeth > 20 else 4
    holes = []
    for k in range(spokes):
        a, b = (phase + 360 * (k + share) / spokes for share in (0.12, 0.88))
        holes.append([*disc(x, y, r * 0.74, start=a, stop=b), *disc(x, y, r * 0.34, start=b - 8, stop=a + 8)])
    s.cut(colour, gear(x, y, teeth, phase), lift=8, holes=holes)
    s.cut(mix(colour, "ink", 0.28), disc(x, y, r * 0.2), lift=3)
    s.cut(mix(colour, "paper", 0.45), disc(x, y, r * 0.08), lift=0)


LAYOUTS = (
    (190, 690, 16, ((28, -20), (14, -62), (34, 14), (18, 62), (40, 18))),
    (240, 300, 22, ((12, 40), (36, 12), (16, -38), (24, 40), (14, 110))),
)


def movement(s: Sheet) -> None:
    """The wheels of a clock, one of them pale and cracked."""
    s.is_mirrored = s.rng.random() < 0.5
    s.ground(s.rng.choice(("deep", "pine", "night")))
    brass = ("ochre", "gold", mix("ochre", "bark", 0.35), mix("gold", "ochre", 0.5), mix("ochre", "rust", 0.3))
    wheels = train(*s.rng.choice(LAYOUTS))
    for i, (x, y, teeth, phase) in enumerate(wheels):
        if i != 3:
            wheel(s, brass[i % 5], x, y, teeth, phase)
            continue
        r = teeth * 7.5
        s.cut("paper", gear(x, y, teeth, phase), lift=8)
        s.cut("cream", disc(x, y, r * 0.72), lift=2)
        crack = [
            (x + r * a, y + r * b)
            for a, b in ((0.5, -1), (0.34, -0.62), (0.46, -0.4), (0.16, -0.2), (0.24, 0.04), (-0.06, 0.3))
        ]
        s.cut("ink", ribbon(crack, 12, 2), ribbon([crack[2], (x + r * 0.66, y - r * 0.2)], 6, 2), lift=0)
        s.cut("ochre", disc(x, y, r * 0.12), lift=3)


def missing(s: Sheet) -> None:
    """A train of wheels with one left out, its place kept."""
    s.is_mirrored = s.rng.random() < 0.5
    s.ground("cream")
    muted = s.rng.sample(("teal", "rose", "sage", "slate", "sea", "brick"), 6)
    for i, (x, y, teeth, phase) in enumerate(train(*s.rng.choice(LAYOUTS))):
        if i == 3:
            outline = gear(x, y, teeth, phase)
            s.cut(mix("cream", "paper", 0.7), outline, lift=0)
            s.cut("stone", ribbon([*outline, outline[0]], 4), lift=0)
        else:
            wheel(s, muted[i], x, y, teeth, phase)


def winch(s: Sheet) -> None:
    """A winch with its line running out."""
    s.is_mirrored = s.rng.random() < 0.5
    x, y = 590 + s.rng.uniform(-30, 30), 470
    s.ground("mist")
    s.cut("cream", disc(1060, 420, 330), lift=0)
    s.cut(mix("slate", "sky", 0.4), box(-20, 830, 1640, 200))
    s.cut(
        "deep",
        [(x - 60, y), (x + 60, y), (x + 270, 840), (x + 200, 840), (x, y + 90), (x - 200, 840), (x - 270, 840)],
        lift=8,
    )
    s.cut("deep", box(x - 330, 815, 660, 46), lift=8)
    wheel(s, "teal", x, y, 36, s.rng.uniform(0, 9))
    s.cut("sand", disc(x, y, 208), lift=8)
    for r in (208, 182, 156):
        s.cut("rust", disc(x, y, r), lift=2, holes=[disc(x, y, r - 17)])
    loop = 1140 + s.rng.uniform(-40, 60)
    s.cut("rust", disc(loop, y + 91, 117), holes=[disc(loop, y + 91, 100)])
    s.cut("rust", box(x, y + 191, 1200, 17))
    s.cut(mix("teal", "sky", 0.3), disc(x, y, 122), lift=5)
    crank = s.rng.uniform(-150, -110)
    s.cut("ink", turned(box(x - 40, y - 22, 330, 44), crank, x, y), lift=9)
    s.cut("ochre", turned(disc(x + 270, y, 46), crank, x, y), lift=8)
    s.cut("ochre", disc(x, y, 40), lift=6)


def face(s: Sheet, x: float, way: int, tints: tuple[str, str, str]) -> None:
    """A profile of triangles that looks along `way`, the back of its head at x."""
    edge: Shape = (
        (-40, 1040),
        (-40, 330),
        (40, 170),
        (190, 100),
        (330, 150),
        (400, 290),
        (385, 370),
        (480, 520),
        (420, 545),
    )
    edge = [*edge, *((440, 590), (415, 620), (432, 655), (398, 690), (400, 760), (290, 810), (270, 1040))]
    points = [(x + way * a, b) for a, b in edge]
    middle = (x + way * 170, 470)
    for i, (one, other) in enumerate(pairwise([*points, points[0]])):
        s.cut(tints[i * 2 % 3] if i % 4 else mix(tints[0], "paper", 0.2), [middle, one, other], lift=3)
    s.cut("paper", disc(x + way * 330, 385, 20, 12), lift=0)


def profiles(s: Sheet) -> None:
    """Two people face to face, and the same words between them again and again."""
    s.ground("mist")
    tall = s.rng.choice((4, 5))
    face(s, 50, 1, ("rust", "ochre", "brick"))
    face(s, 1550, -1, ("teal", "sea", "deep"))
    for row in range(tall):
        for column in range(3):
            x, y = 628 + column * 124, 500 + (row - tall / 2) * 140
            s.cut("paper", [(x + 20, y + 66), (x + 62, y + 66), (x + 22, y + 104)], box(x, y, 100, 74), lift=4)
            s.cut("stone", box(x + 16, y + 20, 68, 8), box(x + 16, y + 42, 44, 8), lift=0)


def shelved(s: Sheet, left: float, right: float, floor: float, lean: float = 0, gaps: float = 0) -> None:
    """Spines on a shelf between two places; some lean, and some are gone and leave their width empty."""
    x, last = left, ""
    while x < right - 44:
        wide, tall = min(s.rng.choice((44, 56, 68, 84)), right - x), s.rng.choice((250, 290, 320, 360))
        if gaps and s.rng.random() < gaps:
            x += wide
            continue
        tilt = s.rng.uniform(6, 12) if lean and s.rng.random() < 0.35 else 0
        sway = tall * math.sin(math.radians(tilt)) * 0.5
        last = s.rng.choice(
            [colour for colour in ("pine", "moss", "brick", "rust", "cream", "leaf", "ochre") if colour != last]
        )
        x += sway
        bands = (box(x + 8, floor - tall + at, wide - 16, 11) for at in (34, 54, tall - 46))
        s.cut(last, turned(box(x, floor - tall, wide, tall), tilt, x + wide, floor))
        s.cut(
            mix(last, "ink" if last == "cream" else "cream", 0.55),
            *(turned(b, tilt, x + wide, floor) for b in bands),
            lift=0,
        )
        x += wide + 3 + sway * 1.1


def read_aloud(s: Sheet) -> None:
    """One book lies open among the closed ones, and lines rise from it."""
    s.ground("cream")
    x = 800 + s.rng.uniform(-110, 110)
    s.cut(mix("cream", "gold", 0.35), disc(x, 760, 560), lift=0)
    for i, colour in enumerate(s.rng.sample(("teal", "rust", "ochre", "sea", "moss"), 5)):
        way, high = (i - 2) * 0.42, (470, 560, 620, 560, 470)[i] + s.rng.uniform(-50, 40)
        line = [(x + way * t * 6 + 30 * math.sin(t / 8 + i * 1.7) * t / 30, 745 - high * t / 60) for t in range(61)]
        s.cut(colour, ribbon(line, 6, 30), lift=4)
    shelved(s, -30, x - 310, 800)
    shelved(s, x + 310, WIDE + 60, 800)
    s.cut("bark", box(-20, 800, WIDE + 40, 46), lift=8)
    for side in (-1, 1):
        for i, colour in enumerate(("brick", "stone", "paper")):
            y, out = 792 - i * 14, 285 - i * 16
            s.cut(
                colour,
                [(x, y + 8), (x, y - 10), (x + side * 110, y - 74), (x + side * out, y - 52), (x + side * out, y)],
                lift=4,
            )
    s.cut(mix("bark", "ink", 0.3), box(-20, 846, WIDE + 40, 200), lift=0)


def weeded(s: Sheet) -> None:
    """A row of books with gaps in it, and those that are going."""
    s.is_mirrored = s.rng.random() < 0.5
    s.ground(mix("deep", "ink", 0.4))
    shelved(s, -30, WIDE + 60, 150, gaps=0.1)
    s.cut("loam", box(-20, 150, WIDE + 40, 40), lift=8)
    shelved(s, -30, WIDE + 60, 590, gaps=0.22)
    s.cut("loam", box(-20, 590, WIDE + 40, 44), lift=8)
    s.cut("sand", box(-20, 840, WIDE + 40, 200), lift=8)
    y, x = 840, s.rng.uniform(720, 900)
    for colour in s.rng.sample(("brick", "moss", "cream", "ochre", "teal"), s.rng.choice((3, 4))):
        tall, wide, left = s.rng.choice((44, 52)), s.rng.uniform(300, 360), x + s.rng.uniform(-30, 30)
        y -= tall
        s.cut(colour, box(left, y, wide, tall - 2), lift=6)
        s.cut(
            mix(colour, "ink" if colour == "cream" else "cream", 0.55),
            box(left + 30, y + 8, 10, tall - 18),
            box(left + wide - 50, y + 8, 10, tall - 18),
            lift=0,
        )


def jars(s: Sheet) -> None:
    """Samples of soil on their shelves, one of them marked."""
    s.ground(s.rng.choice(("sky", mix("sage", "mist", 0.3))))
    marked, across = (s.rng.randrange(2), s.rng.randrange(3, 7)), 168
    for row in range(2):
        floor = 450 + row * 440
        for i in range(10):
            x = -30 + i * across
            tone = mix(
                mix("sand", "loam", min(1, (i + row) / 5)), "ink", max(0, (i + row - 4) / 7) + s.rng.uniform(0, 0.12)
            )
            if (row, i) == marked:
                s.cut("paper", box(x - 17, floor - 318, 154, 330), lift=9)
            s.cut(
                mix(tone, "paper", 0.3),
                [*disc(x + 60, floor - 14, 60, 14, 0, 180), (x, floor - 264), (x + 120, floor - 264)],
            )
            s.cut(tone, [*disc(x + 60, floor - 14, 60, 14, 0, 180), (x, floor - 220), (x + 120, floor - 220)], lift=0)
            s.cut(
                "stone",
                [*disc(x + 60, floor - 290, 64, 12, 180, 360), *disc(x + 60, floor - 256, 64, 12, 0, 180)],
                lift=4,
            )
            s.cut("cream", box(x + 22, floor - 150, 76, 66), lift=2)
            s.cut("slate", box(x + 34, floor - 132, 52, 6), box(x + 34, floor - 112, 34, 6), lift=0)
        s.cut("bark", box(-20, floor, WIDE + 40, 40), lift=9)


# The opening of a headline, and the scene its alternative text describes.
SCENES = {
    "corridor": corridor,
    "movement": movement,
    "missing": missing,
    "winch": winch,
    "profiles": profiles,
    "read_aloud": read_aloud,
    "weeded": weeded,
    "jars": jars,
}
