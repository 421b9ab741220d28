import re
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Min, Q
from django.utils.functional import cached_property

from network import clock, markup, served
from network.fingerprint import fingerprint

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Kind(models.TextChoices):
    FIRST = "first", "First publication"
    MINOR = "minor", "Minor change"
    UPDATE = "update", "Update"
    CLARIFICATION = "clarification", "Clarification"
    CORRECTION = "correction", "Correction"
    EDITORS_NOTE = "editors_note", "Editor's note"
    RETRACTION = "retraction", "Retraction"


class Severity(models.TextChoices):
    """How much a mistake mattered to whoever read it."""

    SLIGHT = "slight", "Slight: a name, a date, a figure beside the point"
    MATERIAL = "material", "Material: readers could have drawn a wrong conclusion"
    CENTRAL = "central", "Central: the headline or the main claim was wrong"


SILENT = (Kind.FIRST, Kind.MINOR)


class PublicationQuerySet(models.QuerySet["Publication"]):
    def with_notice(self) -> "PublicationQuerySet":
        """The changes that readers were told of, of pieces they can still read, newest first. What was published is
        readable unless it was removed, and the few that were are found sooner."""
        articles: Any = self.model._meta.get_field("article").related_model
        return self.told().exclude(article__in=articles.objects.gone()).order_by("-published_at", "-pk")

    def first_moment(self) -> datetime | None:
        """When anything was first published, whatever has become of it since; nothing before that."""
        return self.aggregate(first=Min("published_at"))["first"]

    def told(self) -> "PublicationQuerySet":
        """The changes that readers were told of: all but a first publication and what is too small to matter."""
        return self.exclude(kind=Kind.FIRST).exclude(kind=Kind.MINOR)


def severity_of(correction: dict[str, str]) -> str:
    """How much a correction mattered, in words, without the explanation that the desk chooses by."""
    value = correction.get("severity", "")
    return Severity(value).label.partition(":")[0] if value else ""


class Publication(models.Model):
    """What readers got: a revision, the disclaimer in force, the review that allows it, when, and why it changed.

    Never changes. The sign-offs that allow it are those that name the same package hash; the database refuses a row for
    which one is missing.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField()
    revision = models.ForeignKey("articles.Revision", on_delete=models.PROTECT, related_name="publications")
    disclaimer = models.ForeignKey("articles.Disclaimer", on_delete=models.PROTECT, related_name="publications")
    review = models.ForeignKey("editorial.Review", on_delete=models.PROTECT, related_name="publications")
    kind = models.CharField(max_length=14, choices=Kind)
    notice = models.TextField(blank=True)
    correction = models.JSONField(
        default=dict, blank=True, help_text="Of a correction: severity, place, what was wrong and what is right."
    )
    has_reviewed_links = models.BooleanField(
        default=False, help_text="Whether an editor had vouched for the links when it was published."
    )
    names = models.JSONField(help_text="The words that fill the disclaimer's placeholders: network, host, contact.")
    published_at = models.DateTimeField(default=clock.now)
    hash = models.CharField(max_length=64)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-number"]
        indexes = [
            models.Index(fields=["published_at"], name="publication_moment"),  # a feed says when it changed last
            # In the words of `told`, and with the kind, which SQLite asks for all the same.
            models.Index(
                fields=["-published_at", "-id", "article", "kind"],
                condition=~Q(kind="first") & ~Q(kind="minor"),
                name="publication_told_by_day",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="publication_number_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="publication_kind_known"),
            models.CheckConstraint(
                condition=Q(number=1, kind="first") | (Q(number__gt=1) & ~Q(kind="first")),
                name="publication_first_is_first",
            ),
            models.CheckConstraint(condition=Q(kind__in=SILENT) | ~Q(notice=""), name="publication_change_has_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.revision.headline} (published version {self.number})"

    def fingerprint(self) -> str:
        record = {
            "article": self.article_id,
            "number": self.number,
            "revision": self.revision.frozen_hash,
            "disclaimer": self.disclaimer.text_hash,
            "review": self.review_id,
            "kind": self.kind,
            "notice": self.notice,
            "names": self.names,
            "published_at": self.published_at,
        }
        record |= {"correction": self.correction} if self.correction else {}
        return fingerprint(record | ({"has_reviewed_links": True} if self.has_reviewed_links else {}))

    @cached_property
    def text(self) -> served.Text:
        """Its text as it leaves the site."""
        return served.text(self.revision.html, has_reviewed_links=self.has_reviewed_links)

    @cached_property
    def text_on_page(self) -> served.Text:
        """The same as a page of ours shows it, its pictures in all their sizes."""
        return served.text(self.revision.html_with_sources, has_reviewed_links=self.has_reviewed_links)

    @property
    def is_prominent(self) -> bool:
        """Whether readers are told before the text: of an editor's note, a retraction, and any but a slight mistake."""
        if self.kind == Kind.CORRECTION:
            return self.correction.get("severity") != Severity.SLIGHT
        return self.kind in (Kind.EDITORS_NOTE, Kind.RETRACTION)

    @property
    def severity(self) -> str:
        return severity_of(self.correction)

    @property
    def is_silent(self) -> bool:
        """Whether readers need not be told of it: a first publication, or a change too small to matter."""
        return self.kind in SILENT

    @property
    def disclaimer_line(self):
        """The short line under the headline, as text."""
        return fill(self.disclaimer.line, self.names, len(self.revision.byline))

    @property
    def disclaimer_words(self) -> str:
        """The full disclaimer as plain text."""
        return fill(self.disclaimer.text, self.names, len(self.revision.byline))

    def disclaimer_html(self, contact_page: str):
        """The full disclaimer, “the author” leading to `contact_page` and the network's address to mail."""
        return filled_html(self.disclaimer.text, self.names, len(self.revision.byline), contact_page)


def _words(names: dict[str, str], authors: int) -> dict[str, str]:
    return {**names, "author": "the author" if authors == 1 else "the authors"}


def fill(text: str, names: dict[str, str], authors: int = 1) -> str:
    """A disclaimer's words with its placeholders filled, as plain text. What fills one is never filled again."""
    words = _words(names, authors)
    return _PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), text)


def filled_html(text: str, names: dict[str, str], authors: int, contact_page: str):
    addresses = {"contact": f"mailto:{names['contact']}", "author": contact_page}
    links = {name: (words, addresses.get(name, "")) for name, words in _words(names, authors).items()}
    return markup.paragraphs_with_links(text, links)
