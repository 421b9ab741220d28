from django.urls import path

from authors import views

app_name = "authors"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/portrait/", views.portrait, name="portrait"),
]
