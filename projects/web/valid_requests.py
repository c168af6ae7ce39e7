"""Refuses requests whose address or headers have texts that are not valid, before anything reads them.

Bodies, forms and queries are checked where they are read: by `projects/web/request_body.py` for the API, and by
`page()` in `projects/pages/responses.py`.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from projects.problems import Problem
from projects.text.valid_text import check_text
from projects.web.envelope import failure_response
from projects.web.errors import API_PREFIX
from projects.web.request_body import check_form


class ValidRequests(MiddlewareMixin):
    """Answer 422 with one sentence that names what is wrong."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """Check the path, the query, and the headers."""
        try:
            _check(request)
        except Problem as problem:
            if request.path_info.startswith(API_PREFIX):
                return failure_response(problem)
            context = {"status": problem.status, "title": _("That didn't work"), "message": problem.message}
            return render(request, "400.html", context, status=problem.status)
        return None


def _check(request: HttpRequest) -> None:
    check_text(_("The address"), request.path_info)
    if "%" in request.META.get("QUERY_STRING", ""):
        check_form(request.GET)
    for name, value in request.headers.items():
        check_text(_("The header {name}").format(name=name), value)
