"""The addresses of the film's pages."""

from django.urls import path

from film.pages import cut

urlpatterns = [
    path("projects/<slug:project_id>/cut/", cut.cut, name="cut"),
    path("projects/<slug:project_id>/cut/data/", cut.data, name="cut-data"),
]
