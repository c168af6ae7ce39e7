"""What all pages share: who is asking, and how a Problem is told to a person who looks at a page."""

from __future__ import annotations

import re
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
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails

from projects.problems import Problem

P = ParamSpec("P")
HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Request(HttpRequest):
    """What a page's view is given: somebody is signed in, and it is known whether htmx asks."""

    user: User
    htmx: HtmxDetails


def page(
    *methods: str,
) -> Callable[
    [Callable[Concatenate[Request, P], HttpResponseBase]], Callable[Concatenate[Request, P], HttpResponseBase]
]:
    """For people who are signed in. Other methods get 405, and a Problem becomes a page, or a toast where htmx asks."""

    def decorate(
        view: Callable[Concatenate[Request, P], HttpResponseBase],
    ) -> Callable[Concatenate[Request, P], HttpResponseBase]:
        @wraps(view)
        def inner(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            asks: HttpRequest = request
            if not asks.user.is_authenticated:
                return to_sign_in(request)
            try:
                return view(request, *args, **kwargs)
            except Problem as problem:
                return problem_response(request, problem)

        return require_http_methods(list(methods))(inner)

    return decorate


def onward(request: HttpRequest, to: str) -> HttpResponse:
    """A page that goes on by itself. From another site's link a browser sends no strict cookie, and none along the
    redirects that follow; from a page of ours it does."""
    return render(request, "onward.html", {"to": to})


def to_sign_in(request: Request) -> HttpResponseBase:
    if request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site" and not request.htmx:
        # whoever is signed in need not do it again only because they came by a link
        return onward(request, request.get_full_path())
    if not request.htmx:
        return redirect_to_login(request.get_full_path())
    # a fragment was asked for: the whole page goes to the sign-in, and comes back to itself
    back = request.htmx.current_url_abs_path or "/"
    return HttpResponseClientRedirect(redirect_to_login(back).url)


def problem_response(request: Request, problem: Problem) -> HttpResponse:
    if request.htmx:
        response = HttpResponse(status=problem.status, headers={"HX-Reswap": "none"})
        return toast(response, problem.message, level="error")
    if problem.status == 404:
        return render(request, "404.html", status=404)
    context = {"problem": problem, "back": came_from(request)}
    return render(request, "problem.html", context, status=problem.status)


def came_from(request: HttpRequest) -> str:
    """The page of ours where the form stood, else the first page."""
    referer = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def toast(response: HttpResponse, message: str, *, level: str = "success", undo: str = "") -> HttpResponse:
    """The page's script shows it; nothing is swapped for it. `undo`: an address to post to, by a button."""
    return trigger_client_event(response, "dailies:toast", {"message": message, "level": level, "undo": undo})


def undoable(request: Request, message: str, undo: str, then: str) -> HttpResponse:
    """Told with a button that takes it back; where a form asked, the next page `then` tells it."""
    if request.htmx:
        return toast(HttpResponse(), message, undo=undo)
    messages.success(request, message, extra_tags=undo)
    return redirect(then)


def tell(form: forms.Form, problem: Problem, **names: str) -> None:
    """A Problem becomes errors at the form's fields. `names`: where a field's name differs from the wire's."""
    for wrong in problem.fields:
        name = HUMP.sub(r"_\1", wrong.field).lower()
        name = names.get(name, name)
        form.add_error(name if name in form.fields else None, wrong.message)
    if not problem.fields:
        form.add_error(None, problem.message)


def status_of(form: forms.Form) -> int:
    """Of a page that shows this form: 422 when there is something to mend."""
    return 422 if form.is_bound and form.errors else 200


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`: what is too large is told so."""
    context: dict[str, object] = {}
    if isinstance(exception, RequestDataTooBig):
        megabytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        context = {"status": 413, "message": f"The form is too large: besides files it may have {megabytes} MB."}
    return render(request, "400.html", context, status=413 if context else 400)
