"""Retry what has failed of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from generation.actions import quote
from generation.actions.generate import find_model
from generation.actions.job_request import require_queue
from generation.actions.retry import retry
from generation.batches.create import add_jobs
from generation.batches.plan import Plan, PlannedItem
from generation.batches.row_problems import RowProblems
from generation.engine.inputs import look_up
from generation.models import GenerationJob, JobQuerySet
from generation.models.batch import Batch
from generation.models.status import Status
from generation.money.prices import PriceBook, check_ceiling
from generation.money.refusals import REFUSED
from projects.problems import conflict


@dataclass(frozen=True)
class BatchRetry:
    """The failed jobs of a batch: those to request again, and those whose paid clip is fetched again."""

    requests: Plan
    resumed: list[GenerationJob]

    @property
    def credits(self) -> Decimal | None:
        """What the retry costs; None if a price is not known."""
        return self.requests.credits

    @property
    def sentence(self) -> str:
        """What was done, in words."""
        started = _("{count} started again").format(count=len(self.requests.items))
        if not self.resumed:
            return f"{started}."
        return _("{started}, {count} downloaded again at no cost.").format(started=started, count=len(self.resumed))


def failed_jobs(batch: Batch) -> JobQuerySet:
    """Select the jobs that a retry of the batch tries again: failed, and not tried again yet.

    What moderation refused is left out: a person has to look at it first.
    """
    failed = batch.jobs.filter(status=Status.FAILED, successor=None, scene__trashed_at=None).exclude(REFUSED)
    return failed.select_related("project", "scene").order_by("batch_row", "created_at")


def plan_retry(user: User, batch: Batch, max_credits: Decimal | None = None) -> BatchRetry:
    """Return what a retry would do. `max_credits` is the most that each take may cost, by default as it was before.

    Raise Problem 409 that names the rows which cannot be tried again.
    """
    jobs = list(failed_jobs(batch))
    # these are paid for: a new request would pay twice
    resumed = [job for job in jobs if job.clip_may_come and job.runway_task_id]
    requests, problems, prices = Plan(), RowProblems(), PriceBook()
    for job in jobs:
        if job not in resumed:
            with problems.collect(job.batch_row or job.take):
                requests.items.append(_planned_item(user, job, prices, max_credits))
    if problems:
        raise conflict(
            _("{problems} Nothing was started.").format(problems=" ".join(problems.messages())), "cannot_be_retried"
        )
    return BatchRetry(requests, resumed)


def _planned_item(user: User, job: GenerationJob, prices: PriceBook, max_credits: Decimal | None) -> PlannedItem:
    model = find_model(job.kind, job.model)
    inputs = look_up(job.scene, model, job.parameters)
    price = quote.make_quote(user, job.scene, model, inputs, job.reuse, prices)
    check_ceiling(price.credits, max_credits)
    return PlannedItem(
        job.batch_row or 0,
        job.scene,
        model,
        job.parameters,
        job.reuse,
        inputs,
        price,
        retry_of=job,
        max_credits=job.credits_ceiling if max_credits is None else max_credits,
    )


def retry_batch(
    user: User, batch: Batch, *, confirm_refused: bool = False, max_credits: Decimal | None = None
) -> BatchRetry:
    """Try the failed jobs of a batch again; return what was done.

    Raise Problem 409 when nothing can be tried again, for a budget or a refusal, or when somebody else retries it at
    the same moment, 503 while the queue is away; then nothing was started.
    """
    require_queue()
    batch_retry = plan_retry(user, batch, max_credits)
    if not batch_retry.requests.items and not batch_retry.resumed:
        raise conflict(_("No job of this batch has failed in a way that can be tried again."), "nothing_failed")
    try:
        with transaction.atomic():
            add_jobs(user, batch, batch_retry.requests, confirm_refused=confirm_refused)
    except IntegrityError:
        raise conflict(_("Someone else is already retrying this batch. Reload to see it."), "already_retried") from None
    # after the commit: each asks Runway for its task
    for job in batch_retry.resumed:
        retry(user, job)
    return batch_retry
