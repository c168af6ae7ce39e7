"""The answers of calls that create or change a job."""

from __future__ import annotations

from typing import Any

import ninja
from django.utils.translation import gettext as _

from generation.api.job_schemas import JobOut
from generation.models import GenerationJob
from generation.money import refusals
from generation.serializers import job_dict
from projects.web.envelope import responses, success

JOB_RESPONSES: Any = responses(JobOut) | responses(JobOut, 202)
"""A call that creates a job answers 202 when the job is new, and 200 when the same request was accepted before."""


def current_job(job: GenerationJob) -> dict[str, Any]:
    """Return the API's job as its row is now: it may have moved since it was read."""
    return job_dict(GenerationJob.objects.with_related().get(pk=job.pk))


def accepted_job(job: GenerationJob, *, is_new: bool, warn: bool = False) -> ninja.Status[dict[str, object]]:
    """Return the answer of a call that creates a job. With `warn` it says if moderation refused the same before."""
    message = _("The take was requested.") if is_new else _("This request was accepted before. Here is its job.")
    # a repeat was warned the first time
    if warn and is_new:
        message = f"{message} {refusals.repeat_warning(job.kind, job.model, job.parameters)}".strip()
    return ninja.Status(202 if is_new else 200, success(current_job(job), message))
