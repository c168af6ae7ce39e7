"""Questions that are asked of many jobs at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from generation.engine import queues
from generation.models.status import AT_RUNWAY, UNFINISHED, WAITS_FOR_TAKE, Status
from generation.money import ledger
from generation.runway import catalog

if TYPE_CHECKING:
    from generation.models import GenerationJob

# what a job has from its beginning to its end, unless that is deleted
BELONGS_TO = ("project", "scene", "created_by", "prompt_image", "batch")


@dataclass(frozen=True)
class Credits:
    """What was charged, and what may yet be."""

    spent: Decimal
    waiting: Decimal


class JobQuerySet(models.QuerySet["GenerationJob"]):
    def unfinished(self) -> JobQuerySet:
        return self.filter(status__in=UNFINISHED)

    def at_runway(self) -> JobQuerySet:
        return self.filter(status__in=AT_RUNWAY)

    def told(self) -> JobQuerySet:
        """With all that `as_dict()` looks at, in one query."""
        return self.select_related("project", "scene", "asset", "prompt_image__scene", "created_by", "quality")

    def credits(self) -> Credits:
        """Of all these jobs together, as the ledger has it."""
        open_still = models.Q(status__in=ledger.HOLDING) | models.Q(status=Status.FAILED, clip_may_come=True)
        waiting = models.Sum("credits_estimated", filter=open_still & models.Q(credits_charged=None))
        sums = self.aggregate(spent=models.Sum("credits_charged"), waiting=waiting)
        return Credits(sums["spent"] or Decimal(0), sums["waiting"] or Decimal(0))

    def takes(self) -> JobQuerySet:
        """Those that make a video; pictures and sounds are no takes."""
        return self.exclude(kind__in=[kind for kind in catalog.kinds() if catalog.output(kind) != "video"])

    def due(self, now: datetime) -> JobQuerySet:
        return self.filter(models.Q(due_at__isnull=True) | models.Q(due_at__lte=now))

    def waiting_for(self, cache_key: str) -> JobQuerySet:
        """Those for which the same request is on its way."""
        return self.filter(cache_key=cache_key, waiting_code=WAITS_FOR_TAKE, status=Status.QUEUED)

    def wake(self) -> None:
        """Each may have the file now, or is sent."""
        keys = list(self.order_by("created_at").values_list("pk", flat=True))
        self.model.objects.filter(pk__in=keys, status=Status.QUEUED).update(due_at=None)
        for key in keys:
            queues.nudge_on_commit("submit", str(key))


def read_again(job: GenerationJob, **changes: Any) -> None:
    """The row alone: what it belongs to does not change, and what it was given just now is known."""
    cache = job._state.fields_cache
    rows = {name: cache.get(name) for name in BELONGS_TO} | changes
    job.refresh_from_db()
    for name, row in rows.items():
        if isinstance(row, models.Model) and row.pk == getattr(job, f"{name}_id"):
            cache[name] = row
