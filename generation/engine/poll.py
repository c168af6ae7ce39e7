"""One batch for all of Runway's tasks: ask for those that are due, write what changed, sleep to the next."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import F
from django.db.models.query import RawQuerySet
from django.utils import timezone

from generation.engine import apply_state, backoff, claims, queues, runway_account, shutdown, sweep
from generation.models import GenerationJob, IllegalMove, LostRace
from generation.runway import errors
from generation.runway.client import Task
from projects.live import publish

logger = logging.getLogger("dailies.jobs")

SHIFT_SECONDS = 30.0
LEASE_AGAIN_SECONDS = 3.0
# one look a tick for whatever is due: it serves many tasks at once, and a new one is seen within it
TICK_SECONDS = 0.25
THREADS = 16
BATCH = 200
# what tells whether a job moves; the rest is read only when it does
READ = (
    "status",
    "version",
    "progress",
    "attempts",
    "waiting_code",
    "runway_task_id",
    "running_at",
    "cancel_requested_at",
)

# stands in the prepared question where the present moment is put
SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)

Answer = Task | errors.RunwayError


def shift() -> None:
    """Poll for a while, as the only one; then hand over, at once when the worker is told to stop."""
    token = claims.new_token()
    if not claims.take_lease("poll", token):
        return
    try:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="poll") as pool, sweep.Sweeper() as sweeper:
            _work(token, pool, sweeper)
    finally:
        claims.give_lease("poll", token)
        queues.nudge("poll")


def _work(token: str, pool: ThreadPoolExecutor, sweeper: sweep.Sweeper) -> None:
    end = time.monotonic() + SHIFT_SECONDS
    lease_due = time.monotonic() + LEASE_AGAIN_SECONDS
    while (now := time.monotonic()) < end:
        if now >= lease_due:
            if not claims.take_lease("poll", token):
                return
            lease_due = now + LEASE_AGAIN_SECONDS
        sweeper.look()
        asked = work_off(pool)
        # where more is due than one batch takes there is no rest
        rest = 0.0 if asked == BATCH else max(0.0, now + TICK_SECONDS - time.monotonic())
        if shutdown.requested.wait(rest):
            return


def work_off(pool: ThreadPoolExecutor) -> int:
    """Ask for every task that is due and write down what it says; how many there were."""
    began = time.monotonic()
    jobs = list(_due())
    if not jobs:
        return 0
    going_on: list[tuple[GenerationJob, int]] = []
    for job, answer in zip(jobs, pool.map(_ask, jobs), strict=True):
        if isinstance(answer, errors.RunwayError):
            _not_told(job, answer)
        elif apply_state.stays(job, answer) or not _moved(job, answer):
            going_on.append((job, min(answer.progress, 99)))
    _write_progress(going_on)
    spent = (time.monotonic() - began) * 1000
    logger.info("polled tasks=%d unmoved=%d ms=%d", len(jobs), len(going_on), spent)
    return len(jobs)


def _due() -> RawQuerySet[GenerationJob]:
    """Asked four times a second, for ever: so its SQL is made once, which takes longer than the answer."""
    sql, params = _due_sql(connections[DEFAULT_DB_ALIAS].vendor)
    now = connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(timezone.now())
    return GenerationJob.objects.raw(sql, [now if param == SOME_TIME else param for param in params])


@cache
def _due_sql(vendor: str) -> tuple[str, tuple[object, ...]]:
    rows = GenerationJob.objects.at_runway().due(SOME_TIME).order_by("due_at").only(*READ)[:BATCH]
    sql, params = rows.query.sql_with_params()
    written = connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(SOME_TIME)
    return sql, tuple(SOME_TIME if param == written else param for param in params)


def _ask(job: GenerationJob) -> Answer:
    """In a thread, without the database: the task, or what went wrong."""
    try:
        return runway_account.client().get_task(str(job.runway_task_id))
    except errors.RunwayError as error:
        return error
    except Exception:
        logger.exception("poll job=%s", job.pk)
        return errors.Unreachable("An error of ours while asking Runway.")


def _still_there(job: GenerationJob) -> GenerationJob:
    """The whole row. LostRace where it has left Runway since it was asked for: a failed one must not come back."""
    found = GenerationJob.objects.with_related().at_runway().filter(pk=job.pk).first()
    if found is None:
        raise LostRace(f"{job.pk} is no longer at Runway")
    return found


def _moved(job: GenerationJob, task: Task) -> bool:
    try:
        return apply_state.follow(_still_there(job), task)
    except (LostRace, IllegalMove) as lost:
        logger.info("poll job=%s overtaken: %s", job.pk, lost)
    except errors.RunwayError as error:
        _not_told(job, error)
    except Exception:
        # one job's trouble must not hold up the others
        logger.exception("poll job=%s", job.pk)
        _not_told(job, errors.Unreachable("An error of ours while reading Runway's answer."))
    return True


def _not_told(job: GenerationJob, error: errors.RunwayError) -> None:
    try:
        job = _still_there(job)
        if isinstance(error, errors.TaskGone):
            apply_state.task_gone(job)
            return
        runway_account.note(error)
        due_at = backoff.next_try(job.attempts, error)
        job.wait(error.code, f"{error} The task goes on there; it is asked again.", due_at, failed_attempt=True)
    except (LostRace, IllegalMove) as lost:
        logger.info("poll job=%s overtaken: %s", job.pk, lost)


def _write_progress(going_on: list[tuple[GenerationJob, int]]) -> None:
    """Progress is not a move: conditional updates, one publication, no JobEvent, no mirror."""
    if not going_on:
        return
    due_at = backoff.in_seconds(settings.RUNWAY_POLL_SECONDS)
    news = [(job, progress) for job, progress in going_on if _is_news(job, progress)]
    same = [job.pk for job, progress in going_on if not _is_news(job, progress)]
    GenerationJob.objects.at_runway().filter(pk__in=same).update(due_at=due_at)
    if not news:
        return
    with transaction.atomic():
        moved = [job.pk for job, progress in news if _advance(job, progress, due_at)]
    if moved:
        publish.publish([job.as_message() for job in GenerationJob.objects.with_related().filter(pk__in=moved)])
    if any(job.waiting_code for job, _ in news):
        runway_account.note(None)


def _is_news(job: GenerationJob, progress: int) -> bool:
    return progress > job.progress or bool(job.waiting_code) or job.attempts > 0


def _advance(job: GenerationJob, progress: int, due_at: datetime) -> bool:
    """Progress never falls; whoever has written meanwhile keeps the word."""
    same = GenerationJob.objects.at_runway().filter(pk=job.pk, version=job.version)
    return bool(
        same.update(
            progress=max(progress, job.progress),
            version=F("version") + 1,
            changed_at=timezone.now(),
            due_at=due_at,
            attempts=0,
            waiting_code="",
            waiting_message="",
            waiting_since=None,
        )
    )
