"""Jobs with the rows that pages show of them."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from generation.access import jobs_of
from generation.models import GenerationJob, JobQuerySet
from projects.pages.responses import Request
from projects.problems import not_found


def with_related_rows(jobs: JobQuerySet) -> JobQuerySet:
    """Load what a card, a tile or a row shows, in one query; `with_first_frame()` takes another one."""
    # `successor` too: a card asks whether its job was retried, and a missing reverse row is a query each
    return jobs.select_related("scene__project", "asset__scene__project", "successor", "quality")


def load_job(request: Request, job_id: uuid.UUID) -> GenerationJob:
    """Return a job as it is in the database now. Raise Problem 404 when the person may not see it."""
    job = with_related_rows(jobs_of(request.user)).filter(pk=job_id).first()
    if job is None:
        raise not_found(_("take"))
    return job
