"""A job in plain words."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime, timedelta

from django import template
from django.utils import timezone

from generation.actions.compare import plain_settings, spelled, told
from generation.forms import plain_controls
from generation.models import GenerationJob, Mark
from generation.models.quality import QualityReport
from generation.models.status import AT_RUNWAY, UNFINISHED, Status
from generation.money import refusals
from generation.runway import errors
from projects.models import Asset

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
SHORT = {
    Status.QUEUED: "Waiting",
    Status.SUBMITTING: "Sending",
    Status.PENDING: "At Runway",
    Status.THROTTLED: "Waiting",
    Status.RUNNING: "Generating",
    Status.DOWNLOADING: "Fetching",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
    Status.UNCONFIRMED: "Not known",
}
HINDERED = {
    errors.Busy.code: "Runway was busy",
    errors.Unreachable.code: "Runway could not be reached",
    "waiting_for_place": "Runway works on as many as it takes at once; this one is sent when one of them ends",
}
MADE = {"video": "take", "image": "picture"}
NTH = ("", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


VERDICTS = {
    "pass": ("shield-check", "Checked"),
    "warn": ("triangle-alert", "Worth a look"),
    "fail": ("circle-x", "Something is wrong"),
}


@register.filter
def report(job: GenerationJob) -> QualityReport | None:
    """None until the take was looked at."""
    return getattr(job, "quality", None)


@register.filter
def verdict_icon(report: QualityReport) -> str:
    return VERDICTS[report.verdict][0]


@register.filter
def verdict_words(report: QualityReport) -> str:
    """Of several reasons the number is told."""
    count = len(report.reasons)
    return VERDICTS[report.verdict][1] + (f" · {count}" if count > 1 else "")


@register.filter
def words(job: GenerationJob) -> str:
    if job.cancel_requested_at and unfinished(job):
        return "Being cancelled"
    if job.status == Status.QUEUED and job.waiting_code == "waiting_for_place":
        return "Waiting for a free place at Runway"
    return WORDS[Status(job.status)]


@register.filter
def short_words(job: GenerationJob) -> str:
    """For a tile; of a finished take the picture says enough."""
    return SHORT.get(Status(job.status), "")


@register.filter
def hindered(job: GenerationJob) -> str:
    """Why it does not move right now."""
    return HINDERED.get(job.waiting_code, job.waiting_message.rstrip("."))


@register.filter
def nth_try(job: GenerationJob) -> str:
    """“second try”, where one has failed and another is due."""
    if not job.attempts or next_try_at(job) is None:
        return ""
    coming = job.attempts + 1
    return f"{NTH[coming]} try" if coming < len(NTH) else f"try {coming}"


@register.filter
def next_try_at(job: GenerationJob) -> datetime | None:
    return job.due_at if job.due_at and job.due_at > timezone.now() else None


@register.filter
def seconds_until(moment: datetime) -> int:
    return max(1, round((moment - timezone.now()).total_seconds()))


@register.filter
def starred(job: GenerationJob) -> bool:
    return job.mark == Mark.STARRED


@register.filter
def rejected(job: GenerationJob) -> bool:
    return job.mark == Mark.REJECTED


@register.filter
def settings(job: GenerationJob) -> list[tuple[str, object]]:
    """What was asked for besides the prompt: a name, where the value does not speak for itself, and the value."""
    asked = {name: value for name, value in plain_settings(job).items() if name != "promptText"}
    found: list[tuple[str, object]] = [("", asked.pop(name)) for name in ("ratio", "resolution") if name in asked]
    if "duration" in asked:
        found.append(("", f"{asked.pop('duration')} s"))
    return found + [(spelled(name), told(value)) for name, value in asked.items()]


register.filter("pixels", plain_controls.pixels)


@register.filter
def clip(job: GenerationJob) -> Asset | None:
    """What can be played of it."""
    found = job.asset
    return found if found and not found.trashed_at and found.kind == Asset.Kind.VIDEO else None


@register.filter
def still(job: GenerationJob) -> Asset | None:
    """What stands for it while there is nothing to play: a picture that it made, or the one that it begins with."""
    seen = (asset for asset in (job.asset, job.first_frame) if asset and not asset.trashed_at)
    return next((asset for asset in seen if asset.kind != Asset.Kind.AUDIO), None)


@register.filter
def sound(job: GenerationJob) -> Asset | None:
    """What can be heard of it."""
    found = job.asset
    return found if found and not found.trashed_at and found.kind == Asset.Kind.AUDIO else None


@register.filter
def state_icon(job: GenerationJob) -> str:
    return ICONS.get(Status(job.status), "clock")


@register.filter
def unfinished(job: GenerationJob) -> bool:
    return job.status in UNFINISHED


@register.filter
def waits(job: GenerationJob) -> bool:
    """In the studio, where it can still be put elsewhere in the line."""
    return job.status == Status.QUEUED


@register.filter
def take_name(job: GenerationJob) -> str:
    what = MADE.get(job.output_kind, "sound")
    return f"{job.project.name} · {job.scene.name}, {what} {job.take}"


@register.filter
def within(job: GenerationJob, projects: Container[int]) -> bool:
    return job.project_id in projects


@register.filter
def count_of(counts: Mapping[str, int], name: str) -> int:
    return counts.get(name, 0)


@register.filter
def soon(job: GenerationJob) -> bool:
    """Whether seconds say more than the time of the day."""
    return job.due_at is not None and job.due_at - timezone.now() < timedelta(minutes=3)


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


@register.filter
def refused_by_moderation(job: GenerationJob) -> bool:
    """Trying it again costs again, and is refused again as a rule: the button says so."""
    return job.status == Status.FAILED and job.error_code.startswith(refusals.PREFIXES)
