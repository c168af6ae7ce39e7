"""The views of the queue: the page, its fragments, and what a person can do with jobs, one or several at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import trigger_client_event

from generation import actions
from generation.access import job_for, jobs_of
from generation.actions import bulk
from generation.actions.bulk import Outcome
from generation.engine import forecast, pauses, slots
from generation.models import GenerationJob
from generation.pages.job_rows import with_related_rows
from generation.pages.queue_page import QueuePage
from projects.access import permissions
from projects.models import Project
from projects.pages.responses import Request, page, referring_page, toast
from projects.problems import not_found, wrong_field

BULK_ACTIONS = ("cancel", "retry", "front", "back")


@page("GET", "HEAD")
def queue(request: Request) -> HttpResponse:
    """Show the queue, as the address filters it."""
    return render(request, "generation/queue.html", {"queue": QueuePage(request.user, request.GET)})


@page("GET", "HEAD", "POST")
def plan(request: Request) -> HttpResponse:
    """Return a fragment: for each model, how many queued jobs fit today, and when the rest can start.

    A POST, by staff, chooses which jobs go first.
    """
    if request.method == "POST":
        actions.set_queue_order(request.user, cheapest_first=request.POST.get("order") == "cheapest")
        if not request.htmx:
            return redirect("queue")
    context = {"forecasts": forecast.forecast_queue(request.user), "cheapest_first": slots.is_cheapest_first()}
    return render(request, "generation/_plan.html", context)


@page("GET", "HEAD")
def pause_banners(request: Request) -> HttpResponse:
    """Return a fragment with the pauses that are in force, for a page that was told of a change."""
    return render(request, "generation/_pauses.html", {"pauses": pauses.visible_pauses(request.user)})


@page("POST")
def move(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Move a job in the queue.

    `where` is front, back, up or down, or before or after the job `beside`. Up and down skip jobs that the page's
    filter hides.
    """
    job = job_for(request.user, str(job_id), "change")
    where, beside = request.POST.get("where", ""), request.POST.get("beside")
    # one place up means the next row that the person sees, however many hidden ones are between
    queued = QueuePage(request.user, request.POST).jobs.queued()
    shown = set(queued.order_by().values_list("pk", flat=True))
    actions.move(request.user, [job], where, shown=shown, beside=_job_id(beside) if beside else None)
    return _answer(request, "")


@page("POST")
def pause(request: Request) -> HttpResponse:
    """Pause a project, or without one the whole studio."""
    paused = actions.pause(request.user, _project(request))
    return _answer(
        request, _("Paused: {paused}. No new takes are sent. Takes at Runway continue.").format(paused=paused)
    )


@page("POST")
def resume(request: Request) -> HttpResponse:
    """End the pause of a project, or without one of the whole studio."""
    project = _project(request)
    actions.resume(request.user, project)
    resumed = project.name if project else _("the queue")
    return _answer(request, _("Resumed: {resumed}.").format(resumed=resumed))


@page("POST")
def several_jobs(request: Request) -> HttpResponse:
    """Do what `do` says with all ticked jobs. A retry first shows its price."""
    action = request.POST.get("do", "")
    if action not in BULK_ACTIONS:
        raise wrong_field("do", _("do must be one of {bulk_actions}.").format(bulk_actions=", ".join(BULK_ACTIONS)))
    jobs = _ticked_jobs(request)
    if action == "retry":
        return _confirm_retry(request, jobs)
    if action == "cancel":
        return _show_outcome(request, actions.cancel_all(request.user, jobs), "cancelled")
    moved = actions.move(request.user, jobs, action)
    return _answer(
        request, _("{count_takes} moved to the {action}.").format(count_takes=_count_takes(moved), action=action)
    )


@page("GET", "HEAD", "POST")
def retry(request: Request) -> HttpResponse:
    """Show the price of retrying all failed jobs that match the filter; a POST retries the ticked ones."""
    if request.method != "POST":
        return _confirm_retry(request, QueuePage(request.user, request.GET).retryable)
    return _show_outcome(request, actions.retry_all(request.user, _ticked_jobs(request)), _("queued again"), "queue")


def _confirm_retry(request: Request, jobs: Sequence[GenerationJob]) -> HttpResponse:
    # only what can be retried, and where the person may spend; the page says how many were left out
    visible = jobs_of(request.user).filter(pk__in=[job.pk for job in jobs])
    retryable = bulk.retryable_jobs(request.user, visible, cancelled=True)
    rows = list(with_related_rows(retryable).with_first_frame())
    credits, unknown = bulk.total_price(rows)
    context = {"jobs": rows, "left_out": len(jobs) - len(rows), "credits": credits, "unknown": unknown}
    return render(request, "generation/retry_failed.html", context)


def _ticked_jobs(request: Request) -> list[GenerationJob]:
    # cut and not refused: the page ticks no more than that itself
    ids = [_job_id(text) for text in request.POST.getlist("job")[: bulk.MAX_JOBS]]
    if not ids:
        raise wrong_field("job", _("Select at least one take."))
    jobs = with_related_rows(jobs_of(request.user)).with_first_frame().filter(pk__in=ids)
    return list(jobs.order_by("created_at", "id"))


def _job_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise not_found(_("take")) from None


def _project(request: Request) -> Project | None:
    slug = request.POST.get("project")
    return permissions.project_for(request.user, slug) if slug else None


def _count_takes(count: int) -> str:
    return ngettext("{count} take", "{count} takes", count).format(count=count)


def _show_outcome(request: Request, outcome: Outcome, done: str, then: str = "") -> HttpResponse:
    """Redirect to `then`, or back, with how many jobs were handled and why the others were not."""
    counted = f"{_count_takes(outcome.done)} {done}." if outcome.done or not outcome.refused else ""
    add_message = messages.success if outcome.done else messages.warning
    add_message(request, f"{counted} {outcome.refusals}".strip())
    return redirect(then or referring_page(request))


def _answer(request: Request, message: str) -> HttpResponse:
    """Tell the page's script to fetch the queue anew; for a plain form, redirect back to the page."""
    if request.htmx:
        response = trigger_client_event(HttpResponse(status=204), "dailies:queue", {})
        return toast(response, message) if message else response
    if message:
        messages.success(request, message)
    return redirect(referring_page(request))
