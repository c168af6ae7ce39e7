"""All addresses of the studio."""

from django.contrib import admin
from django.urls import include, path

from config.api import api
from config.health import health

admin.site.site_header = admin.site.site_title = "Dailies"
admin.site.index_title = "Behind the scenes"

urlpatterns = [
    path("healthz", health, name="health"),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
    path("django-rq/", include("django_rq.urls")),
    path("", include("projects.urls")),
    path("", include("generation.urls")),
]
