"""The connection to Runway, and what was spent."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render

from generation import connection as runway
from generation.models import GenerationJob
from generation.status import UNFINISHED, Status
from projects import access
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
    return render(request, "generation/connection.html", context)


@page("GET", "HEAD")
def usage(request: Request) -> HttpResponse:
    """Credits for each project and model; what is on its way is an estimate still."""
    jobs = GenerationJob.objects.filter(project__in=access.projects_of(request.user))
    waiting = Q(status__in=UNFINISHED)
    sums = {
        "takes": Count("pk", filter=Q(status=Status.COMPLETED)),
        "charged": Sum("credits_charged"),
        "expected": Sum("credits_estimated", filter=waiting),
    }
    rows = jobs.order_by().values("project__slug", "project__name", "model").annotate(**sums)
    context = {"rows": rows.order_by("project__name", "project__slug", "model"), "total": jobs.aggregate(**sums)}
    return render(request, "generation/usage.html", context)
