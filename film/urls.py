"""The addresses of the film's pages."""

from django.urls import path

from film.pages import cut, shared

urlpatterns = [
    path("projects/<slug:project_id>/cut/", cut.cut, name="cut"),
    path("projects/<slug:project_id>/cut/data/", cut.data, name="cut-data"),
    path("projects/<slug:project_id>/cut/files/", cut.files, name="cut-files"),
    path("shared/<str:token>/", shared.shared, name="shared"),
    path("shared/<str:token>/file", shared.file, name="shared-file"),
]
