from django.urls import path

from articles import feeds
from articles.views import about, archive, listings, pictures, pieces, promises, republish, search

app_name = "articles"

urlpatterns = [
    path("articles/", listings.index, name="index"),
    path("articles/<slug:slug>/", pieces.detail, name="detail"),
    path("articles/<slug:slug>/versions/<int:number>/", pieces.version, name="version"),
    path("sections/<slug:slug>/", listings.section, name="section"),
    path("tags/<slug:slug>/", listings.tag, name="tag"),
    path("corrections/", promises.corrections, name="corrections"),
    path("disclaimer/", promises.disclaimer, name="disclaimer"),
    path("disclaimer/<int:version>/", promises.disclaimer_version, name="disclaimer_version"),
    path("sections/", listings.sections, name="sections"),
    path("tags/", listings.tags, name="tags"),
    path("about/", about.about, name="about"),
    path("about/privacy/", about.privacy, name="privacy"),
    path("search/", search.search, name="search"),
    path("archive/", archive.archive, name="archive"),
    path("archive/<int:year>/", archive.year, name="archive_year"),
    path("archive/<int:year>/<int:month>/", archive.month, name="archive_month"),
    path("pictures/<slug:reference>/", pictures.picture, name="picture"),
    # For machines, and for whoever republishes
    path("feeds/<str:form>", feeds.site, name="feed"),
    path("sections/<slug:slug>/feeds/<str:form>", feeds.section, name="section_feed"),
    path("authors/<slug:slug>/feeds/<str:form>", feeds.author, name="author_feed"),
    path("articles/<slug:slug>/republish/", republish.republish, name="republish"),
    path("pictures/<slug:reference>/<str:name>", pictures.rendition, name="rendition"),
    path("articles/<slug:slug>/share.png", pictures.share, name="share"),
]
