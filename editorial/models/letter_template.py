import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

PLACEHOLDERS = ("title", "name", "network")


def check_placeholders(words: str) -> None:
    """Whatever stands in braces is filled in, or the letter would arrive with a brace in it."""
    left = re.sub(rf"\{{(?:{'|'.join(PLACEHOLDERS)})\}}", "", words)
    if "{" in left or "}" in left:
        raise ValidationError("Only {title}, {name} and {network} are filled in. Take every other brace away.")


class LetterKind(models.TextChoices):
    DECLINED = "declined", "A piece is declined"
    CHANGES_ASKED = "changes_asked", "Changes are asked"
    KILLED = "killed", "An accepted piece is dropped"
    INVITATION = "invitation", "Somebody is invited"
    APPLICATION_DECLINED = "application_declined", "An application is declined"


class LetterTemplate(models.Model):
    """Words to start a letter from, for one reason. Whoever sends it edits them; what is sent is kept as a letter."""

    kind = models.CharField(max_length=20, choices=LetterKind)
    reason = models.CharField(max_length=80, help_text="How the desk finds it: “Close to another piece”.")
    words = models.TextField(
        validators=[check_placeholders],
        help_text="A greeting and the way on are written around it. {title}, {name} and {network} are filled in.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField("offered", default=True)

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="letter_template_kind_known"),
            models.CheckConstraint(condition=~Q(words=""), name="letter_template_has_words"),
            models.UniqueConstraint(fields=["kind", "reason"], name="letter_template_reason_once"),
        ]

    def __str__(self) -> str:
        return self.reason

    def filled(self, **values: str) -> str:
        """The words with their placeholders filled in; nothing in a value is filled in again."""
        return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), self.words)
