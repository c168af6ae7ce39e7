"""Credits and daily limits, checked before a request: what Runway would refuse is not sent.

A job that has to wait says why, with numbers, and when it is looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.engine import backoff, runway_account
from generation.engine.account_limits import model_limits
from generation.engine.expected_schedule import WINDOW
from generation.models import GenerationJob, JobQuerySet, RunwayState
from generation.models.ledger import ZERO
from generation.models.status import Status
from generation.money.balance import runway_balance
from generation.runway import errors
from generation.serializers import plain_number
from projects.text.credit_words import credit_words

# Runway is not asked anew for each of a hundred jobs that are sent in a row; what was sent since is counted below
ORGANIZATION_MAX_AGE = timedelta(seconds=30)
# others may use the account too, so a limit may end sooner or later than our own tasks tell
DAILY_LIMIT_RETRY_SECONDS = 600.0
# Runway does not tell when somebody buys credits, so it is asked from time to time
CREDITS_RETRY_SECONDS = 60.0


@dataclass(frozen=True)
class Obstacle:
    """Why a job cannot be sent now, and when it is looked at again."""

    code: str
    message: str
    due_at: datetime


def find_obstacle(job: GenerationJob) -> Obstacle | None:
    """Return why a queued job cannot be sent; None also when Runway does not answer, then the request finds out."""
    # first, since it needs no call to Runway
    if obstacle := _daily_limit_of_model(job):
        return obstacle
    try:
        state = runway_account.refresh_organization(ORGANIZATION_MAX_AGE)
    except errors.RunwayError:
        return None
    # what Runway reported does not include these
    since = state.organization_at or timezone.now()
    sent_since = GenerationJob.objects.filter(runway_task_id__isnull=False, submitted_at__gte=since)
    return _missing_credits(job, state, sent_since) or _full_day(job, state, sent_since)


def daily_limit_obstacle(job: GenerationJob) -> Obstacle:
    """Return the wait for the daily limit of the job's model, until the oldest of our tasks in it is a day old."""
    in_window = GenerationJob.objects.filter(
        model=job.model, runway_task_id__isnull=False, submitted_at__gt=timezone.now() - WINDOW
    )
    oldest = in_window.order_by("submitted_at").values_list("submitted_at", flat=True).first()
    # the limit counts the last 24 hours (https://docs.dev.runwayml.com/usage/tiers), so one is free when the oldest
    # leaves them
    due_at = oldest + WINDOW if oldest else backoff.seconds_from_now(DAILY_LIMIT_RETRY_SECONDS)
    message = _("Runway's daily limit for {model} is reached. The take is sent at about {due_at:%H:%M} UTC.").format(
        model=job.model, due_at=due_at
    )
    return Obstacle(errors.DailyLimit.code, message, due_at)


def credits_obstacle(job: GenerationJob, balance: Decimal | None = None) -> Obstacle:
    """Return the wait for credits. `balance` is what is left at Runway, None when it is not known."""
    price = job.credits_estimated
    if balance is None or price is None:
        message = _("Not enough credits at Runway. The take is sent when credits are added.")
    else:
        message = _("{credits} short: this take costs about {price}. It is sent when credits are added.").format(
            credits=credit_words(price - balance), price=plain_number(price)
        )
    return Obstacle(errors.OutOfCredits.code, message, backoff.seconds_from_now(CREDITS_RETRY_SECONDS))


def _daily_limit_of_model(job: GenerationJob) -> Obstacle | None:
    """Return the wait of another queued job of the same model, if that waits for the daily limit."""
    waiting = GenerationJob.objects.filter(
        status=Status.QUEUED, model=job.model, waiting_code=errors.DailyLimit.code, due_at__gt=timezone.now()
    )
    first = waiting.exclude(pk=job.pk).order_by("due_at").first()
    if first is None or first.due_at is None:
        return None
    return Obstacle(first.waiting_code, first.waiting_message, first.due_at)


def _missing_credits(job: GenerationJob, state: RunwayState, sent_since: JobQuerySet) -> Obstacle | None:
    balance = runway_balance(state.organization)
    if balance is None or job.credits_estimated is None:
        return None
    available = balance - (sent_since.aggregate(sum=Sum("credits_estimated"))["sum"] or ZERO)
    return credits_obstacle(job, available) if available < job.credits_estimated else None


def _full_day(job: GenerationJob, state: RunwayState, sent_since: JobQuerySet) -> Obstacle | None:
    limits = model_limits(state.organization, job.model)
    if limits.daily is None or limits.used is None:
        return None
    used = limits.used + sent_since.filter(model=job.model).count()
    return daily_limit_obstacle(job) if used >= limits.daily else None
