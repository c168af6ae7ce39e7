"""Create several takes of the same request: each is a job with an idempotency key of its own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from generation.actions import quote
from generation.actions.generate import create_job
from generation.models import GenerationJob
from generation.money import budgets
from generation.runway import catalog
from generation.webhooks.reached import telling_refusals
from projects.models import Scene

MAX_TAKES = 4


@telling_refusals()
@transaction.atomic
def create_jobs(
    user: User,
    scene: Scene,
    count: int,
    *,
    kind: str,
    model: str,
    parameters: Mapping[str, Any],
    idempotency_key: str,
    reuse: bool | None = None,
    confirm_refused: bool = False,
    max_credits: Decimal | None = None,
) -> list[GenerationJob]:
    """Create the same request `count` times, all or none, and return the jobs. Raise Problem as `create_job()` does.

    The same key from the same person returns the same jobs.
    """
    keys = [idempotency_key, *(f"{idempotency_key}-{number}" for number in range(2, count + 1))]
    # a repeated press costs nothing more, so only what is missing counts
    existing = GenerationJob.objects.filter(created_by=user, idempotency_key__in=keys).count()
    catalog_model = catalog.find(kind, model)
    price = quote.estimate(scene, catalog_model, parameters).credits if catalog_model else None
    credits = max_credits if price is None else price
    # a single job is checked where it is created, since it may be served from the cache for nothing
    budgets.lock(user, scene.project)
    if credits is not None and existing < count and count > 1:
        budgets.check(user, scene.project, credits * (count - existing))
    return [
        create_job(
            user,
            scene,
            kind=kind,
            model=model,
            parameters=parameters,
            reuse=reuse,
            idempotency_key=key,
            confirm_refused=confirm_refused,
            max_credits=max_credits,
        )[0]
        for key in keys
    ]
