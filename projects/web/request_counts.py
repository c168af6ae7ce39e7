"""Counts the answers by view and status, for `/metrics`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from projects.live.counters import counters

HTTP_REQUESTS = "http_requests"
# of what no address matches, and of files that a middleware answers
_NO_VIEW = "none"


def count_requests(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware. Views are named as in urls.py, so that ids in addresses make no new counters."""

    def count(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        match = request.resolver_match
        counters.add(HTTP_REQUESTS, (match.view_name if match else "") or _NO_VIEW, str(response.status_code))
        return response

    return count
