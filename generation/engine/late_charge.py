"""Charge a job after all that was created for free, because the file of another job was to serve it."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from generation.engine import inputs
from generation.models import GenerationJob
from generation.money import checks
from generation.money.prices import PriceBook
from generation.runway import catalog
from generation.webhooks.reached import telling_refusals
from projects.problems import Problem

NOT_FREE = gettext_noop("Its file can no longer be reused for free.")


def charge_after_all(job: GenerationJob, claim: str) -> bool:
    """Set the price of a claimed job and return True, or fail the job and return False when the checks refuse it.

    The checks are those of a new request: budgets, and refusals by moderation.
    """
    try:
        with telling_refusals(), transaction.atomic():
            price = _checked_price(job)
            GenerationJob.objects.filter(pk=job.pk, claimed_by=claim).update(credits_estimated=price)
            job.refresh_from_db(fields=["credits_estimated"])
            job.record_credits(NOT_FREE)
    except Problem as problem:
        job.fail(problem.code, f"{NOT_FREE} {problem.message}", retryable=True, claim=claim)
        return False
    return True


def _checked_price(job: GenerationJob) -> Decimal | None:
    """Return the price; None when it is unknown. Raise Problem as the checks do, or when a file is gone."""
    model = catalog.find(job.kind, job.model)
    if model is None:
        return None
    media = inputs.measure(model, inputs.look_up(job.scene, model, job.parameters))
    price = PriceBook().estimate(model, job.parameters, media).credits
    if job.created_by is not None:
        checks.check_request(
            job.created_by,
            job.project,
            kind=job.kind,
            model=job.model,
            parameters=job.parameters,
            credits=job.credits_ceiling if price is None else price,
            confirm_refused=False,
        )
    return price
