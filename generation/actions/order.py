"""Which of what waits goes first: a person puts their own takes into order, and nobody else's turn is taken."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation.engine import runway_account
from generation.engine.slots import in_order
from generation.models import GenerationJob, JobEvent
from generation.models.status import Status
from projects.access import permissions
from projects.problems import conflict, wrong_field

# where a job may be put, and how its story tells it
WHERE = {
    "front": "to the front",
    "back": "to the back",
    "up": "up",
    "down": "down",
    "before": "before another",
    "after": "after another",
}
LEFT = "It has left the queue meanwhile; look again."


def move(
    user: User,
    jobs: Sequence[GenerationJob],
    where: str,
    *,
    shown: Collection[uuid.UUID] | None = None,
    beside: uuid.UUID | None = None,
) -> int:
    """Put waiting jobs elsewhere; how many were moved. The places of jobs that the person may not change stay theirs.

    `up` and `down` go past one of `shown` (None: of all), so that what a filtered page does can be seen on it.
    `beside` is the job `before` or `after` which they are put.
    """
    if where not in WHERE:
        raise wrong_field("where", f"where must be one of {', '.join(WHERE)}.")
    with transaction.atomic():
        cheapest_first = runway_account.state().cheapest_first
        queued = GenerationJob.objects.select_for_update().filter(status=Status.QUEUED)
        waiting = list(in_order(queued, cheapest_first=cheapest_first))
        mine = _changed_by(user, waiting)
        wanted = {job.pk for job in jobs}
        chosen = [job for job in mine if job.pk in wanted]
        if not chosen:
            raise conflict(LEFT, "not_waiting")
        rest = [job for job in mine if job.pk not in wanted]
        at = _index(where, chosen[0], mine, rest, shown, beside)
        _keep(waiting, mine, [*rest[:at], *chosen, *rest[at:]], cheapest_first)
        for job in chosen:
            _tell(job, f"{user} moved it {WHERE[where]}.")
    return len(chosen)


def _changed_by(user: User, jobs: Sequence[GenerationJob]) -> list[GenerationJob]:
    theirs = {each.project_id for each in user.memberships.all() if permissions.allows(each, "change")}
    return [job for job in jobs if job.project_id in theirs]


def _index(
    where: str,
    job: GenerationJob,
    mine: Sequence[GenerationJob],
    rest: Sequence[GenerationJob],
    shown: Collection[uuid.UUID] | None,
    beside: uuid.UUID | None,
) -> int:
    """Where in `rest` they go."""
    if where in ("front", "back"):
        return 0 if where == "front" else len(rest)
    if where in ("before", "after"):
        found = next((at for at, other in enumerate(rest) if other.pk == beside), None)
        if found is None:
            raise conflict(LEFT, "not_waiting")
        return found + (where == "after")
    # so many of the rest stand before it now
    at = sum(1 for other in mine[: mine.index(job)] if other in rest)
    seen = [number for number, other in enumerate(rest) if shown is None or other.pk in shown]
    if where == "up":
        return max((number for number in seen if number < at), default=at)
    return min((number + 1 for number in seen if number >= at), default=at)


def _keep(
    waiting: Sequence[GenerationJob],
    mine: Sequence[GenerationJob],
    order: Sequence[GenerationJob],
    cheapest_first: bool,
) -> None:
    """The person's places in the line, in a new order; written as priorities, from the last one forward."""
    places, following = {job.pk for job in mine}, iter(order)
    line = [next(following) if job.pk in places else job for job in waiting]
    changed = []
    for job, behind in zip(reversed(line[:-1]), reversed(line[1:]), strict=True):
        sooner = _among_equals(job, cheapest_first) < _among_equals(behind, cheapest_first)
        if job.priority < behind.priority + (0 if sooner else 1):
            job.priority = behind.priority + (0 if sooner else 1)
            changed.append(job)
    GenerationJob.objects.bulk_update(changed, ["priority"])


def _among_equals(job: GenerationJob, cheapest_first: bool) -> tuple[object, ...]:
    """Who goes first of the same priority; see `places.in_order()`."""
    price = (job.credits_estimated is None, job.credits_estimated or 0) if cheapest_first else ()
    return (*price, job.created_at, job.pk)


def _tell(job: GenerationJob, message: str) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(version=F("version") + 1, changed_at=timezone.now())
    job.add_event(JobEvent.Kind.NOTE, message)
    job.refresh_from_db()
    job.publish_on_commit()
