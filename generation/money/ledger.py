"""The one writer of the ledger: it enters the difference between what the job's row says and what is entered already.

So the sum of a job's entries is what its row says, whatever the order of its moves, and a step that comes twice enters
nothing twice. It runs in the transaction that changes the row.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.utils import timezone

from generation.models.money import LedgerEntry
from generation.models.status import UNFINISHED, Status

if TYPE_CHECKING:
    from generation.models import GenerationJob

Kind = LedgerEntry.Kind
NOTHING = Decimal(0)
HELD = Q(kind__in=(Kind.RESERVATION, Kind.RELEASE))
SPENT = Q(kind__in=(Kind.CHARGE, Kind.REFUND))
# a request that is unconfirmed may have been charged: its credits are held until a person decides
HOLDING = (*UNFINISHED, Status.UNCONFIRMED)


def held_for(job: GenerationJob) -> Decimal:
    """What the row says is spoken for: the estimate, as long as the task may yet be charged and nobody knows how much.

    That holds for a failed job too whose task is paid and whose clip may still come, as after a time-out.
    """
    may_be_charged = job.status in HOLDING or (job.status == Status.FAILED and job.clip_may_come)
    if not may_be_charged or job.credits_charged is not None:
        return NOTHING
    return _credits(job.credits_estimated)


def spent_on(job: GenerationJob) -> Decimal:
    """What the row says was paid, by the task's own cost."""
    return _credits(job.credits_charged)


def _credits(value: Decimal | float | None) -> Decimal:
    """Also of a row that was just made, and has its numbers as they were given."""
    return NOTHING if value is None else Decimal(str(value))


def enter(job: GenerationJob, reason: str = "", day: date | None = None, *, new: bool = False) -> None:
    """Bring the entries up to the row. `reason`: in words, what moved it; `day`: where that is not today.

    `new`: the row was made just now, so there can be none.
    """
    known = {} if new else _entered(job)
    was_held, was_spent = known.get("held") or NOTHING, known.get("spent") or NOTHING
    more_held, more_spent = held_for(job) - was_held, spent_on(job) - was_spent
    lines: list[tuple[Kind, Decimal, str]] = []
    estimate = _credits(job.credits_estimated) - (known.get("estimated") or NOTHING)
    if estimate:
        lines.append((Kind.ESTIMATE, estimate, reason))
    if more_held:
        lines.append((Kind.RESERVATION if more_held > 0 else Kind.RELEASE, more_held, reason))
    given_back = _given_back(job, was_held)
    if more_spent + given_back > 0:
        lines.append((Kind.CHARGE, more_spent + given_back, reason))
    if given_back:
        lines.append((Kind.REFUND, -given_back, reason))
    elif more_spent < 0:
        lines.append((Kind.REFUND, more_spent, reason))
    _write(job, lines, day)


def _entered(job: GenerationJob) -> dict[str, Decimal | None]:
    return LedgerEntry.objects.filter(job=job).aggregate(
        held=Sum("credits", filter=HELD),
        spent=Sum("credits", filter=SPENT),
        estimated=Sum("credits", filter=Q(kind=Kind.ESTIMATE)),
    )


def _given_back(job: GenerationJob, was_held: Decimal) -> Decimal:
    """Of a task that Runway took and that came to a bad end: what was held and is not charged after all.

    Runway takes the credits when it accepts a task and gives them back when it fails, and both are told.
    """
    ended_badly = job.status in (Status.FAILED, Status.CANCELLED) and job.runway_task_id is not None
    if not ended_badly or job.credits_charged is None:
        return NOTHING
    return max(was_held - _credits(job.credits_charged), NOTHING)


def _write(job: GenerationJob, lines: list[tuple[Kind, Decimal, str]], day: date | None) -> None:
    if not lines:
        return
    now = timezone.now()
    person = job.created_by
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            kind=kind,
            credits=credits,
            at=now,
            day=day or now.date(),
            reason=reason[:300],
            job=job,
            model=job.model,
            project_id=job.project_id,
            scene_id=job.scene_id,
            person=person,
            project_name=job.project.name,
            scene_name=job.scene.name,
            person_name=person.get_username() if person else "",
        )
        for kind, credits, reason in lines
    )
