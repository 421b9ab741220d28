from django.contrib import admin
from django.urls import include, path

from articles import sitemaps
from articles import urls as readers
from articles.views import listings
from editorial import desk_index, uploads
from editorial.views import correspondence, how, joining, security

# To write to a piece's author is a page of the piece, by a view that knows both.
of_pieces = [
    *readers.urlpatterns,
    path("articles/<slug:slug>/write-to-the-author/", correspondence.contact, name="contact"),
]

urlpatterns = [
    path("", listings.home, name="home"),
    path("", include((of_pieces, readers.app_name))),
    path("articles/<slug:slug>/how/", how.how, name="how"),
    path("articles/<slug:slug>/versions/<int:number>/changes/", how.changes, name="version_changes"),
    path("articles/<slug:slug>/ask-for-a-correction/", correspondence.ask_for_correction, name="ask_for_correction"),
    path("corrections/requests/<slug:key>/", correspondence.correction_request, name="correction_request"),
    path("contact/", correspondence.to_desk, name="contact"),
    path("letters/sent/", correspondence.sent, name="letter_sent"),
    path("letters/confirm/<str:key>/", correspondence.confirm, name="letter_confirm"),
    path("letters/<slug:key>/", correspondence.thread, name="letter_thread"),
    path("authors/", include("authors.urls")),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", sitemaps.part, name="sitemap_part"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("write-for-us/", joining.write_for_us, name="write_for_us"),
    path("write-for-us/thank-you/", joining.applied, name="applied"),
    path("join/<str:key>/", joining.join, name="join"),
    path("contribute/", include("editorial.urls")),
    path("accounts/2fa/totp/code.svg", security.code, name="totp_code"),
    path("accounts/", include("allauth.urls")),
    path("markdownx/markdownify/", uploads.preview, name="markdownx_markdownify"),
    path("markdownx/upload/", uploads.upload, name="markdownx_upload"),
    path("admin/", admin.site.admin_view(desk_index.index)),
    path("admin/", admin.site.urls),
]

handler404 = "articles.views.gone.not_found"
handler400 = "network.outage.unreadable"
handler500 = "network.outage.failed"
