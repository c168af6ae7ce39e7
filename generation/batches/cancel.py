"""Cancel what is left of a batch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from generation.actions.cancel import cancel
from generation.engine import queues
from generation.models import GenerationJob
from generation.models.batch import Batch
from generation.models.status import AT_RUNWAY, Status
from projects.problems import Problem


@dataclass(frozen=True)
class CancelledBatch:
    """How many jobs were cancelled before they were sent, are being cancelled at Runway, and were too late for it."""

    unsent: int
    at_runway: int
    too_late: int

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        parts = []
        if self.unsent:
            parts.append(
                _("{unsent} cancelled before they were sent; nothing was charged for them.").format(unsent=self.unsent)
            )
        if self.at_runway:
            parts.append(
                _("{at_runway} being cancelled at Runway, which charges for work that has begun.").format(
                    at_runway=self.at_runway
                )
            )
        if self.too_late:
            parts.append(
                _("{too_late} too late to cancel: they are paid for, and kept.").format(too_late=self.too_late)
            )
        return " ".join(parts) or _("There was nothing left to cancel.")


def cancel_batch(user: User, batch: Batch) -> CancelledBatch:
    """Cancel the unfinished jobs of a batch; those at Runway are cancelled there by the next poll."""
    jobs = batch.jobs.unfinished().select_related("project", "scene").order_by("created_at")
    statuses = [_cancel(user, job) for job in jobs]
    at_runway = sum(status in (Status.SUBMITTING, *AT_RUNWAY) for status in statuses)
    if at_runway:
        queues.nudge("poll")
    return CancelledBatch(
        unsent=statuses.count(Status.CANCELLED),
        at_runway=at_runway,
        too_late=sum(status in (Status.DOWNLOADING, Status.COMPLETED) for status in statuses),
    )


def _cancel(user: User, job: GenerationJob) -> str:
    """Cancel a job unless it is too late; return its status afterwards."""
    # the job may have ended since it was read
    with suppress(Problem):
        cancel(user, job, wait=False)
    return job.status
