import re
import uuid
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from markdownx.models import MarkdownxField

from articles.models.notice import Notice
from articles.models.rendition import Shape, Shown
from articles.querysets import ArticleQuerySet
from articles.status import READABLE, Label, ResponseKind, Stage, Standing
from authors.models import Author
from network import clock, languages
from network.languages import ENGLISH
from network.pictures import CENTRE

PICTURE = re.compile(r"picture:([a-z0-9-]{1,40})")
_PIECES = uuid.UUID(
    "5d1b3f0e-7c2a-4c55-9a51-0f6f6a3f0b7e"
)  # the namespace of identities; another one renames every piece


class AiUse(models.TextChoices):
    NONE = "none", "No AI was used"
    ASSISTIVE = "assistive", "AI helped with spelling, search or notes"
    TRANSLATED = "translated", "AI translated the text"
    DRAFTED = "drafted", "AI drafted parts of the text"
    GENERATED = "generated", "AI wrote most of the text"


class Prior(models.TextChoices):
    EXCLUSIVE = "exclusive", "It is new, and offered to nobody else"
    ELSEWHERE = "elsewhere", "It was published elsewhere before"


class Canonical(models.TextChoices):
    """Which of two addresses search engines take for the original."""

    HERE = "here", "This network's page"
    ELSEWHERE = "elsewhere", "The earlier page"


class Libel(models.TextChoices):
    NO = "no", "No"
    YES = "yes", "Yes, or perhaps"


def said_apart(text) -> dict[str, str]:
    """The language and the kind of response, where a text says more than the usual: texts that were signed before these
    were asked keep their hash."""
    said = {"language": text.language} if text.language != ENGLISH else {}
    return said | ({"response_kind": text.response_kind} if text.response_kind != ResponseKind.RESPONDS else {})


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
    response_kind = models.CharField(
        "what it does with that piece", max_length=8, choices=ResponseKind, default=ResponseKind.RESPONDS
    )
    language = models.CharField(max_length=12, default=ENGLISH, validators=[languages.is_known])
    authors = models.ManyToManyField(Author, through="articles.Byline", related_name="articles")

    ai_use = models.CharField("use of AI", max_length=12, choices=AiUse, blank=True)
    ai_tools = models.CharField("which tools", max_length=200, blank=True)
    has_checked_facts = models.BooleanField("I checked every fact and quotation", default=False)
    prior = models.CharField("published before", max_length=12, choices=Prior, blank=True)
    prior_url = models.URLField("address of the earlier publication", blank=True)
    canonical = models.CharField("which page is the original", max_length=12, choices=Canonical, blank=True)
    libel = models.CharField("could somebody call it defamation", max_length=4, choices=Libel, blank=True)
    libel_detail = models.CharField("who, and about which passage", max_length=500, blank=True)

    stage = models.CharField(max_length=20, choices=Stage, default=Stage.DRAFT, editable=False)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.UNPUBLISHED, editable=False)
    live = models.ForeignKey(
        "articles.Publication", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    live_section = models.ForeignKey(
        "articles.Section",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        help_text="Of the live revision, beside the moment by which lists are ordered.",
    )
    repin = models.ForeignKey(
        "articles.Repin", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
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
            # With the standing in them, pieces are counted without looking at one: SQLite asks for it all the same.
            models.Index(
                fields=["-published_at", "-id", "standing"], condition=Q(standing="live"), name="article_listed_by_day"
            ),
            models.Index(
                fields=["live_section", "-published_at", "-id", "standing"],
                condition=Q(standing="live"),
                name="article_listed_by_section",
            ),
            models.Index(
                fields=["-published_at", "-id"], condition=Q(standing="retracted"), name="article_retracted_by_day"
            ),
            models.Index(fields=["standing"], condition=Q(standing="removed"), name="article_gone"),
            models.Index(fields=["scheduled_for"], condition=Q(stage="scheduled"), name="article_due"),
            # All that a queue asks of each piece, whose own row has it behind the text.
            models.Index(fields=["stage", "id", "slug", "standing", "created_by", "saved_at"], name="article_at_desk"),
            models.Index(fields=["embargo_until"], condition=Q(embargo_until__isnull=False), name="article_embargo"),
            models.Index(fields=["id"], condition=Q(is_on_legal_hold=True), name="article_on_hold"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        """Its address; none before it was first submitted."""
        return reverse("articles:detail", args=[self.slug]) if self.slug else ""

    @property
    def urn(self) -> str:
        """Its name in feeds, for ever: made of what no step changes, so not of its address or of the site's."""
        return uuid.uuid5(_PIECES, f"{self.pk} {self.created_at.astimezone(UTC).isoformat()}").urn

    @property
    def original_address(self) -> str:
        """The earlier page, where the author says that it is the original."""
        is_elsewhere = self.prior == Prior.ELSEWHERE and self.canonical == Canonical.ELSEWHERE
        return self.prior_url if is_elsewhere and self.prior_url.startswith(("https://", "http://")) else ""

    @property
    def is_public(self) -> bool:
        return self.standing in READABLE

    @property
    def name_in_public(self) -> str:
        """What readers may be told that it is called, wherever else than on its own page."""
        if self.live is None or not self.is_public:
            return "a piece that was removed"
        return " ".join(self.live.revision.headline.split())

    @property
    def is_amendment(self) -> bool:
        """Whether the working text is a change to something that readers already have."""
        return self.standing != Standing.UNPUBLISHED and self.stage != Stage.PUBLISHED

    @property
    def card_picture(self) -> Shown | None:
        """The live lead picture as cards show it: cut around its focus, which is not part of what was signed. While an
        amendment has another lead picture, the middle of the live one."""
        image = self.live.revision.lead if self.live else None
        if image is None:
            return None
        mine = self.lead_picture if self.lead_picture_id else None
        focus = mine.focus if mine and mine.reference == image["reference"] else CENTRE
        return Shown(image["reference"], Shape.CARD, (image["width"], image["height"]), focus)

    def standing_notice(self) -> Notice | None:
        """What the network said last about the piece as a whole: why it is marked, or no longer is. No query for one
        that was loaded `as_read` and has none."""
        if not getattr(self, "has_notices", True):
            return None
        return self.notices.order_by("-pk").first()

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
            **said_apart(self),
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
