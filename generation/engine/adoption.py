"""Adopt the tasks that the journal of this machine proves, for jobs whose row does not know them.

Several machines may share a database, each with a journal of its own. When the sender's machine dies after Runway has
accepted a request, another machine finds nothing in its own journal and marks the job as unconfirmed. Once the sender's
machine is back, its workers find the task. A database that was restored from a backup knows none of the later tasks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_noop

from generation.engine import acceptance, journal
from generation.models import GenerationJob
from generation.models.status import Status
from generation.runway.task import CreatedTask

logger = logging.getLogger("dailies.jobs")


# the journal has a record for each request ever sent, so each job is looked up when it is new, and then rarely
AGAIN_SECONDS = 60.0


class Adoption:
    """Looks up each unconfirmed job when it is new, and once a minute."""

    def __init__(self) -> None:
        """Begin without having looked at any."""
        self._seen: set[UUID] = set()
        self._forget_at = 0.0

    def look(self) -> None:
        """Move the unconfirmed jobs to `pending` whose task is in the journal."""
        if time.monotonic() > self._forget_at:
            self._seen.clear()
            self._forget_at = time.monotonic() + AGAIN_SECONDS
        unconfirmed = GenerationJob.objects.filter(status=Status.UNCONFIRMED)
        new = set(unconfirmed.exclude(pk__in=self._seen).values_list("pk", flat=True))
        self._seen |= new
        for job, task_id in _recorded(Status.UNCONFIRMED, new):
            logger.info("task=%s of job=%s is in the journal", task_id, job.pk)
            acceptance.record_task(job, CreatedTask(task_id, None))


def adopt_tasks_of_queued() -> int:
    """Record the tasks of queued jobs that the journal knows, before anything is sent; return how many there were.

    The row of such a job is from a backup: its request went out since then, and must not go out again.
    """
    queued = GenerationJob.objects.queued().values_list("pk", flat=True)
    recorded = list(_recorded(Status.QUEUED, set(queued)))
    for job, task_id in recorded:
        logger.warning("task=%s of job=%s is in the journal: the database is older", task_id, job.pk)
        job.move_to(Status.SUBMITTING, message=gettext_noop("It was sent before: the journal has its task."))
        acceptance.record_task(job, CreatedTask(task_id, None))
    return len(recorded)


def _recorded(status: Status, keys: Collection[UUID]) -> Iterator[tuple[GenerationJob, str]]:
    """Yield those of the jobs, still of this status, whose task is in the journal, with its id."""
    tasks = journal.find_all({str(key) for key in keys}) if keys else {}
    for job in GenerationJob.objects.with_related().filter(pk__in=tasks, status=status):
        yield job, tasks[str(job.pk)]
