"""An uploaded file to a clean rendition, or a refusal in a sentence.

Nothing of the upload is kept but what it looks like: its pixels are decoded, turned upright, brought to sRGB, scaled
down, pasted into a fresh image and encoded anew. Its name and the type its sender claims are never asked.
"""

import hashlib
import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageCms, UnidentifiedImageError

from network import picture_files

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000  # width × height × frames, as the file claims them; bench/uploads.py measures what they take
HEAVY = 2  # so many times fewer where a pixel takes that much more: CMYK, transparency, more than 8 bits
HEAVIEST = 3  # and WebP and AVIF, whose decoders hold the picture up to five times
MAX_SIDE = 20_000  # pixels; the panoramas of a phone have up to 16,000
LONGEST_SIDE = 2560  # pixels
PORTRAIT_SIDE = 400  # pixels
CENTRE = (50, 50)  # percent from the left and from the top
FEW_COLOURS = 256  # of a drawing or a chart, whose edges JPEG would blur; and of any grey photograph
JPEG_QUALITY = 85

_ACCEPTED = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")  # the only decoders that ever see a file
# About one quality: the demo's pictures take a third of JPEG's bytes as AVIF or WebP, a grainy photograph a half as
# AVIF and nine tenths as WebP. A slower AVIF saves a tenth and takes half as long again; one thread leaves the others
# to readers.
_ENCODERS: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 55, "speed": 7, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 75, "method": 4}),
    "jpeg": ("JPEG", {"quality": 78, "progressive": True, "optimize": True}),
    "png": ("PNG", {"optimize": True}),
}
_QUICK_PNG = {"compress_level": 4}  # somebody waits: `optimize` takes up to 6 s, for nothing to a third of the bytes
_EXTENSIONS = {"avif": ".avif", "webp": ".webp", "jpeg": ".jpg", "png": ".png"}
_TURNS = {  # by Exif's number
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ONE_AT_A_TIME = threading.Lock()  # so that a process never takes more than one picture's memory
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

# For the whole process, since a filter set around one call is not safe among threads.
warnings.simplefilter("error", Image.DecompressionBombWarning)


Refused = picture_files.Refused


@dataclass(frozen=True)
class Clean:
    """A rendition of our own making. The same upload always gives the same bytes."""

    data: bytes
    format: str  # JPEG or PNG, of a rendition also AVIF or WEBP
    extension: str  # with its dot
    content_type: str
    width: int
    height: int
    sha256: str


def clean(
    upload: IO[bytes] | UploadedFile,
    *,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
    longest_side: int = LONGEST_SIDE,
) -> Clean:
    """The upload as a picture that may be published, at most `longest_side` pixels long. Raises Refused."""
    data = _read(upload, max_bytes)
    with _ONE_AT_A_TIME, _refusing_what_breaks():
        return _encode(*_decode(data, max_pixels, longest_side))


def square(image_bytes: bytes, side: int = PORTRAIT_SIDE) -> Clean:
    """The middle of a picture as a square of `side` pixels, or as large as the picture allows. Raises Refused.

    WebP, a third of what JPEG takes: every page of an author's carries it.
    """
    picture = load(image_bytes)
    return rendition(picture, "webp", min(side, *picture.size), ratio=(1, 1))


def load(data: bytes) -> Image.Image:
    """The pixels of a picture, for its renditions: RGBA where something shines through. Raises Refused."""
    with _refusing_what_breaks():
        return _decode(data, MAX_PIXELS, LONGEST_SIDE)[0]


def rendition(
    picture: Image.Image, kind: str, width: int, ratio: tuple[int, int] | None = None, focus: tuple[int, int] = CENTRE
) -> Clean:
    """The picture, or the part of it in a shape, at a width that it has: as avif, webp, jpeg or png. Raises Refused."""
    box = part(picture.size, ratio or picture.size, focus)
    height = max(1, round(width * (box[3] - box[1]) / (box[2] - box[0])))
    with _refusing_what_breaks():
        scaled = picture.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
        fresh = Image.new("RGBA" if scaled.mode == "RGBA" and kind != "jpeg" else "RGB", scaled.size, "white")
        fresh.paste(scaled, mask=scaled if scaled.mode == "RGBA" and kind == "jpeg" else None)
        format_name, options = _ENCODERS[kind]
        return _saved(fresh, format_name, _EXTENSIONS[kind], **options)


def part(size: tuple[int, int], ratio: tuple[int, int], focus: tuple[int, int] = CENTRE) -> tuple[int, int, int, int]:
    """The largest part in this shape, with the focus as near to its middle as the edges allow."""
    sides = (min(size[0], size[1] * ratio[0] / ratio[1]), min(size[1], size[0] * ratio[1] / ratio[0]))
    width, height = (max(1, round(side)) for side in sides)
    left = min(max(0, round(size[0] * focus[0] / 100 - width / 2)), size[0] - width)
    top = min(max(0, round(size[1] * focus[1] / 100 - height / 2)), size[1] - height)
    return left, top, left + width, top + height


def _read(upload: IO[bytes] | UploadedFile, max_bytes: int) -> bytes:
    """From the start, wherever an earlier reader left off, and never more than one byte too many."""
    upload.seek(0)
    data = upload.read(max_bytes + 1)
    if not data:
        raise Refused("This file is empty. Choose the picture again.")
    if len(data) > max_bytes:
        most = f"{max_bytes / 1024 / 1024:.3g} MB"
        raise Refused(f"This file is larger than {most}. Save the picture smaller and choose it again.")
    return data


@contextmanager
def _refusing_what_breaks() -> Iterator[None]:
    """A broken file makes decoders raise almost anything, also MemoryError and struct.error: each is one refusal."""
    try:
        yield
    except Refused:
        raise
    except UnidentifiedImageError as error:
        raise Refused(
            "This file is not a picture that can be shown here. Save it as JPEG, PNG, WebP, AVIF or GIF and try again."
        ) from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(MAX_PIXELS) from error
    except Exception as error:
        raise Refused("This picture is damaged and cannot be read. Save it again and choose the new file.") from error


def _too_large(max_pixels: int) -> Refused:
    return Refused(
        f"This picture has more than {max_pixels / 1_000_000:.3g} million pixels, counting all its frames. "
        "Save it smaller and choose it again."
    )


def _decode(data: bytes, max_pixels: int, longest_side: int) -> tuple[Image.Image, bool]:
    """The first frame, scaled, upright and in sRGB; and whether it may be a drawing.

    Scaled before anything else is done to it, since each further copy at full size takes 150 MB or more.
    """
    file = picture_files.bare(data)
    with Image.open(io.BytesIO(file.data), formats=_ACCEPTED) as image:
        most = max_pixels // _weight(image, file.data)
        pixels = image.width * image.height * getattr(image, "n_frames", 1)
        if max(pixels, file.coded_pixels // 2) > most:  # transparency is coded as a second picture
            raise _too_large(most)
        _refuse_too_long(image)
        # Decodes a JPEG at a half, a quarter or an eighth of the size where that is enough.
        image.draft(None, (longest_side, longest_side))
        image.load()
        picture = _in_plain_mode(image)
        may_be_drawing = image.format in ("PNG", "GIF") and picture.getcolors(FEW_COLOURS) is not None
        picture.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
        picture = _upright(picture, file.orientation or picture_files.orientation(image.info.get("exif", b"")))
        return _in_srgb(picture), may_be_drawing


def _weight(image: Image.Image, data: bytes) -> int:
    """How many times more a pixel takes than one of a JPEG or PNG in colour."""
    if image.format in ("AVIF", "WEBP"):
        return HEAVIEST
    is_deep = image.mode.startswith(("I", "F")) or (image.format == "PNG" and data[24] > 8)
    return HEAVY if is_deep or image.mode == "CMYK" or image.has_transparency_data else 1


def _refuse_too_long(image: Image.Image) -> None:
    """Decoders keep something for each row: a picture one pixel wide would take ten times its memory."""
    if max(image.size) > MAX_SIDE:
        raise Refused(f"This picture is more than {MAX_SIDE:,} pixels long. Save it smaller and choose it again.")


def _upright(picture: Image.Image, turned: int) -> Image.Image:
    return picture.transpose(_TURNS[turned]) if turned in _TURNS else picture


def _in_plain_mode(image: Image.Image) -> Image.Image:
    """As L, RGB, CMYK or RGBA: without palette and more than 8 bits, its transparency in a channel of its own."""
    if image.mode in ("L", "RGB", "CMYK", "RGBA") and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):  # 16 bits a pixel: a plain conversion would make white of all above 255
        return image.convert("F").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """As L, RGB or, where something shines through, RGBA."""
    profile = picture.info.get("icc_profile")
    if picture.mode != "RGBA":
        return _converted(picture, profile)
    alpha = picture.getchannel("A")
    picture = _converted(picture.convert("RGB"), profile)
    if alpha.getextrema() != (255, 255):
        picture.putalpha(alpha)
    return picture


def _converted(image: Image.Image, profile: Any) -> Image.Image:
    """From the colours of its profile to sRGB; a profile that is broken or for other colours counts for nothing."""
    mode = "L" if image.mode == "L" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB") or image.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert(mode)


def _encode(picture: Image.Image, may_be_drawing: bool) -> Clean:
    """Pixels in a fresh image: no comment, place, date, profile or thumbnail comes along.

    What shines through is PNG, the rest JPEG, but for a picture in few colours that PNG holds in no more bytes.
    """
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    if picture.mode == "RGBA":
        return _saved(fresh, "PNG", ".png", **_QUICK_PNG)
    jpeg = _saved(fresh, "JPEG", ".jpg", quality=JPEG_QUALITY, progressive=True, optimize=True)
    png = _saved(fresh, "PNG", ".png", **_QUICK_PNG) if may_be_drawing else None
    return png if png and len(png.data) <= len(jpeg.data) else jpeg


def _saved(picture: Image.Image, kind: str, extension: str, **options: Any) -> Clean:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    data = out.getvalue()
    return Clean(data, kind, extension, Image.MIME[kind], *picture.size, hashlib.sha256(data).hexdigest())
