"""Which queued jobs may go to Runway now.

At most Runway's concurrency limit of a model, and one more, are sent; the rest wait here, where they can be reordered.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from generation.engine import claims, pauses, runway_account
from generation.engine.account_limits import model_limits
from generation.models import GenerationJob, JobQuerySet
from generation.models.status import AT_RUNWAY, Status
from generation.runway import errors

logger = logging.getLogger("dailies.jobs")

# when Runway reports no limit: enough to keep every tier busy, few enough to reorder the rest
UNKNOWN_LIMIT = 20
# they change only when the account's tier does
LIMITS_MAX_AGE = timedelta(minutes=2)


def is_cheapest_first() -> bool:
    """Return whether queued jobs of the same priority go by their price, not by their age."""
    return runway_account.state().cheapest_first


def in_queue_order(jobs: JobQuerySet, *, cheapest_first: bool) -> JobQuerySet:
    """Order queued jobs by priority, then by price if `cheapest_first` (unknown prices last), then by age."""
    price = [F("credits_estimated").asc(nulls_last=True)] if cheapest_first else []
    return jobs.order_by("-priority", *price, "created_at", "id")


def free_slots() -> dict[str, int]:
    """Return for each model with queued jobs how many more may be sent; negative when there are too many already."""
    queued = GenerationJob.objects.queued()
    # told apart here: to group by model, SQLite would walk all jobs by an index of models
    models = sorted(set(queued.order_by().values_list("model", flat=True)))
    if not models:
        return {}
    sent = _sent_counts()
    # one more than can run, so that the next one starts at Runway without waiting for our poll
    return {model: limit + 1 - sent[model] for model, limit in _concurrency_limits(models).items()}


def sendable_jobs(now: datetime | None = None) -> list[GenerationJob]:
    """Return the unclaimed queued jobs that may be sent, in queue order, no more of a model than it has slots."""
    now = now or timezone.now()
    slots = free_slots()
    cheapest_first = bool(slots) and is_cheapest_first()
    jobs: list[GenerationJob] = []
    for model, count in slots.items():
        due = _queued_jobs().filter(claims.unclaimed(now), model=model).due(now)
        jobs += in_queue_order(due, cheapest_first=cheapest_first)[: max(count, 0)]
    return jobs


def has_slot(job: GenerationJob) -> bool:
    """Return whether the job is among the first of its model that have a free slot."""
    count = max(free_slots().get(job.model, 0), 0)
    due = _queued_jobs().filter(model=job.model).due(timezone.now())
    # claimed jobs count here, since this job is claimed itself; in sendable_jobs() they do not
    first = in_queue_order(due, cheapest_first=is_cheapest_first())
    return job.pk in first.values_list("pk", flat=True)[:count]


def _queued_jobs() -> JobQuerySet:
    """Select the queued jobs that no pause holds back; those that are held back take no slot."""
    return GenerationJob.objects.queued().filter(~pauses.is_paused())


def _sent_counts() -> Counter[str]:
    sent = GenerationJob.objects.in_state(Status.SUBMITTING, *AT_RUNWAY)
    return Counter(sent.order_by().values_list("model", flat=True))


def _concurrency_limits(models: list[str]) -> dict[str, int]:
    try:
        state = runway_account.refresh_organization(LIMITS_MAX_AGE)
    except errors.RunwayError as error:
        # the last known limits are better than none
        logger.info("limits unknown: %s", error)
        state = runway_account.state()
    limits = {model: model_limits(state.organization, model).concurrent for model in models}
    return {model: UNKNOWN_LIMIT if limit is None else limit for model, limit in limits.items()}
