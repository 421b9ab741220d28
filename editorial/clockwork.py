"""Every request sees the right time: what has fallen due is published before anybody is answered."""

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse

from articles.models import Article, Disclaimer
from editorial import workflow
from network import clock, edition
from network.models import Network

logger = logging.getLogger(__name__)


class Clockwork:
    """Put the network on the request, and fire what is due, so that a scheduled piece appears with no worker running.

    One query a request: the network's row, with the moments beside it at which the next piece falls due and the next
    disclaimer comes into force.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        next_due, next_words = Article.objects.all().next_due(), Disclaimer.objects.next_in_force(now)
        rows = Network.objects.annotate(next_due=Subquery(next_due), next_words=Subquery(next_words))
        row = rows.filter(pk=1).first()
        request.network = row or Network.load()  # type: ignore[attr-defined]
        if row is not None:
            if row.next_due and row.next_due <= now:
                _fire()
            edition.ends(request, row.next_due)
            edition.ends(request, row.next_words)
        return self.get_response(request)


def _fire() -> None:
    """A reader is answered even where the piece cannot be published just now; the next request tries again."""
    try:
        workflow.publish_due()
    except DatabaseError:
        logger.exception("A piece is due and could not be published.")
