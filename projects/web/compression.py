"""Pages go compressed: a storyboard of a hundred scenes is mostly the same words."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from projects.web.errors import API


class CompressedPages(GZipMiddleware):
    """Pages alone: files are sent in ranges, and errors of the API are written anew further out."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page or request.path_info.startswith(API):
            return response
        return super().process_response(request, response)
