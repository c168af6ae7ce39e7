"""Cancel or retry several takes at once: each is handled by itself, and refusals are counted with their reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from generation.access import projects_with_right
from generation.actions.cancel import cancel
from generation.actions.retry import retry
from generation.models import GenerationJob, JobQuerySet
from generation.models.ledger import ZERO
from generation.models.slices import load_slice
from generation.models.status import Status
from generation.money import budgets
from generation.webhooks.reached import telling_refusals
from projects.access import permissions
from projects.models import Project
from projects.problems import Problem

# at most as many are handled in one request
MAX_JOBS = 200
# failed jobs that may succeed unchanged and were not retried yet
_NOT_RETRIED = ~Exists(GenerationJob.objects.filter(retry_of=OuterRef("pk")))
# not `status="failed"`: SQLite would read all failures by an index of states, and not by the partial indexes
_IS_FAILED = ~Q(status__in=[status for status in Status if status != Status.FAILED])
CLIP_MAY_COME = Q(_IS_FAILED, clip_may_come=True)
MAY_SUCCEED = Q(_IS_FAILED, _NOT_RETRIED, error_retryable=True)
CANCELLED = Q(_NOT_RETRIED, status=Status.CANCELLED)
NO_RIGHT = gettext_noop("You do not have permission in that project. Ask its owner.")


@dataclass
class Outcome:
    """How many jobs were handled, and how often each reason kept one from it."""

    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def refusals(self) -> str:
        """Return the reasons with their counts, as the rest of a sentence; empty when none was refused."""
        return " ".join(
            ngettext("{count} was not: {reason}", "{count} were not: {reason}", count).format(
                count=count, reason=reason
            )
            for reason, count in self.refused.items()
        )


def cancel_all(user: User, jobs: Iterable[GenerationJob]) -> Outcome:
    """Cancel each job. Tasks at Runway are cancelled by the next poll, so that the caller need not wait."""
    return _handle_each(user, jobs, "change", lambda job: cancel(user, job, wait=False))


def retryable_jobs(user: User, jobs: JobQuerySet, *, cancelled: bool = False) -> JobQuerySet:
    """Select the failed jobs (and with `cancelled` those too) that can be retried where the person may spend."""
    condition = CLIP_MAY_COME | MAY_SUCCEED | CANCELLED if cancelled else CLIP_MAY_COME | MAY_SUCCEED
    return jobs.filter(condition, project__in=projects_with_right(user, "spend"))


def newest_retryable(user: User, jobs: JobQuerySet) -> list[GenerationJob]:
    """Return the newest MAX_JOBS of the failed jobs that `retryable_jobs()` selects, by a partial index each."""
    allowed = (
        jobs.alias(its_project=Coalesce("project_id", 0))
        .filter(its_project__in=projects_with_right(user, "spend"))
        .order_by("-created_at", "-id")
    )
    parts = (load_slice(allowed.filter(condition), 0, MAX_JOBS) for condition in (CLIP_MAY_COME, MAY_SUCCEED))
    # a job whose clip may come may be in both
    both = {job.pk: job for part in parts for job in part}.values()
    return sorted(both, key=lambda job: (job.created_at, job.pk), reverse=True)[:MAX_JOBS]


def total_price(jobs: Iterable[GenerationJob]) -> tuple[Decimal, int]:
    """Return the credits of all retries together, and for how many the price is unknown.

    A job whose clip is paid for, and only has to be downloaded, costs nothing.
    """
    prices = [job.credits_expected for job in jobs if not job.clip_may_come]
    return sum((price or ZERO for price in prices), ZERO), sum(price is None for price in prices)


def retry_all(user: User, jobs: Sequence[GenerationJob]) -> Outcome:
    """Retry each job. Raise Problem 409 before the first when their sum is over a budget.

    The idempotency keys are those of the jobs' own buttons, so a second press creates nothing new.
    """
    _check_budgets(user, jobs)
    return _handle_each(user, jobs, "spend", lambda job: retry(user, job, idempotency_key=f"retry-{job.pk}"))


def _check_budgets(user: User, jobs: Sequence[GenerationJob]) -> None:
    by_project: dict[Project, list[GenerationJob]] = {}
    for job in jobs:
        # one that has a successor is not paid again
        if not hasattr(job, "successor"):
            by_project.setdefault(job.project, []).append(job)
    # budgets.check() locks rows, which takes a transaction; this one ends before the first retry, and each retry is
    # checked again by itself
    with telling_refusals(), transaction.atomic():
        for project, project_jobs in by_project.items():
            credits, unknown = total_price(project_jobs)
            budgets.check(user, project, None if unknown else credits)


def _handle_each(
    user: User, jobs: Iterable[GenerationJob], right: permissions.Right, handle: Callable[[GenerationJob], object]
) -> Outcome:
    # one query for all of them, not one for each job
    allowed = projects_with_right(user, right)
    outcome = Outcome()
    for job in jobs:
        # the page offers only what is allowed, but a member may have lost the right since it was loaded
        if job.project_id not in allowed:
            outcome.refused[_(NO_RIGHT)] += 1
            continue
        try:
            handle(job)
        except Problem as problem:
            outcome.refused[problem.message] += 1
        else:
            outcome.done += 1
    return outcome
