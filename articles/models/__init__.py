from articles.models.article import Article, Byline, OldSlug
from articles.models.disclaimer import Disclaimer
from articles.models.listed_count import ListedCount
from articles.models.notice import Notice
from articles.models.picture import Picture
from articles.models.publication import Publication
from articles.models.rendition import Rendition
from articles.models.repin import Repin, Repinning
from articles.models.revision import Revision
from articles.models.search_text import SearchText
from articles.models.section import OldSectionSlug, OldTagSlug, Section, Tag

__all__ = [
    "Article",
    "Byline",
    "Disclaimer",
    "ListedCount",
    "Notice",
    "OldSectionSlug",
    "OldSlug",
    "OldTagSlug",
    "Picture",
    "Publication",
    "Rendition",
    "Repin",
    "Repinning",
    "Revision",
    "SearchText",
    "Section",
    "Tag",
]
