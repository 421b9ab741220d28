"""What a cleaned picture is made into: every format decoded again, at its size, around its focus."""

import io
import subprocess
import sys

import pytest
from PIL import Image, ImageDraw

from network import pictures
from network.pictures import Refused
from tests.network.test_pictures import photo, saved

DOT = (200, 20, 20)


def loaded(image, kind="JPEG", **options):
    return pictures.load(saved(image, kind, **options))


def opened(clean):
    image = Image.open(io.BytesIO(clean.data))
    image.load()
    return image


def with_dot(size, at):
    """A grey picture with a red dot, which a cut around it has to keep."""
    image = Image.new("RGB", size, "gray")
    ImageDraw.Draw(image).ellipse((at[0] - 30, at[1] - 30, at[0] + 30, at[1] + 30), fill=DOT)
    return image


def has_dot(image):
    colours = image.convert("RGB").resize((60, 60)).getcolors(3600)
    return any(red > 150 and green < 70 and blue < 70 for _, (red, green, blue) in colours)


@pytest.mark.parametrize(
    ("kind", "name", "extension"),
    [("avif", "AVIF", ".avif"), ("webp", "WEBP", ".webp"), ("jpeg", "JPEG", ".jpg"), ("png", "PNG", ".png")],
)
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_rendition_is_what_it_says(kind, name, extension, mode):
    picture = photo((900, 600)).convert(mode)
    if mode == "RGBA":
        picture.putalpha(128)

    made = pictures.rendition(picture, kind, 480)

    image = opened(made)
    assert (image.format, image.size) == (name, (480, 320))
    assert (made.width, made.height, made.extension) == (480, 320, extension)
    assert made.content_type == f"image/{kind}"


@pytest.mark.parametrize("kind", ["avif", "webp", "png"])
def test_rendition_keeps_what_shines_through(kind):
    picture = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((0, 0, 299, 399), fill=(10, 120, 40, 255))

    image = opened(pictures.rendition(pictures.load(saved(picture, "PNG")), kind, 300)).convert("RGBA")

    assert image.getpixel((280, 100))[3] < 10
    assert image.getpixel((20, 100))[3] > 245


def test_rendition_for_machines_has_white_where_something_shone_through():
    picture = Image.new("RGBA", (600, 400), (0, 0, 0, 0))

    image = opened(pictures.rendition(picture, "jpeg", 300))

    assert image.mode == "RGB"
    assert min(image.getpixel((100, 100))) > 250


@pytest.mark.parametrize("kind", ["avif", "webp", "jpeg", "png"])
def test_rendition_says_nothing_of_where_it_was_taken(kind):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x8825] = {1: "N", 2: (48.0, 12.0, 0.0)}
    picture = Image.open(io.BytesIO(saved(photo((300, 200)), "JPEG", exif=exif, comment=b"taken at home")))
    picture.load()

    made = pictures.rendition(picture, kind, 200)

    image = opened(made)
    assert b"taken at home" not in made.data
    assert not dict(image.getexif())
    assert "icc_profile" not in image.info
    assert "comment" not in image.info


def test_rendition_of_a_turned_photograph_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # a phone held upright
    clean = pictures.clean(io.BytesIO(saved(photo((600, 400)), "JPEG", exif=exif)))

    made = pictures.rendition(pictures.load(clean.data), "avif", 200)

    assert opened(made).size == (200, 300)


@pytest.mark.parametrize("ratio", [(3, 2), (1, 1), (4, 3), (16, 9)])
@pytest.mark.parametrize(
    ("size", "at"), [((1500, 500), (60, 250)), ((1500, 500), (1440, 60)), ((500, 1500), (250, 1440))]
)
def test_cut_keeps_the_focus(ratio, size, at):
    picture = with_dot(size, at)
    focus = (round(100 * at[0] / size[0]), round(100 * at[1] / size[1]))

    aimed = opened(pictures.rendition(picture, "jpeg", 300, ratio, focus))
    middle = opened(pictures.rendition(picture, "jpeg", 300, ratio))

    assert aimed.size == (300, round(300 * ratio[1] / ratio[0]))
    assert has_dot(aimed)
    assert not has_dot(middle)


@pytest.mark.parametrize("focus", [(0, 0), (50, 50), (100, 100), (0, 100)])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 2000), (2000, 1), (1599, 901)])
@pytest.mark.parametrize("ratio", [(3, 2), (1, 1), (16, 9)])
def test_part_lies_inside_the_picture(size, ratio, focus):
    left, top, right, bottom = pictures.part(size, ratio, focus)

    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert right - left == size[0] or bottom - top == size[1]


def test_load_refuses_what_is_broken():
    with pytest.raises(Refused, match="damaged"):
        pictures.load(saved(photo((300, 200)), "JPEG")[:2000])


PEAK = """
import io
from pathlib import Path
from PIL import Image
from network import pictures
noise = Image.effect_noise((4000, 3000), 40)
out = io.BytesIO()
Image.merge("RGB", (noise, noise, noise)).save(out, "JPEG", quality=90)
del noise
clean = pictures.clean(out).data
picture = pictures.load(clean)
for width in (1600, 1200, 800, 480):
    for kind in ("avif", "webp", "jpeg"):
        pictures.rendition(picture, kind, width)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of a process")
def test_renditions_of_a_large_photograph_stay_small_in_memory():
    """The process's own peak: what getrusage calls its largest size may be that of the one it was forked from."""
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)

    assert int(done.stdout) < 400
