"""The demo's pictures: a portrait for every author and a picture for every piece, drawn rather than photographed.

A portrait is head and shoulders of cut paper. What it shows is chosen from the seed, unless FEATURES or the caller says
otherwise. Lengths are pixels of the finished 640 × 640 square, which pages show as a circle.
"""

import math
from typing import Any

from editorial.demo import indoors, outdoors
from editorial.demo.motifs import (
    HIGH,
    MAY_MIRROR,
    SCENES,
    WIDE,
    Shape,
    Sheet,
    arc,
    box,
    disc,
    hills,
    mix,
    ribbon,
    turned,
)

Look = dict[str, Any]

EVERY_SCENE = SCENES | outdoors.SCENES | indoors.SCENES
FACES = {"oval": (100, 134), "broad": (114, 130), "thin": (88, 146)}  # half the width; from the eyes down to the chin
DEEP_SKINS = ("brown", "dark")
# How far the hair stands out, where its front edge is highest and lowest, and how far right of the middle it parts.
CROWNS = {
    "cropped": (7, 214, 290, 0),
    "short": (15, 212, 286, -44),
    "receding": (8, 178, 292, 0),
    "tied": (10, 200, 288, 24),
    "plait": (13, 192, 330, 0),
    "long": (16, 190, 350, -30),
    "curly": (10, 214, 300, 0),
}
FALLS = {
    "plait": (20, 6, 430),
    "long": (22, 34, 520),
}  # hair that falls behind: how wide above, below, and how far down


def _person(skin: str, hair: str, dye: str, wear: str, **more: Any) -> Look:
    return {"skin": skin, "hair": hair, "dye": dye, "wear": wear, "glasses": None, "mouth": "smile", **more}


# What each author's portrait shows, as its alternative text in authors.yaml says.
FEATURES = {
    "maren-oduya": _person("brown", "cropped", "grey", "coat", cloth="deep", face="oval", is_lined=True),
    "tomasz-wieland": _person("fair", "short", "hazel", "jacket", cloth="dusk", face="broad", beard="short", on="cap"),
    "priya-venkataraman-holt": _person("tan", "plait", "black", "cardigan", cloth="teal", face="oval", glasses="round"),
    "elias-brandt": _person("sandy", "receding", "chestnut", "waistcoat", cloth="brick", face="thin"),
    "josefina-calloway": _person("dark", "tied", "black", "tunic", cloth="sea", face="oval", on="fob watch"),
    "dov-amsel": _person("sandy", "receding", "grey", "apron", face="oval", beard="full", on="loupe", is_lined=True),
    "ngaire-whitcombe": _person("olive", "curly", "chestnut", "jumper", cloth="teal", mouth="laugh", on="earrings"),
    "samuel-okonjo-reyes": _person("dark", "cropped", "black", "suit", cloth="pine", face="oval", on="pencil"),
    "ingrid-solheim-baptiste": _person("fair", "long", "straw", "shirt", face="thin", on="veil"),
    "kit-larkspur": _person("olive", "from behind", "chestnut", "jumper", cloth="dusk", face="oval", on="headset"),
}


def portrait(hue: int, seed: str, features: Look | None = None) -> bytes:
    """A square JPEG on a ground of the hue. Features take the names and values of FEATURES and need not be complete."""
    s = Sheet((640, 640), seed, fine=3)
    look = {**_chosen(s), **FEATURES.get(seed, {}), **(features or {})}
    look["half"], look["down"] = FACES[look["face"]]
    look["shade"] = mix(look["skin"], "ink" if look["skin"] in DEEP_SKINS else "brick", 0.16)
    _backdrop(s, hue)
    _fall(s, look)
    s.cut(look["shade"], box(276, 380, 88, 130), lift=0)
    WEARS[look["wear"]](s, look)
    if look["hair"] == "from behind":
        _back_of_head(s, look)
    else:
        _head(s, look)
        _hair(s, look)
    if look["on"]:
        EXTRAS[look["on"]](s, look)
    return s.jpeg()


def motif(name: str, seed: str) -> bytes:
    """A piece's picture as a JPEG of 1600 × 1000; a name that nobody drew gets hills."""
    scene = EVERY_SCENE.get(name, hills)
    s = Sheet((WIDE, HIGH), seed)
    s.is_mirrored = scene in MAY_MIRROR and s.rng.random() < 0.5
    scene(s)
    return s.jpeg()


