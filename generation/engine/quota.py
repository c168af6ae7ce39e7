"""Money and quota before the request: what Runway would refuse is not asked, and the reason is told with its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from generation.engine import backoff, runway_account
from generation.models import GenerationJob, JobQuerySet
from generation.models.status import Status
from generation.runway import errors
from generation.serializers import plain_number

MONEY_MAX_AGE = timedelta(seconds=30)
# who else uses the account is not known: it is looked at again after this
LOOK_AGAIN_SECONDS = 600.0
CREDITS_AGAIN_SECONDS = 60.0
WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class Obstacle:
    """Why a job cannot be sent now, and when it is looked at again."""

    code: str
    message: str
    due_at: datetime


def obstacle(job: GenerationJob) -> Obstacle | None:
    """None also where Runway does not tell: then the request itself finds out."""
    if parked := _parked_beside(job):
        return parked
    try:
        found = runway_account.organization(MONEY_MAX_AGE)
    except errors.RunwayError:
        return None
    since = runway_account.state().organization_at or timezone.now()
    sent = GenerationJob.objects.filter(runway_task_id__isnull=False, submitted_at__gte=since)
    return _credits(job, found, sent) or _daily(job, found, sent)


def daily_limit(job: GenerationJob) -> Obstacle:
    """The rolling day of a model is full; it opens when the oldest of our own tasks in it is a day old."""
    oldest = _in_window(job.model).order_by("submitted_at").values_list("submitted_at", flat=True).first()
    look_again = backoff.in_seconds(LOOK_AGAIN_SECONDS)
    opens = oldest + WINDOW if oldest else look_again
    words = (
        f"Runway's daily limit for {job.model} is reached; a place opens about {opens:%H:%M} UTC, and it goes on then."
    )
    return Obstacle(errors.DailyLimit.code, words, opens)


def not_enough_credits(job: GenerationJob, balance: object = None) -> Obstacle:
    due_at = backoff.in_seconds(CREDITS_AGAIN_SECONDS)
    price = job.credits_estimated
    if not isinstance(balance, int | float) or price is None:
        words = "Not enough credits at Runway; it goes on when there are some."
    else:
        left = Decimal(str(balance))
        words = (
            f"{plain_number(price - left)} credits are missing: this take costs about {plain_number(price)},"
            f" and Runway has {plain_number(left)} left. It goes on when they are there."
        )
    return Obstacle(errors.OutOfCredits.code, words, due_at)


def _parked_beside(job: GenerationJob) -> Obstacle | None:
    """Another job of the model has found its day full: this one need not ask."""
    parked = GenerationJob.objects.filter(
        status=Status.QUEUED, model=job.model, waiting_code=errors.DailyLimit.code, due_at__gt=timezone.now()
    )
    first = parked.exclude(pk=job.pk).order_by("due_at").first()
    if first is None or first.due_at is None:
        return None
    return Obstacle(first.waiting_code, first.waiting_message, first.due_at)


def _credits(job: GenerationJob, found: dict[str, Any], sent: JobQuerySet) -> Obstacle | None:
    balance = found.get("creditBalance")
    if not isinstance(balance, int | float) or isinstance(balance, bool) or job.credits_estimated is None:
        return None
    reserved = sent.aggregate(sum=Sum("credits_estimated"))["sum"] or 0
    left = float(balance) - float(reserved)
    return not_enough_credits(job, left) if left < job.credits_estimated else None


def _daily(job: GenerationJob, found: dict[str, Any], sent: JobQuerySet) -> Obstacle | None:
    limits = runway_account.limits(found, job.model)
    most, used = limits["maxDailyGenerations"], limits["dailyGenerations"]
    if most is None or used is None or used + sent.filter(model=job.model).count() < most:
        return None
    return daily_limit(job)


def _in_window(model: str) -> JobQuerySet:
    since = timezone.now() - WINDOW
    return GenerationJob.objects.filter(model=model, runway_task_id__isnull=False, submitted_at__gt=since)
