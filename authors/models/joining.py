"""How people get in: they apply, somebody in the network invites them, and an invitation opens one account."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from authors.models.author import Author
from network import clock

VALID_FOR = timedelta(days=14)
KEYS = signing.Signer(salt="authors.invitation")


def _in_two_weeks():
    return clock.now() + VALID_FOR


class Decision(models.TextChoices):
    PENDING = "pending", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class ApplicationQuerySet(models.QuerySet["Application"]):
    def pending(self) -> "ApplicationQuerySet":
        return self.filter(decision=Decision.PENDING)


class Application(models.Model):
    """What somebody says who would like to write for the network, and what the desk answered."""

    name = models.CharField(max_length=120)
    email = models.EmailField("e-mail address")
    place = models.CharField(
        "where you live and work", max_length=200, help_text="A town and what you do there is enough."
    )
    links = models.TextField(
        "links", blank=True, max_length=2_000, help_text="Pieces or pages of yours, an address a line."
    )
    sample = models.TextField(
        "a sample", max_length=20_000, help_text="Some paragraphs of yours, published or not, as plain text."
    )
    why = models.TextField(
        "why here",
        max_length=5_000,
        help_text="What you would write about, and what you know of it that others do not.",
    )
    applied_at = models.DateTimeField(default=clock.now, editable=False)
    promised_by = models.DateTimeField(editable=False)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.PENDING, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["promised_by", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="application_decision_known"),
            models.CheckConstraint(
                condition=Q(decision=Decision.PENDING, decided_by=None, decided_at=None)
                | (~Q(decision=Decision.PENDING) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="application_decision_has_maker",
            ),
            models.UniqueConstraint(
                Lower("email"), condition=Q(decision=Decision.PENDING), name="one_pending_application"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} applies"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those that still open an account: neither used nor revoked, and not too old."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())

    def by_key(self, key: str) -> "Invitation | None":
        """The open invitation that this key belongs to, or nothing."""
        try:
            pk = KEYS.unsign(key)
        except signing.BadSignature:
            return None
        return self.open().filter(pk=pk).first()


class Invitation(models.Model):
    """A key to one account: for one address, once, for a while, and revocable until then.

    The key is in no row: it is signed with the site's secret when the letter goes out (`editorial.post`), so that
    whoever can read the database or the desk's letters still cannot open somebody else's account.
    """

    email = models.EmailField("e-mail address")
    name = models.CharField(max_length=120)
    author = models.ForeignKey(
        Author,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        help_text="Whose record the account will speak for. Empty: a new one is made.",
    )
    application = models.OneToOneField(
        Application, null=True, blank=True, on_delete=models.PROTECT, related_name="invitation", editable=False
    )
    words = models.TextField("your words to them", blank=True, max_length=2_000)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    invited_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(default=_in_two_weeks, editable=False)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None) | Q(used_at__isnull=False, used_by__isnull=False),
                name="invitation_use_has_maker",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="invitation_revocation_has_maker",
            ),
            models.CheckConstraint(condition=Q(used_at=None) | Q(revoked_at=None), name="invitation_used_or_revoked"),
            models.UniqueConstraint(
                Lower("email"), condition=Q(used_at=None, revoked_at=None), name="one_unused_invitation"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.name}"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.revoked_at is None and self.expires_at > clock.now()

    def key(self) -> str:
        return KEYS.sign(str(self.pk))
