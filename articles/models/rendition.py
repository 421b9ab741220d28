"""The files that pages show of a picture: each in one shape, at one width, in one format.

Which there are follows from the picture's size alone, so that a page writes their addresses without asking the
database, and is the same before and after they are made. Until then an address leads to the original.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from network import pictures


class Format(models.TextChoices):
    AVIF = "avif", "AVIF"
    WEBP = "webp", "WebP"
    JPEG = "jpeg", "JPEG"
    PNG = "png", "PNG"


class Shape(models.TextChoices):
    WHOLE = "whole", "Whole"
    CARD = "card", "3:2, for cards"
    SQUARE = "square", "1:1, for machines"
    STANDARD = "standard", "4:3, for machines"
    WIDE = "wide", "16:9, for machines"


RATIOS = {Shape.CARD: (3, 2), Shape.SQUARE: (1, 1), Shape.STANDARD: (4, 3), Shape.WIDE: (16, 9)}
FOR_MACHINES = (Shape.SQUARE, Shape.STANDARD, Shape.WIDE)
# A phone's width, and what a screen of twice the density makes of it; 1600 is the widest column at that density. A card
# in a list is 208 px wide. Search engines ask for 1200 px: developers.google.com/search/docs/appearance/structured-data
WIDTHS = {Shape.WHOLE: (480, 800, 1200, 1600), Shape.CARD: (240, 480, 800, 1200)} | dict.fromkeys(FOR_MACHINES, (1200,))
PLAIN = (Format.JPEG, Format.PNG)  # what every browser shows: PNG where something shines through
SUFFIXES = {".avif": (Format.AVIF,), ".webp": (Format.WEBP,), "": PLAIN}
_NAME = re.compile(r"([a-z]{1,10})-([0-9]{1,4})(?:-([0-9]{1,3})x([0-9]{1,3}))?(\.avif|\.webp|)")


def _place(rendition: "Rendition", filename: str) -> str:
    return f"renditions/{rendition.picture.reference}/{rendition.sha256}{filename[filename.rfind('.') :]}"


class Rendition(models.Model):
    """One file of a picture. A focus that moves has the cuts made anew, in the place of those before."""

    picture = models.ForeignKey("articles.Picture", on_delete=models.PROTECT, related_name="renditions")
    shape = models.CharField(max_length=8, choices=Shape)
    format = models.CharField(max_length=4, choices=Format)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    focus_x = models.PositiveSmallIntegerField(default=pictures.CENTRE[0])
    focus_y = models.PositiveSmallIntegerField(default=pictures.CENTRE[1])
    file = models.FileField(upload_to=_place)
    bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["picture", "shape", "width", "format"]
        constraints = [
            models.UniqueConstraint(fields=["picture", "shape", "width", "format"], name="rendition_once"),
            models.CheckConstraint(condition=Q(shape__in=Shape.values), name="rendition_shape_known"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="rendition_format_known"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0, bytes__gt=0), name="rendition_has_size"),
        ]

    def __str__(self) -> str:
        return f"{self.get_shape_display()}, {self.width} × {self.height}, {self.get_format_display()}"


@dataclass(frozen=True)
class Asked:
    """What an address asks for. The whole picture has no focus: nothing of it is cut off."""

    shape: Shape
    width: int
    focus: tuple[int, int] | None
    suffix: str = ""

    def __str__(self) -> str:
        focus = "-{}x{}".format(*self.focus) if self.focus else ""
        return f"{self.shape.value}-{self.width}{focus}{self.suffix}"

    @classmethod
    def read(cls, name: str) -> "Asked | None":
        """What a name stands for, where it is written as this class writes it."""
        match = _NAME.fullmatch(name)
        if match is None or match[1] not in Shape.values:
            return None
        asked = cls(Shape(match[1]), int(match[2]), (int(match[3]), int(match[4])) if match[3] else None, match[5])
        return asked if str(asked) == name and (asked.focus is None) == (asked.shape == Shape.WHOLE) else None


@dataclass(frozen=True)
class Shown:
    """A picture in one shape, as a page shows it."""

    reference: str
    shape: Shape
    size: tuple[int, int]  # of the original
    focus: tuple[int, int] = pictures.CENTRE

    @property
    def widths(self) -> list[int]:
        """Those smaller than the picture, and its own where that is the largest: nothing is ever enlarged."""
        most = self.width
        return [width for width in WIDTHS[self.shape] if width < most] + [most]

    @cached_property
    def _base(self) -> str:
        return reverse("articles:picture", args=[self.reference])

    @cached_property
    def _cut(self) -> tuple[int, int]:
        left, top, right, bottom = pictures.part(self.size, RATIOS.get(self.shape, self.size), self.focus)
        return right - left, bottom - top

    @property
    def width(self) -> int:
        return min(self._cut[0], WIDTHS[self.shape][-1])

    @property
    def height(self) -> int:
        width, height = self._cut
        return max(1, round(self.width * height / width))

    def address(self, width: int, suffix: str = "") -> str:
        focus = None if self.shape == Shape.WHOLE else self.focus
        return f"{self._base}{Asked(self.shape, width, focus, suffix)}"

    def _srcset(self, suffix: str) -> str:
        return ", ".join(f"{self.address(width, suffix)} {width}w" for width in self.widths)

    @property
    def avif(self) -> str:
        return self._srcset(".avif")

    @property
    def webp(self) -> str:
        return self._srcset(".webp")

    @property
    def plain(self) -> str:
        return self._srcset("")

    @property
    def src(self) -> str:
        """For browsers that know no srcset: the width that suits most."""
        return self.address(self.widths[min(1, len(self.widths) - 1)])

    def crops(self) -> list[str]:
        """The whole addresses of its cuts for search engines, the square one first, then 4:3, then 16:9."""
        cuts = [replace(self, shape=shape) for shape in FOR_MACHINES]
        return [settings.SITE_URL + cut.address(cut.width) for cut in cuts]


def whole(image: Mapping[str, Any]) -> Shown:
    """A picture as a revision keeps it, uncut."""
    return Shown(image["reference"], Shape.WHOLE, (image["width"], image["height"]))


def wanted(picture) -> Iterator[Shown]:
    """Every shape that is made of a picture."""
    size = (picture.width, picture.height)
    for shape in Shape:
        yield Shown(picture.reference, shape, size, pictures.CENTRE if shape == Shape.WHOLE else picture.focus)
