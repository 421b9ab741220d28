import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max
from django.urls import reverse

from network import clock
from network.fingerprint import fingerprint

PLACEHOLDERS = {
    "network": "the network's name",
    "host": "who runs it",
    "contact": "the network's address, as a link",
    "author": "“the author”, as a link to the author's contact page",
}
_BRACES = re.compile(r"\{([^{}]*)\}|([{}])")


def check_placeholders(text: str) -> None:
    """Raise ValidationError for a placeholder that nothing will fill, or a brace that belongs to none."""
    for match in _BRACES.finditer(text):
        if match[1] not in PLACEHOLDERS:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise ValidationError(f"“{match[0]}” is not a placeholder. You can use {known}.")


class DisclaimerQuerySet(models.QuerySet["Disclaimer"]):
    def in_force(self) -> "Disclaimer | None":
        """The newest version whose time has come: the one and only that a piece can be approved and published with."""
        return self.ever_in_force().first()

    def ever_in_force(self) -> "DisclaimerQuerySet":
        """The versions whose time has come, newest first."""
        return self.filter(in_force_from__lte=clock.now()).order_by("-version")


class Disclaimer(models.Model):
    """One version of the network's standing words. Free to edit until first used; then a change is a new version."""

    version = models.PositiveIntegerField(unique=True, editable=False)
    line = models.CharField(
        "short line", max_length=200, help_text="One sentence for under the headline. It may use the same placeholders."
    )
    text = models.TextField(
        "full text", help_text="For the foot of each piece. {network}, {host}, {contact} and {author} are filled in."
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

    @property
    def text_hash(self) -> str:
        return fingerprint({"version": self.version, "line": self.line, "text": self.text})

    @property
    def is_used(self) -> bool:
        """Whether a review or a publication names it, so that it can no longer change."""
        return self.pk is not None and (self.publications.exists() or self.reviews.exists())
