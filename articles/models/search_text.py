from django.db import models


class SearchText(models.Model):
    """What readers can find of a listed piece: the words of its live publication, plain. The database's full-text index
    is made of these rows and of nothing else; the database refuses a row whose text is not live."""

    article = models.OneToOneField(
        "articles.Article", primary_key=True, on_delete=models.PROTECT, related_name="search_text"
    )
    publication = models.ForeignKey("articles.Publication", on_delete=models.PROTECT, related_name="+")
    section = models.ForeignKey("articles.Section", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    headline = models.CharField(max_length=200)
    dek = models.CharField(max_length=300, blank=True)
    byline = models.TextField(blank=True)
    body = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-published_at", "-article"], name="search_text_newest")]

    def __str__(self) -> str:
        return self.headline
