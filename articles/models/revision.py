from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.urls import reverse

from articles.models import rendition
from articles.models.article import said_apart
from articles.models.picture import credit_line, printed_credit
from articles.status import Label, ResponseKind
from authors.models import follow_line
from network import clock, languages, markup, sources
from network.fingerprint import fingerprint
from network.languages import ENGLISH

IN_TEXT = "(min-width: 42rem) 38rem, 92vw"  # how wide .prose of article.css shows a picture
LONG = 4 * markup.READING_SPEED  # words
RESPONDS = {
    ResponseKind.RESPONDS: "In response to",
    ResponseKind.REBUTS: "Argues against",
    ResponseKind.EXTENDS: "Carries further",
}
OWN = (urlsplit(settings.SITE_URL).netloc,)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def freeze(self, article, *, by) -> "Revision":
        """The frozen form of the working text: the newest revision where nothing has changed since, else a new one.

        Call it inside the transaction that holds the piece's row.
        """
        latest = self.filter(article=article).order_by("-number").first()
        if latest is not None and latest.package_hash == fingerprint(article.package()):
            return latest
        revision = self.unsaved(article, number=latest.number + 1 if latest else 1, created_by=by)
        revision.frozen_hash = revision.fingerprint()
        revision.save(force_insert=True)
        return revision

    def unsaved(self, article, **more) -> "Revision":
        """The working text as a revision would hold it, for a page that shows it before it is frozen."""
        package = article.package()
        revision = self.model(article=article, package_hash=fingerprint(package), **more, **package)
        revision.html = str(render(revision))
        revision.words = markup.words(revision.body)
        return revision


class Revision(models.Model):
    """Frozen text with its hash: what an editor decides on, an author signs, and readers get. Never changes.

    The HTML is made once, when the text is frozen, so that no later library changes a page that is live.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    headline = models.CharField(max_length=200)
    dek = models.CharField(max_length=300, blank=True)
    label = models.CharField(max_length=12, choices=Label)
    section = models.ForeignKey(
        "articles.Section", null=True, blank=True, on_delete=models.PROTECT, related_name="revisions"
    )
    responds_to = models.ForeignKey(
        "articles.Article", null=True, blank=True, on_delete=models.PROTECT, related_name="answering_revisions"
    )
    response_kind = models.CharField(max_length=8, choices=ResponseKind, default=ResponseKind.RESPONDS)
    language = models.CharField(max_length=12, default=ENGLISH)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    images = models.JSONField(default=list)
    byline = models.JSONField(default=list)
    disclosure = models.TextField(blank=True)
    words = models.PositiveIntegerField(default=0)
    package_hash = models.CharField(max_length=64)
    frozen_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-number"]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="revision_number_once")]
        indexes = [
            models.Index(fields=["article", "package_hash"], name="revision_by_hash"),
            models.Index(fields=["article", "-number", "package_hash"], name="revision_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.headline} (revision {self.number})"

    def package(self) -> dict[str, Any]:
        """What the author answers for, rebuilt from this row: the package hash is the fingerprint of exactly this."""
        return {
            "headline": self.headline,
            "dek": self.dek,
            "label": self.label,
            "section_id": self.section_id,
            "responds_to_id": self.responds_to_id,
            **said_apart(self),
            "body": self.body,
            "images": self.images,
            "byline": self.byline,
            "disclosure": self.disclosure,
        }

    def fingerprint(self) -> str:
        """The hash of the whole row, the HTML readers get included."""
        return fingerprint(
            {
                "article": self.article_id,
                "number": self.number,
                "package_hash": self.package_hash,
                "html": self.html,
                "words": self.words,
                "created_by": self.created_by_id,
                "created_at": self.created_at,
            }
        )

    @property
    def safe_html(self):
        return markup.safe_stored(self.html)

    @property
    def html_with_sources(self) -> str:
        """The stored HTML, its pictures in the sizes and formats that a reader's page offers. What was signed stays as
        it was: only to the tags of our own pictures something is added."""
        images = {image["reference"]: image for image in self.images}

        def find(reference: str) -> sources.Sources | None:
            if reference not in images:
                return None
            shown = rendition.whole(images[reference])
            return sources.Sources(shown.avif, shown.webp, shown.plain)

        return sources.offered(self.html, find, IN_TEXT)

    @property
    def is_long(self) -> bool:
        """Whether its page has a table of contents: from four minutes of reading."""
        return self.words >= LONG

    @property
    def responds(self) -> str:
        """How its page leads to the piece that it answers."""
        return RESPONDS[ResponseKind(self.response_kind)]

    @property
    def direction(self) -> str:
        """Which way its language is written: ltr or rtl."""
        return languages.direction(self.language)

    @property
    def author_ids(self) -> list[int]:
        return [author["author"] for author in self.byline]

    @property
    def reading_minutes(self) -> int:
        return markup.reading_minutes(self.words)

    @property
    def lead(self) -> dict[str, Any] | None:
        """The lead picture as it is printed."""
        found = next((image for image in self.images if image["lead"]), None)
        if found is None:
            return None
        return {
            **found,
            "credit": printed_credit(found),
            "credit_line": credit_line(found),
            "described": "" if found["decorative"] else found["alt"],
            "shown": rendition.whole(found),
        }

    @property
    def names(self) -> str:
        """The byline as one phrase: “Ana Ruiz and Bo Lindqvist”."""
        names = [author["name"] for author in self.byline]
        return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""

    @property
    def follow_lines(self) -> list[str]:
        lines = (follow_line(author["first_name"], author["links"]) for author in self.byline)
        return [line for line in lines if line]


def render(revision: Revision):
    """The safe HTML of a revision's text, its pictures resolved to their addresses in this network."""
    used = {image["reference"]: image for image in revision.images}

    def source(reference: str) -> markup.PictureSource | None:
        if (image := used.get(reference)) is None:
            return None
        address = reverse("articles:picture", args=[reference])
        words = {key: image[key] for key in ("width", "height", "alt", "caption")}
        return markup.PictureSource(url=address, credit=credit_line(image), **words)

    return markup.render(
        revision.body, doc_id=f"{revision.article_id}-{revision.number or 0}", pictures=source, own_hosts=OWN
    )
