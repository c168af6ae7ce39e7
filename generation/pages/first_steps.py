"""The first steps are put away, in this browser."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from generation.pages.first_steps_view import COOKIE, HIDDEN
from projects.pages.responses import Request, page

A_YEAR = 365 * 24 * 3600


@page("POST")
def dismiss(request: Request) -> HttpResponse:
    response = HttpResponse() if request.htmx else redirect("projects")
    response.set_cookie(COOKIE, HIDDEN, max_age=A_YEAR, samesite="Lax")
    return response
