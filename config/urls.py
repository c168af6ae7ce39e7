"""All URLs of the studio."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from config.api import api
from config.health import health
from projects.pages.forms import AdminSignInForm

admin.site.site_header = admin.site.site_title = "Dailies"
admin.site.index_title = "Behind the scenes"
admin.site.login_form = AdminSignInForm

handler400 = "projects.pages.responses.bad_request"
handler500 = "projects.pages.responses.server_error"

urlpatterns = [
    # browsers ask for it on pages that name no icon
    path("favicon.ico", RedirectView.as_view(url=static("img/mark.svg"), http_method_names=["get", "head"])),
    path("healthz", health, name="health"),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
    path("django-rq/", include("django_rq.urls")),
    path("", include("projects.urls")),
    path("", include("generation.urls")),
]
