"""What Runway says was used on a day, beside what the studio knows of: evidence for a request whose answer was lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from generation import connection
from generation.models import GenerationJob
from generation.runway import errors


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
    day = (job.submitted_at or job.created_at).astimezone(UTC).date()
    ours = _ours(day, job.model)
    try:
        found = connection.client().usage(day, day + timedelta(days=1))
    except errors.RunwayError as error:
        return Reckoning(day, job.model, ours, None, str(error))
    return Reckoning(day, job.model, ours, _of(found, day, job.model))


def _ours(day: date, model: str) -> Decimal:
    start = datetime.combine(day, time(), UTC)
    known = GenerationJob.objects.filter(
        model=model, runway_task_id__isnull=False, submitted_at__gte=start, submitted_at__lt=start + timedelta(days=1)
    )
    total = known.aggregate(sum=Sum(Coalesce("credits_charged", "credits_estimated")))["sum"]
    return total or Decimal(0)


def _of(found: dict[str, Any], day: date, model: str) -> Decimal:
    """Zero where Runway lists nothing for that day and model."""
    results = found.get("results")
    days = [each for each in results if isinstance(each, dict)] if isinstance(results, list) else []
    used = [entry for each in days if each.get("date") == day.isoformat() for entry in each.get("usedCredits") or []]
    return sum((Decimal(str(entry["amount"])) for entry in used if entry.get("model") == model), Decimal(0))
