"""Batches as JSON."""

from __future__ import annotations

from typing import Any

from generation.batches.plan import Plan, PlannedItem
from generation.batches.retry import BatchRetry
from generation.batches.summary import BatchSummary
from generation.engine import forecast
from generation.serializers import plain_number
from projects.text.iso_time import iso_time


def batch_dict(summary: BatchSummary) -> dict[str, Any]:
    """Return the API's batch."""
    batch = summary.batch
    return {
        "batchId": str(batch.pk),
        "projectId": batch.project.slug,
        "name": batch.name,
        "state": summary.state,
        "total": summary.total,
        "ended": summary.ended,
        "counts": summary.counts,
        "progress": summary.progress,
        "reused": summary.reused,
        "creditsEstimated": plain_number(summary.expected),
        "creditsCharged": plain_number(summary.spent),
        "createdBy": batch.created_by.get_username() if batch.created_by else None,
        "createdAt": iso_time(batch.created_at),
    }


def plan_dict(plan: Plan) -> dict[str, Any]:
    """Return the API's preview of a batch."""
    return {
        "total": len(plan.items),
        "credits": plain_number(plan.credits),
        "free": plan.free,
        "priceUnknown": plan.unknown,
        "items": [_item(item) for item in plan.items],
        "plan": [forecast.forecast_dict(model) for model in plan.forecast()],
    }


def retry_dict(retry: BatchRetry) -> dict[str, Any]:
    """Return the API's preview of a retry."""
    return {
        "anew": len(retry.requests.items),
        "goingOn": len(retry.resumed),
        "credits": plain_number(retry.credits),
    }


def _item(item: PlannedItem) -> dict[str, Any]:
    source = item.quote.source or item.quote.in_flight
    return {
        "row": item.row,
        "sceneId": item.scene.folder_name,
        "kind": item.model.kind,
        "model": item.model.name,
        "parameters": item.parameters if item.inputs.stored else item.inputs.parameters,
        "credits": plain_number(item.credits),
        "certainty": item.quote.estimate.certainty,
        "priceSource": item.quote.estimate.source,
        "maxCredits": plain_number(item.max_credits),
        "free": item.is_free,
        "sameAs": item.same_as,
        "cachedFrom": str(source.pk) if source else None,
        "note": item.quote.cache_problem or None,
    }
