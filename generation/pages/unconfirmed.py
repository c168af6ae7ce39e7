"""The page of a request whose answer was lost: what was sent, what Runway's usage says, and three ways out."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from generation import actions, labels
from generation.access import job_for
from generation.actions.reconciliation import compare_day
from generation.forms import ratios
from generation.models import GenerationJob
from generation.models.status import Status
from generation.runway import catalog
from projects.access import permissions
from projects.pages.responses import Request, page


@page("GET", "HEAD")
def unconfirmed(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Show the page, with the usage of that day as Runway reports it now; for a resolved job, show its scene."""
    job = job_for(request.user, str(job_id))
    if job.status != Status.UNCONFIRMED:
        return redirect("scene", job.project.slug, job.scene.folder_name)
    context = {
        "job": job,
        "request_body": _request_body(job),
        "day_usage": compare_day(job),
        # so that two presses of Send again are one request
        "key": uuid.uuid4(),
        **permissions.rights(request.user, job.project),
    }
    return render(request, "generation/unconfirmed.html", context)


@page("POST")
def send_again(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Give the job up and request the take again, which may be charged twice."""
    job = job_for(request.user, str(job_id), "spend")
    # the person was told that it may be charged for nothing, which goes for a refusal too
    retried, _created = actions.send_again(
        request.user, job, idempotency_key=request.POST.get("key"), confirm_refused=True
    )
    message = _("Sent again as take {take}. If Runway received the first request too, both are charged.").format(
        take=retried.take
    )
    messages.success(request, message)
    return redirect("scene", job.project.slug, job.scene.folder_name)


def _request_body(job: GenerationJob) -> dict[str, object]:
    """Return the body of the request by the labels of its fields, without the bytes of its files."""
    # the last one: an attempt before it was not accepted, or there would have been no other
    event = job.events.filter(status=Status.SUBMITTING).order_by("-at").first()
    body = event.data.get("request") if event else None
    if not isinstance(body, dict):
        return {}
    return {labels.field_label(name): _shown(name, value) for name, value in body.items()}


def _shown(name: str, value: object) -> object:
    """Return a value as the other pages write it."""
    if name == "model":
        return catalog.model_title(str(value))
    if name == "ratio":
        return ratios.pixels(str(value)) or value
    return f"{value} s" if name == "duration" and isinstance(value, int) else value
