from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from articles import views as articles
from editorial import uploads

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "The desk"
admin.site.index_title = "The desk"

urlpatterns = [
    path("", articles.home, name="home"),
    path("", include("articles.urls")),
    path("authors/", include("authors.urls")),
    path("contribute/", include("editorial.urls")),
    path("accounts/", include("allauth.urls")),
    path("markdownx/markdownify/", uploads.preview, name="markdownx_markdownify"),
    path("markdownx/upload/", uploads.upload, name="markdownx_upload"),
    path("admin/", admin.site.urls),
]

handler404 = "articles.views.not_found"
