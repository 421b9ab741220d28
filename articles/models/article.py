import re
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from markdownx.models import MarkdownxField

from articles.querysets import ArticleQuerySet
from articles.status import READABLE, Label, Stage, Standing
from authors.models import Author
from network import clock

PICTURE = re.compile(r"picture:([a-z0-9-]{1,40})")


class AiUse(models.TextChoices):
    NONE = "none", "No AI was used"
    ASSISTIVE = "assistive", "AI helped with spelling, search or notes"
    TRANSLATED = "translated", "AI translated the text"
    DRAFTED = "drafted", "AI drafted parts of the text"
    GENERATED = "generated", "AI wrote most of the text"


class Prior(models.TextChoices):
    EXCLUSIVE = "exclusive", "It is new, and offered to nobody else"
    ELSEWHERE = "elsewhere", "It was published elsewhere before"


class Article(models.Model):
    """One piece, from its first draft to its archive: the working text, where it is, and what the public sees.

    `stage` and `standing` are written by `editorial.workflow.take` alone; the database refuses a value that the trail
    does not hold. Readers never see the working text: they see `live`, a publication that cannot change.
    """

    headline = models.CharField(max_length=200)
    dek = models.CharField("dek", max_length=300, blank=True, help_text="One sentence under the headline.")
    label = models.CharField(max_length=12, choices=Label, default=Label.OPINION)
    section = models.ForeignKey(
        "articles.Section", null=True, blank=True, on_delete=models.PROTECT, related_name="articles"
    )
    tags = models.ManyToManyField("articles.Tag", blank=True, related_name="articles")
    slug = models.SlugField(max_length=120, blank=True)
    body = MarkdownxField(blank=True)
    lead_picture = models.ForeignKey(
        "articles.Picture", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    responds_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="responses")
    authors = models.ManyToManyField(Author, through="articles.Byline", related_name="articles")

    ai_use = models.CharField("use of AI", max_length=12, choices=AiUse, blank=True)
    ai_tools = models.CharField("which tools", max_length=200, blank=True)
    has_checked_facts = models.BooleanField("I checked every fact and quotation", default=False)
    prior = models.CharField("published before", max_length=12, choices=Prior, blank=True)
    prior_url = models.URLField("address of the earlier publication", blank=True)

    stage = models.CharField(max_length=20, choices=Stage, default=Stage.DRAFT, editable=False)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.UNPUBLISHED, editable=False)
    live = models.ForeignKey(
        "articles.Publication", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    scheduled_for = models.DateTimeField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    embargo_until = models.DateTimeField(null=True, blank=True)
    is_on_legal_hold = models.BooleanField("legal hold", default=False)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    saved_at = models.DateTimeField(default=clock.now, editable=False)
    save_number = models.PositiveIntegerField(default=0, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]
        verbose_name = "piece"
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="article_stage_known"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="article_standing_known"),
            models.CheckConstraint(condition=Q(label__in=Label.values), name="article_label_known"),
            models.CheckConstraint(
                condition=Q(standing=Standing.UNPUBLISHED, live=None)
                | (~Q(standing=Standing.UNPUBLISHED) & Q(live__isnull=False)),
                name="article_public_standing_has_publication",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.PUBLISHED) | ~Q(standing=Standing.UNPUBLISHED),
                name="article_published_stage_is_public",
            ),
            models.CheckConstraint(
                condition=Q(live=None, published_at=None) | Q(live__isnull=False, published_at__isnull=False),
                name="article_public_since",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.SCHEDULED, scheduled_for__isnull=False)
                | (~Q(stage=Stage.SCHEDULED) & Q(scheduled_for=None)),
                name="article_scheduled_has_time",
            ),
            models.CheckConstraint(condition=Q(live=None) | ~Q(slug=""), name="article_public_has_address"),
            models.UniqueConstraint(fields=["slug"], condition=~Q(slug=""), name="article_slug_unique"),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], condition=Q(standing="live"), name="article_listed"),
            models.Index(fields=["section", "-published_at"], condition=Q(standing="live"), name="article_by_section"),
            models.Index(fields=["scheduled_for"], condition=Q(stage="scheduled"), name="article_due"),
            models.Index(fields=["stage", "id"], name="article_stage"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        """Its address; none before it was first submitted."""
        return reverse("articles:detail", args=[self.slug]) if self.slug else ""

    @property
    def is_public(self) -> bool:
        return self.standing in READABLE

    @property
    def is_amendment(self) -> bool:
        """Whether the working text is a change to something that readers already have."""
        return self.standing != Standing.UNPUBLISHED and self.stage != Stage.PUBLISHED

    def pictures_used(self) -> list[dict[str, Any]]:
        """The lead picture and those the text refers to, in order of appearance, as a revision keeps them."""
        mine = {picture.reference: picture for picture in self.pictures.all()}
        lead = [self.lead_picture.frozen(lead=True)] if self.lead_picture else []
        references = dict.fromkeys(PICTURE.findall(self.body))
        return lead + [mine[ref].frozen(lead=False) for ref in references if ref in mine]

    def package(self) -> dict[str, Any]:
        """All that the author answers for, as the working text has it now."""
        bylines = list(self.bylines.all())
        return {
            "headline": self.headline,
            "dek": self.dek,
            "label": self.label,
            "section_id": self.section_id,
            "responds_to_id": self.responds_to_id,
            "body": self.body,
            "images": self.pictures_used(),
            "byline": [byline.frozen() for byline in bylines],
            "disclosure": " ".join(byline.disclosure for byline in bylines if byline.disclosure),
        }


class Byline(models.Model):
    """Who is credited for a piece, in order, as printed: name, bio, follow line and disclosure are the author's own
    words of the day they signed, not of today."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="bylines")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)
    printed_name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, blank=True)
    bio = models.CharField(max_length=160, blank=True)
    first_name = models.CharField(max_length=60, blank=True)
    links = models.JSONField(default=list, blank=True)
    disclosure = models.TextField(blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="author_once_per_byline")]

    def __str__(self) -> str:
        return self.printed_name

    def copy_from_author(self) -> None:
        """Take over how the author wants to be printed today. Does not save."""
        self.printed_name, self.role, self.bio = self.author.name, self.author.role, self.author.bio
        self.first_name, self.links = self.author.first_name, self.author.follow_links()

    def frozen(self) -> dict[str, Any]:
        return {
            "author": self.author_id,
            "name": self.printed_name,
            "role": self.role,
            "bio": self.bio,
            "first_name": self.first_name,
            "links": self.links,
            "disclosure": self.disclosure,
        }


class OldSlug(models.Model):
    """An address a piece once had. It redirects for ever."""

    slug = models.SlugField(max_length=120, unique=True)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="old_slugs")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.slug
