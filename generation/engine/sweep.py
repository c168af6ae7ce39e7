"""The sweep: find rows whose step is overdue, whose holder is dead or whose nudge is lost, and nudge them again.

The process that polls does it too, so that exactly one does.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from django.db import connection as database
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.engine import acceptance, backoff, claims, journal, queues, statistics, steps
from generation.models import GenerationJob, LostRace
from generation.models.status import Status
from generation.money import rollup
from generation.runway import errors
from generation.runway.task import CreatedTask
from generation.webhooks.reached import tell_reached
from projects import mirror
from projects.actions import uploads
from projects.actions.clean_up.remove import clean_up_daily

logger = logging.getLogger("dailies.jobs")

INTERVAL_SECONDS = 3.0
# an entry that still waits in its queue is not added again in every round
NUDGE_AGAIN_SECONDS = 9.0
# to forget them all only means that some are nudged once more than needed
MAX_REMEMBERED = 10_000


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

    def release_dead_claims() -> None:
        _release_dead_claims(nudged)

    def nudge_overdue() -> None:
        _nudge_overdue(nudged)

    # dead claims first, so that the other parts see these jobs as free; scene.json and totals last, since they can wait
    for part in (
        release_dead_claims,
        _fix_due_times,
        _resolve_dead_submits,
        nudge_overdue,
        mirror.write_behind,
        rollup.roll_up,
        tell_reached,
        statistics.keep_statistics,
        uploads.remove_expired,
        clean_up_daily,
    ):
        try:
            part()
        except Exception:
            # a folder that cannot be written must not keep the jobs from being nudged, round after round
            logger.exception("sweep %s", part.__name__)
            database.close()


def _release_dead_claims(nudged: dict[str, float]) -> None:
    """Let the jobs of processes that died be nudged in this round, whenever that was done last: it was in vain."""
    released = {str(key) for key in claims.release_dead_claims()}
    for key in [key for key in nudged if key.partition("/")[0] in released]:
        del nudged[key]


def _nudge_overdue(nudged: dict[str, float]) -> None:
    for queue in steps.queues_with_overdue():
        for row in steps.overdue(queue):
            _nudge(queue, row, nudged)


def _fix_due_times() -> None:
    """Make jobs due whose time is too far ahead, from before a clock was set back. Only a daily limit takes longer."""
    now = timezone.now()
    too_far = GenerationJob.objects.unfinished().filter(due_at__gt=now + 2 * backoff.MAX_DELAY)
    too_far.exclude(waiting_code=errors.DailyLimit.code).update_in_order(due_at=now)


def _nudge(queue: str, row: steps.Row, nudged: dict[str, float]) -> None:
    now = time.monotonic()
    # an attempt that has failed since then has used its entry up
    key = f"{row.pk}/{row.attempts}"
    if now - nudged.get(key, -NUDGE_AGAIN_SECONDS) < NUDGE_AGAIN_SECONDS:
        return
    if len(nudged) > MAX_REMEMBERED:
        nudged.clear()
    nudged[key] = now
    queues.nudge(queue, str(row.pk))


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
                message = _("The request was sent, but the program stopped before the answer was stored.")
                acceptance.mark_unconfirmed(job, message)
        except LostRace:
            logger.info("sweep job=%s overtaken", job.pk)
