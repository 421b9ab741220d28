"""The share image: drawn for any headline, in the network's colours, and legible."""

import io
import re
import time
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageChops, features

from network import share_image, typefaces
from network.share_image import MARGIN, SIZE, WIDTH, Words

needs_fonts = pytest.mark.skipif(not typefaces._on_this_machine(), reason="no fonts on this machine")
needs_order = pytest.mark.skipif(not features.check("raqm"), reason="Pillow finds no FriBiDi here")

HOSTILE = {
    "empty": "",
    "spaces": " \n\t ",
    "one": "W",
    "endless word": "W" * 200,
    "long": "Extraordinarily " * 12,
    "control": "a\u202eb\x00c\x1b[0m\u2066d\r\ne",
    "emoji": "We sang 🎶 until dawn ☀️ 👩‍👩‍👧",
    "only emoji": "🎶🎶",
    "marks": "H" + "\u0336\u0322\u0353" * 60 + "ello",
    "only marks": "\u0336" * 40,
    "surrogates of nothing": "\ue000\uf8ff\U0010ffff",
    "Arabic": "الحافلة الليلية تعرف المدينة",
    "Hebrew": "האוטובוס הלילי יודע את העיר",
    "mixed": "لماذا نحتاج إلى NHS 24 في كل مدينة؟",
    "Japanese": "夜のバスが知っていること" * 8,
    "Devanagari": "रात की बस क्या जानती है",
    "Thai": "รถเมล์กลางคืนรู้อะไร",
    "markup": "<b>&amp;</b> {{ x }} %s",
}


def drawn(headline="What the night bus knows", **more) -> Image.Image:
    words = Words(**{"network": "The Signal", "label": "Opinion", "headline": headline, "byline": "By Ana Ruiz"} | more)
    image = Image.open(io.BytesIO(share_image.draw(words)))
    image.load()
    return image.convert("RGB")


def ink(image: Image.Image, box=None) -> tuple[int, int, int, int] | None:
    """Where anything stands on the ground."""
    part = image.crop(box) if box else image
    return ImageChops.difference(part, Image.new("RGB", part.size, share_image.PAPER)).getbbox()


@pytest.mark.parametrize("headline", HOSTILE.values(), ids=HOSTILE)
def test_any_headline_is_drawn_inside_the_margins(headline):
    started = time.process_time()

    image = drawn(headline)

    left, top, right, bottom = ink(image)
    assert image.size == SIZE == (1200, 630)
    assert left >= MARGIN - 8
    assert right <= SIZE[0] - MARGIN + 9
    assert top > 20
    assert bottom < SIZE[1] - 20
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "more", [{"network": "N" * 80}, {"byline": "By " + "Ana Ruiz, " * 60}, {"label": ""}, {"byline": ""}]
)
def test_long_names_stay_inside_the_margins(more):
    left, _, right, _ = ink(drawn(**more))

    assert left >= MARGIN - 8
    assert right <= SIZE[0] - MARGIN + 9


def test_file_is_small():
    assert (
        len(share_image.draw(Words("The Signal", "Opinion", "Gulls at six and what they know " * 4, "By Ana"))) < 60_000
    )


def test_colours_are_those_of_the_light_site():
    tokens = (Path(settings.BASE_DIR) / "network/static/css/tokens.css").read_text()
    light = dict(re.findall(r"--([\w-]+): light-dark\((#\w+),", tokens))

    named = {"paper": share_image.PAPER, "ink": share_image.INK, "ink-soft": share_image.INK_SOFT}
    named |= {"line": share_image.EDGE, "accent-ink": share_image.ACCENT}
    assert {name: light[name] for name in named} == named


def face(size=52):
    path, _ = typefaces.fitting("Words", typefaces.SERIF_BOLD)
    return typefaces.font(path, size)


@pytest.mark.parametrize("text", ["Gulls at six", "Extraordinarily " * 12, "W" * 200, "a " * 99 + "W" * 99, "W"])
def test_lines_keep_every_letter_and_their_width(text):
    broken = share_image.lines(text, face(), WIDTH)

    assert "".join("".join(broken).split()) == "".join(text.split())
    assert all(face().getlength(line) <= WIDTH for line in broken)
    assert all(line == line.strip() for line in broken)


