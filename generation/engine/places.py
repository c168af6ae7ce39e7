"""Which queued jobs may go to Runway now: at most its concurrency limit and one more wait there, the rest wait here."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from generation import connection
from generation.engine import claims
from generation.models import GenerationJob
from generation.runway import errors
from generation.status import AT_RUNWAY, Status

logger = logging.getLogger("dailies.jobs")

# without a word from Runway: enough to keep any tier busy, few enough to reorder the rest
UNKNOWN_LIMIT = 20
# of what waits
IN_ORDER = ("-priority", "created_at", "id")
LIMITS_MAX_AGE = timedelta(minutes=2)


def free_places() -> dict[str, int]:
    """Per model with queued jobs: how many more of our tasks Runway may have."""
    asked = GenerationJob.objects.filter(status=Status.QUEUED).order_by().values_list("model", flat=True).distinct()
    models = list(asked)
    if not models:
        return {}
    busy = _busy()
    return {model: limit + 1 - busy[model] for model, limit in _limits(models).items()}


def ready(now: datetime | None = None) -> list[GenerationJob]:
    """Queued jobs that may be sent, by priority and then the oldest, no more of a model than it has places."""
    now = now or timezone.now()
    places = free_places()
    found: list[GenerationJob] = []
    for model, count in places.items():
        due = GenerationJob.objects.filter(claims.free(now), status=Status.QUEUED, model=model).due(now)
        found += due.order_by(*IN_ORDER)[: max(count, 0)]
    return found


def has_place(job: GenerationJob) -> bool:
    """Whether this job is among the first of its model that find a free place."""
    sooner = Q(priority__gt=job.priority) | Q(priority=job.priority, created_at__lt=job.created_at)
    ahead = GenerationJob.objects.filter(sooner, status=Status.QUEUED, model=job.model)
    return ahead.due(timezone.now()).count() < free_places().get(job.model, 0)


def _busy() -> Counter[str]:
    out = GenerationJob.objects.filter(status__in=(Status.SUBMITTING, *AT_RUNWAY))
    return Counter({row["model"]: row["n"] for row in out.order_by().values("model").annotate(n=Count("pk"))})


def _limits(models: list[str]) -> dict[str, int]:
    try:
        found = connection.organization(LIMITS_MAX_AGE)
    except errors.RunwayError as error:
        logger.info("limits not known: %s", error)
        found = dict(connection.state().organization)
    told = {model: connection.limits(found, model)["maxConcurrentGenerations"] for model in models}
    return {model: UNKNOWN_LIMIT if limit is None else limit for model, limit in told.items()}
