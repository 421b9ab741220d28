"""Where readers find pieces. An address of a section or a tag leads there for ever, whatever it is called today."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse

from network import clock

ADDRESS_IS_TAKEN = "Another one has this address, or had it once. Choose a different one."


class SectionQuerySet(models.QuerySet["Section"]):
    def high_risk(self) -> "SectionQuerySet":
        """Those each of whose pieces two editors approve."""
        return self.filter(is_high_risk=True)


class Section(models.Model):
    """Where readers find a piece."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    description = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_high_risk = models.BooleanField(
        "high risk", default=False, help_text="Two editors approve each piece of this section."
    )

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            _leave_address(self)
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("articles:section", args=[self.slug])

    def clean(self) -> None:
        _refuse_taken(self, OldSectionSlug.objects.exclude(section=self.pk))


class Tag(models.Model):
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            _leave_address(self)
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("articles:tag", args=[self.slug])

    def clean(self) -> None:
        _refuse_taken(self, OldTagSlug.objects.exclude(tag=self.pk))


class OldSectionSlug(models.Model):
    """An address that a section once had. It redirects for ever."""

    slug = models.SlugField(max_length=60, unique=True)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="old_slugs")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.slug


class OldTagSlug(models.Model):
    """An address that a tag once had. It redirects for ever."""

    slug = models.SlugField(max_length=60, unique=True)
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="old_slugs")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.slug


def _refuse_taken(place: Section | Tag, had_by_others) -> None:
    if had_by_others.filter(slug=place.slug).exists():
        raise ValidationError({"slug": ADDRESS_IS_TAKEN})


def _leave_address(place: Section | Tag) -> None:
    """Keep the address that a changed one takes the place of; one that comes back is the current one again."""
    before = type(place)._default_manager.filter(pk=place.pk).values_list("slug", flat=True).first()
    if before and before != place.slug:
        place.old_slugs.filter(slug=place.slug).delete()
        place.old_slugs.create(slug=before)
