import contextlib
import io
import struct
import time
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from network import pictures
from network.pictures import Refused

SCRIPT = b"<script>alert(1)</script>"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
)
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(/tmp/x) (w) file\nshowpage\n%%EOF\n"


def photo(size=(120, 80)):
    """Noise in colour: what no palette holds and no PNG makes small."""
    noise = Image.effect_noise(size, 60)
    return Image.merge("RGB", (noise, noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT), noise.point(lambda v: 255 - v)))


def drawing(size=(200, 150)):
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line((10, 10, 150, 100), fill="black", width=3)
    return image


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def cleaned(data, **options):
    return pictures.clean(io.BytesIO(data), **options)


def opened(clean):
    image = Image.open(io.BytesIO(clean.data))
    image.load()
    return image


def png(width, height, *, depth=8, colour=2, rows=b"", extra=b""):
    """A PNG by hand, to claim what Pillow would not write."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def wide_profile():
    """A profile whose red and green are swapped: sRGB's own, with two of its tags renamed to each other."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def is_near(found, expected, tolerance=6):
    return all(abs(one - other) <= tolerance for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "MPO"])
def test_clean_takes_each_accepted_format(kind):
    clean = cleaned(saved(photo(), kind))

    assert (clean.width, clean.height) == (120, 80) == opened(clean).size
    assert (clean.format, clean.extension, clean.content_type) == ("JPEG", ".jpg", "image/jpeg")
    assert opened(clean).format == "JPEG"


def test_clean_goes_by_content_and_never_by_name_or_claimed_type():
    upload = SimpleUploadedFile("evil.html", saved(photo(), "PNG"), content_type="text/html")
    upload.read()  # as an earlier validator may have done

    clean = pictures.clean(upload)

    assert clean.extension == ".jpg"


@pytest.mark.parametrize("data", [b"<html>" + SCRIPT, SVG, b"\n\n" + SVG, EPS, b"GIF", b"%PDF-1.7", b"\x00" * 500])
@pytest.mark.parametrize("name", ["x.gif", "x.jpg"])
def test_clean_refuses_what_only_calls_itself_a_picture(data, name):
    with pytest.raises(Refused, match="not a picture"):
        pictures.clean(SimpleUploadedFile(name, data, content_type="image/gif"))


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM", "TGA", "JPEG2000", "EPS", "PDF", "DDS"])
def test_clean_refuses_formats_that_pillow_would_take(kind):
    with pytest.raises(Refused, match="not a picture"):
        cleaned(saved(photo((64, 64)), kind))


def test_clean_refuses_an_empty_file():
    with pytest.raises(Refused, match="empty"):
        cleaned(b"")


def test_clean_refuses_too_many_bytes_and_reads_no_further():
    data = io.BytesIO(saved(photo(), "PNG") + b"x" * 10_000)

    with pytest.raises(Refused, match=r"larger than 0\.00954 MB"):
        pictures.clean(data, max_bytes=10_000)
    assert data.tell() == 10_001


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")  # as network.pictures sets it outside tests
@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (12_000, 12_000), (8_000, 8_000), (2**31 - 1, 1)])
def test_clean_refuses_a_bomb_by_what_its_header_claims(width, height):
    started = time.process_time()

    with pytest.raises(Refused, match="million pixels"):
        cleaned(png(width, height))

    assert time.process_time() - started < 1


def test_clean_counts_pixels_times_frames():
    film = saved(photo(), "WEBP", save_all=True, append_images=[photo(), photo()])

    with pytest.raises(Refused, match="frames"):
        cleaned(film, max_pixels=120 * 80 * 3 * pictures.HEAVIEST - 1)
    assert cleaned(film, max_pixels=120 * 80 * 3 * pictures.HEAVIEST).width == 120


def test_clean_refuses_a_gif_whose_frame_is_larger_than_it_says():
    gif = bytearray(saved(Image.new("L", (10, 10)), "GIF"))
    place = gif.index(b"\x2c\0\0\0\0\x0a\0\x0a\0")
    gif[place + 5 : place + 9] = b"\xff\xff\xff\xff"

    with pytest.raises(Refused, match="million pixels"):
        cleaned(bytes(gif))


