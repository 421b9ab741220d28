from django.conf import settings
from django.db import models

from articles.models.disclaimer import Disclaimer
from articles.models.publication import Publication, fill, filled_html
from network import clock


class Repinning(models.Model):
    """One act: a version of the disclaimer is put under pieces that are public already. Never changes."""

    disclaimer = models.ForeignKey(Disclaimer, on_delete=models.PROTECT, related_name="repinnings")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    names = models.JSONField(help_text="The words that fill the disclaimer's placeholders: network, host, contact.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.disclaimer} under older pieces"


class Repin(models.Model):
    """The dated row of one piece in such an act: under this publication readers see these words from then on. The words
    that were pinned before stay readable at the published version's own address. Never changes."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="repins")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="repins")
    act = models.ForeignKey(Repinning, on_delete=models.PROTECT, related_name="rows")

    class Meta:
        ordering = ["article", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "act"], name="repinned_once_in_an_act")]

    def __str__(self) -> str:
        return f"{self.act} ({self.article_id})"

    @property
    def disclaimer_line(self) -> str:
        return fill(self.act.disclaimer.line, self.act.names, len(self.publication.revision.byline))

    @property
    def disclaimer_words(self) -> str:
        return fill(self.act.disclaimer.text, self.act.names, len(self.publication.revision.byline))

    def disclaimer_html(self, contact_page: str):
        return filled_html(
            self.act.disclaimer.text, self.act.names, len(self.publication.revision.byline), contact_page
        )
