import uuid
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.urls import reverse

from network import clock, pictures


def _reference() -> str:
    return uuid.uuid4().hex[:12]


def _place(picture: "Picture", filename: str) -> str:
    return f"pictures/{picture.sha256[:2]}/{picture.sha256}{filename[filename.rfind('.') :]}"


class PictureQuerySet(models.QuerySet["Picture"]):
    def take_in(self, upload, *, article, by, **words) -> "Picture":
        """Clean an uploaded file and keep it. Raises `pictures.Refused`, and leaves no file then."""
        clean = pictures.clean(upload)
        picture = self.model(
            article=article, uploaded_by=by, sha256=clean.sha256, width=clean.width, height=clean.height, **words
        )
        picture.file.save(f"upload{clean.extension}", ContentFile(clean.data), save=False)
        picture.save()
        return picture


class Picture(models.Model):
    """A cleaned picture of one piece, with what must be said about it. A text names it as `picture:<reference>`."""

    reference = models.CharField(max_length=12, unique=True, default=_reference, editable=False)
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="pictures")
    file = models.ImageField(upload_to=_place)
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField("description", max_length=300, blank=True, help_text="For those who cannot see it.")
    is_decorative = models.BooleanField("decorative: nothing is lost without it", default=False)
    caption = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=120, blank=True)
    licence = models.CharField(
        max_length=120, blank=True, help_text="By what right you use it: “own work”, “CC BY 4.0”…"
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.alt or self.caption or f"Picture of {self.created_at:%-d %B %Y, %H:%M} UTC"

    def get_absolute_url(self) -> str:
        return reverse("articles:picture", args=[self.reference])

    def is_public(self) -> bool:
        """Whether some published version of a piece that may be read shows it."""
        if not self.article.is_public:
            return False
        shown = self.article.publications.values_list("revision__images", flat=True)
        return any(image["reference"] == self.reference for images in shown for image in images)

    def frozen(self, *, lead: bool) -> dict[str, Any]:
        """What the author answers for about this picture, as a revision keeps it."""
        return {
            "reference": self.reference,
            "sha256": self.sha256,
            "width": self.width,
            "height": self.height,
            "lead": lead,
            "alt": "" if self.is_decorative else self.alt,
            "decorative": self.is_decorative,
            "caption": self.caption,
            "credit": self.credit,
            "licence": self.licence,
        }
