"""Poll Runway for all unfinished tasks at once: read those that are due, write what changed, sleep until the next."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from generation.engine import apply_state, backoff, holders, leases, queues, runway_account, shutdown
from generation.engine.apply_state import MAX_PROGRESS
from generation.engine.sweep import Sweeper
from generation.engine.task_reader import INTERNAL_ERROR, THREADS, read_tasks
from generation.models import GenerationJob, IllegalMove, JobQuerySet, LostRace
from generation.models.job_message import job_message
from generation.runway import errors
from generation.runway.task import Task
from projects.live import publish

logger = logging.getLogger("dailies.jobs")

LEASE_NAME = "poll"
# far below RQ's time-out for this queue (settings.RQ_QUEUES), which would end the entry in the middle of a write
SHIFT_SECONDS = 30.0
# a fifth of the lease, so that a few renewals may fail or be late
RENEW_LEASE_SECONDS = 3.0
# what becomes due within it is polled together, and from then on always: its tasks have one due time
TICK = timedelta(seconds=0.3)
# a task that has just come to Runway is due then or later
MAX_PAUSE_SECONDS = 0.5
# answers are applied and the lease is renewed between batches, so a batch must not take long
BATCH_SIZE = 200
# what tells whether a job moves; the other columns are loaded only when it does
POLLED_COLUMNS = (
    "status",
    "version",
    "progress",
    "attempts",
    "waiting_code",
    "runway_task_id",
    "due_at",
    "running_at",
    "cancel_requested_at",
)


def run_shift() -> None:
    """Poll for a while as the only process, then hand over; at once when the worker is told to stop."""
    token = holders.new_token()
    if not leases.acquire(LEASE_NAME, token):
        return
    try:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="poll") as pool, Sweeper() as sweeper:
            _poll_until_end(token, pool, sweeper)
    finally:
        # in this order: the successor would find the lease held, and end at once
        leases.release(LEASE_NAME, token)
        queues.nudge("poll")


def _poll_until_end(token: str, pool: ThreadPoolExecutor, sweeper: Sweeper) -> None:
    end = time.monotonic() + SHIFT_SECONDS
    renew_at = time.monotonic() + RENEW_LEASE_SECONDS
    while (now := time.monotonic()) < end:
        if now >= renew_at:
            if not leases.acquire(LEASE_NAME, token):
                return
            # the lease is still ours; a process that hung for longer than it lasts has stopped above
            renew_at = now + RENEW_LEASE_SECONDS
        sweeper.start_when_due()
        due_in = poll_due_tasks(pool)
        pause = 0.0 if due_in is None else max(now + TICK.total_seconds() - time.monotonic(), due_in, 0.0)
        if shutdown.requested.wait(pause):
            return


def poll_due_tasks(pool: ThreadPoolExecutor) -> float | None:
    """Read every task that is due, in the threads of `pool`, apply the answers, and return when the next one is due.

    That is in seconds from now, MAX_PAUSE_SECONDS when none is soon; None after a full batch, when more may be due now.
    """
    start = timezone.now()
    rows = list(_next_jobs(start))
    jobs = [job for job in rows if job.due_at is None or job.due_at <= start]
    if jobs:
        _poll(jobs, pool)
    if len(jobs) == BATCH_SIZE:
        return None
    next_at = _next_round_at([row.due_at for row in rows[len(jobs) :] if row.due_at])
    return (next_at - timezone.now()).total_seconds() if next_at else MAX_PAUSE_SECONDS


def _next_round_at(due_times: Sequence[datetime]) -> datetime | None:
    """Return when all are due that become due within a tick of the first; None without any. `due_times` is sorted."""
    return max((at for at in due_times if at <= due_times[0] + TICK), default=None)


def _poll(jobs: Sequence[GenerationJob], pool: ThreadPoolExecutor) -> None:
    start = time.monotonic()
    unmoved: list[tuple[GenerationJob, int]] = []
    for job, answer in zip(jobs, read_tasks(jobs, pool), strict=True):
        if isinstance(answer, errors.RunwayError):
            _apply_error(job, answer)
        elif apply_state.is_unchanged(job, answer) or not _apply_task(job, answer):
            unmoved.append((job, min(answer.progress, MAX_PROGRESS)))
    _write_progress(unmoved)
    milliseconds = (time.monotonic() - start) * 1000
    logger.debug("polled tasks=%d unmoved=%d ms=%d", len(jobs), len(unmoved), milliseconds)


def _next_jobs(now: datetime) -> JobQuerySet:
    """Select the jobs that are due and those that soon will be, in this order."""
    # by the index of unfinished jobs: 100,000 ended ones cost nothing here
    soon = GenerationJob.objects.at_runway().due(now + timedelta(seconds=MAX_PAUSE_SECONDS))
    return soon.order_by(F("due_at").asc(nulls_first=True)).only(*POLLED_COLUMNS)[:BATCH_SIZE]


def _reload(job: GenerationJob) -> GenerationJob:
    """Return the whole row. Raise LostRace when the job has left Runway since: a failed one must not come back."""
    row = GenerationJob.objects.with_related().at_runway().filter(pk=job.pk).first()
    if row is None:
        raise LostRace(f"{job.pk} is no longer at Runway")
    return row


def _apply_task(job: GenerationJob, task: Task) -> bool:
    """Apply an answer and return whether the job has moved, or cannot be moved by us."""
    try:
        return apply_state.apply_task(_reload(job), task)
    except (LostRace, IllegalMove) as error:
        logger.info("poll job=%s overtaken: %s", job.pk, error)
    except errors.RunwayError as error:
        _apply_error(job, error)
    except Exception:
        # the trouble of one job must not hold up the others
        logger.exception("poll job=%s", job.pk)
        _apply_error(job, errors.Unreachable(INTERNAL_ERROR))
    return True


def _apply_error(job: GenerationJob, error: errors.RunwayError) -> None:
    """Let the job wait for the next attempt, or end it when Runway does not have its task."""
    try:
        row = _reload(job)
        if isinstance(error, errors.TaskGone):
            apply_state.apply_missing_task(row)
            return
        runway_account.record_outcome(error)
        due_at = backoff.next_attempt_at(row.attempts, error)
        row.wait(
            error.code,
            gettext_noop("{error} The task continues there; it is polled again.").format(error=error),
            due_at,
            failed_attempt=True,
        )
    except (LostRace, IllegalMove) as lost:
        logger.info("poll job=%s overtaken: %s", job.pk, lost)


def _write_progress(unmoved: Sequence[tuple[GenerationJob, int]]) -> None:
    """Write progress without a move: a conditional update and a message for each job, no event and no scene.json."""
    if not unmoved:
        return
    due_at = backoff.seconds_from_now(settings.RUNWAY_POLL_SECONDS)
    changed = [(job, progress) for job, progress in unmoved if _is_news(job, progress)]
    # nothing that anybody sees has changed, so these get no version and no message, and one statement serves all
    same = [job.pk for job, progress in unmoved if not _is_news(job, progress)]
    GenerationJob.objects.at_runway().filter(pk__in=same).update_in_order(due_at=due_at)
    if not changed:
        return
    # one commit for all: on SQLite each is a flush to the disk
    with transaction.atomic():
        changed.sort(key=lambda change: change[0].pk)
        written = [job.pk for job, progress in changed if _write_job_progress(job, progress, due_at)]
    if written:
        # read anew, since another process may have changed them; a message must not have an older state than its
        # version
        rows = GenerationJob.objects.with_related().filter(pk__in=written)
        publish.publish_messages([job_message(row) for row in rows])
    # they were waiting because Runway did not answer, and now it does
    if any(job.waiting_code for job, _ in changed):
        runway_account.record_outcome(None)


def _is_news(job: GenerationJob, progress: int) -> bool:
    # that a reason to wait is over is news, too, even if the progress is the same
    return progress > job.progress or bool(job.waiting_code) or job.attempts > 0


def _write_job_progress(job: GenerationJob, progress: int, due_at: datetime) -> bool:
    """Write the progress, which never falls, unless another process has changed the job; return whether it was."""
    unchanged = GenerationJob.objects.at_runway().filter(pk=job.pk, version=job.version)
    count = unchanged.update(
        progress=max(progress, job.progress),
        version=F("version") + 1,
        changed_at=timezone.now(),
        due_at=due_at,
        attempts=0,
        waiting_code="",
        waiting_message="",
        waiting_since=None,
    )
    return count > 0
