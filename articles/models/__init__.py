from articles.models.article import Article, Byline, OldSlug
from articles.models.disclaimer import Disclaimer
from articles.models.picture import Picture
from articles.models.publication import Publication
from articles.models.revision import Revision
from articles.models.section import Section, Tag

__all__ = [
    "Article",
    "Byline",
    "Disclaimer",
    "OldSlug",
    "Picture",
    "Publication",
    "Revision",
    "Section",
    "Tag",
]
