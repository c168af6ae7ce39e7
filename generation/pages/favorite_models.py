"""The star of a model in the composer's list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from generation.actions.favorite_models import star_model
from projects.pages.responses import Request, page, referring_page


@page("POST")
def star(request: Request) -> HttpResponse:
    """Star a model, or take its star away."""
    star_model(request.user, request.POST.get("model", ""), is_starred=request.POST.get("starred") == "1")
    return HttpResponse(status=204) if request.htmx else redirect(referring_page(request))
