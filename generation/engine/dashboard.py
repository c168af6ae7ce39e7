"""RQ's own pages of entries, for an entry that ends while one of them is made."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.defaults import page_not_found
from rq.exceptions import InvalidJobOperation, NoSuchJobError


class EndedEntries:
    """Middleware: answer 404 where a page of django-rq shows an entry that a worker has finished and removed.

    Entries live for milliseconds. The pages read one several times, and fail when it is gone at the second time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for what is not there; None for any other error."""
        if isinstance(exception, (InvalidJobOperation, NoSuchJobError)):
            return page_not_found(request, exception)
        return None
