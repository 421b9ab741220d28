"""The share image of a published piece: drawn when it is first asked for, kept under a name that says what is on it."""

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from articles.models import Article, Publication
from articles.status import Standing
from network import share_image
from network.fingerprint import fingerprint


def image(article: Article, shown: Publication, network_name: str) -> File:
    """The file of the picture of what readers have now; other words make another file."""
    revision = shown.revision
    byline = f"By {revision.names}" if revision.names else ""
    words = share_image.Words(network_name, _label(article, shown), revision.headline, byline)
    said = {"network": words.network, "label": words.label, "headline": words.headline, "byline": words.byline}
    name = f"share/{fingerprint({**said, 'drawing': share_image.DRAWING})}.png"
    if not _is_whole(name):
        kept = default_storage.save(name, ContentFile(share_image.draw(words)))
        if kept != name:  # somebody else has drawn it in the same moment
            default_storage.delete(kept)
    return default_storage.open(name)


def _is_whole(name: str) -> bool:
    """Whether it is kept, to its end; what a killed process had begun to write is thrown away."""
    if not default_storage.exists(name):
        return False
    with default_storage.open(name) as file:
        is_whole = file.read().endswith(share_image.END)
    if not is_whole:
        default_storage.delete(name)
    return is_whole


def _label(article: Article, shown: Publication) -> str:
    """What it is; and before it, where it is not simply live, what has become of it."""
    label = shown.revision.get_label_display()
    return label if article.standing == Standing.LIVE else f"{article.get_standing_display()} · {label}"
