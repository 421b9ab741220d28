from articles.models.article import Article, Byline, OldSlug
from articles.models.disclaimer import Disclaimer
from articles.models.kept_count import KeptCount
from articles.models.listed_count import ListedCount
from articles.models.listed_tag import ListedTag
from articles.models.notice import Notice
from articles.models.picture import Picture
from articles.models.publication import Publication
from articles.models.rendition import Rendition
from articles.models.repin import Repin, Repinning
from articles.models.revision import Revision
from articles.models.search_text import SearchText
from articles.models.section import OldSectionSlug, OldTagSlug, Section, Tag
from articles.models.sitemap_part import SitemapPart

__all__ = [
    "Article",
    "Byline",
    "Disclaimer",
    "KeptCount",
    "ListedCount",
    "ListedTag",
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
    "SitemapPart",
    "Tag",
]
