"""The page of one batch: its progress, its jobs, and what can be done with all of them."""

from __future__ import annotations

import uuid
from functools import cached_property

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from generation.actions.bulk import total_price
from generation.actions.cancel import SENT, cancel_loss
from generation.batches.access import batch_for
from generation.batches.cancel import cancel_batch
from generation.batches.retry import failed_jobs, retry_batch
from generation.batches.sources import final_rows
from generation.batches.summary import BatchSummary, summarize
from generation.engine.forecast import ModelForecast, forecast_batch
from generation.models import GenerationJob
from generation.models.batch import Batch
from generation.models.status import Status
from generation.pages.batch_forms import KIND, batch_models
from generation.pages.job_rows import with_related_rows
from generation.pages.new_batch import show_preview
from generation.runway import catalog
from projects.access import permissions
from projects.pages.responses import Request, page
from projects.problems import not_found, wrong_field

JOBS_PER_PAGE = 50


class BatchPage:
    """What the page of a batch shows."""

    models = batch_models()

    def __init__(self, batch: Batch, page_number: str | None) -> None:
        self.batch = batch
        self._page_number = page_number

    @cached_property
    def summary(self) -> BatchSummary:
        """How many jobs are in which state, and what they cost."""
        return summarize(self.batch)

    @cached_property
    def page(self) -> Page[GenerationJob]:
        """One page of the jobs, in the order of the batch's rows."""
        # a retried job has the row of the first one, so both stand together
        jobs = with_related_rows(GenerationJob.objects.filter(batch=self.batch)).with_first_frame()
        return Paginator(jobs.order_by("batch_row", "created_at", "take"), JOBS_PER_PAGE).get_page(self._page_number)

    @cached_property
    def forecasts(self) -> list[ModelForecast]:
        """When the queued jobs can be sent, by model."""
        return forecast_batch(self.batch)

    @property
    def cancel_loss(self) -> str:
        """What a cancellation of all that is left loses, as a sentence; empty if nothing."""
        return cancel_loss(self.batch.jobs.filter(status__in=SENT).only("status", "credits_estimated"))

    @cached_property
    def failed(self) -> list[GenerationJob]:
        """The jobs that a retry of the batch would retry."""
        return list(failed_jobs(self.batch))

    @cached_property
    def retry_price(self) -> dict[str, object]:
        """The credits for all of these, and for how many the price is unknown."""
        credits, unknown = total_price(self.failed)
        return {"credits": credits, "unknown": unknown}

    @cached_property
    def chosen(self) -> int:
        """How many takes are chosen in their scenes."""
        chosen = self.batch.jobs.filter(status=Status.COMPLETED, asset__selected=True, asset__trashed_at=None)
        return chosen.count()


@page("GET", "HEAD")
def batch(request: Request, project_id: str, batch_id: uuid.UUID) -> HttpResponse:
    """Show the batch."""
    batch = _batch(request, project_id, batch_id)
    context = {
        "project": batch.project,
        "batch": batch,
        "batch_page": BatchPage(batch, request.GET.get("page")),
        **permissions.rights(request.user, batch.project),
    }
    return render(request, "generation/batch.html", context)


@page("POST")
def cancel(request: Request, project_id: str, batch_id: uuid.UUID) -> HttpResponse:
    """Cancel the unfinished jobs."""
    batch = _batch(request, project_id, batch_id, "change")
    messages.success(request, cancel_batch(request.user, batch).sentence)
    return redirect("batch", project_id, batch.pk)


@page("POST")
def retry(request: Request, project_id: str, batch_id: uuid.UUID) -> HttpResponse:
    """Retry the failed jobs."""
    batch = _batch(request, project_id, batch_id, "spend")
    messages.success(request, retry_batch(request.user, batch).sentence)
    return redirect("batch", project_id, batch.pk)


@page("POST")
def final(request: Request, project_id: str, batch_id: uuid.UUID) -> HttpResponse:
    """Show the preview of a batch that makes the chosen takes again with another model."""
    batch = _batch(request, project_id, batch_id, "spend")
    model = request.POST.get("model", "")
    if catalog.find(KIND, model) is None:
        raise wrong_field(
            "model", _("model must be one of {names}.").format(names=", ".join(known.name for known in batch_models()))
        )
    return show_preview(request, batch.project, final_rows(batch, model), _("{name}, final").format(name=batch.name))


def _batch(request: Request, project_id: str, batch_id: uuid.UUID, right: permissions.Right = "see") -> Batch:
    # the address has the project too, and a batch is found only under its own
    project = permissions.project_for(request.user, project_id)
    batch = batch_for(request.user, batch_id, right)
    if batch.project_id != project.pk:
        raise not_found(_("batch"))
    return batch
