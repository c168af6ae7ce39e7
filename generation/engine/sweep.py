"""Find what stands still (its holder dead, its nudge lost) and nudge it again; done by whoever holds the poll."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from django.db import connection as database
from django.utils import timezone

from generation.engine import backoff, cache, check, claims, journal, queues, slots, submit
from generation.models import GenerationJob, LostRace
from generation.models.status import Status
from generation.money import totals
from generation.runway import errors
from generation.runway.client import CreatedTask
from projects import mirror

logger = logging.getLogger("dailies.jobs")

EVERY_SECONDS = 3.0
# an entry that waits in a queue is not put there again at every round
NUDGE_AGAIN_SECONDS = 9.0
# about as many as are looked at until the next nudge; after an upgrade there may be thousands
CHECKS_AT_ONCE = 10


class Sweeper:
    """Sweeps beside the poll, in a thread of its own: a question to Runway that hangs must not hold up the rest."""

    _nudged: dict[str, float] = {}

    def __enter__(self) -> Sweeper:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sweep")
        self._round: Future[None] | None = None
        self._next = 0.0
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.submit(database.close)
        self._pool.shutdown(wait=True)

    def look(self) -> None:
        """Begin a round when one is due and none is under way."""
        if time.monotonic() < self._next or (self._round and not self._round.done()):
            return
        self._next = time.monotonic() + EVERY_SECONDS
        self._round = self._pool.submit(self._sweep)

    def _sweep(self) -> None:
        try:
            sweep(self._nudged)
        except Exception:
            logger.exception("sweep")
            database.close()


def sweep(nudged: dict[str, float]) -> None:
    """One round. `nudged`: when a try of a job was nudged last, by the monotonic clock."""
    claims.release_the_dead()
    _mend_due_times()
    _settle_dead_submits()
    now = timezone.now()
    for job in [*slots.ready(), *cache.ready(now)]:
        _nudge("submit", job, nudged)
    for job in GenerationJob.objects.filter(claims.free(now), status=Status.DOWNLOADING).due(now)[:100]:
        _nudge("collect", job, nudged)
    for job in check.waiting(now)[:CHECKS_AT_ONCE]:
        _nudge("check", job, nudged)
    for job in check.retries_due()[:CHECKS_AT_ONCE]:
        _nudge("check", job, nudged)
    mirror.write_behind()
    totals.fold()


def _mend_due_times() -> None:
    """What is due further off than any try was due before the clock was set back; only a full day waits for long."""
    now = timezone.now()
    far = GenerationJob.objects.unfinished().filter(due_at__gt=now + 2 * backoff.FURTHEST)
    far.exclude(waiting_code=errors.DailyLimit.code).update(due_at=now)


def _nudge(queue: str, job: GenerationJob, nudged: dict[str, float]) -> None:
    now = time.monotonic()
    # a try that has failed since then has used its entry up
    key = f"{job.pk}/{job.attempts}"
    if now - nudged.get(key, -NUDGE_AGAIN_SECONDS) < NUDGE_AGAIN_SECONDS:
        return
    if len(nudged) > 10_000:
        nudged.clear()
    nudged[key] = now
    queues.nudge(queue, str(job.pk))


def _settle_dead_submits() -> None:
    """The request went out and its sender is dead: the journal may know the task, else only a person can decide."""
    dead = GenerationJob.objects.filter(claims.free(timezone.now()), status=Status.SUBMITTING)
    for job in dead.select_related("project", "scene", "asset"):
        task_id = journal.find(str(job.pk))
        try:
            if task_id:
                submit.accept(job, CreatedTask(task_id, None))
            else:
                submit.unconfirmed(job, "The request went out and its sender died before the answer was kept.")
        except LostRace:
            logger.info("sweep job=%s overtaken", job.pk)
