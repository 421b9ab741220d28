import io
import struct

import pytest
from PIL import Image

from network import avif
from tests.network.test_hostile_files import small_avif_with_a_large_frame
from tests.network.test_pictures import photo, saved


def picture(mode="RGB", **options):
    image = photo().convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    return saved(image, "AVIF", **options)


@pytest.mark.parametrize(
    ("data", "pictures"),
    [
        (picture(), 1),
        (picture("RGBA"), 2),  # its transparency is a picture of its own
        (picture("RGBA", xmp=b"\n<x:xmpmeta>", exif=b"II*\0\x08" + bytes(9)), 2),
        (picture(save_all=True, append_images=[photo()] * 3), 1),
    ],
)
def test_still_counts_the_pixels_of_all_coded_parts(data, pictures):
    assert avif.still(data)[1] == pictures * 120 * 80


def test_still_is_not_told_a_size_by_the_container():
    data = small_avif_with_a_large_frame(1_000)

    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (100, 100)
    assert avif.still(data)[1] == 1_000_000


def test_still_shows_the_first_picture_of_a_film_and_has_no_other():
    film = picture(save_all=True, append_images=[Image.new("RGB", (120, 80), "red")])

    with Image.open(io.BytesIO(avif.still(film)[0])) as image:
        image.load()
        assert (image.size, image.n_frames) == ((120, 80), 1)


def test_still_drops_exif_and_stays_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a caption"

    with Image.open(io.BytesIO(avif.still(picture(exif=exif))[0])) as image:
        assert image.getexif().get(0x0112) == 6  # from the part that AVIF has for it
        assert 0x010E not in image.getexif()


@pytest.mark.parametrize(
    "data",
    [
        picture()[:60],
        picture().replace(b"iloc", b"none"),
        picture() + struct.pack(">I", 8) + b"meta",
        picture().replace(b"iloc\0", b"ilociloc", 1),
        picture() + (struct.pack(">I", 8) + b"free") * (avif.MAX_UNITS + 1),
    ],
)
def test_still_refuses_what_is_cut_off_or_says_things_twice(data):
    with pytest.raises(ValueError, match=r"[a-z]"):
        avif.still(data)
