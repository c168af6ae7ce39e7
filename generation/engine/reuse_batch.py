"""Serve several jobs of a batch in one transaction with files that are paid for: each scene.json is written once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from django.db import DatabaseError, transaction

from generation.engine import claims, queues, reuse_lookup
from generation.engine.output_files import OutputUnavailable, output_files
from generation.engine.reuse import ReuseAttempt
from generation.models import GenerationJob, LostRace
from generation.models.status import Status
from projects.models.locks import lock_scenes

logger = logging.getLogger("dailies.jobs")


def serve_batch(job_ids: Sequence[str]) -> None:
    """Complete the queued jobs whose requests are paid for already, and nudge a submit for each of the others."""
    try:
        with claims.hold_many(job_ids, Status.QUEUED) as held:
            served = _serve([ReuseAttempt(claim) for claim in held])
    except (OSError, LostRace, DatabaseError) as error:
        # nothing was done; the submit of each job will say what is wrong with it
        logger.warning("serve jobs=%s: %s", len(job_ids), error)
        served = set()
    if served:
        # one entry for all: none of these files is decoded again, so each check takes milliseconds
        queues.nudge("check", *(job_id for job_id in job_ids if job_id in served))
    # here, where the claims are released: while they last, each submit would find its job claimed
    for job_id in job_ids:
        if job_id not in served:
            queues.nudge("submit", job_id)


def _serve(attempts: Sequence[ReuseAttempt]) -> set[str]:
    """Return the ids of the jobs that are completed. A job whose source is unavailable is left to its own submit."""
    sources = _sources([attempt.job for attempt in attempts if attempt.job.reuse])
    with ExitStack() as stack:
        linked = []
        for attempt in attempts:
            with suppress(OutputUnavailable):
                if source := sources.get(attempt.job.cache_key):
                    # all files are linked before the transaction begins, so that other writers do not wait for a copy
                    files = output_files(source)
                    linked.append((attempt, source, files, stack.enter_context(attempt.linked_files(files))))
        with transaction.atomic():
            lock_scenes(attempt.job.scene_id for attempt, *_ in linked)
            # all of them in order, before the first is written
            list(GenerationJob.objects.filter(pk__in=[attempt.job.pk for attempt, *_ in linked]).locked())
            return {
                str(attempt.job.pk)
                for attempt, source, files, parts in linked
                if attempt.complete_from(source, files, parts)
            }


def _sources(jobs: Sequence[GenerationJob]) -> dict[str, GenerationJob]:
    """Return for each cache key the finished job that was paid first.

    Only jobs of the same person and project as the first are looked up, as all jobs of a batch are.
    """
    if not jobs:
        return {}
    person, project = jobs[0].created_by, jobs[0].project
    keys = {job.cache_key for job in jobs if job.cache_key and (job.created_by, job.project) == (person, project)}
    # reversed, so that the one that was paid first is the last to be set for its key
    return {job.cache_key: job for job in reuse_lookup.finished_jobs(person, project, *keys).reverse()}
