"""The terms between the network and its contributors, and who has accepted them."""

import hashlib

from django.conf import settings
from django.db import models, transaction

from authors.models.author import Author
from network import clock
from network.models import renders


class OtherText(ValueError):
    """Somebody accepts a text that is not the one in force now; the message is a sentence for them."""


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def in_force(self) -> "Agreement | None":
        """The newest version whose time has come, or nothing while the network has none."""
        return self.ever_in_force().first()

    def ever_in_force(self) -> "AgreementQuerySet":
        return self.filter(in_force_from__lte=clock.now()).order_by("-version")


class Agreement(models.Model):
    """One version of the terms between the network and its contributors. Frozen once somebody has accepted it."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField(help_text="Markdown.", validators=[renders])
    changes = models.TextField(
        blank=True, help_text="What changed since the version before, for those who accepted it."
    )
    in_force_from = models.DateTimeField(default=clock.now)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"Contributor agreement, version {self.version}"

    @property
    def text_hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def is_used(self) -> bool:
        """Whether somebody has accepted it, so that it can no longer change."""
        return self.pk is not None and self.acceptances.exists()

    def accept(self, author: Author, by, terms: str | None = None) -> "AgreementAcceptance":
        """Record that `author`, signed in as `by`, accepts exactly this text; the same acceptance twice is one.

        `terms` is the hash of the text that was on their screen; `None` is for a shell, which has no screen. Raises
        OtherText where the text is another by now.
        """
        with transaction.atomic():
            current = Agreement.objects.select_for_update().get(pk=self.pk)
            if terms is not None and terms != current.text_hash:
                raise OtherText("The agreement changed while you were reading. Read the new version, then accept it.")
            return AgreementAcceptance.objects.get_or_create(
                agreement=current, author=author, defaults={"accepted_by": by, "text_hash": current.text_hash}
            )[0]


class AgreementAcceptance(models.Model):
    """An author's acceptance of one version, with the hash of the text that was shown. Never changes."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="acceptances")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="acceptances")
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text_hash = models.CharField(max_length=64)
    accepted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-accepted_at"]
        constraints = [models.UniqueConstraint(fields=["agreement", "author"], name="accepted_once")]

    def __str__(self) -> str:
        return f"{self.author} accepted version {self.agreement.version}"
