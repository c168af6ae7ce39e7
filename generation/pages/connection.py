"""The connection to Runway."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from generation.engine import runway_account as runway
from generation.engine.account_limits import list_model_limits
from generation.models import GenerationJob
from generation.money import refusals
from generation.money.balance import runway_balance
from projects.pages.responses import Request, page
from projects.problems import Problem


@page("GET", "HEAD")
def connection(request: Request) -> HttpResponse:
    """What Runway told last, and when. It is asked by the button alone: a page does not wait for another's server."""
    return connection_page(request)


@page("POST")
def test_connection(request: Request) -> HttpResponse:
    """Asks Runway now, with the key as it is set."""
    try:
        runway.test_connection()
    except Problem as problem:
        return connection_page(request, problem=problem)
    messages.success(request, "It works: Runway answers, and takes the key.")
    return redirect("connection")


def connection_page(request: Request, **result: object) -> HttpResponse:
    state = runway.state()
    models = list_model_limits(state.organization)
    out = Counter(GenerationJob.objects.at_runway().order_by().values_list("model", flat=True))
    context = {
        "host": urlsplit(settings.RUNWAY_API_URL).netloc.rpartition("@")[2],
        "version": settings.RUNWAY_API_VERSION,
        "state": state,
        "balance": runway_balance(state),
        "in_use": [row for row in models if row.used or out[row.model]],
        "others": [row for row in models if not row.used and not out[row.model]],
        "out": out,
        # of the whole account, since it is the account that Runway suspends
        "refusals": refusals.count_by_model(GenerationJob.objects.all()),
    }
    return render(request, "generation/connection.html", context | result)
