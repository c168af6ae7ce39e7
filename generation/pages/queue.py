"""All jobs that the person may see, and what can be done with them; the filter and the page stand in the address."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from generation import actions
from generation.access import job_for, jobs_of
from generation.actions import bulk
from generation.actions.bulk import Outcome
from generation.engine import forecast, pauses
from generation.models import GenerationJob
from generation.models.status import ENDED, Status
from generation.pages.queue_page import QueuePage
from generation.pages.workbench import with_related_rows
from projects.access import permissions
from projects.models import Project
from projects.pages.responses import Request, page, referring_page, toast
from projects.problems import not_found, wrong_field

WISHES = ("cancel", "retry", "front", "back")


@page("GET", "HEAD")
def queue(request: Request) -> HttpResponse:
    return render(request, "generation/queue.html", {"queue": QueuePage(request.user, request.GET)})


@page("GET", "HEAD", "POST")
def plan(request: Request) -> HttpResponse:
    """A fragment: for each model, how many of those that wait fit today, and when the rest goes on.

    A POST, by staff, chooses who goes first.
    """
    if request.method == "POST":
        forecast.choose_order(request.user, cheapest=request.POST.get("order") == "cheapest")
        if not request.htmx:
            return redirect("queue")
    context = {"plans": forecast.read(request.user), "cheapest_first": forecast.cheapest_first()}
    return render(request, "generation/_plan.html", context)


@page("GET", "HEAD")
def standing_pauses(request: Request) -> HttpResponse:
    """A fragment, for a page that has heard of a change."""
    return render(request, "generation/_pauses.html", {"pauses": pauses.seen_by(request.user)})


@page("GET", "HEAD")
def news(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """How a take has ended, for whoever asked for it; 204 for all others, and while it has not."""
    job = job_for(request.user, str(job_id))
    if job.created_by != request.user or job.status not in ENDED or job.status == Status.CANCELLED:
        return HttpResponse(status=204)
    return render(request, "generation/_news.html", {"job": job})


@page("POST")
def move(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """`where`: front, back, up, down, or before or after the take `beside`; up and down as the page is filtered."""
    job = job_for(request.user, str(job_id), "change")
    where, beside = request.POST.get("where", ""), request.POST.get("beside")
    shown = set(QueuePage(request.user, request.POST).jobs.order_by().values_list("pk", flat=True))
    actions.move(request.user, [job], where, shown=shown, beside=_id(beside) if beside else None)
    return _back(request, "")


@page("POST")
def pause(request: Request) -> HttpResponse:
    """Of a project, or without one of the whole studio."""
    found = actions.pause(request.user, _project(request))
    return _back(request, f"Paused: nothing new is sent of {found}. What Runway has goes on.")


@page("POST")
def resume(request: Request) -> HttpResponse:
    project = _project(request)
    actions.resume(request.user, project)
    return _back(request, f"{project.name if project else 'The queue'} goes on.")


@page("POST")
def several_jobs(request: Request) -> HttpResponse:
    """`do` with all takes that were ticked. To try them again is asked first, with the sum."""
    wish = request.POST.get("do", "")
    if wish not in WISHES:
        raise wrong_field("do", f"do must be one of {', '.join(WISHES)}.")
    jobs = _ticked(request)
    if wish == "retry":
        return _ask(request, jobs)
    if wish == "cancel":
        return _tell(request, actions.cancel_all(request.user, jobs), "cancelled")
    moved = actions.move(request.user, jobs, wish)
    return _back(request, f"{_takes(moved)} moved {'to the front' if wish == 'front' else 'to the back'}.")


@page("GET", "HEAD", "POST")
def retry(request: Request) -> HttpResponse:
    """All that failed and fits the filter: what it will cost, and then the press that spends it."""
    if request.method != "POST":
        return _ask(request, QueuePage(request.user, request.GET).retryable)
    return _tell(request, actions.retry_all(request.user, _ticked(request)), "on the way again", "queue")


def _ask(request: Request, jobs: Sequence[GenerationJob]) -> HttpResponse:
    asked = jobs_of(request.user).filter(pk__in=[job.pk for job in jobs])
    wanted = list(with_related_rows(bulk.retryable(request.user, asked, cancelled=True)).with_first_frame())
    credits, unknown = bulk.price(wanted)
    context = {"jobs": wanted, "left_out": len(jobs) - len(wanted), "credits": credits, "unknown": unknown}
    return render(request, "generation/retry_failed.html", context)


def _ticked(request: Request) -> list[GenerationJob]:
    keys = [_id(key) for key in request.POST.getlist("job")[: bulk.MOST]]
    if not keys:
        raise wrong_field("job", "Tick the takes that it is to be done with.")
    return list(
        with_related_rows(jobs_of(request.user)).with_first_frame().filter(pk__in=keys).order_by("created_at", "id")
    )


def _id(key: str) -> uuid.UUID:
    try:
        return uuid.UUID(key)
    except ValueError:
        raise not_found("take") from None


def _project(request: Request) -> Project | None:
    slug = request.POST.get("project")
    return permissions.project_for(request.user, slug) if slug else None


def _takes(count: int) -> str:
    return "1 take" if count == 1 else f"{count} takes"


def _tell(request: Request, outcome: Outcome, done: str, then: str = "") -> HttpResponse:
    words = f"{_takes(outcome.done)} {done}." if outcome.done or not outcome.refused else ""
    told = messages.success if outcome.done else messages.warning
    told(request, f"{words} {outcome.words}".strip())
    return redirect(then or referring_page(request))


def _back(request: Request, message: str) -> HttpResponse:
    """To the page where it was pressed; that page's script fetches it anew by itself."""
    if request.htmx:
        response = trigger_client_event(HttpResponse(status=204), "dailies:queue", {})
        return toast(response, message) if message else response
    if message:
        messages.success(request, message)
    return redirect(referring_page(request))
