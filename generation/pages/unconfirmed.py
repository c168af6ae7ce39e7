"""A request whose answer was lost: what was sent, what speaks for and against it, and three ways out."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from generation import actions
from generation.access import job_for
from generation.actions.reconciliation import compare_day
from generation.models import GenerationJob
from generation.models.status import Status
from projects.access import permissions
from projects.pages.responses import Request, page


@page("GET", "HEAD")
def unconfirmed(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Asks Runway for its usage of that day; once the job is settled, its scene is shown instead."""
    job = job_for(request.user, str(job_id))
    if job.status != Status.UNCONFIRMED:
        return redirect("scene", job.project.slug, job.scene.folder_name)
    context = {
        "job": job,
        "request_sent": _sent(job),
        "reckoning": compare_day(job),
        "may_change": permissions.has_right(request.user, job.project, "change"),
        "may_spend": permissions.has_right(request.user, job.project, "spend"),
        "key": uuid.uuid4(),
    }
    return render(request, "generation/unconfirmed.html", context)


@page("POST")
def send_again(request: Request, job_id: uuid.UUID) -> HttpResponse:
    job = job_for(request.user, str(job_id), "spend")
    # who presses knows that it may be paid for nothing
    again, _ = actions.send_again(request.user, job, idempotency_key=request.POST.get("key"), confirm_refused=True)
    messages.success(request, f"Sent again as take {again.take}. If the first request was taken after all, both cost.")
    return redirect("scene", job.project.slug, job.scene.folder_name)


def _sent(job: GenerationJob) -> dict[str, object]:
    """The body of the request, without the picture's bytes."""
    event = job.events.filter(status=Status.SUBMITTING).order_by("-at").first()
    sent = event.data.get("request") if event else None
    return sent if isinstance(sent, dict) else {}
