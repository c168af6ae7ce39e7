"""The status page: whether the studio keeps up, for staff."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from functools import cached_property

import redis.exceptions
from django.conf import settings
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from generation.engine import queues
from generation.engine.job_counts import count_by_state, oldest_unfinished_seconds, poll_lateness_seconds
from generation.engine.runway_calls import RunwayCalls, runway_calls
from generation.labels import STATUS_LABELS
from generation.models.status import Status
from projects.access.permissions import require_staff
from projects.models import Asset
from projects.pages.responses import Request, page

# the sizes of all files are added up anew after that
_SIZES_SECONDS = 600.0
LATE_SECONDS = 60.0


@dataclass(frozen=True)
class QueueState:
    """What Redis says of a queue of RQ."""

    name: str
    waiting: int


@dataclass(frozen=True)
class ProjectSize:
    """The files of a project, without its trash."""

    name: str
    files: int
    size: int


_sizes: list[tuple[float, list[ProjectSize]]] = []


def project_sizes() -> list[ProjectSize]:
    """Return the projects, largest first, as they were at most ten minutes ago."""
    now = time.monotonic()
    if not _sizes or now - _sizes[0][0] > _SIZES_SECONDS:
        rows = Asset.objects.filter(trashed_at=None).order_by().values_list("scene__project__name")
        sums = rows.annotate(files=Count("pk"), size=Sum("bytes")).order_by("-size", "scene__project__name")
        _sizes[:] = [(now, [ProjectSize(*row) for row in sums])]
    return _sizes[0][1]


class StatusPage:
    """What the page shows. Each figure is read when the template names it."""

    def jobs(self) -> list[tuple[str, int]]:
        """Return the states and how many jobs there are in each."""
        return [(_(STATUS_LABELS[Status(status)]), count) for status, count in count_by_state().items()]

    def oldest_seconds(self) -> int:
        """Return the age of the oldest unfinished job."""
        return round(oldest_unfinished_seconds())

    @cached_property
    def lateness(self) -> int:
        """For how many seconds the most overdue poll is overdue."""
        return round(poll_lateness_seconds())

    def is_late(self) -> bool:
        """Return whether polls are late enough to say so."""
        return self.lateness > LATE_SECONDS

    @cached_property
    def queues(self) -> list[QueueState] | None:
        """The queues; None while Redis is away."""
        try:
            return [QueueState(name, count) for name, count in queues.count_waiting().items()]
        except (redis.exceptions.RedisError, OSError):
            return None

    def workers(self) -> int | None:
        """Return how many workers are alive; None while Redis is away."""
        try:
            return queues.count_live_workers()
        except (redis.exceptions.RedisError, OSError):
            return None

    @cached_property
    def runway(self) -> RunwayCalls | None:
        """How Runway has answered; None while Redis is away."""
        try:
            return runway_calls()
        except (redis.exceptions.RedisError, OSError):
            return None

    def free_bytes(self) -> int | None:
        """Return the free bytes on the disk of the films; None where it cannot be read."""
        try:
            return shutil.disk_usage(settings.PROJECTS_ROOT).free
        except OSError:
            return None

    def projects(self) -> list[ProjectSize]:
        """Return the projects, largest first."""
        return project_sizes()


@page("GET", "HEAD")
def status(request: Request) -> HttpResponse:
    """Show the page."""
    require_staff(request.user)
    return render(request, "generation/status.html", {"status": StatusPage()})
