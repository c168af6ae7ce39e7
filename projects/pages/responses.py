"""What all pages share: the signed-in person, and how a Problem is shown."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.defaults import server_error as django_server_error
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails

from projects.access import origins
from projects.problems import Problem
from projects.web.request_body import check_form

P = ParamSpec("P")
CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Request(HttpRequest):
    """The request of a page's view: somebody is signed in, and `htmx` says whether a fragment is requested."""

    user: User
    htmx: HtmxDetails


def page(
    *methods: str,
) -> Callable[
    [Callable[Concatenate[Request, P], HttpResponseBase]], Callable[Concatenate[Request, P], HttpResponseBase]
]:
    """Decorate a view for people who are signed in.

    Other methods get 405. A Problem becomes a page, or a toast when htmx made the request. Browsers keep no copy, which
    they would show when somebody comes back: it would lack what has been made or deleted meanwhile.
    """

    def decorate(
        view: Callable[Concatenate[Request, P], HttpResponseBase],
    ) -> Callable[Concatenate[Request, P], HttpResponseBase]:
        @wraps(view)
        def inner(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            anybody: HttpRequest = request
            if not anybody.user.is_authenticated:
                return redirect_to_sign_in(request)
            try:
                if request.method == "POST":
                    check_form(request.POST)
                response = view(request, *args, **kwargs)
            except Problem as problem:
                response = problem_response(request, problem)
            if not response.has_header("Cache-Control"):
                response.headers["Cache-Control"] = "no-store"
            return response

        return require_http_methods(list(methods))(inner)

    return decorate


def continue_by_page(request: HttpRequest, to: str) -> HttpResponse:
    """Return a page that loads `to` by itself.

    A browser sends no strict cookie with a link from another site, nor with the redirects that follow; with a request
    from our own page it does.
    """
    return render(request, "onward.html", {"to": to})


def redirect_to_sign_in(request: Request) -> HttpResponseBase:
    """Send the person to the sign-in and back; a cross-site link first gets a page that sends the cookie."""
    if request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site" and not request.htmx:
        # a signed-in person who followed a link is not asked to sign in again
        return continue_by_page(request, request.get_full_path())
    if not request.htmx:
        return redirect_to_login(request.get_full_path())
    # a fragment was requested: the whole page goes to the sign-in and comes back to itself
    back = request.htmx.current_url_abs_path or "/"
    return HttpResponseClientRedirect(redirect_to_login(back).url)


def problem_response(request: Request, problem: Problem) -> HttpResponse:
    """Return a Problem as a page, or as a toast when htmx made the request."""
    if request.htmx:
        response = HttpResponse(status=problem.status, headers={"HX-Reswap": "none"})
        return toast(response, problem.message, level="error")
    if problem.status == 404:
        return render(request, "404.html", status=404)
    context = {"problem": problem, "back": referring_page(request)}
    return render(request, "problem.html", context, status=problem.status)


def referring_page(request: HttpRequest, otherwise: str = "/") -> str:
    """Return the path of our own page that the form was on; `otherwise` where the browser does not tell."""
    referer = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return otherwise
    parts = urlsplit(referer)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # `http://our.host//elsewhere.com` is ours, but its path alone is an address of another host
    return path if url_has_allowed_host_and_scheme(path, None) else otherwise


def toast(response: HttpResponse, message: str, *, level: str = "success", undo: str = "") -> HttpResponse:
    """Have the page's script show a message; `undo` is an address that its Undo button posts to."""
    return trigger_client_event(response, "dailies:toast", {"message": message, "level": level, "undo": undo})


def respond_with_undo(request: Request, message: str, undo: str, then: str) -> HttpResponse:
    """Show a message with an Undo button: as a toast, or on the page `then` when a plain form was sent."""
    if request.htmx:
        return toast(HttpResponse(), message, undo=undo)
    messages.success(request, message, extra_tags=undo)
    return redirect(then)


def add_problem_to_form(form: forms.Form, problem: Problem, **names: str) -> None:
    """Add a Problem's errors to the form's fields; `names` maps API names to field names where they differ."""
    for wrong in problem.fields:
        name = CAMEL_HUMP.sub(r"_\1", wrong.field).lower()
        name = names.get(name, name)
        form.add_error(name if name in form.fields else None, wrong.message)
    if not problem.fields:
        form.add_error(None, problem.message)


def form_status(form: forms.Form) -> int:
    """Return the status of a page that shows this form: 422 when it has errors."""
    return 422 if form.is_bound and form.errors else 200


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer as Django's `CSRF_FAILURE_VIEW`: the page has expired, or was opened at another address than ours."""
    message = origins.refusal(request)
    if message and getattr(request, "htmx", False):
        return toast(HttpResponse(status=403, headers={"HX-Reswap": "none"}), message, level="error")
    return render(request, "403_csrf.html", {"message": message}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer as Django's `handler400`; a form that is too large is told so."""
    context: dict[str, object] = {}
    if isinstance(exception, RequestDataTooBig):
        megabytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        context = {
            "status": 413,
            "message": _("The form is too large: {megabytes} MB at most, not counting files.").format(
                megabytes=megabytes
            ),
        }
    return render(request, "400.html", context, status=413 if context else 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer as Django's `handler500`; a Problem from outside of a view, as of an upload, is told."""
    problem = sys.exc_info()[1]
    if isinstance(problem, Problem):
        context = {"status": problem.status, "title": _("That didn't work"), "message": problem.message}
        return render(request, "400.html", context, status=problem.status)
    return django_server_error(request)
