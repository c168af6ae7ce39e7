"""All URLs of the studio."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from config.api import api
from config.monitoring.health import health
from config.monitoring.metrics import metrics
from projects.pages.sign_in import AdminSignIn

admin.site.site_header = admin.site.site_title = "Dailies"
admin.site.index_title = "Behind the scenes"

handler400 = "projects.pages.responses.bad_request"
handler500 = "projects.pages.responses.server_error"

urlpatterns = [
    # browsers ask for it on pages that name no icon
    path("favicon.ico", RedirectView.as_view(url=static("img/mark.svg"), http_method_names=["get", "head"])),
    path("healthz", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("api/", api.urls),
    # before the admin's own, which knows no second factor
    path("admin/login/", AdminSignIn.as_view()),
    path("admin/", admin.site.urls),
    path("django-rq/", include("django_rq.urls")),
    path("", include("projects.urls")),
    path("", include("generation.urls")),
    path("", include("film.urls")),
]
