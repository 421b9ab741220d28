from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from articles.models import Article, Revision, Section
from network import clock


class Part(models.TextChoices):
    """What an item looks at. Where that changes, whoever ticked the item has not seen what is there now."""

    HEADLINE = "headline", "Headline"
    DEK = "dek", "Dek"
    BODY = "body", "Text"
    IMAGES = "images", "Pictures and their words"
    BYLINE = "byline", "Byline and bios"
    DISCLOSURE = "disclosure", "Disclosure"
    LABEL = "label", "Label"
    SECTION = "section", "Section"
    AI = "ai", "What the author says about AI"
    LIBEL = "libel", "What the author says about defamation"
    EMBARGO = "embargo", "Embargo"


def check_parts(parts: object) -> None:
    if not isinstance(parts, list) or not set(parts) <= set(Part.values):
        raise ValidationError("Choose among the parts of a piece.")


class ChecklistItem(models.Model):
    """One thing that an editor vouches for. A new wording is asked of all that is not published yet."""

    key = models.SlugField(max_length=40, unique=True, help_text="Its name in the records. It never changes.")
    words = models.CharField(max_length=200, help_text="A sentence that an editor can vouch for.")
    section = models.ForeignKey(
        Section,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="checklist_items",
        help_text="Only for pieces of this section. Empty: for all.",
    )
    is_high_risk_only = models.BooleanField("only for high-risk pieces", default=False)
    looks_at = models.JSONField(
        default=list,
        blank=True,
        validators=[check_parts],
        help_text="Where one of these changes after the item was ticked, it opens again.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField("asked", default=True, help_text="Take the tick away, and it is asked no more.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="checklist_item_has_words")]

    def __str__(self) -> str:
        return self.words


class State(models.TextChoices):
    DONE = "done", "Done"
    DOES_NOT_APPLY = "na", "Does not apply"
    OPEN = "open", "Open again"


class Tick(models.Model):
    """What one editor said of one item of one piece, on one revision. Never changes; the newest counts."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="ticks")
    key = models.CharField(max_length=40)
    words = models.CharField(max_length=200, help_text="The item as it was worded then.")
    state = models.CharField(max_length=4, choices=State)
    reason = models.CharField(max_length=300, blank=True)
    inputs = models.JSONField(help_text="The fingerprint of each part of the piece, as it was then.")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="ticks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ticks")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["article", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="tick_state_known"),
            models.CheckConstraint(condition=Q(state="done") | ~Q(reason=""), name="tick_undone_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.get_state_display().lower()}, by {self.by}"


class RiskMark(models.Model):
    """An editor says that a piece is high risk. Never changes, and is never taken back: whoever could take it back
    would need no second pair of eyes."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="risk_marks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["article", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="risk_mark_has_reason")]

    def __str__(self) -> str:
        return self.reason