def _chosen(s: Sheet) -> Look:
    """Somebody whom the seed alone describes."""
    pick = s.rng.choice
    look: Look = {"skin": pick(("fair", "sandy", "olive", "tan", "brown", "dark")), "face": pick(tuple(FACES))}
    look |= {"hair": pick(tuple(CROWNS)), "dye": pick(("black", "black", "chestnut", "hazel", "straw", "grey"))}
    look |= {"glasses": pick((None, None, "round", "square")), "mouth": pick(("smile", "smile", "laugh"))}
    look |= {"wear": pick(("coat", "jacket", "cardigan", "waistcoat", "jumper", "suit", "shirt")), "on": None}
    return {**look, "cloth": pick(("deep", "dusk", "teal", "brick", "moss", "slate")), "beard": None, "is_lined": False}


def _backdrop(s: Sheet, hue: int) -> None:
    """Two papers of the hue, the paler one a disc, an arch or a strip, as the seed has it."""
    s.ground(f"hsl({hue}, 26%, 74%)")
    x = s.rng.choice((150, 490))
    arch = [*disc(320, 330, 250, 250, 180, 360), (570, 700), (70, 700)]
    strip = turned(box(x - 320 if x < 320 else x - 170, -200, 490, 1100), s.rng.uniform(-16, 16), 320, 320)
    s.cut(f"hsl({hue}, 32%, 83%)", s.rng.choice((disc(x, 250, 330), arch, strip)), lift=4)


def _outline(look: Look, more: float = 0, start: float = 0, stop: float = 360) -> Shape:
    """The edge of the head, or of what grows on it `more` outside: round above the eyes, squarer towards the jaw."""
    points = []
    for step in range(61):
        angle = math.radians(start + (stop - start) * step / 60)
        c, d = math.cos(angle), math.sin(angle)
        wide = abs(c) ** (0.84 if d > 0 else 1) * (look["half"] + more)
        points.append((320 + math.copysign(wide, c), 300 + d * ((look["down"] if d > 0 else 138) + more)))
    return points


def _head(s: Sheet, look: Look) -> None:
    half, shade = look["half"], look["shade"]
    s.cut(shade, disc(320 - half, 314, 18, 28), disc(320 + half, 314, 18, 28), lift=3)
    s.cut(look["skin"], _outline(look), lift=9)
    nose = [(328, 180), (329, 262), (336, 290), (303, 348), (324, 362), (320, 300 + look["down"])]
    s.cut(shade, [*nose, *_outline(look, 0, 90, -75)], lift=0)
    if look["is_lined"]:
        lines = [ribbon([(306 + half * 0.75, 300 + y), (320 + half * 0.87, 294 + y * 1.6)], 3) for y in (0, 10)]
        _pair(s, mix(shade, "ink", 0.2), *lines, lift=0)
    if look["beard"]:
        _beard(s, look)
    _mouth(s, look)
    _eyes(s, look)


def _eyes(s: Sheet, look: Look) -> None:
    x = 320 + look["half"] * 0.42
    if look["mouth"] == "laugh":
        _pair(s, "ink", arc(x, 308, 14, 200, 340, 6), lift=0)
    else:
        _pair(s, "#17181c", disc(x, 302, 8.5, 10), lift=0)
        s.cut("paper", disc(x + 3, 298, 2.6), disc(643 - x, 298, 2.6), lift=0)
    _pair(s, mix(look["dye"], "ink", 0.4), ribbon([(x - 20, 269), (x, 263), (x + 21, 271)], 8, 5), lift=0)
    if look["glasses"]:
        lens, hole = disc(x, 303, 33), disc(x, 303, 27)
        if look["glasses"] == "square":
            lens, hole = box(x - 34, 277, 68, 52), box(x - 28, 283, 56, 40)
        s.cut("ink", lens, lift=3, holes=[hole])
        s.cut("ink", [(640 - a, b) for a, b in lens], lift=3, holes=[[(640 - a, b) for a, b in hole]])
        s.cut("ink", box(672 - x, 297, 2 * x - 704, 6), lift=0)


def _mouth(s: Sheet, look: Look) -> None:
    """A lip a little redder than a pale skin, a little rosier than a deep one."""
    if look["mouth"] == "laugh":
        s.cut(mix("brick", "ink", 0.45), disc(320, 378, 40, 32, 0, 180), lift=0)
        s.cut("paper", disc(320, 378, 36, 11, 0, 180), lift=0)
        return
    lip = mix(look["skin"], *(("rose", 0.45) if look["skin"] in DEEP_SKINS else ("brick", 0.6)))
    s.cut(lip, arc(320, 348, 46, 50, 130, 8), lift=0)


