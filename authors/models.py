"""People in public: who is credited, how they are followed, what they have agreed to."""

import hashlib
import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from network import clock
from network.models import renders


class Identity(models.TextChoices):
    PENDING = "pending", "Not checked yet"
    VERIFIED = "verified", "Verified"
    PSEUDONYM = "pseudonym", "Approved pseudonym"


class Status(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ALUMNI = "alumni", "Alumni"
    SUSPENDED = "suspended", "Suspended"
    FABRICATED = "fabricated", "Fabricated"


BARRED = (Status.SUSPENDED, Status.FABRICATED)


class AuthorQuerySet(models.QuerySet["Author"]):
    def known(self) -> "AuthorQuerySet":
        """Those whose identity somebody answers for: verified, or a pseudonym the desk has approved."""
        return self.filter(identity__in=(Identity.VERIFIED, Identity.PSEUDONYM)).exclude(status__in=BARRED)

    def public(self) -> "AuthorQuerySet":
        """Those whom readers know, because a piece of theirs is or was published."""
        return self.filter(articles__live__isnull=False).distinct()

    def visible_to(self, user) -> "AuthorQuerySet":
        """The records this person may look at before readers can: their own, and for the desk all."""
        return self if user.has_perm("authors.view_author") else self.of(user)

    def of(self, user) -> "AuthorQuerySet":
        """The author records that this account speaks for: none or one."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class Author(models.Model):
    """One person as readers know them. The record exists before, and outlives, an account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="author"
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    familiar = models.CharField(
        "first name",
        max_length=60,
        blank=True,
        help_text="As in “Follow Steve on …”. Empty: the first word of the name.",
    )
    role = models.CharField("role and affiliation", max_length=120, blank=True)
    bio = models.CharField("short bio", max_length=160, blank=True, help_text="At most 160 characters.")
    long_bio = models.TextField(
        blank=True, max_length=10_000, validators=[renders], help_text="For the author's page. Markdown."
    )
    bio_confirmed_at = models.DateTimeField(null=True, blank=True)
    portrait = models.ImageField(upload_to="portraits/", blank=True)
    portrait_alt = models.CharField("portrait description", max_length=200, blank=True)
    identity = models.CharField(max_length=12, choices=Identity, default=Identity.PENDING)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = AuthorQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(identity__in=Identity.values), name="author_identity_known"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="author_status_known"),
            models.CheckConstraint(condition=~models.Q(slug=""), name="author_has_slug"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("authors:detail", args=[self.slug])

    @property
    def first_name(self) -> str:
        return self.familiar or self.name.split()[0]

    @property
    def is_barred(self) -> bool:
        return self.status in BARRED

    @property
    def line(self) -> str:
        """The follow line, as text: “Follow Steve on Twitter @stevengberman.” Empty without links."""
        return follow_line(self.first_name, self.follow_links())

    def follow_links(self) -> list[dict[str, str]]:
        """The links as a byline freezes them: site, handle and address, in the author's order."""
        return [link.frozen() for link in self.links.all()]


def follow_line(first_name: str, links: list[dict[str, str]]) -> str:
    if not links:
        return ""
    places = [f"{link['preposition']} {link['shown']}" for link in links]
    listed = places[0] if len(places) == 1 else ", ".join(places[:-1]) + " and " + places[-1]
    return f"Follow {first_name} {listed}."


class Site(models.TextChoices):
    """The network's own name for each site, as the follow line prints it."""

    TWITTER = "twitter", "Twitter"
    MASTODON = "mastodon", "Mastodon"
    BLUESKY = "bluesky", "Bluesky"
    INSTAGRAM = "instagram", "Instagram"
    THREADS = "threads", "Threads"
    LINKEDIN = "linkedin", "LinkedIn"
    WEBSITE = "website", "Website"


ADDRESSES = {
    Site.TWITTER: "https://twitter.com/{}",
    Site.BLUESKY: "https://bsky.app/profile/{}",
    Site.INSTAGRAM: "https://www.instagram.com/{}/",
    Site.THREADS: "https://www.threads.net/@{}",
    Site.LINKEDIN: "https://www.linkedin.com/in/{}/",
}
HANDLES = {
    Site.TWITTER: r"[A-Za-z0-9_]{1,15}",
    Site.MASTODON: r"[A-Za-z0-9_.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    Site.BLUESKY: r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    Site.INSTAGRAM: r"[A-Za-z0-9_.]{1,30}",
    Site.THREADS: r"[A-Za-z0-9_.]{1,30}",
    Site.LINKEDIN: r"[A-Za-z0-9-]{3,100}",
    Site.WEBSITE: r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/[^\s<>\"]*)?",
}


class SocialLink(models.Model):
    """Where an author can be followed. The handle is kept without its leading @; a website is its whole address."""

    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="links")
    site = models.CharField(max_length=12, choices=Site)
    handle = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "site"], name="one_link_per_site"),
            models.CheckConstraint(condition=models.Q(site__in=Site.values), name="social_site_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_site_display()} {self.handle}"

    def clean(self) -> None:
        self.handle = self.handle.strip().removeprefix("@")
        if self.site in HANDLES and not re.fullmatch(HANDLES[Site(self.site)], self.handle):
            raise ValidationError({"handle": f"This does not look like a {self.get_site_display()} handle."})

    @property
    def address(self) -> str:
        if self.site == Site.WEBSITE:
            return self.handle
        if self.site == Site.MASTODON:
            name, host = self.handle.split("@", 1)
            return f"https://{host}/@{name}"
        return ADDRESSES[Site(self.site)].format(self.handle)

    def frozen(self) -> dict[str, str]:
        """As a byline keeps it: how it is printed and where it leads."""
        if self.site == Site.WEBSITE:
            words = self.handle.split("://", 1)[-1].rstrip("/")
            return {"preposition": "at", "shown": words, "site": "", "handle": words, "address": self.address}
        name = str(self.get_site_display())
        handle = self.handle if self.site == Site.LINKEDIN else f"@{self.handle}"
        return {
            "preposition": "on",
            "shown": f"{name} {handle}",
            "site": name,
            "handle": handle,
            "address": self.address,
        }


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def in_force(self) -> "Agreement | None":
        """The newest version whose time has come, or nothing while the network has none."""
        return self.filter(in_force_from__lte=clock.now()).order_by("-version").first()


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

    def accept(self, author: Author, by) -> "AgreementAcceptance":
        """Record that `author`, signed in as `by`, accepts exactly this text; the same acceptance twice is one."""
        return AgreementAcceptance.objects.get_or_create(
            agreement=self, author=author, defaults={"accepted_by": by, "text_hash": self.text_hash}
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
