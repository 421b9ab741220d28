from django.urls import path

from articles import views

app_name = "articles"

urlpatterns = [
    path("articles/", views.index, name="index"),
    path("articles/<slug:slug>/", views.detail, name="detail"),
    path("articles/<slug:slug>/versions/<int:number>/", views.version, name="version"),
    path("articles/<slug:slug>/write-to-the-author/", views.contact, name="contact"),
    path("sections/<slug:slug>/", views.section, name="section"),
    path("tags/<slug:slug>/", views.tag, name="tag"),
    path("disclaimer/", views.disclaimer, name="disclaimer"),
    path("disclaimer/<int:version>/", views.disclaimer_version, name="disclaimer_version"),
    path("pictures/<slug:reference>/", views.picture, name="picture"),
]