def _beard(s: Sheet, look: Look) -> None:
    """From ear to ear and round the mouth; a full one also falls below the chin."""
    half = look["half"]
    more, end = (20, 0) if look["beard"] == "full" else (4, 8)
    lip = [(320 - half + 12, 338), (320 - half * 0.5, 362), (306, 360), (320, 366), (334, 360), (320 + half * 0.5, 362)]
    s.cut(look["dye"], [*_outline(look, more, end, 180 - end), *lip, (308 + half, 338)], lift=4)


def _hair(s: Sheet, look: Look) -> None:
    """From temple to temple; its front edge rises to the parting from either side."""
    more, line, temple, part = CROWNS[look["hair"]]
    reach, quarter = look["half"] - 8, [math.radians(degrees) for degrees in range(0, 91, 6)]
    edge = [(320 + part + (reach - part) * math.cos(a), temple - (temple - line) * math.sin(a)) for a in quarter]
    edge += [(320 + part - (reach + part) * math.sin(a), temple - (temple - line) * math.cos(a)) for a in quarter]
    s.cut(look["dye"], [*_outline(look, more, 176, 364), *edge], lift=5)
    if look["hair"] == "curly":
        for angle in (math.radians(188 + i * 20.5) for i in range(9)):
            s.cut(look["dye"], disc(320 + (look["half"] - 6) * math.cos(angle), 262 + 92 * math.sin(angle), 33), lift=3)
    if look["hair"] == "plait":
        for i in range(7):
            x, y, k, way = 212 - i * 2 + i % 2 * 16, 410 + i * 31, 1 - i * 0.05, 28 if i % 2 else -28
            s.cut(mix(look["dye"], "paper", 0.1), turned(disc(x, y, 24 * k, 34 * k), way, x, y), lift=4)
        s.cut("rust", box(188, 606, 38, 16), lift=3)


def _fall(s: Sheet, look: Look) -> None:
    """What is seen of hair, or of a veil, behind head and neck."""
    half, dye = look["half"], look["dye"]
    if look["on"] == "veil":
        veil = [(150, 196), (490, 196), (530, 330), (566, 560), (540, 650), (100, 650), (74, 560), (110, 330)]
        s.cut(mix("deep", "mist", 0.25), veil, lift=7, sheer=0.55)
        threads = (ribbon([(320 + i * 27, 196), (320 + i * 36, 420), (320 + i * 39, 650)], 2) for i in range(-6, 7))
        s.cut("paper", *threads, lift=0, sheer=0.5)
    if look["hair"] in FALLS:
        more, wide, low = FALLS[look["hair"]]
        s.cut(dye, [*_outline(look, more, 180, 360), (320 + half + wide, low), (320 - half - wide, low)], lift=6)
    if look["hair"] == "tied":
        s.cut(dye, disc(352, 138, 62, 58))
        s.cut(mix(look["cloth"], "paper", 0.4), turned(box(300, 158, 104, 20), 12, 352, 168), lift=3)
    if look["hair"] == "curly":
        for angle in (math.radians(150 + i * 20) for i in range(13)):
            s.cut(dye, disc(320 + (half + 28) * math.cos(angle), 285 + 150 * math.sin(angle), 56), lift=4)


def _back_of_head(s: Sheet, look: Look) -> None:
    """Hair, ears, and no face."""
    half = look["half"]
    s.cut(look["shade"], disc(312 - half, 318, 18, 28), disc(328 + half, 318, 18, 28), lift=3)
    nape = [(320 + half * 0.9, 400), (366, 440), (320, 428), (274, 440), (320 - half * 0.9, 400)]
    s.cut(look["dye"], [*_outline(look, 14, 165, 375), *nape], lift=8)
    locks = (ribbon([(320 + i * 32, 330), (320 + i * 30, 370), (320 + i * 22, 412)], 2, 4) for i in (-2, -1, 0, 1, 2))
    s.cut(mix(look["dye"], "ink", 0.3), *locks, lift=0)


def _body(s: Sheet, colour: str) -> None:
    """Shoulders, rounder than an ellipse's."""
    points = []
    for angle in (math.pi * step / 60 for step in range(61)):
        c, d = math.cos(angle), math.sin(angle)
        points.append((320 - math.copysign(262 * abs(c) ** 0.72, c), 690 - 218 * d**0.8))
    s.cut(colour, points, lift=8)


