"""Which queued jobs may go to Runway now: at most its concurrency limit and one more wait there, the rest wait here."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Count, F
from django.utils import timezone

from generation.engine import claims, pauses, runway_account
from generation.models import GenerationJob, JobQuerySet
from generation.models.status import AT_RUNWAY, Status
from generation.runway import errors

logger = logging.getLogger("dailies.jobs")

# without a word from Runway: enough to keep any tier busy, few enough to reorder the rest
UNKNOWN_LIMIT = 20
LIMITS_MAX_AGE = timedelta(minutes=2)


def free_places() -> dict[str, int]:
    """Per model with queued jobs: how many more of our tasks Runway may have."""
    asked = GenerationJob.objects.filter(status=Status.QUEUED).order_by().values_list("model", flat=True).distinct()
    models = list(asked)
    if not models:
        return {}
    busy = _busy()
    return {model: limit + 1 - busy[model] for model, limit in _limits(models).items()}


def in_order(waiting: JobQuerySet, *, cheapest_first: bool) -> JobQuerySet:
    """By priority; then, where that is wished, those that cost least (a price that is not known comes last);
    then the oldest."""
    price = [F("credits_estimated").asc(nulls_last=True)] if cheapest_first else []
    return waiting.order_by("-priority", *price, "created_at", "id")


def ready(now: datetime | None = None) -> list[GenerationJob]:
    """Queued jobs that may be sent, in their order, no more of a model than it has places."""
    now = now or timezone.now()
    places = free_places()
    cheapest_first = bool(places) and runway_account.state().cheapest_first
    found: list[GenerationJob] = []
    for model, count in places.items():
        due = _waiting().filter(claims.free(now), model=model).due(now)
        found += in_order(due, cheapest_first=cheapest_first)[: max(count, 0)]
    return found


def has_place(job: GenerationJob) -> bool:
    """Whether this job is among the first of its model that find a free place."""
    places = max(free_places().get(job.model, 0), 0)
    waiting = _waiting().filter(model=job.model).due(timezone.now())
    first = in_order(waiting, cheapest_first=runway_account.state().cheapest_first)
    return job.pk in first.values_list("pk", flat=True)[:places]


def _waiting() -> JobQuerySet:
    """Those that no pause holds: they stand in nobody's way."""
    return GenerationJob.objects.filter(~pauses.holding(), status=Status.QUEUED)


def _busy() -> Counter[str]:
    out = GenerationJob.objects.filter(status__in=(Status.SUBMITTING, *AT_RUNWAY))
    return Counter({row["model"]: row["n"] for row in out.order_by().values("model").annotate(n=Count("pk"))})


def _limits(models: list[str]) -> dict[str, int]:
    try:
        found = runway_account.organization(LIMITS_MAX_AGE)
    except errors.RunwayError as error:
        logger.info("limits not known: %s", error)
        found = dict(runway_account.state().organization)
    told = {model: runway_account.limits(found, model)["maxConcurrentGenerations"] for model in models}
    return {model: UNKNOWN_LIMIT if limit is None else limit for model, limit in told.items()}
