from django.db import models

PER_PART = 1_000


class SitemapPart(models.Model):
    """The pieces of one file of the sitemap: those in it of a thousand numbers that follow each other, so that a piece
    stays in its file for ever. The database keeps how many they are and when readers were last told of a change in one
    of them, whoever writes (docs/adr/0035)."""

    number = models.PositiveBigIntegerField(unique=True, help_text="1 for the pieces with the numbers 1 to 1,000.")
    pieces = models.IntegerField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.pieces}"
