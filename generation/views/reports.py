"""The connection to Runway."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from generation import connection as runway
from generation.models import GenerationJob
from generation.money import refusals
from projects.pages import Request, page
from projects.problems import Problem


@page("GET", "HEAD")
def connection(request: Request) -> HttpResponse:
    """Asks Runway now, with the key as it is set."""
    context: dict[str, object] = {"host": urlsplit(settings.RUNWAY_API_URL).netloc.rpartition("@")[2]}
    try:
        context["answer"] = runway.test()
    except Problem as problem:
        context["problem"] = problem
    # of the whole account, since it is the account that Runway suspends
    context["refusals"] = refusals.counted(GenerationJob.objects.all())
    return render(request, "generation/connection.html", context)
