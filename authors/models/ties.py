"""What binds an account to an author so closely that it must not judge their work."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from authors.models.author import Author
from network import clock


class TieKind(models.TextChoices):
    FAMILY = "family", "Family or a close friend"
    WORK = "work", "Works or worked closely with them"
    OTHER = "other", "Another tie"


class Tie(models.Model):
    """A listed relation between somebody on the desk and an author."""

    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="ties")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ties", verbose_name="person on the desk"
    )
    kind = models.CharField(max_length=8, choices=TieKind)
    noted_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["author", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "user"], name="one_tie_for_two_people"),
            models.CheckConstraint(condition=Q(kind__in=TieKind.values), name="tie_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} and {self.author}"


class Employment(models.Model):
    """Whom an account says it works for. Two people with the same employer do not judge each other's work."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="employments")
    employer = models.CharField(max_length=120)
    key = models.CharField(max_length=120, editable=False, help_text="The name without case and blanks, for comparing.")

    class Meta:
        ordering = ["employer", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_employment_each")]
        indexes = [models.Index(fields=["key"], name="employment_by_key")]

    def __str__(self) -> str:
        return f"{self.user}: {self.employer}"

    def save(self, *args, **kwargs) -> None:
        self.employer = " ".join(self.employer.split())
        self.key = self.employer.casefold()
        super().save(*args, **kwargs)
