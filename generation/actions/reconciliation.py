"""What Runway says was used, by day and model, beside what the studio knows of: evidence for requests whose answer was
lost, and for costs that nobody has told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from generation.engine import runway_account
from generation.models import GenerationJob, Reconciliation
from generation.models.status import Status
from generation.runway import errors

# the longest time that Runway tells at once
LONGEST_DAYS = 90
# a task that began on one day may end, and be refunded, on a later one
LONGEST_TASK = timedelta(days=2)
WHY = {
    "unconfirmed": "unconfirmed: nobody knows whether Runway took it",
    "given_up": "given up, and nobody knew whether Runway took it",
}
COST_UNKNOWN = "its task's cost is not known"
Key = tuple[date, str]


@dataclass
class Line:
    """Credits of one model on one UTC day. `suspects`: jobs of that day whose cost may be what is missing, and why."""

    day: date
    model: str
    ours: Decimal
    runway: Decimal
    suspects: list[tuple[GenerationJob, str]] = field(default_factory=list)

    @property
    def difference(self) -> Decimal:
        """What Runway counts and the studio does not: others use the account too, or it is a suspect."""
        return self.runway - self.ours


@dataclass(frozen=True)
class Reckoning:
    """Credits of one model on one UTC day."""

    day: date
    model: str
    ours: Decimal
    runway: Decimal | None
    problem: str = ""

    @property
    def unknown(self) -> Decimal | None:
        """What Runway counts and the studio does not: others use the account too, or it is the lost request."""
        return None if self.runway is None else self.runway - self.ours


def reckon(job: GenerationJob) -> Reckoning:
    """For the day on which the job's request went out. A Runway that is away is told, not raised."""
    day = _day(job.submitted_at or job.created_at)
    ours = _ours(day, day).get((day, job.model), Decimal(0))
    try:
        runway = _runway(day, day).get((day, job.model), Decimal(0))
    except errors.RunwayError as error:
        return Reckoning(day, job.model, ours, None, str(error))
    return Reckoning(day, job.model, ours, runway)


def compare(first: date, last: date) -> list[Line]:
    """Every day and model of which either side knows, the newest first. RunwayError."""
    runway, ours = _runway(first, last), _ours(first, last)
    lines = {
        key: Line(*key, ours.get(key, Decimal(0)), runway.get(key, Decimal(0))) for key in runway.keys() | ours.keys()
    }
    for key, job, why in _suspects(first, last):
        line = lines.setdefault(key, Line(*key, Decimal(0), Decimal(0)))
        line.suspects.append((job, why))
    return sorted(lines.values(), key=lambda line: (-line.day.toordinal(), line.model))


def reconcile(user: User, days: int) -> Reconciliation:
    """Ask Runway for so many days up to today, and keep what came of it. Problem 502 when it refuses or is away."""
    last = timezone.now().date()
    first = last - timedelta(days=min(days, LONGEST_DAYS) - 1)
    try:
        lines = compare(first, last)
    except errors.RunwayError as error:
        raise runway_account.problem(error) from error
    told = [_told(line) for line in lines]
    return Reconciliation.objects.create(by=user, first_day=first, last_day=last, lines=told)


def _told(line: Line) -> dict[str, Any]:
    return {
        "day": line.day.isoformat(),
        "model": line.model,
        "ours": float(line.ours),
        "runway": float(line.runway),
        "difference": float(line.difference),
        "suspects": [{"jobId": str(job.pk), "why": why} for job, why in line.suspects],
    }


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _between(first: date, last: date) -> Q:
    start, end = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
    return Q(submitted_at__gte=start, submitted_at__lt=end)


def _ours(first: date, last: date) -> dict[Key, Decimal]:
    """As Runway books it: what a task was to cost on its first day, what was given back on its last."""
    found: dict[Key, Decimal] = defaultdict(Decimal)
    sent = GenerationJob.objects.filter(_between(first - LONGEST_TASK, last), runway_task_id__isnull=False).order_by()
    fields = ("model", "status", "submitted_at", "finished_at", "credits_estimated", "credits_charged")
    for model, status, sent_at, ended_at, estimated, charged in sent.values_list(*fields):
        taken = (estimated if charged is None else charged) or Decimal(0)
        ended_badly = status in (Status.FAILED, Status.CANCELLED)
        if ended_badly and ended_at and charged is not None and (estimated or 0) > charged:
            taken = estimated or Decimal(0)
            found[_day(ended_at), model] -= taken - charged
        if sent_at:
            found[_day(sent_at), model] += taken
    return {key: credits for key, credits in found.items() if first <= key[0] <= last}


def _runway(first: date, last: date) -> dict[Key, Decimal]:
    """What it lists; nothing where it lists nothing. What makes no sense in its answer is left out."""
    found: dict[Key, Decimal] = defaultdict(Decimal)
    results = runway_account.client().get_usage(first, last + timedelta(days=1)).get("results")
    for each in _dicts(results):
        try:
            day = date.fromisoformat(str(each.get("date"))[:10])
        except ValueError:
            continue
        for entry in _dicts(each.get("usedCredits")):
            amount = entry.get("amount")
            if isinstance(amount, int | float) and first <= day <= last:
                found[day, str(entry.get("model"))] += Decimal(str(amount))
    return dict(found)


def _dicts(found: Any) -> Iterable[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _suspects(first: date, last: date) -> Iterator[tuple[Key, GenerationJob, str]]:
    unknown = Q(status__in=(Status.FAILED, Status.CANCELLED), runway_task_id__isnull=False, credits_charged=None)
    lost = Q(status=Status.UNCONFIRMED) | Q(status=Status.FAILED, error_code="given_up")
    for job in GenerationJob.objects.filter(_between(first, last), unknown | lost).order_by("submitted_at", "id"):
        code = "unconfirmed" if job.status == Status.UNCONFIRMED else job.error_code
        yield (_day(job.submitted_at or job.created_at), job.model), job, WHY.get(code, COST_UNKNOWN)
