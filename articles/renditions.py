"""Making the files that pages show of a picture: one picture at a time, by the worker or `manage.py make_renditions`.

No half row: the files come first, each under a name that says what is in it, and all rows of a picture in one
transaction after them. Whoever is killed leaves at most files that the next try takes over.
"""

import logging
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.db import transaction

from articles.models import Picture, Rendition
from articles.models.rendition import FOR_MACHINES, RATIOS, Format, Shape, Shown, wanted
from network import clock, pictures

logger = logging.getLogger(__name__)


def make_next() -> bool:
    """Make those of one picture that waits. Whether there was one."""
    picture = Picture.objects.waiting(clock.now()).first()
    if picture is None:
        return False
    make(picture)
    return True


def make(picture: Picture) -> bool:
    """Make what a picture lacks. False where somebody else is at it, or where its file cannot be read."""
    if not Picture.objects.claim(picture):
        return False
    picture = Picture.objects.get(pk=picture.pk)
    try:
        made = list(_made(picture))
    except Exception:  # of the file, the disk, the bucket: the worker has other things to do
        logger.exception("No renditions of picture %s at try %s.", picture.reference, picture.rendition_tries)
        return False
    return _keep(picture, made)


def crops(picture: Picture) -> list[str]:
    """The addresses of a picture's cuts for search engines; of a live lead picture, `article.card_picture.crops()`."""
    return picture.as_card.crops()


def _made(picture: Picture) -> Iterator[Rendition]:
    """What is not there yet, each with its file kept and its row not."""
    with picture.file.open("rb") as file:
        pixels = pictures.load(file.read())
    there = set(picture.renditions.values_list("shape", "width", "format", "focus_x", "focus_y"))
    for shown in wanted(picture):
        for width in shown.widths:
            for kind in _formats(shown.shape, is_transparent=pixels.mode == "RGBA"):
                if (shown.shape, width, kind, *shown.focus) not in there:
                    clean = pictures.rendition(pixels, kind, width, RATIOS.get(shown.shape), shown.focus)
                    yield _with_file(picture, shown, kind, clean)


def _formats(shape: Shape, *, is_transparent: bool) -> tuple[Format, ...]:
    if shape in FOR_MACHINES:
        return (Format.JPEG,)
    return (Format.AVIF, Format.WEBP, Format.PNG if is_transparent else Format.JPEG)


def _with_file(picture: Picture, shown: Shown, kind: Format, clean: pictures.Clean) -> Rendition:
    rendition = Rendition(
        picture=picture,
        shape=shown.shape,
        format=kind,
        width=clean.width,
        height=clean.height,
        focus_x=shown.focus[0],
        focus_y=shown.focus[1],
        bytes=len(clean.data),
        sha256=clean.sha256,
    )
    file = rendition.file
    name = file.field.generate_filename(rendition, f"rendition{clean.extension}")
    if file.storage.exists(name) and file.storage.size(name) != len(clean.data):
        file.storage.delete(name)  # what a killed worker had begun to write
    rendition.file = name if file.storage.exists(name) else file.storage.save(name, ContentFile(clean.data))
    return rendition


def _keep(picture: Picture, made: list[Rendition]) -> bool:
    """All rows at once, those of an earlier focus out of their way. Where the focus has moved meanwhile they are of no
    use, and the picture waits again."""
    with transaction.atomic():
        now = Picture.objects.select_for_update().get(pk=picture.pk)
        if now.focus != picture.focus:
            return False
        cuts = picture.renditions.exclude(shape=Shape.WHOLE)
        old = cuts.exclude(focus_x=picture.focus_x, focus_y=picture.focus_y)
        names = set(old.values_list("file", flat=True))
        old.delete()
        Rendition.objects.bulk_create(made)
        Picture.objects.filter(pk=picture.pk).update(renditions_due_at=None, rendition_tries=0)
        names -= set(picture.renditions.values_list("file", flat=True))
        transaction.on_commit(lambda: _drop(names))
    return True


def _drop(names: set[str]) -> None:
    """Files that no row names any more."""
    for name in names:
        Rendition.file.field.storage.delete(name)
