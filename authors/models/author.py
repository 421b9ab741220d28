"""People in public: who is credited, and how they want to be printed."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.urls import reverse

from authors.models.links import SocialLink, follow_line
from network import clock
from network.models import Network, renders


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


class Mail(models.TextChoices):
    """How an author hears of comments. Decisions, proofs and reminders always come at once."""

    EACH = "each", "A letter for each comment"
    DIGEST = "digest", "One letter a day with all new comments"


BARRED = (Status.SUSPENDED, Status.FABRICATED)
BIO_HOLDS = timedelta(days=365)
NAME_IS_KNOWN = "Readers know you by this name, so only the desk changes it. Write to the desk."
ADDRESS_IS_TAKEN = "Another author has this address, or had it once. Choose a different one."


def letter_of(name: str) -> str:
    """The letter of the alphabet under which a name is found; # for what begins with none from A to Z."""
    first = unicodedata.normalize("NFKD", name[:1])[:1].upper()
    return first if "A" <= first <= "Z" else "#"


class AuthorQuerySet(models.QuerySet["Author"]):
    def known(self) -> "AuthorQuerySet":
        """Those whose identity somebody answers for: verified, or a pseudonym the desk has approved."""
        return self.filter(identity__in=(Identity.VERIFIED, Identity.PSEUDONYM)).exclude(status__in=BARRED)

    def public(self) -> "AuthorQuerySet":
        """Those whom readers know, because a piece of theirs is or was published."""
        return self.filter(is_public=True)

    def beginning_with(self, firsts: Iterable[str]) -> "AuthorQuerySet":
        """Those whose name begins with one of these letters, as they are written."""
        begin = [models.Q(name__startswith=first) for first in firsts]
        return self.filter(models.Q(*begin, _connector=models.Q.OR)) if begin else self.none()

    def visible_to(self, user) -> "AuthorQuerySet":
        """The records this person may look at before readers can: their own, and for the desk all."""
        return self if "authors.view_author" in user.get_all_permissions() else self.of(user)

    def shown_to(self, user) -> "AuthorQuerySet":
        """Those whom readers know, and those this person may look at before that."""
        return self.public() | self.visible_to(user)

    def bio_due(self, before: datetime) -> "AuthorQuerySet":
        """Those with an account whose bio is not confirmed, or will not be any more at that moment; and since when."""
        ran_out = models.ExpressionWrapper(models.F("bio_confirmed_at") + BIO_HOLDS, models.DateTimeField())
        is_due = models.Q(bio_confirmed_at=None) | models.Q(bio_confirmed_at__lt=before - BIO_HOLDS)
        found = self.filter(is_due, user__is_active=True).exclude(status__in=BARRED)
        return found.annotate(bio_due_at=Coalesce(ran_out, "created_at"))

    def reachable(self) -> "AuthorQuerySet":
        """Those to whom readers' letters are passed on; for the others the desk takes them."""
        has_account = self.filter(user__is_active=True, takes_letters=True).exclude(user__email="")
        return has_account.exclude(status__in=BARRED)

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
    portrait_rights_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the author said that they own the rights in the portrait.",
    )
    identity = models.CharField(max_length=12, choices=Identity, default=Identity.PENDING)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    time_zone = models.CharField(max_length=64, default="UTC")
    mail = models.CharField("letters about comments", max_length=8, choices=Mail, default=Mail.EACH)
    takes_letters = models.BooleanField(
        "readers may write to me",
        default=True,
        help_text="We pass their letters on, and neither of you sees the other's address.",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    is_public = models.BooleanField(
        db_default=False, editable=False, help_text="Whether readers know them: the database says so (docs/adr/0035)."
    )

    objects = AuthorQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["name", "id"], condition=models.Q(is_public=True), name="author_public_by_name")
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(identity__in=Identity.values), name="author_identity_known"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="author_status_known"),
            models.CheckConstraint(condition=~models.Q(slug=""), name="author_has_slug"),
            models.CheckConstraint(condition=models.Q(mail__in=Mail.values), name="author_mail_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("authors:detail", args=[self.slug])

    def get_portrait_url(self) -> str:
        """Another picture has another address, because browsers keep one for a day."""
        return f"{reverse('authors:portrait', args=[self.slug])}?{self.portrait.name.rpartition('/')[2][:8]}"

    def clean(self) -> None:
        if OldAuthorSlug.objects.filter(slug=self.slug).exclude(author=self.pk).exists():
            raise ValidationError({"slug": ADDRESS_IS_TAKEN})

    @property
    def is_known_to_readers(self) -> bool:
        return Author.objects.public().filter(pk=self.pk).exists()

    @property
    def bio_confirmed_until(self) -> datetime | None:
        return self.bio_confirmed_at and self.bio_confirmed_at + BIO_HOLDS

    def rename(self, name: str) -> None:
        """The author's own change of name: free until readers know it, and checked again by the desk. Raises
        ValidationError. An invented author begins with a name that nobody checks."""
        if name == self.name:
            return
        if self.is_known_to_readers:
            raise ValidationError({"name": NAME_IS_KNOWN})
        self.name, self.identity = name, Identity.PENDING
        self.save(update_fields=["name", "identity"])

    def move(self, slug: str) -> None:
        """Give the author's page another address; one that readers know redirects for ever. Raises ValidationError.

        The network's row stands for all addresses: what was free when somebody looked is free when they write.
        """
        with transaction.atomic():
            before = Author.objects.select_for_update(no_key=True).get(pk=self.pk).slug
            if slug != before:
                Network.objects.select_for_update().get(pk=Network.load().pk)
                self._refuse_taken(slug)
                OldAuthorSlug.objects.filter(slug=slug).delete()
                if self.is_known_to_readers:
                    OldAuthorSlug.objects.create(slug=before, author=self)
            self.slug = slug
            self.save(update_fields=["slug"])

    def _refuse_taken(self, slug: str) -> None:
        is_had = OldAuthorSlug.objects.filter(slug=slug).exclude(author=self).exists()
        if is_had or Author.objects.filter(slug=slug).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": ADDRESS_IS_TAKEN})

    def follow_at(self, links: Iterable[tuple[str, str]]) -> None:
        """Replace where the author can be followed: pairs of site and handle, in the order they are printed."""
        with transaction.atomic():
            self.links.all().delete()
            for position, (site, handle) in enumerate(links):
                SocialLink(author=self, site=site, handle=handle, position=position).save(force_insert=True)

    @property
    def letter(self) -> str:
        return letter_of(self.name)

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


class OldAuthorSlug(models.Model):
    """An address that an author's page once had. It redirects for ever."""

    slug = models.SlugField(max_length=120, unique=True)
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="old_slugs")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.slug
