"""Adopt the tasks that the journal of this machine proves, for jobs that another machine has marked as unconfirmed.

Several machines may share a database, each with a journal of its own. When the sender's machine dies after Runway has
accepted a request, another machine finds nothing in its own journal. Once it is back, its workers find the task.
"""

from __future__ import annotations

import logging
from uuid import UUID

from generation.engine import acceptance, journal
from generation.models import GenerationJob
from generation.models.status import Status
from generation.runway.task import CreatedTask

logger = logging.getLogger("dailies.jobs")


class Adoption:
    """Looks at each unconfirmed job again only when the journal has grown."""

    def __init__(self) -> None:
        """Begin without having looked at any."""
        self._seen: set[UUID] = set()
        self._size = -1

    def look(self) -> None:
        """Move the unconfirmed jobs to `pending` whose task is in the journal."""
        unconfirmed = GenerationJob.objects.filter(status=Status.UNCONFIRMED)
        size = journal.size()
        seen = self._seen if size == self._size else set()
        jobs = list(unconfirmed.exclude(pk__in=seen).select_related("project", "scene", "created_by", "asset"))
        for job in jobs:
            if task_id := journal.find(str(job.pk)):
                logger.info("task=%s of job=%s is in the journal", task_id, job.pk)
                acceptance.record_task(job, CreatedTask(task_id, None))
        self._seen = seen | {job.pk for job in jobs}
        self._size = size
