import re
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse

from articles.models.section import Section
from network import clock
from network.fingerprint import fingerprint

PLACEHOLDERS = {
    "network": "the network's name",
    "host": "who runs it",
    "contact": "the network's address, as a link",
    "author": "“the author”, as a link to the author's contact page",
}
A_MINUTE = timedelta(minutes=1)  # forms give moments without their seconds
_BRACES = re.compile(r"\{([^{}]*)\}|([{}])")


def check_placeholders(text: str) -> None:
    """Raise ValidationError for a placeholder that nothing will fill, or a brace that belongs to none."""
    for match in _BRACES.finditer(text):
        if match[1] not in PLACEHOLDERS:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise ValidationError(f"“{match[0]}” is not a placeholder. You can use {known}.")


class DisclaimerQuerySet(models.QuerySet["Disclaimer"]):
    def in_force(self, section: Section | int | None = None) -> "Disclaimer | None":
        """The newest version whose time has come, a section's own before the network's: the one and only that a piece
        can be approved and published with."""
        found = self.ever_in_force().filter(Q(section=None) | Q(section=section))
        return found.order_by(F("section").desc(nulls_last=True), "-version").first()

    def ever_in_force(self) -> "DisclaimerQuerySet":
        """The versions whose time has come, newest first."""
        return self.filter(in_force_from__lte=clock.now()).order_by("-version")

    def next_in_force(self, now: datetime) -> models.QuerySet:
        """The next moment at which a version comes into force, as a row of its own."""
        return self.filter(in_force_from__gt=now).order_by("in_force_from").values("in_force_from")[:1]


class Disclaimer(models.Model):
    """One version of the network's standing words. Free to edit until first used; then a change is a new version."""

    version = models.PositiveIntegerField(unique=True, editable=False)
    line = models.CharField(
        "short line", max_length=200, help_text="One sentence for under the headline. It may use the same placeholders."
    )
    text = models.TextField(
        "full text", help_text="For the foot of each piece. {network}, {host}, {contact} and {author} are filled in."
    )
    section = models.ForeignKey(
        Section,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="disclaimers",
        help_text="Whose own words these are. Empty: those of the whole network.",
    )
    in_force_from = models.DateTimeField(null=True, blank=True, help_text="Empty: not in force yet.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = DisclaimerQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"Disclaimer, version {self.version}"

    def save(self, *args, **kwargs) -> None:
        """Number a new version, and refuse a placeholder that nobody could fill, from the shell too."""
        self.clean()
        if not self.version:
            self.version = (Disclaimer.objects.aggregate(Max("version"))["version__max"] or 0) + 1
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("articles:disclaimer_version", args=[self.version])

    def clean(self) -> None:
        check_placeholders(self.line)
        check_placeholders(self.text)

    def come_into_force(self, at: datetime) -> None:
        """From a moment on, for every section that has no words of its own, or for its own section. Raises
        ValidationError for one that has passed: what was in force then is told to readers."""
        if at < clock.now() - A_MINUTE:
            raise ValidationError({"at": "That moment has passed. Words come into force now, or later."})
        self.in_force_from = at
        self.save(update_fields=["in_force_from"])

    @property
    def text_hash(self) -> str:
        words = {"version": self.version, "line": self.line, "text": self.text}
        return fingerprint(words | ({"section": self.section_id} if self.section_id else {}))

    @property
    def is_used(self) -> bool:
        """Whether a review or a publication names it, so that it can no longer change."""
        return self.pk is not None and (self.publications.exists() or self.reviews.exists() or self.repinnings.exists())
