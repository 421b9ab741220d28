import io
import struct

import pytest
from PIL import Image, ImageOps

from network import picture_files, pictures
from tests.network.test_hostile_files import exif_of, in_gif, in_jpeg, piece, segment, tiny_png
from tests.network.test_pictures import chunk, opened, photo, saved, wide_profile


def turned(order: str, way: int) -> bytes:
    """Exif with a camera's name before the orientation, in either order of bytes."""
    mark, sign = (b"II*\0", "<") if order == "little" else (b"MM\0*", ">")
    rows = struct.pack(sign + "HHLL", 0x010F, 2, 4, 0) + struct.pack(sign + "HHLHH", 0x0112, 3, 1, way, 0)
    return mark + struct.pack(sign + "LH", 8, 2) + rows + bytes(4)


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("start", [b"", b"Exif\0\0"])
def test_orientation_is_read_in_either_order_of_bytes(order, start):
    assert picture_files.orientation(start + turned(order, 8)) == 8


@pytest.mark.parametrize("exif", [b"", b"II", b"II*\0\xff\xff\xff\xff", turned("big", 6)[:20], exif_of(5_000, 65_000)])
def test_orientation_of_what_does_not_say_it_is_nothing(exif):
    assert picture_files.orientation(exif) == 0


@pytest.mark.parametrize("way", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_bare_picture_is_turned_upright_as_pillow_would(kind, way):
    exif = Image.Exif()
    exif[0x0112] = way
    upright = Image.linear_gradient("L").resize((120, 80)).convert("RGB")
    data = saved(upright.transpose(Image.Transpose.ROTATE_90), kind, exif=exif)

    clean = opened(pictures.clean(io.BytesIO(data)))

    with Image.open(io.BytesIO(data)) as image:
        expected = ImageOps.exif_transpose(image)
    assert clean.size == expected.size
    for place in ((3, 3), (clean.width - 4, clean.height - 4)):
        assert abs(clean.convert("L").getpixel(place) - expected.convert("L").getpixel(place)) < 12


def test_bare_jpeg_of_a_camera_is_taken_with_all_it_brings_along():
    exif = segment(0xE1, b"Exif\0\0" + turned("little", 6))
    notes = b"".join(segment(0xE1 + number % 15, bytes([number]) * 65_000) for number in range(64))
    jpeg = in_jpeg(exif + notes + segment(0xFE, b"words") * 500) + bytes(2_000_000)

    bare = picture_files.bare(jpeg)

    assert bare.orientation == 6
    assert len(bare.data) < 20_000
    assert (pictures.clean(io.BytesIO(jpeg)).width, pictures.clean(io.BytesIO(jpeg)).height) == (80, 120)


@pytest.mark.parametrize("length", [0, 1])
def test_bare_jpeg_hides_nothing_behind_a_segment_without_a_length(length):
    hidden = segment(0xDB, segment(0xE1, b"Exif\0\0" + exif_of(4_000, 60_000))[:65_000])

    with pytest.raises(ValueError, match="shorter"):
        picture_files.bare(in_jpeg(b"\xff\xdb" + struct.pack(">H", length) + hidden))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_bare_file_keeps_its_profile(kind):
    data = saved(photo(), kind, icc_profile=wide_profile())

    with Image.open(io.BytesIO(picture_files.bare(data).data)) as image:
        assert image.info["icc_profile"] == wide_profile()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_bare_jpeg_has_the_same_pixels(mode, progressive):
    data = saved(photo().convert(mode), "JPEG", progressive=progressive)

    assert _pixels(picture_files.bare(data).data) == _pixels(data)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
def test_bare_png_has_the_same_pixels(mode):
    grey = Image.linear_gradient("L")
    data = saved(grey.convert("I").convert(mode) if mode == "I;16" else grey.convert(mode), "PNG")

    assert _pixels(picture_files.bare(data).data) == _pixels(data)


@pytest.mark.parametrize("options", [{}, {"transparency": 7}, {"interlace": 1}])
def test_bare_gif_has_the_same_first_picture(options):
    film = [Image.linear_gradient("L").rotate(angle) for angle in (0, 90)]
    data = saved(film[0], "GIF", save_all=True, append_images=film[1:], **options)

    bare = picture_files.bare(data).data

    assert len(bare) < len(data)
    assert _pixels(bare) == _pixels(data)


def test_bare_file_says_nothing_that_its_pixels_do_not_need():
    words = b"<script>"
    files = {
        "jpeg": in_jpeg(segment(0xFE, words) + segment(0xE1, b"Exif\0\0" + words) + segment(0xE2, b"MPF\0" + words)),
        "png": tiny_png(chunk(b"tEXt", b"a\0" + words) + chunk(b"eXIf", words)),
        "gif": in_gif(b"!\xfe\x08" + words + b"\0"),
    }

    for data in files.values():
        assert words in data
        assert words not in picture_files.bare(data).data


@pytest.mark.parametrize("data", [b"", b"RIFF" + piece(b"WEBP", b""), b"<svg/>"])
def test_bare_leaves_other_files_as_they_are(data):
    assert picture_files.bare(data) == (data, 0, 0)


def _pixels(data: bytes) -> tuple[str, bytes]:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode, image.tobytes()
