"""Compare what Runway says was used, by day and model, with what the studio knows.

The difference is evidence about requests whose answer was lost, and about tasks whose cost is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from generation.engine import runway_account
from generation.models import GenerationJob, Reconciliation
from generation.models.ledger import ZERO
from generation.models.status import Status
from generation.runway import errors

# Runway answers for at most as many days at once
MAX_DAYS = 90
# a task that was created on one day may end, and be refunded, on a later one
LONGEST_TASK = timedelta(days=2)
REASONS = {
    "unconfirmed": gettext_noop("unconfirmed: it is unknown whether Runway accepted the request"),
    "given_up": gettext_noop("given up: it is unknown whether Runway accepted the request"),
}
COST_UNKNOWN = gettext_noop("the cost of its task is unknown")
CANCELLED_AT_RUNWAY = gettext_noop("cancelled: Runway may have begun or ended its task before the cancellation arrived")
# a day in UTC, as Runway counts, and a model
Key = tuple[date, str]


@dataclass
class Comparison:
    """The credits of one model on one day, by our rows and by Runway."""

    day: date
    model: str
    ours: Decimal
    runway: Decimal
    suspects: list[tuple[GenerationJob, str]] = field(default_factory=list)
    """Jobs of that day that may explain a difference, each with the reason."""

    @property
    def difference(self) -> Decimal:
        """Return what Runway counts and the studio does not: use of the account by others, or by a suspect."""
        return self.runway - self.ours

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as the JSON of `Reconciliation.lines`."""
        return {
            "day": self.day.isoformat(),
            "model": self.model,
            "ours": float(self.ours),
            "runway": float(self.runway),
            "difference": float(self.difference),
            "suspects": [{"jobId": str(job.pk), "why": reason} for job, reason in self.suspects],
        }


@dataclass(frozen=True)
class DayUsage:
    """The credits of one model on one day; `runway` is None when Runway did not answer, and `problem` says why."""

    day: date
    model: str
    ours: Decimal
    runway: Decimal | None
    problem: str = ""

    @property
    def unknown(self) -> Decimal | None:
        """Return what Runway counts and the studio does not; None when Runway did not answer."""
        return None if self.runway is None else self.runway - self.ours


def compare_day(job: GenerationJob) -> DayUsage:
    """Return the use of the job's model on the day its request went out. Does not raise when Runway is away."""
    day = _utc_day(job.submitted_at or job.created_at)
    ours = _our_usage(day, day).get((day, job.model), ZERO)
    try:
        runway = _runway_usage(day, day).get((day, job.model), ZERO)
    except errors.RunwayError as error:
        return DayUsage(day, job.model, ours, None, str(error))
    return DayUsage(day, job.model, ours, runway)


def reconcile(user: User, days: int) -> Reconciliation:
    """Compare the last `days` up to today and store the result. Raise Problem 502 when Runway does not answer."""
    last_day = timezone.now().date()
    first_day = last_day - timedelta(days=min(days, MAX_DAYS) - 1)
    try:
        comparisons = _compare(first_day, last_day)
    except errors.RunwayError as error:
        raise runway_account.as_problem(error) from error
    lines = [comparison.as_dict() for comparison in comparisons]
    return Reconciliation.objects.create(by=user, first_day=first_day, last_day=last_day, lines=lines)


def _compare(first_day: date, last_day: date) -> list[Comparison]:
    """Return every day and model that either side knows, the newest day first. Raise RunwayError."""
    runway, ours = _runway_usage(first_day, last_day), _our_usage(first_day, last_day)
    comparisons = {
        key: Comparison(*key, ours.get(key, ZERO), runway.get(key, ZERO)) for key in runway.keys() | ours.keys()
    }
    for key, job, reason in _suspects(first_day, last_day):
        comparison = comparisons.setdefault(key, Comparison(*key, ZERO, ZERO))
        # what was booked for a cancelled task is mostly right
        if comparison.difference or reason != CANCELLED_AT_RUNWAY:
            comparison.suspects.append((job, reason))
    return sorted(comparisons.values(), key=lambda row: (-row.day.toordinal(), row.model))


def _our_usage(first_day: date, last_day: date) -> dict[Key, Decimal]:
    """Return credits as Runway books them: a task's estimate on its first day, a refund on its last."""
    usage: dict[Key, Decimal] = defaultdict(Decimal)
    # a refund on the first day may belong to a task of an earlier day
    sent = GenerationJob.objects.filter(_sent_between(first_day - LONGEST_TASK, last_day), runway_task_id__isnull=False)
    columns = ("model", "status", "submitted_at", "finished_at", "credits_estimated", "credits_charged")
    for model, status, sent_at, ended_at, estimated, charged in sent.order_by().values_list(*columns):
        # Runway books the estimate when a task is created, and what it gives back when the task ends
        booked = (estimated if charged is None else charged) or ZERO
        ended_badly = status in (Status.FAILED, Status.CANCELLED)
        if ended_badly and ended_at and charged is not None and (estimated or ZERO) > charged:
            booked = estimated or ZERO
            usage[_utc_day(ended_at), model] -= booked - charged
        if sent_at:
            usage[_utc_day(sent_at), model] += booked
    return {key: credits for key, credits in usage.items() if first_day <= key[0] <= last_day}


def _runway_usage(first_day: date, last_day: date) -> dict[Key, Decimal]:
    """Return the credits that Runway lists; malformed parts of its answer are left out. Raise RunwayError."""
    usage: dict[Key, Decimal] = defaultdict(Decimal)
    # `beforeDate` is exclusive
    answer = runway_account.client().get_usage(first_day, last_day + timedelta(days=1))
    for result in _dicts(answer.get("results")):
        day = _date(result.get("date"))
        if day is None or not first_day <= day <= last_day:
            continue
        for entry in _dicts(result.get("usedCredits")):
            amount = entry.get("amount")
            if isinstance(amount, int | float):
                # by its text, since a float of 0.1 is not 0.1 as a Decimal; refunds make an amount negative
                usage[day, str(entry.get("model"))] += Decimal(str(amount))
    return dict(usage)


def _suspects(first_day: date, last_day: date) -> Iterator[tuple[Key, GenerationJob, str]]:
    """Yield the jobs whose cost may be missing on our side, with the reason."""
    cost_unknown = Q(status__in=(Status.FAILED, Status.CANCELLED), runway_task_id__isnull=False, credits_charged=None)
    # Runway may have accepted and charged these requests
    answer_lost = Q(status=Status.UNCONFIRMED) | Q(status=Status.FAILED, error_code="given_up")
    # Runway charges a cancelled task by the state in which it finds it, and then tells nothing of it any more
    cancelled = Q(status=Status.CANCELLED, runway_task_id__isnull=False)
    jobs = GenerationJob.objects.filter(_sent_between(first_day, last_day), cost_unknown | answer_lost | cancelled)
    for job in jobs.order_by("submitted_at", "id"):
        yield (_utc_day(job.submitted_at or job.created_at), job.model), job, _reason(job)


def _reason(job: GenerationJob) -> str:
    if job.status == Status.CANCELLED and job.credits_charged is not None:
        return CANCELLED_AT_RUNWAY
    code = "unconfirmed" if job.status == Status.UNCONFIRMED else job.error_code
    return REASONS.get(code, COST_UNKNOWN)


def _sent_between(first_day: date, last_day: date) -> Q:
    start, end = (datetime.combine(day, time(), UTC) for day in (first_day, last_day + timedelta(days=1)))
    return Q(submitted_at__gte=start, submitted_at__lt=end)


def _utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