def _pair(s: Sheet, colour: str, *shapes: Shape, lift: float = 5) -> None:
    """Shapes and their mirror images."""
    s.cut(colour, *shapes, *([(640 - x, y) for x, y in shape] for shape in shapes), lift=lift)


def _collar(s: Sheet, low: float = 528) -> None:
    _pair(s, "paper", [(279, 450), (256, 484), (294, low), (320, low - 34)])


def _lapels(s: Sheet, look: Look) -> None:
    _pair(s, mix(look["cloth"], "paper", 0.14), [(263, 472), (218, 510), (242, 542), (229, 560), (318, 662)])


def _coat(s: Sheet, look: Look) -> None:
    """A high collar that stands up to the jaw."""
    collar = [(262, 402), (222, 420), (206, 520), (306, 610), (320, 575), (280, 500)]
    _body(s, look["cloth"])
    s.cut("cream", [(270, 455), (370, 455), (350, 560), (290, 560)], lift=3)
    _pair(s, mix(look["cloth"], "sea", 0.3), collar, lift=7)
    _pair(s, "gold", disc(284, 620, 9), lift=3)


def _jacket(s: Sheet, look: Look) -> None:
    _body(s, look["cloth"])
    s.cut("paper", [(272, 470), (368, 470), (320, 640)], lift=3)
    s.cut("rust", [(306, 492), (334, 492), (329, 520), (342, 640), (298, 640), (311, 520)], lift=3)
    _collar(s)
    _lapels(s, look)


def _suit(s: Sheet, look: Look) -> None:
    """With a bow tie."""
    _body(s, look["cloth"])
    s.cut("paper", [(268, 468), (372, 468), (320, 650)], lift=3)
    _collar(s, 518)
    _lapels(s, look)
    _pair(s, "gold", [(318, 498), (262, 472), (254, 500), (262, 532)])
    s.cut(mix("gold", "rust", 0.5), box(306, 486, 28, 30), lift=4)


def _cardigan(s: Sheet, look: Look) -> None:
    _body(s, look["cloth"])
    s.cut("cream", [(262, 472), (378, 472), (336, 650), (304, 650)], lift=3)
    s.cut(look["skin"], disc(320, 470, 48, 40, 0, 180), lift=0)
    _pair(s, mix(look["cloth"], "paper", 0.25), ribbon([(258, 470), (276, 540), (304, 660)], 22), lift=4)


def _waistcoat(s: Sheet, look: Look) -> None:
    """Knitted, over a shirt: rows of stitches and a dark edge."""
    _body(s, "sky")
    left = [(320, 592), (276, 470), (236, 488), (204, 560), (200, 660), (320, 660)]
    s.cut(look["cloth"], [*left, *((640 - x, y) for x, y in reversed(left))], lift=6)
    for y in range(528, 660, 24):
        places = (x for x in range(226, 420, 28) if abs(x - 320) > (592 - y) * 0.36 + 14)
        stitches = (ribbon([(x - 9, y - 8), (x, y + 4), (x + 9, y - 8)], 6) for x in places)
        s.cut(mix(look["cloth"], "cream", 0.4), *stitches, lift=0)
    _pair(s, mix(look["cloth"], "ink", 0.3), ribbon([(272, 474), (320, 596)], 14), lift=2)
    _collar(s)


def _tunic(s: Sheet, look: Look) -> None:
    _body(s, look["cloth"])
    s.cut(look["skin"], [(276, 466), (364, 466), (320, 548)], lift=0)
    _pair(s, "paper", ribbon([(270, 468), (320, 560)], 18), lift=4)


def _apron(s: Sheet, look: Look) -> None:
    _body(s, mix("sky", "paper", 0.3))
    _collar(s)
    _pair(s, "bark", [(226, 490), (254, 482), (262, 570), (238, 570)], lift=4)
    s.cut("bark", box(220, 560, 200, 120), lift=6)
    _pair(s, "gold", disc(250, 574, 7), lift=2)


def _jumper(s: Sheet, look: Look) -> None:
    """A roll neck and a patterned yoke."""
    _body(s, look["cloth"])
    pale = mix(look["cloth"], "paper", 0.3)
    for i, x in enumerate(range(104, 540, 54)):
        y = 560 + 20 * math.cos((x - 320) / 90)
        s.cut((pale, "gold")[i % 2], [(x - 24, y + 22), (x + 24, y + 22), (x, y - 22)], lift=2)
    s.cut(mix(look["cloth"], "ink", 0.14), [(262, 436), (378, 436), (394, 496), (320, 514), (246, 496)], lift=6)