def test_words_are_broken_only_where_they_must_be():
    words = "What the night bus knows about a city that forgets its workers".split()

    assert " ".join(share_image.lines(" ".join(words), face(88), WIDTH)).split() == words


def test_longer_headlines_are_smaller_and_then_cut():
    def height(headline):
        top, bottom = share_image.TOP - 5, share_image.BOTTOM + 5
        box = ink(drawn(headline), (0, top, SIZE[0], bottom))
        return box[3] - box[1]

    assert (
        ink(drawn("The easy days"), (0, 211, 1200, 511))[2]
        < ink(drawn("Extraordinarily " * 12), (0, 211, 1200, 511))[2]
    )
    assert height("The easy days") < height("Extraordinarily " * 12) <= share_image.BOTTOM - share_image.TOP
    assert ImageChops.difference(drawn("word " * 80), drawn("word " * 90)).getbbox() is None


@needs_fonts
@needs_order
@pytest.mark.parametrize("name", ["Arabic", "Hebrew", "mixed"])
def test_headline_from_the_right_stands_at_the_right(name):
    if typefaces.fitting(HOSTILE[name], typefaces.SERIF_BOLD) is None:
        pytest.skip("no font here has its letters")

    left, _, right, _ = ink(drawn(HOSTILE[name]), (0, share_image.TOP, SIZE[0], share_image.BOTTOM))

    assert SIZE[0] - MARGIN - right < 12 < left - MARGIN


@needs_fonts
@needs_order
def test_letters_from_the_right_are_put_in_order_and_joined():
    """The first letter stands furthest right, and a joined word is narrower than its letters one by one."""
    path, word = typefaces.fitting("سلام", typefaces.SERIF_BOLD) or pytest.skip("no Arabic font here")
    font = typefaces.font(path, 80)

    assert font.getlength(word) < sum(font.getlength(letter) for letter in word) - 20


def test_without_fribidi_a_headline_from_the_right_is_left_out(monkeypatch):
    """Never its letters in the wrong order: the network's name stands in its place."""
    monkeypatch.setattr(features, "check", lambda name: False)

    assert typefaces.fitting(HOSTILE["Hebrew"], typefaces.SERIF_BOLD) is None
    assert typefaces.fitting(HOSTILE["Devanagari"], typefaces.SERIF_BOLD) is None
    assert typefaces.fitting("What the night bus knows", typefaces.SERIF_BOLD)
    assert ImageChops.difference(drawn(HOSTILE["Hebrew"]), drawn("", label="Opinion")).getbbox() is None


def test_without_fonts_english_headlines_are_drawn_all_the_same(monkeypatch):
    monkeypatch.setattr(typefaces, "_on_this_machine", dict)

    assert typefaces.fitting("Over the sea – and “back”", typefaces.SERIF_BOLD) == ("", "Over the sea - and “back”")
    assert typefaces.fitting("Über das Meer", typefaces.SERIF_BOLD) is None
    assert typefaces.fitting("夜のバス", typefaces.SERIF_BOLD) is None
    assert ink(drawn("Over the sea"), (0, share_image.TOP, SIZE[0], share_image.BOTTOM))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("We sang 🎶 until dawn", "We sang until dawn"),
        ("a\u202eb\x00c", "abc"),
        ("one\n\n two", "one two"),
    ],
)
def test_what_no_font_draws_is_left_out(monkeypatch, text, kept):
    monkeypatch.setattr(typefaces, "_on_this_machine", dict)

    assert typefaces.fitting(text, typefaces.SERIF_BOLD)[1] == kept


@pytest.mark.parametrize(
    ("text", "expected"), [("abc", False), ("סבא abc", True), ("1. سلام", True), ("", False), ("42", False)]
)
def test_first_letter_says_which_way(text, expected):
    assert typefaces.is_rtl(text) is expected
