"""A job in plain words."""

from __future__ import annotations

from django import template
from django.utils import timezone

from generation.models import GenerationJob
from generation.status import AT_RUNWAY, UNFINISHED, Status

register = template.Library()

WORDS = {
    Status.QUEUED: "Waiting for its turn",
    Status.SUBMITTING: "Being sent to Runway",
    Status.PENDING: "Runway has it and will start soon",
    Status.THROTTLED: "Waiting for a free place at Runway",
    Status.RUNNING: "Runway is generating",
    Status.DOWNLOADING: "Fetching the clip",
    Status.COMPLETED: "Done",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
    Status.UNCONFIRMED: "Not known whether Runway got it",
}
ICONS = {
    Status.COMPLETED: "circle-check",
    Status.FAILED: "circle-alert",
    Status.CANCELLED: "ban",
    Status.UNCONFIRMED: "circle-question-mark",
    Status.RUNNING: "aperture",
    Status.DOWNLOADING: "download",
}


@register.filter
def words(job: GenerationJob) -> str:
    if job.cancel_requested_at and unfinished(job):
        return "Being cancelled"
    return WORDS[Status(job.status)]


@register.filter
def state_icon(job: GenerationJob) -> str:
    return ICONS.get(Status(job.status), "clock")


@register.filter
def unfinished(job: GenerationJob) -> bool:
    return job.status in UNFINISHED


@register.filter
def may_be_cancelled(job: GenerationJob) -> bool:
    return job.cancel_requested_at is None and job.status in (Status.QUEUED, Status.SUBMITTING, *AT_RUNWAY)


@register.filter
def may_be_retried(job: GenerationJob) -> bool:
    """By one click: what would fail again unchanged is not offered, nor what was tried again already."""
    if job.status == Status.FAILED and job.clip_may_come:
        return True
    worth_it = job.status == Status.CANCELLED or (job.status == Status.FAILED and job.error_retryable)
    return worth_it and not hasattr(job, "successor")


@register.filter
def seconds_so_far(job: GenerationJob) -> float:
    """From the press of the button to the end, or to now."""
    return ((job.finished_at or timezone.now()) - job.created_at).total_seconds()
