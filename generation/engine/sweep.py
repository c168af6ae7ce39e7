"""The sweep: find rows whose step is overdue, whose holder is dead or whose nudge is lost, and nudge them again.

The process that polls does it too, so that exactly one does.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from django.db import connection as database
from django.utils import timezone

from generation.engine import acceptance, backoff, check, claims, journal, queues, reuse, slots, statistics
from generation.models import GenerationJob, LostRace
from generation.models.status import Status
from generation.money import rollup
from generation.runway import errors
from generation.runway.task import CreatedTask
from projects import mirror
from projects.actions import uploads

logger = logging.getLogger("dailies.jobs")

INTERVAL_SECONDS = 3.0
# an entry that still waits in its queue is not added again in every round
NUDGE_AGAIN_SECONDS = 9.0
# to forget them all only means that some are nudged once more than needed
MAX_REMEMBERED = 10_000
# far more than the workers download at once, so that none is idle until the next round
COLLECTS_AT_ONCE = 100
# about as many as are checked before the next nudge; after an upgrade there may be thousands
CHECKS_AT_ONCE = 10


class Sweeper:
    """Sweeps beside the poll in a thread, so that a call to Runway that hangs does not hold up the polling."""

    def __enter__(self) -> Sweeper:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sweep")
        self._round: Future[None] | None = None
        self._due_at = 0.0
        self._nudged: dict[str, float] = {}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # in the pool's thread: a connection belongs to the thread that opened it
        self._pool.submit(database.close)
        self._pool.shutdown(wait=True)

    def start_when_due(self) -> None:
        """Start a round when one is due and none is running."""
        if time.monotonic() < self._due_at or (self._round and not self._round.done()):
            return
        self._due_at = time.monotonic() + INTERVAL_SECONDS
        self._round = self._pool.submit(sweep, self._nudged)


def sweep(nudged: dict[str, float]) -> None:
    """Do one round. `nudged` remembers across rounds when each job was nudged, in seconds of the monotonic clock."""

    def nudge_overdue() -> None:
        _nudge_overdue(nudged)

    # dead claims first, so that the other parts see these jobs as free; scene.json and totals last, since they can wait
    for part in (
        claims.release_dead_claims,
        _fix_due_times,
        _resolve_dead_submits,
        nudge_overdue,
        mirror.write_behind,
        rollup.roll_up,
        statistics.update_statistics_daily,
        uploads.remove_expired,
    ):
        try:
            part()
        except Exception:
            # a folder that cannot be written must not keep the jobs from being nudged, round after round
            logger.exception("sweep %s", part.__name__)
            database.close()


def _nudge_overdue(nudged: dict[str, float]) -> None:
    for queue, find in OVERDUE.items():
        for job in find():
            _nudge(queue, job, nudged)


def _to_submit() -> list[GenerationJob]:
    # no more than have a slot: an entry for each of thousands of queued jobs would hold up those that can be sent
    return [*slots.sendable_jobs(), *reuse.jobs_with_duplicates(timezone.now())]


def _to_collect() -> list[GenerationJob]:
    now = timezone.now()
    downloading = GenerationJob.objects.in_state(Status.DOWNLOADING).filter(claims.unclaimed(now))
    return list(downloading.due(now)[:COLLECTS_AT_ONCE])


def _to_check() -> list[GenerationJob]:
    unchecked = check.unchecked_jobs(timezone.now())[:CHECKS_AT_ONCE]
    return [*unchecked, *check.jobs_with_due_retry()[:CHECKS_AT_ONCE]]


OVERDUE: dict[str, Callable[[], list[GenerationJob]]] = {
    "submit": _to_submit,
    "collect": _to_collect,
    "check": _to_check,
}
"""The jobs whose step is overdue and that nobody has claimed, by the queue of the step."""


def _fix_due_times() -> None:
    """Make jobs due whose time is too far ahead, from before a clock was set back. Only a daily limit takes longer."""
    now = timezone.now()
    too_far = GenerationJob.objects.unfinished().filter(due_at__gt=now + 2 * backoff.MAX_DELAY)
    too_far.exclude(waiting_code=errors.DailyLimit.code).update_in_order(due_at=now)


def _nudge(queue: str, job: GenerationJob, nudged: dict[str, float]) -> None:
    now = time.monotonic()
    # an attempt that has failed since then has used its entry up
    key = f"{job.pk}/{job.attempts}"
    if now - nudged.get(key, -NUDGE_AGAIN_SECONDS) < NUDGE_AGAIN_SECONDS:
        return
    if len(nudged) > MAX_REMEMBERED:
        nudged.clear()
    nudged[key] = now
    queues.nudge(queue, str(job.pk))


def _resolve_dead_submits() -> None:
    """Move jobs whose sender died after the request went out: the journal may have the task, else a person decides."""
    unclaimed = GenerationJob.objects.in_state(Status.SUBMITTING).filter(claims.unclaimed(timezone.now()))
    for job in unclaimed.select_related("project", "scene", "asset"):
        task_id = journal.find(str(job.pk))
        try:
            if task_id:
                # the journal does not have the estimate, so the one of the catalog stays
                acceptance.record_task(job, CreatedTask(task_id, None))
            else:
                message = "The request was sent, but the program stopped before the answer was stored."
                acceptance.mark_unconfirmed(job, message)
        except LostRace:
            logger.info("sweep job=%s overtaken", job.pk)
