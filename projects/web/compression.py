"""Compression of pages: a storyboard of a hundred scenes repeats the same markup a hundred times."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from projects.web.errors import API_PREFIX


class CompressedPages(GZipMiddleware):
    """Compress HTML pages only: files are sent in ranges, and errors of the API are rewritten by outer middleware."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress a page where the browser accepts gzip; return everything else as it is."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page or request.path_info.startswith(API_PREFIX):
            return response
        return super().process_response(request, response)
