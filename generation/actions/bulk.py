"""The same for several takes at once: each is decided by itself, and what was refused is told with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from generation.actions.cancel import cancel
from generation.actions.retry import retry
from generation.models import GenerationJob, JobQuerySet
from generation.models.status import Status
from generation.money import budgets
from projects.access import permissions
from projects.models import Project
from projects.problems import Problem

# at one press; the next ones are there for the next
MOST = 200
# what would fail again unchanged is not asked again, nor what was tried again already
RETRYABLE = Q(status=Status.FAILED) & (Q(clip_may_come=True) | Q(error_retryable=True, successor=None))
CANCELLED = Q(status=Status.CANCELLED, successor=None)
REFUSED = "you may not do that there: ask the project's owner"


@dataclass
class Outcome:
    """How many were done, and how often each reason was told for the rest."""

    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def words(self) -> str:
        """The rest of a sentence; empty where all were done."""
        reasons = (f"{count} {'was' if count == 1 else 'were'} not: {reason}" for reason, count in self.refused.items())
        return " ".join(reasons)


def cancel_all(user: User, jobs: Iterable[GenerationJob]) -> Outcome:
    """What is at Runway is cancelled there by the next look at it: nobody waits for a hundred answers."""
    return _each(user, jobs, "change", lambda job: cancel(user, job, ask=False))


def retryable(user: User, jobs: JobQuerySet, *, cancelled: bool = False) -> JobQuerySet:
    """Those of the failed (and of the cancelled) that one click may send again, where this person may spend."""
    theirs = [each.project_id for each in user.memberships.all() if permissions.allows(each, "spend")]
    return jobs.filter(RETRYABLE | CANCELLED if cancelled else RETRYABLE, project__in=theirs)


def price(jobs: Iterable[GenerationJob]) -> tuple[Decimal, int]:
    """Credits of all of them, and of how many nobody knows; what is paid and only fetched again costs nothing."""
    paid = [job.credits_estimated for job in jobs if not job.clip_may_come]
    return sum((credits or Decimal(0) for credits in paid), Decimal(0)), sum(credits is None for credits in paid)


def retry_all(user: User, jobs: Sequence[GenerationJob]) -> Outcome:
    """Each with a key of its own, the one that its own button has: a second press finds what the first has made."""
    _check_budgets(user, jobs)
    return _each(user, jobs, "spend", lambda job: retry(user, job, idempotency_key=f"retry-{job.pk}"))


def _check_budgets(user: User, jobs: Sequence[GenerationJob]) -> None:
    """Problem 409 for the sum, before the first of them is sent."""
    by_project: dict[Project, list[GenerationJob]] = {}
    for job in jobs:
        # of one that was tried again already nothing is paid
        if not hasattr(job, "successor"):
            by_project.setdefault(job.project, []).append(job)
    with transaction.atomic():
        for project, those in by_project.items():
            credits, unknown = price(those)
            budgets.check(user, project, None if unknown else credits)


def _each(
    user: User, jobs: Iterable[GenerationJob], right: permissions.Right, act: Callable[[GenerationJob], object]
) -> Outcome:
    allowed = {each.project_id for each in user.memberships.all() if permissions.allows(each, right)}
    outcome = Outcome()
    for job in jobs:
        if job.project_id not in allowed:
            outcome.refused[REFUSED] += 1
            continue
        try:
            act(job)
        except Problem as problem:
            outcome.refused[problem.message] += 1
        else:
            outcome.done += 1
    return outcome