def test_clean_refuses_a_jpeg_of_endless_scans():
    jpeg = saved(Image.new("RGB", (400, 400), "teal"), "JPEG", progressive=True)
    scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    hidden = b"\xff\x01\xff\xff"  # a marker without a length, before what would be read as one

    for bomb in (jpeg[:-2] + scan * 100 + jpeg[-2:], jpeg[:-2] + hidden + scan * 100 + jpeg[-2:]):
        with pytest.raises(Refused, match="too long to read"):
            cleaned(bomb)


def test_clean_takes_an_ordinary_progressive_jpeg():
    assert cleaned(saved(photo(), "JPEG", progressive=True)).width == 120


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.9])
def test_clean_refuses_a_truncated_file(kind, kept):
    data = saved(photo(), kind)

    with pytest.raises(Refused):
        cleaned(data[: int(len(data) * kept)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_clean_corrupt_file_is_cleaned_or_refused_and_nothing_else(kind):
    data = saved(photo(), kind)
    step = max(1, len(data) // 60)

    for place in range(4, len(data), step):
        broken = data[:place] + bytes(byte ^ 0x55 for byte in data[place : place + 4]) + data[place + 4 :]
        with contextlib.suppress(Refused):
            assert cleaned(broken).width <= pictures.LONGEST_SIDE


@pytest.mark.parametrize("profile", [None, wide_profile()])
def test_clean_keeps_no_script_comment_place_or_profile_of_a_jpeg(profile):
    exif = Image.Exif()
    exif[0x010E] = "A caption with <script>"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    exif.get_ifd(0x8825)[2] = (60.0, 10.0, 5.0)
    jpeg = saved(photo(), "JPEG", comment=SCRIPT, exif=exif, icc_profile=profile, xmp=b"<x:xmpmeta>" + SCRIPT)
    assert jpeg.count(b"<script>") == 3

    clean = cleaned(jpeg + SCRIPT)

    assert b"script" not in clean.data
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(opened(clean).info)
    assert not opened(clean).getexif()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "AVIF"])
def test_clean_keeps_no_words_of_other_formats(kind):
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode(), zip=False)
    options = {"PNG": {"pnginfo": words}, "GIF": {"comment": SCRIPT}}.get(kind, {"xmp": SCRIPT})
    data = saved(drawing(), kind, **options)
    assert SCRIPT in data

    clean = cleaned(data)

    assert b"script" not in clean.data
    assert not {"comment", "Comment", "xmp", "exif"} & set(opened(clean).info)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("options", [{}, {"longest_side": 60}])
def test_clean_turns_orientation_6_upright(kind, options):
    image = Image.new("RGB", (120, 80), "blue")
    image.paste("red", (0, 0, 120, 40))
    exif = Image.Exif()
    exif[0x0112] = 6

    clean = cleaned(saved(image, kind, exif=exif), **options)

    turned = opened(clean).convert("RGB")
    scale = clean.height / 120
    assert (clean.width, clean.height) == (round(80 * scale), round(120 * scale))
    assert is_near(turned.getpixel((clean.width - 5, 5)), (255, 0, 0), 20)
    assert is_near(turned.getpixel((5, 5)), (0, 0, 255), 20)


def test_clean_converts_a_profile_to_srgb():
    image = Image.new("RGB", (40, 40), (200, 30, 30))

    clean = cleaned(saved(image, "JPEG", quality=95, icc_profile=wide_profile()))

    red, green, _ = opened(clean).convert("RGB").getpixel((20, 20))
    assert green > 150
    assert red < 100


@pytest.mark.parametrize("profile", [b"no profile", wide_profile()[:200], wide_profile()])
@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_clean_passes_over_a_profile_that_does_not_fit(profile, mode):
    clean = cleaned(saved(photo().convert(mode), "JPEG", icc_profile=profile))

    assert opened(clean).mode in ("L", "RGB")


