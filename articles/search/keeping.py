"""Keeping the index: what is listed can be found, in its live text, and nothing else can."""

from collections.abc import Callable, Iterable

from django.db import connection, transaction

from articles.models import Article, Publication, SearchText
from articles.search import backend
from network import served

BATCH = 500


def forget(article: Article) -> None:
    """Take a piece out, before it changes or leaves the listings. The database refuses the other order."""
    SearchText.objects.filter(pk=article.pk).delete()


def keep(article: Article) -> None:
    """Take a piece in as readers have it now; nothing for one that is not listed. In the step's own transaction."""
    _take_in(_readable().filter(pk=article.pk))


def take_in(articles: Iterable[Article]) -> None:
    """Many at once, that were not there before."""
    _take_in(_readable().filter(pk__in=[article.pk for article in articles]))


def rebuild(said: Callable[[], object] = lambda: None) -> int:
    """The whole index anew. `said` hears of each piece. Returns how many there are."""
    with transaction.atomic():
        SearchText.objects.all().delete()
        count = _take_in(_readable().order_by("pk").iterator(BATCH), said)
        with connection.cursor() as cursor:
            backend.of(connection).refresh(cursor)
    return count


def _readable():
    return Article.objects.listed().select_related("live__revision").defer("body", "live__revision__body")


def _take_in(articles: Iterable[Article], said: Callable[[], object] = lambda: None) -> int:
    count, rows = 0, []
    for article in articles:
        rows.append(text_of(article, article.live))  # type: ignore[arg-type]  # it is listed, so it has one
        count += 1
        said()
        if len(rows) == BATCH:
            SearchText.objects.bulk_create(rows)
            rows = []
    SearchText.objects.bulk_create(rows)
    return count


def text_of(article: Article, publication: Publication) -> SearchText:
    """The plain words of what is live of a piece. The disclaimer is no part of them."""
    revision = publication.revision
    return SearchText(
        article=article,
        publication=publication,
        section_id=revision.section_id,
        published_at=article.published_at,  # type: ignore[misc]
        headline=revision.headline,
        dek=revision.dek,
        byline=revision.names,
        body=served.words(revision.html),
    )
