"""The page of the connection to Runway: whether it works, the balance, and the limits of each model."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from generation.engine import runway_account
from generation.engine.account_limits import list_model_limits
from generation.models import GenerationJob
from generation.money.balance import available_credits
from generation.money.refusals import count_by_model
from projects.pages.responses import Request, page
from projects.problems import Problem
from projects.web import backups


@page("GET", "HEAD")
def connection(request: Request) -> HttpResponse:
    """Show what Runway reported last. Only the button asks it: a page does not wait for another server."""
    return _show(request)


@page("GET", "HEAD")
def balance(request: Request) -> HttpResponse:
    """Return the figure in the header alone, for a page that was told of a change."""
    return render(request, "generation/_balance.html", {"credits_left": available_credits()})


@page("POST")
def test_connection(request: Request) -> HttpResponse:
    """Ask Runway now, with the key as it is set."""
    try:
        runway_account.test_connection()
    except Problem as problem:
        return _show(request, problem)
    messages.success(request, _("The connection works: Runway accepts the key."))
    return redirect("connection")


def _show(request: Request, problem: Problem | None = None) -> HttpResponse:
    state = runway_account.state()
    limits = list_model_limits(state.organization)
    running = Counter(GenerationJob.objects.at_runway().order_by().values_list("model", flat=True))
    context = {
        # without a user and password that the address may contain
        "host": urlsplit(settings.RUNWAY_API_URL).netloc.rpartition("@")[2],
        "version": settings.RUNWAY_API_VERSION,
        "state": state,
        "used_models": [each for each in limits if each.used or running[each.model]],
        "unused_models": [each for each in limits if not each.used and not running[each.model]],
        "running": running,
        # of all projects, since Runway suspends the whole account
        "refusals": count_by_model(GenerationJob.objects.all()),
        "problem": problem,
        "backup_is_due": backups.is_backup_due(),
        "last_backup_at": backups.last_backup_at(),
    }
    return render(request, "generation/connection.html", context)