def test_clean_keeps_the_colours_of_cmyk():
    clean = cleaned(saved(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG"))

    assert is_near(opened(clean).convert("RGB").getpixel((20, 20)), (255, 0, 0))


def test_clean_scales_16_bits_down_instead_of_cutting_them_off():
    row = b"\0" + b"".join(struct.pack(">H", column * 2000) for column in range(32))
    transparent = chunk(b"tRNS", struct.pack(">H", 2000))

    for extra in (b"", transparent):
        grey = opened(cleaned(png(32, 8, depth=16, colour=0, rows=row * 8, extra=extra)))
        assert is_near([grey.getpixel((column, 4)) for column in (0, 8, 31)], (0, 62, 242))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_clean_takes_every_mode_of_png(mode):
    clean = cleaned(saved(drawing().convert(mode), "PNG"))

    assert opened(clean).mode in ("L", "RGB", "RGBA")
    assert opened(clean).convert("L").getpixel((100, 140)) > 250
    assert opened(clean).convert("L").getpixel((80, 55)) < 5


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_clean_keeps_transparency_as_png(kind):
    image = photo().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))

    clean = cleaned(saved(image, kind, lossless=True))

    assert (clean.format, clean.extension, clean.content_type) == ("PNG", ".png", "image/png")
    assert opened(clean).getchannel("A").getextrema() == pytest.approx((0, 255), abs=3)


def test_clean_keeps_the_transparency_of_a_palette():
    image = drawing().quantize(4)
    clear = image.getpixel((0, 0))

    clean = cleaned(saved(image, "GIF", transparency=clear))

    assert opened(clean).getpixel((0, 0))[3] == 0
    assert opened(clean).getpixel((80, 55))[3] == 255


def test_clean_alpha_that_hides_nothing_is_dropped():
    assert cleaned(saved(photo().convert("RGBA"), "PNG")).format == "JPEG"


@pytest.mark.parametrize(
    ("image", "kind", "expected"),
    [
        (drawing(), "PNG", "PNG"),
        (drawing(), "GIF", "PNG"),
        (drawing(), "JPEG", "JPEG"),
        (photo(), "PNG", "JPEG"),
        (photo().convert("L"), "PNG", "JPEG"),  # no more than 256 greys, and no drawing
    ],
)
def test_clean_drawings_stay_png_and_photographs_become_jpeg(image, kind, expected):
    assert cleaned(saved(image, kind)).format == expected


def test_clean_takes_the_first_frame_of_a_film():
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]

    clean = cleaned(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))

    assert getattr(opened(clean), "n_frames", 1) == 1
    assert opened(clean).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((3000, 1500), (2560, 1280)), ((1500, 3000), (1280, 2560)), ((9000, 2), (2560, 1)), ((200, 100), (200, 100))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_clean_scales_down_and_never_up(kind, size, expected):
    clean = cleaned(saved(Image.new("RGB", size, "teal"), kind))

    assert (clean.width, clean.height) == expected == opened(clean).size


@pytest.mark.parametrize("image", [photo(), drawing(), drawing().convert("RGBA")])
def test_clean_same_upload_gives_the_same_bytes(image):
    data = saved(image, "PNG")

    first, second = cleaned(data), cleaned(data)

    assert first == second
    assert len(first.sha256) == 64


@pytest.mark.parametrize(("size", "side"), [((900, 600), 400), ((600, 900), 400), ((300, 200), 200), ((900, 401), 400)])
def test_square_is_the_middle_and_never_enlarged(size, side):
    image = Image.new("RGB", size, "red")
    short = min(size)
    image.paste("blue", [(length - short) // 2 + end for end in (2, short - 2) for length in size])

    square = pictures.square(saved(image, "PNG"))

    assert (square.format, square.width, square.height) == ("WEBP", side, side)
    assert is_near(opened(square).convert("RGB").getpixel((side // 8, side - side // 8)), (0, 0, 255), 20)


def test_square_refuses_what_clean_refuses():
    for data in (SVG, png(60_000, 60_000), saved(photo(), "JPEG")[:300]):
        with pytest.raises(Refused):
            pictures.square(data)
