"""A piece as it leaves the site, in feeds and for whoever republishes it: label, people, notices and disclaimer go with
the text, each once."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from articles.models import Article
from network import abroad
from network.models import Network


def html(article: Article, network: Network) -> str:
    """The whole piece, loaded `as_sent`, for a feed, which names its headline beside it."""
    words = render_to_string("articles/_sent.html", _context(article, network))
    return abroad.absolute(words, abroad.whole(article.get_absolute_url())).strip()


def snippet(article: Article, network: Network) -> str:
    """The whole piece for another site's page: headline above, without pictures, its notes leading where they stand."""
    words = render_to_string("articles/_sent.html", _context(article, network) | {"headline": True})
    return abroad.absolute(abroad.without_pictures(words)).strip()


def text(article: Article, network: Network) -> str:
    """The same in plain words."""
    return abroad.plain_text(snippet(article, network)) + "\n"


def _context(article: Article, network: Network) -> dict[str, Any]:
    pinned = article.repin or article.live
    people = {person.pk: person for person in article.authors.all()}
    byline = article.live.revision.byline  # type: ignore[union-attr]
    return {
        "article": article,
        "revision": article.live.revision,  # type: ignore[union-attr]
        "authors": [{**printed, "record": people.get(printed["author"])} for printed in byline],
        "notices": article.told,  # type: ignore[attr-defined]
        "pinned": pinned,
        "disclaimer_html": pinned.disclaimer_html(reverse("articles:contact", args=[article.slug])),  # type: ignore[union-attr]
        "network": network,
    }
