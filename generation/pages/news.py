"""What the header's toast says when takes have ended: one message for what was requested together."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render, resolve_url

from generation.access import job_for
from generation.models import GenerationJob
from generation.models.status import ENDED, Status
from projects.pages.responses import Request, page

ONE_PRESS = timedelta(seconds=5)
"""Equal requests of one person in one scene that are created within this time come from one press."""


@dataclass(frozen=True)
class News:
    """How takes that belong together have ended."""

    words: str
    """What has ended, in words; empty for a single take."""
    job: GenerationJob
    is_done: bool
    address: str
    group: str
    """A name for what belongs together: a page that shows it needs no message, and a second message replaces it."""


@page("GET", "HEAD")
def news(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Return how a take has ended, for the person who asked for it; 204 for others, and until all of it has ended."""
    message = find_news(request.user, job_for(request.user, str(job_id)))
    return render(request, "generation/_news.html", {"news": message}) if message else HttpResponse(status=204)


def find_news(user: User, job: GenerationJob) -> News | None:
    """Return what there is to say about a take and those requested with it; None while one of them is unfinished.

    People want to hear of their own takes, and whoever cancelled one knows.
    """
    if job.created_by != user or job.status not in ENDED or job.status == Status.CANCELLED:
        return None
    jobs = _requested_together(job)
    done = sum(each.status == Status.COMPLETED for each in jobs)
    failed = sum(each.status == Status.FAILED for each in jobs)
    if any(each.status not in ENDED for each in jobs) or not done + failed:
        return None
    if done + failed == 1:
        return News("", job, not failed, _scene(job), f"scene-{job.scene_id}")
    counts = ", ".join(f"{count} {word}" for count, word in ((done, "done"), (failed, "failed")) if count)
    if job.batch:
        address = resolve_url("batch", job.project.slug, job.batch.pk)
        return News(f"{job.batch.name}: {counts}.", job, not failed, address, f"batch-{job.batch.pk}")
    words = f"{job.project.name} · {job.scene.name}: {counts}."
    return News(words, job, not failed, _scene(job), f"scene-{job.scene_id}")


def _requested_together(job: GenerationJob) -> list[GenerationJob]:
    """Return the jobs of the same batch, or of the same press; a job that was retried counts by its successor."""
    jobs = GenerationJob.objects.filter(created_by=job.created_by, batch=job.batch_id, successor=None)
    if job.batch_id:
        return list(jobs)
    times = (job.created_at - ONE_PRESS, job.created_at + ONE_PRESS)
    jobs = jobs.filter(scene=job.scene_id, kind=job.kind, model=job.model, created_at__range=times)
    return [each for each in jobs if each.parameters == job.parameters]


def _scene(job: GenerationJob) -> str:
    return f"{resolve_url('scene', job.project.slug, job.scene.folder_name)}?take={job.take}"
