"""Adopt the tasks that the journal of this machine proves, for jobs that another machine has marked as unconfirmed.

Several machines may share a database, each with a journal of its own. When the sender's machine dies after Runway has
accepted a request, another machine finds nothing in its own journal. Once it is back, its workers find the task.
"""

from __future__ import annotations

import logging
import time
from uuid import UUID

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
        unconfirmed = GenerationJob.objects.filter(status=Status.UNCONFIRMED).exclude(pk__in=self._seen)
        jobs = {str(job.pk): job for job in unconfirmed.select_related("project", "scene", "created_by", "asset")}
        self._seen.update(job.pk for job in jobs.values())
        for key, task_id in journal.find_all(jobs).items() if jobs else ():
            logger.info("task=%s of job=%s is in the journal", task_id, key)
            acceptance.record_task(jobs[key], CreatedTask(task_id, None))
