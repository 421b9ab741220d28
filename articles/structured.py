"""What a page says to machines in schema.org's words, as Google documents it for articles, profiles and breadcrumbs.

The disclaimer's words stay in the page: here is only its address.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.templatetags.static import static
from django.urls import reverse

from articles.models import Article, Notice, Publication, Revision
from articles.status import Label, Standing
from authors.models import Author
from network.abroad import stamp, whole
from network.models import Network

CONTEXT = {"@context": "https://schema.org"}
TYPES = {Label.ANALYSIS: "AnalysisNewsArticle"}  # everything else is opinion
STANDINGS = {Standing.UNDER_REVIEW: "Under review", Standing.RETRACTED: "Retracted"}


def piece(page: Mapping[str, Any]) -> dict[str, Any]:
    """One piece, from what its page shows; schema.org's own word for the genre first, then the one Google knows."""
    article, revision = page["article"], page["revision"]
    address = whole(article.get_absolute_url())
    known = {
        "@type": [TYPES.get(revision.label, "OpinionNewsArticle"), "NewsArticle"],
        "headline": revision.headline,
        "description": revision.dek,
        "url": address,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "identifier": article.urn,
        "genre": revision.get_label_display(),
        "inLanguage": revision.language,
        "datePublished": stamp(article.published_at),
        "dateModified": stamp(article.modified_at),
        "author": [_credited(author) for author in page["authors"]],
        "publisher": publisher(page["network"]),
        "publishingPrinciples": _principles(),
        "usageInfo": whole(_pinned(page).get_absolute_url()),
        "isAccessibleForFree": True,
        "isPartOf": _site(page["network"]),
        "version": page["publication"].number,
        "correction": _corrections(page["notices"], page["standing_notice"]),
        "creativeWorkStatus": STANDINGS.get(article.standing, ""),
        **_belongs(revision, page["tags"]),
        **({} if page["is_text_dropped"] else _text(article, revision)),
    }
    return CONTEXT | _said(known)


def _text(article: Article, revision: Revision) -> dict[str, Any]:
    return {
        "wordCount": revision.words,
        "timeRequired": f"PT{revision.reading_minutes}M",
        "image": pictures(article, revision),
    }


def _belongs(revision: Revision, tags: Iterable) -> dict[str, Any]:
    answered = revision.responds_to
    known = {
        "articleSection": revision.section.name if revision.section else "",
        "keywords": [tag.name for tag in tags],
    }
    if answered is None or not answered.is_public:
        return known
    return known | {"citation": _answered(answered), "isBasedOn": whole(answered.get_absolute_url())}


def _answered(article: Article) -> dict[str, Any]:
    headline = article.live.revision.headline  # type: ignore[union-attr]
    return {"@type": "NewsArticle", "headline": headline, "url": whole(article.get_absolute_url())}


def pictures(article: Article, revision: Revision) -> list[str]:
    """The addresses of the lead picture, cut to 1:1, 4:3 and 16:9."""
    return article.card_picture.crops() if article.card_picture else []


def _corrections(notices: Iterable[Publication], standing: Notice | None) -> list[dict[str, Any]]:
    """Every public note on the piece, the one on its standing first."""
    notes = [(standing.get_kind_display(), standing.text, standing.at)] if standing else []
    notes += [(notice.get_kind_display(), notice.notice, notice.published_at) for notice in notices]
    return [
        {"@type": "CorrectionComment", "name": kind, "text": text, "datePublished": stamp(moment)}
        for kind, text, moment in notes
    ]


def _pinned(page: Mapping[str, Any]):
    pinned = page["pinned"]
    return pinned.act.disclaimer if hasattr(pinned, "act") else pinned.disclaimer


def _credited(printed: Mapping[str, Any]) -> dict[str, Any]:
    """An author as the byline prints them, nothing but the name in the name."""
    record = printed["record"]
    return _said(
        {
            "@type": "Person",
            "name": printed["name"],
            "jobTitle": printed["role"],
            "description": printed["bio"],
            "url": whole(record.get_absolute_url()) if record else "",
            "sameAs": [link["address"] for link in printed["links"]],
        }
    )


def profile(author: Author) -> dict[str, Any]:
    """The page of an author, who is its main entity."""
    address = whole(author.get_absolute_url())
    person = {
        "@type": "Person",
        "name": author.name,
        "url": address,
        "jobTitle": author.role,
        "description": author.bio,
        "image": whole(author.get_portrait_url()) if author.portrait else "",
        "sameAs": [link["address"] for link in author.follow_links()],
    }
    return CONTEXT | {"@type": "ProfilePage", "url": address, "mainEntity": _said(person)}


def home(network: Network) -> dict[str, Any]:
    described = {"description": network.tagline, "publisher": publisher(network)}
    return CONTEXT | _said(_site(network) | described)


def _site(network: Network) -> dict[str, Any]:
    return {"@type": "WebSite", "name": network.name, "url": whole(reverse("home"))}


def publisher(network: Network) -> dict[str, Any]:
    """Who answers for what is published here, and by what rules."""
    return {
        "@type": "NewsMediaOrganization",
        "name": network.name,
        "url": whole(reverse("home")),
        "logo": {"@type": "ImageObject", "url": whole(static("icon.svg"))},
        "email": network.contact,
        "parentOrganization": {"@type": "Organization", "name": network.host},
        "publishingPrinciples": _principles(),
        "correctionsPolicy": whole(reverse("articles:corrections")),
    }


def _principles() -> str:
    """Where the network says by what rules it publishes."""
    return whole(reverse("articles:about")) + "#policies"


def breadcrumbs(network: Network, *steps: tuple[str, str]) -> dict[str, Any]:
    """The way from the front page down to this one: each step's name and path."""
    way = [(network.name, reverse("home")), *steps]
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": whole(path)}
        for position, (name, path) in enumerate(way, start=1)
    ]
    return CONTEXT | {"@type": "BreadcrumbList", "itemListElement": items}


def _said(known: dict[str, Any]) -> dict[str, Any]:
    """What there is something to say about."""
    return {name: value for name, value in known.items() if value not in ("", [], {}, None)}
