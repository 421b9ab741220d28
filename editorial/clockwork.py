"""Every request sees the right time: what has fallen due is published before anybody is answered."""

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse

from articles.models import Article
from editorial import workflow
from network import clock
from network.models import Network

logger = logging.getLogger(__name__)


class Clockwork:
    """Put the network on the request, and fire what is due, so that a scheduled piece appears with no worker running.

    One query a request: the network's row, with the next moment at which something falls due beside it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        row = Network.objects.annotate(next_due=Subquery(Article.objects.all().next_due())).filter(pk=1).first()
        request.network = row or Network.load()  # type: ignore[attr-defined]
        if row is not None and row.next_due and row.next_due <= clock.now():
            _fire()
        return self.get_response(request)


def _fire() -> None:
    """A reader is answered even where the piece cannot be published just now; the next request tries again."""
    try:
        workflow.publish_due()
    except DatabaseError:
        logger.exception("A piece is due and could not be published.")
