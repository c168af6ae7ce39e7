"""The functions that RQ runs, one for each queue. An entry only names rows, which say whether there is work to do."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections
from django.utils.translation import gettext as _

from generation.actions.auto_retry import run_due_retry
from generation.engine.check import check as check_take
from generation.engine.collect import collect as collect_job
from generation.engine.poll import run_shift
from generation.engine.reuse import wake_waiting
from generation.engine.reuse_batch import serve_batch
from generation.engine.submit import submit as submit_job
from generation.engine.webhooks import deliver
from generation.models import GenerationJob, LostRace
from generation.models.status import Status

logger = logging.getLogger("dailies.jobs")


def submit(*job_ids: str) -> None:
    """Send a job to Runway, or serve several jobs of a batch, most of which are paid for already."""
    if len(job_ids) > 1:
        close_old_connections()
        serve_batch(job_ids)
    else:
        _run_step(submit_job, *job_ids)
        _wake_waiting(*job_ids)


def collect(job_id: str) -> None:
    """Download what the task of a job made."""
    _run_step(collect_job, job_id)
    _wake_waiting(job_id)


def check(*job_ids: str) -> None:
    """Check finished takes, and run the automatic retries that are due; a crash may have left one after the report."""
    for job_id in job_ids:
        _run_step(check_take, job_id)
        _run_step(run_due_retry, job_id)


def poll() -> None:
    """Poll Runway for all unfinished tasks for a while."""
    close_old_connections()
    run_shift()


def webhook(*delivery_ids: str) -> None:
    """Send messages of webhooks. What fails here is due again when its claim has expired."""
    for delivery_id in delivery_ids:
        close_old_connections()
        try:
            deliver(delivery_id)
        except Exception:
            logger.exception("webhook delivery=%s", delivery_id)


def _run_step(step: Callable[[str], None], job_id: str) -> None:
    """Run a step of one job. Errors are logged, and an unexpected one fails the job."""
    # a worker outlives the connections to a database server
    close_old_connections()
    try:
        step(job_id)
    except LostRace as error:
        logger.info("%s job=%s overtaken: %s", step.__name__, job_id, error)
    except DatabaseError:
        # the row could not be read or written; the sweep comes back to it
        logger.exception("%s job=%s", step.__name__, job_id)
    except Exception:
        logger.exception("%s job=%s", step.__name__, job_id)
        _fail_with_internal_error(job_id)


def _wake_waiting(job_id: str) -> None:
    if job := GenerationJob.objects.filter(pk=job_id).only("status", "cache_key").first():
        wake_waiting(job)


def _fail_with_internal_error(job_id: str) -> None:
    """End a job that would fail again and again. A clip that is paid for stays available to a retry."""
    job = GenerationJob.objects.select_related("project", "scene", "asset").get(pk=job_id)
    if job.status not in (Status.QUEUED, Status.DOWNLOADING):
        return
    message = _("Internal error. The details are in the studio's admin.")
    is_paid = job.status == Status.DOWNLOADING
    trace = traceback.format_exc()
    job.fail("our_error", message, retryable=True, error_traceback=trace, clip_may_come=is_paid)
