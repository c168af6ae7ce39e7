"""Several takes by one press: each is a job of its own, with an Idempotency-Key of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from generation.actions.generate import create_job
from generation.models import GenerationJob
from generation.money import budgets
from generation.runway import catalog
from projects.models import Scene

MOST = 4


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
) -> list[GenerationJob]:
    """The same request `count` times, all of them or none; the same key from the same person gives the same jobs."""
    keys = [idempotency_key, *(f"{idempotency_key}-{number}" for number in range(2, count + 1))]
    known = GenerationJob.objects.filter(created_by=user, idempotency_key__in=keys).count()
    found = catalog.find(kind, model)
    credits = found.max_credits(parameters) if found else None
    # of one alone it is asked where it is made: it may be had for nothing
    if credits is not None and known < count and count > 1:
        budgets.check(user, scene.project, credits * (count - known))
    asked: dict[str, Any] = {"kind": kind, "model": model, "parameters": parameters, "reuse": reuse}
    asked["confirm_refused"] = confirm_refused

    return [create_job(user, scene, idempotency_key=key, **asked)[0] for key in keys]
