"""What webhooks tell of jobs and batches, written when a job has ended."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from generation.models.batch import Batch
from generation.models.job_message import job_message
from generation.models.job_row import JobRow
from generation.models.status import UNFINISHED
from generation.models.webhook import WebhookDelivery, WebhookEndpoint

BATCH_COMPLETED = "batch.completed"


def tell_job_ended(job: JobRow) -> None:
    """Tell of a job that has ended, and of its batch if that was the last. In the transaction that moved the job."""
    # most studios have no webhook: this query is their whole cost
    endpoints = list(WebhookEndpoint.objects.in_use())
    if not endpoints:
        return
    WebhookDelivery.objects.tell_some(endpoints, f"job.{job.status}", job_data(job))
    if job.batch_id and any(endpoint.wants(BATCH_COMPLETED) for endpoint in endpoints):
        _tell_batch_completed(job.batch_id, endpoints)


def job_data(job: JobRow) -> dict[str, Any]:
    """Return what is told of a job: what its socket is told, and what was asked for and charged."""
    charged = job.credits_charged
    return {
        **job_message(job)["data"],
        "kind": job.kind,
        "model": job.model,
        "take": job.take,
        "assetId": str(job.asset_id) if job.asset_id else None,
        "batchId": str(job.batch_id) if job.batch_id else None,
        "creditsCharged": None if charged is None else float(charged),
    }


def batch_data(batch: Batch) -> dict[str, Any]:
    """Return what is told of a batch: its jobs by state, without those that were tried again."""
    jobs = batch.jobs.filter(successor=None).order_by()
    counts = dict(jobs.values("status").annotate(count=Count("pk")).values_list("status", "count"))
    names = {"batchId": str(batch.pk), "projectId": batch.project.slug, "name": batch.name}
    return {**names, "total": sum(counts.values()), "counts": counts}


def _tell_batch_completed(batch_id: Any, endpoints: list[WebhookEndpoint]) -> None:
    # locked: of two jobs that end at once, the second one sees that the first has ended
    batch = Batch.objects.select_related("project").select_for_update(no_key=True, of=("self",)).get(pk=batch_id)
    if not batch.jobs.filter(status__in=UNFINISHED, finished_at=None).exists():
        WebhookDelivery.objects.tell_some(endpoints, BATCH_COMPLETED, batch_data(batch))
