"""What has become of a batch, read from its jobs: one dict for the API and the pages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from generation.batches.planner import Item, Plan
from generation.engine import forecast as quota
from generation.models import GenerationJob
from generation.models.batch import Batch
from generation.models.status import AT_RUNWAY, ENDED, UNFINISHED, Status
from generation.serializers import plain_number
from projects.iso_time import iso_time

WORDS = {
    "running": "Running",
    "completed": "Done",
    "unconfirmed": "Not known of all whether Runway got them",
    "partly": "Done in part",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
# what a person counts; a take over Runway's concurrency limit is there, and waits there
PARTS = {
    "waiting": (Status.QUEUED, Status.SUBMITTING),
    "at Runway": AT_RUNWAY,
    "being fetched": (Status.DOWNLOADING,),
    "done": (Status.COMPLETED,),
    "failed": (Status.FAILED,),
    "cancelled": (Status.CANCELLED,),
    "not known": (Status.UNCONFIRMED,),
}


@dataclass(frozen=True)
class Summary:
    """Of the batch's jobs, those left out that were tried again: their successors count."""

    batch: Batch
    counts: dict[str, int]
    progress: int
    reused: int
    spent: Decimal
    waiting: Decimal

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def unfinished(self) -> int:
        return sum(self.counts.get(status, 0) for status in UNFINISHED)

    @property
    def ended(self) -> int:
        return self.total - self.unfinished

    @property
    def state(self) -> str:
        if self.unfinished:
            return "running"
        if self.counts.get(Status.UNCONFIRMED):
            return "unconfirmed"
        for status in (Status.COMPLETED, Status.CANCELLED, Status.FAILED):
            if self.counts.get(status, 0) == self.total:
                return str(status)
        return "partly" if self.counts.get(Status.COMPLETED) else "failed"

    @property
    def words(self) -> str:
        return WORDS[self.state]

    @property
    def parts(self) -> list[tuple[str, int]]:
        """For a line such as: 3 waiting, 12 done."""
        found = {name: sum(self.counts.get(status, 0) for status in statuses) for name, statuses in PARTS.items()}
        return [(name, count) for name, count in found.items() if count]


def summaries(batches: list[Batch]) -> list[Summary]:
    """In two queries, however many."""
    jobs = GenerationJob.objects.filter(batch__in=batches, successor=None).order_by()
    rows = jobs.values("batch", "status").annotate(
        n=Count("pk"),
        sum=Sum("progress"),
        reused=Count("cached_from"),
        waiting=Sum("credits_estimated", filter=Q(credits_charged=None)),
    )
    # what was tried again has cost too
    all_jobs = GenerationJob.objects.filter(batch__in=batches).order_by()
    spent = dict(all_jobs.values("batch").annotate(sum=Sum("credits_charged")).values_list("batch", "sum"))
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["batch"], []).append(dict(row))
    return [_summary(batch, found.get(batch.pk, []), spent.get(batch.pk) or Decimal(0)) for batch in batches]


def _summary(batch: Batch, rows: list[dict[str, Any]], spent: Decimal) -> Summary:
    total = sum(row["n"] for row in rows)
    done = sum(100 * row["n"] if row["status"] in ENDED else row["sum"] for row in rows)
    return Summary(
        batch,
        {row["status"]: row["n"] for row in rows},
        int(done / total) if total else 0,
        sum(row["reused"] for row in rows),
        spent,
        sum((row["waiting"] or Decimal(0) for row in rows if row["status"] not in ENDED), Decimal(0)),
    )


def summary(batch: Batch) -> Summary:
    return summaries([batch])[0]


def told(found: Summary) -> dict[str, Any]:
    """The API's batch."""
    batch = found.batch
    return {
        "batchId": str(batch.pk),
        "projectId": batch.project.slug,
        "name": batch.name,
        "state": found.state,
        "total": found.total,
        "ended": found.ended,
        "counts": found.counts,
        "progress": found.progress,
        "reused": found.reused,
        "creditsEstimated": plain_number(found.waiting),
        "creditsCharged": plain_number(found.spent),
        "createdBy": batch.created_by.get_username() if batch.created_by else None,
        "createdAt": iso_time(batch.created_at),
    }


def plan_told(plan: Plan, forecast: list[quota.ModelPlan]) -> dict[str, Any]:
    """The API's preview."""
    return {
        "total": len(plan.items),
        "credits": plain_number(plan.credits),
        "free": plan.free,
        "priceUnknown": plan.unknown,
        "items": [_item(item) for item in plan.items],
        "plan": [quota.told(found) for found in forecast],
    }


def _item(item: Item) -> dict[str, Any]:
    source = item.offer.source or item.offer.twin
    return {
        "row": item.row,
        "sceneId": item.scene.folder_name,
        "kind": item.model.kind,
        "model": item.model.name,
        "parameters": item.found.parameters if not item.found.stored else item.parameters,
        "credits": plain_number(item.credits),
        "free": item.is_free,
        "sameAs": item.same_as,
        "cachedFrom": str(source.pk) if source else None,
        "note": item.offer.trouble or None,
    }
