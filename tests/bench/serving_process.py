"""The studio's web server with an empty view beside its own pages: `python -m tests.bench.serving_process FD`."""

from __future__ import annotations

# first: it loads the apps, and Twisted's reactor comes with the second
from config import asgi
from config.studio import web  # isort: split

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("empty")


if __name__ == "__main__":
    urls.urlpatterns.insert(0, path("empty/", empty))
    web.main(asgi.application)
