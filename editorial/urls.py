from django.urls import path

from editorial import views

app_name = "editorial"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("profile/", views.profile, name="profile"),
    path("<int:pk>/", views.piece, name="piece"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/declarations/", views.declarations, name="declarations"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/proof/", views.proof, name="proof"),
    path("<int:pk>/comment/", views.comment, name="comment"),
    path("<int:pk>/<slug:name>/", views.step, name="step"),
]
