import re

from django.db import models
from django.db.models import Q

from network import clock, markup
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


SILENT = (Kind.FIRST, Kind.MINOR)


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
    names = models.JSONField(help_text="The words that fill the disclaimer's placeholders: network, host, contact.")
    published_at = models.DateTimeField(default=clock.now)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["article", "-number"]
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
        return fingerprint(
            {
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
        )

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
