"""The order of the queue: people reorder their own takes among the places that these have, and set priorities."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.access import projects_with_right
from generation.engine import runway_account
from generation.engine.slots import is_cheapest_first
from generation.models import GenerationJob, JobEvent
from generation.models.status import Status
from projects.problems import conflict, forbidden, wrong_field

# moving jobs writes priorities too, and a long queue needs many
MIN_PRIORITY, MAX_PRIORITY = -10_000, 10_000
# where a job can be moved, and how its history puts it
DESTINATIONS = {
    "front": gettext_noop("{user} moved it to the front."),
    "back": gettext_noop("{user} moved it to the back."),
    "up": gettext_noop("{user} moved it up."),
    "down": gettext_noop("{user} moved it down."),
    "before": gettext_noop("{user} moved it before another take."),
    "after": gettext_noop("{user} moved it after another take."),
}
NOT_QUEUED = gettext_noop("This take is no longer in the queue. Reload the page.")


def set_queue_order(user: User, *, cheapest_first: bool) -> None:
    """Order queued jobs of the same priority by price or by age, for the whole studio. Raise Problem 403."""
    if not user.is_staff:
        raise forbidden(_("Only the studio's staff can change the order of the whole queue."))
    runway_account.save_state(cheapest_first=cheapest_first)


def set_priority(user: User, job: GenerationJob, priority: int) -> None:
    """Set the priority of a queued job: the highest is sent first. Raise Problem 422, or 409 once it was sent."""
    if not MIN_PRIORITY <= priority <= MAX_PRIORITY:
        raise wrong_field(
            "priority",
            _("priority must be a whole number from {min_priority} to {max_priority}.").format(
                min_priority=MIN_PRIORITY, max_priority=MAX_PRIORITY
            ),
        )
    with transaction.atomic():
        # conditional, since a worker may be sending it at this moment
        queued = GenerationJob.objects.filter(pk=job.pk, status=Status.QUEUED)
        if not queued.update(priority=priority):
            raise conflict(
                _("Only a queued take has a priority; this one is {status}.").format(status=job.status), "not_waiting"
            )
        _record_change(job, gettext_noop("{user} set the priority to {priority}.").format(user=user, priority=priority))


def move(
    user: User,
    jobs: Sequence[GenerationJob],
    where: str,
    *,
    shown: Collection[uuid.UUID] | None = None,
    beside: uuid.UUID | None = None,
) -> int:
    """Move queued jobs to one of DESTINATIONS, and return how many were moved. Raise Problem 409 or 422.

    Jobs that the person may not change keep their places in the queue. `up` and `down` pass one of the `shown` jobs
    (None: any job), so that the move is visible on a filtered page. `beside` is the job for `before` and `after`.
    """
    if where not in DESTINATIONS:
        raise wrong_field(
            "where", _("where must be one of {destinations}.").format(destinations=", ".join(DESTINATIONS))
        )
    keys = {job.pk for job in jobs}
    with transaction.atomic():
        cheapest_first = is_cheapest_first()
        # the whole queue is locked: of two people who move takes at once, the second sees the order of the first
        queued = GenerationJob.objects.queued().locked()
        queue = sorted(queued, key=lambda job: (-job.priority, *_sort_key(job, cheapest_first)))
        changeable = _changeable(user, queue)
        moved = [job for job in changeable if job.pk in keys]
        if not moved:
            raise conflict(NOT_QUEUED, "not_waiting")
        rest = [job for job in changeable if job.pk not in keys]
        index = _target_index(where, moved[0], changeable, rest, shown, beside)
        reordered = iter([*rest[:index], *moved, *rest[index:]])
        places = {job.pk for job in changeable}
        _save_priorities([next(reordered) if job.pk in places else job for job in queue], cheapest_first)
        for job in moved:
            _record_change(job, DESTINATIONS[where].format(user=user))
    return len(moved)


def _changeable(user: User, jobs: Sequence[GenerationJob]) -> list[GenerationJob]:
    allowed = projects_with_right(user, "change")
    return [job for job in jobs if job.project_id in allowed]


def _target_index(
    where: str,
    first: GenerationJob,
    changeable: Sequence[GenerationJob],
    rest: Sequence[GenerationJob],
    shown: Collection[uuid.UUID] | None,
    beside: uuid.UUID | None,
) -> int:
    """Return the index in `rest` where the moved jobs go; `first` is the first of them in the queue."""
    if where in ("front", "back"):
        return 0 if where == "front" else len(rest)
    if where in ("before", "after"):
        neighbor = next((index for index, job in enumerate(rest) if job.pk == beside), None)
        if neighbor is None:
            raise conflict(NOT_QUEUED, "not_waiting")
        return neighbor + (where == "after")
    # the index of the first moved job among those that stay
    current = sum(1 for job in changeable[: changeable.index(first)] if job in rest)
    visible = [index for index, job in enumerate(rest) if shown is None or job.pk in shown]
    if where == "up":
        return max((index for index in visible if index < current), default=current)
    return min((index + 1 for index in visible if index >= current), default=current)


def _save_priorities(queue: Sequence[GenerationJob], cheapest_first: bool) -> None:
    """Raise priorities as little as needed for the jobs to be in this order, from the last to the first."""
    changed = []
    # from the back: the priority that a job needs depends only on the one behind it
    for job, following in zip(reversed(queue[:-1]), reversed(queue[1:]), strict=True):
        goes_first_among_equals = _sort_key(job, cheapest_first) < _sort_key(following, cheapest_first)
        least = following.priority + (0 if goes_first_among_equals else 1)
        if job.priority < least:
            job.priority = least
            changed.append(job)
    GenerationJob.objects.bulk_update(changed, ["priority"])


def _sort_key(job: GenerationJob, cheapest_first: bool) -> tuple[object, ...]:
    """Return what orders jobs of the same priority, as `slots.in_queue_order()` does in the database."""
    price = (job.credits_estimated is None, job.credits_estimated or 0) if cheapest_first else ()
    return (*price, job.created_at, job.pk)


def _record_change(job: GenerationJob, message: str) -> None:
    """Add the change to the job's history and tell the browsers after the commit."""
    GenerationJob.objects.filter(pk=job.pk).update(version=F("version") + 1, changed_at=timezone.now())
    job.add_event(JobEvent.Kind.NOTE, message)
    job.refresh_from_db()
    job.publish_on_commit()
