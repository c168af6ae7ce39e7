"""What RQ's workers run. Each entry is only a nudge: the row says whether there is anything to do."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections

from generation.actions import auto_retry
from generation.engine import cache
from generation.engine import check as checking
from generation.engine import collect as collecting
from generation.engine import poll as polling
from generation.engine import submit as submitting
from generation.models import GenerationJob, LostRace
from generation.models.status import Status

logger = logging.getLogger("dailies.jobs")


def submit(*job_ids: str) -> None:
    """Several at once only where most of them may be served for nothing."""
    if len(job_ids) > 1:
        close_old_connections()
        cache.together(job_ids)
    else:
        _step(submitting.submit, *job_ids)
        _wake_waiting(*job_ids)


def collect(job_id: str) -> None:
    _step(collecting.collect, job_id)
    _wake_waiting(job_id)


def check(*job_ids: str) -> None:
    for job_id in job_ids:
        _step(checking.check, job_id)
        # also where the report was written by somebody who died then
        _step(auto_retry.follow_up, job_id)


def poll() -> None:
    close_old_connections()
    polling.shift()


def _step(step: Callable[[str], None], job_id: str) -> None:
    close_old_connections()  # a worker lives longer than a connection to a server may
    try:
        step(job_id)
    except LostRace as lost:
        logger.info("%s job=%s overtaken: %s", step.__name__, job_id, lost)
    except DatabaseError:
        # the row could not be asked or written: the sweep comes back to it
        logger.exception("%s job=%s", step.__name__, job_id)
    except Exception:
        logger.exception("%s job=%s", step.__name__, job_id)
        _error_of_ours(job_id)


def _wake_waiting(job_id: str) -> None:
    if job := GenerationJob.objects.filter(pk=job_id).only("status", "cache_key").first():
        cache.wake_waiting(job)


def _error_of_ours(job_id: str) -> None:
    """A job that would fail again and again is ended; a paid clip can still be had by a retry."""
    job = GenerationJob.objects.select_related("project", "scene", "asset").get(pk=job_id)
    if job.status not in (Status.QUEUED, Status.DOWNLOADING):
        return
    message = "An error of ours; the studio's owner finds it in the admin."
    job.move_to(
        Status.FAILED,
        message=message,
        error_code="our_error",
        error_message=message,
        error_retryable=True,
        error_traceback=traceback.format_exc(),
        clip_may_come=job.status == Status.DOWNLOADING,
    )