def _shirt(s: Sheet, look: Look) -> None:
    _body(s, mix("cream", "paper", 0.4))
    s.cut(look["skin"], [(280, 462), (360, 462), (320, 540)], lift=0)
    s.cut("sand", box(317, 530, 5, 120), disc(332, 572, 6), disc(332, 616, 6), lift=0)
    _collar(s, 556)


def _cap(s: Sheet, look: Look) -> None:
    half, cloth = look["half"], look["cloth"]
    s.cut(cloth, [*disc(320, 190, half + 44, 78, 180, 360), (328 + half, 226), (312 - half, 226)], lift=7)
    s.cut(mix(cloth, "ink", 0.5), box(312 - half, 196, 2 * half + 16, 40))
    s.cut("ink", disc(320, 230, half + 2, 30, 0, 180), lift=6)
    s.cut("gold", disc(320, 182, 20), lift=4, holes=[disc(320, 182, 9)])


def _loupe(s: Sheet, look: Look) -> None:
    """Pushed up on the forehead, on its band."""
    s.cut("bark", ribbon([(318 - look["half"], 246), (320, 212), (322 + look["half"], 246)], 15), lift=3)
    s.cut("ink", disc(356, 208, 46), lift=7)
    s.cut("slate", disc(356, 208, 36), lift=0)
    s.cut("sky", disc(356, 208, 27), lift=0)
    s.cut("paper", arc(356, 208, 18, 190, 265, 6), lift=0)


def _pencil(s: Sheet, look: Look) -> None:
    """Behind the ear, so the ear is laid over it again."""
    x = 332 + look["half"]
    point, lead = [(x - 8, 206), (x + 8, 206), (x, 178)], [(x - 3, 188), (x + 3, 188), (x, 176)]
    parts = {"gold": box(x - 8, 206, 16, 128), "rose": box(x - 8, 334, 16, 18), "cream": point, "ink": lead}
    for colour, part in parts.items():
        s.cut(colour, turned(part, -24, x, 300), lift=3)
    s.cut(look["shade"], disc(x - 9, 316, 18, 28), lift=3)


def _fob_watch(s: Sheet, look: Look) -> None:
    s.cut("gold", box(396, 526, 48, 12), box(416, 536, 8, 34), disc(420, 596, 32), lift=3)
    s.cut("paper", disc(420, 596, 24), lift=0)
    s.cut("ink", box(418, 578, 4, 20), box(420, 594, 14, 4), lift=0)


def _earrings(s: Sheet, look: Look) -> None:
    for x in (308 - look["half"], 332 + look["half"]):
        s.cut("gold", disc(x, 380, 34), holes=[disc(x, 380, 22)])
        s.cut("rust", disc(x, 414, 11), lift=3)


def _hat(s: Sheet, look: Look) -> None:
    """A broad hat with the veil thrown back over it."""
    s.cut("sand", [*disc(320, 186, 96, 108, 180, 360), (416, 206), (224, 206)], lift=6)
    s.cut("bark", box(223, 168, 194, 36), lift=3)
    s.cut(mix("deep", "mist", 0.25), [*disc(320, 190, 116, 128, 180, 360), (436, 206), (204, 206)], lift=4, sheer=0.45)
    s.cut(mix("sand", "cream", 0.5), disc(320, 208, 206, 34), lift=8)


def _headset(s: Sheet, look: Look) -> None:
    """Seen from behind: the band over the hair, a cushion on each ear, the microphone reaching forward."""
    half = look["half"]
    s.cut("ink", ribbon(disc(320, 312, half + 30, 172, 186, 354), 17), lift=6)
    _pair(s, "slate", disc(342 + half, 316, 27, 46), lift=6)
    _pair(s, "ink", disc(351 + half, 316, 19, 36), lift=3)
    s.cut("ink", ribbon(disc(334 - half, 330, 76, 92, 165, 95), 8), lift=3)
    s.cut("ink", turned(box(304 - half, 410, 42, 22), 10, 300 - half, 420), lift=4)


WEARS = {
    "coat": _coat,
    "jacket": _jacket,
    "suit": _suit,
    "cardigan": _cardigan,
    "waistcoat": _waistcoat,
    "tunic": _tunic,
    "apron": _apron,
    "jumper": _jumper,
    "shirt": _shirt,
}
EXTRAS = {
    "cap": _cap,
    "loupe": _loupe,
    "pencil": _pencil,
    "fob watch": _fob_watch,
    "earrings": _earrings,
    "veil": _hat,
    "headset": _headset,
}
