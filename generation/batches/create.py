"""Start a batch: all or nothing at the door; then each job is for itself. Cancel what is left, retry what failed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from generation.actions import quote
from generation.actions.cancel import cancel as cancel_job
from generation.actions.create import Asked, add_job, digest_of, queue_must_answer
from generation.actions.generate import model_of
from generation.actions.retry import retry as retry_job
from generation.batches import planner
from generation.batches.planner import Item, Plan, Planner
from generation.batches.shotlist import Row
from generation.engine import queues
from generation.engine.inputs import look_up
from generation.models import GenerationJob, JobQuerySet
from generation.models.batch import Batch
from generation.models.status import AT_RUNWAY, Status
from generation.money import budgets, refusals
from projects.models import Project
from projects.problems import FieldProblem, Problem, conflict

# what moderation refused is sent again by a person who looks at that take
REFUSED = ("SAFETY", "INPUT_PREPROCESSING.SAFETY")

# one transaction of a worker: others who write to the database wait for it
SERVED_TOGETHER = 20


@dataclass(frozen=True)
class Cancelled:
    """What became of each unfinished job of the batch when it was cancelled."""

    here: int
    at_runway: int
    too_late: int

    @property
    def sentence(self) -> str:
        parts = [f"{self.here} cancelled before they were sent; nothing was charged for them."] if self.here else []
        if self.at_runway:
            parts.append(f"{self.at_runway} at Runway: cancelled there as it answers, and what it has begun is paid.")
        if self.too_late:
            parts.append(f"{self.too_late} too late to cancel: they are paid, and kept.")
        return " ".join(parts) or "Nothing was left to cancel."


def start(
    user: User,
    project: Project,
    rows: Sequence[Row],
    *,
    name: str = "",
    reuse: bool | None = None,
    idempotency_key: str | None = None,
    digest: str = "",
    confirm_refused: bool = False,
) -> tuple[Batch, bool]:
    """The batch with all its jobs, and whether it is new. Problem, and nothing was stored or started."""
    if there := known(user, idempotency_key, digest):
        return there, False
    queue_must_answer()
    plan = Planner(user, project, reuse).plan(rows, store=True)
    batch = Batch(
        project=project,
        created_by=user,
        name=name or f"Batch of {len(plan.items)}",
        idempotency_key=idempotency_key or None,
        request_digest=digest,
    )
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
            _add(user, batch, plan, confirm_refused=confirm_refused)
    except Problem:
        planner.undo(plan.items)
        raise
    except IntegrityError:
        # the same request came twice at once: the first has made the batch
        planner.undo(plan.items)
        if there := known(user, idempotency_key, digest):
            return there, False
        if any(item.key for item in plan.items):
            message = "Some of these takes were asked for at this very moment; look again, and ask for the others."
            raise conflict(message, "busy") from None
        raise
    return batch, True


def known(user: User, key: str | None, digest: str) -> Batch | None:
    """What the same request of the same person made before. Problem 409 where it was another one."""
    found = Batch.objects.filter(created_by=user, idempotency_key=key).first() if key else None
    if found and found.request_digest != digest:
        raise conflict("This Idempotency-Key was used for another request; use a new one.", "idempotency_key_reused")
    return found


def _add(user: User, batch: Batch, plan: Plan, *, confirm_refused: bool) -> None:
    """Every job of the plan, in the transaction in which the budgets allow the sum."""
    budgets.check(user, batch.project, plan.credits)
    for item in plan.items:
        if not confirm_refused and not item.is_free:
            _ask_refusals(item)
    paid: list[GenerationJob] = []
    to_send: list[GenerationJob] = []
    for item in plan.items:
        asked = Asked(user, item.scene, item.model, item.parameters, item.key, "", confirm_refused, item.reuse)
        job = add_job(asked, item.found, item.offer, item.retry_of, batch=batch, row=item.row, credits=item.credits)
        (paid if item.offer.source else to_send).append(job)
    for job in to_send:
        queues.nudge_on_commit("submit", str(job.pk))
    # those of one scene together: its scene.json is written once
    paid.sort(key=lambda job: (job.scene_id, job.take))
    for first in range(0, len(paid), SERVED_TOGETHER):
        queues.nudge_on_commit("submit", *(str(job.pk) for job in paid[first : first + SERVED_TOGETHER]))


def _ask_refusals(item: Item) -> None:
    try:
        refusals.check(item.model.kind, item.model.name, item.found.parameters)
    except Problem as problem:
        words = f"Row {item.row}: {problem.message} Nothing was started."
        fields = [FieldProblem(f"rows.{item.row}", words)]
        raise Problem(words, code=problem.code, status=problem.status, fields=fields) from None


def cancel(user: User, batch: Batch) -> Cancelled:
    """What waits is cancelled here; for what Runway has the wish is written down, and the poll sees to it."""
    here = at_runway = too_late = 0
    for job in batch.jobs.unfinished().select_related("project", "scene").order_by("created_at"):
        status = _cancel(user, job)
        here += status == Status.CANCELLED
        at_runway += status in (Status.SUBMITTING, *AT_RUNWAY)
        too_late += status in (Status.DOWNLOADING, Status.COMPLETED)
    if at_runway:
        queues.nudge("poll")
    return Cancelled(here, at_runway, too_late)


def _cancel(user: User, job: GenerationJob) -> str:
    """Its status afterwards; what is finished, or moves right now, stays what it is."""
    with suppress(Problem):
        cancel_job(user, job, ask=False)
    return job.status


def failed(batch: Batch) -> JobQuerySet:
    """What a retry of the batch tries again: failed, not tried again yet, and not refused by moderation."""
    found = batch.jobs.filter(status=Status.FAILED, successor=None, scene__trashed_at=None)
    for code in REFUSED:
        found = found.exclude(error_code__startswith=code)
    return found.select_related("project", "scene").order_by("batch_row", "created_at")


def retry_plan(user: User, batch: Batch) -> tuple[Plan, list[GenerationJob]]:
    """What would be asked for anew, and the jobs that go on at no cost since their clip is paid."""
    jobs = list(failed(batch))
    going_on = [job for job in jobs if job.clip_may_come and job.runway_task_id]
    anew = [job for job in jobs if job not in going_on]
    plan, problems = Plan(), []
    for job in anew:
        try:
            plan.items.append(_again(user, job))
        except Problem as problem:
            problems.append(f"Row {job.batch_row or job.take}: {problem.message}")
    if problems:
        raise conflict(f"{' '.join(problems[: planner.TOLD])} Nothing was started.", "cannot_be_retried")
    return plan, going_on


def _again(user: User, job: GenerationJob) -> Item:
    model = model_of(job.kind, job.model)
    found = look_up(job.scene, model, job.parameters)
    offered = quote.make(user, job.scene, model, found, job.reuse)
    return Item(job.batch_row or 0, job.scene, model, job.parameters, job.reuse, found, offered, retry_of=job)


def retry(user: User, batch: Batch, *, confirm_refused: bool = False) -> tuple[int, int, Decimal]:
    """How many are asked for anew, how many go on at no cost, and the sum. Problem, and nothing was started."""
    queue_must_answer()
    plan, going_on = retry_plan(user, batch)
    if not plan.items and not going_on:
        raise conflict("Nothing of this batch has failed that could be tried again.", "nothing_failed")
    try:
        with transaction.atomic():
            _add(user, batch, plan, confirm_refused=confirm_refused)
    except IntegrityError:
        raise conflict("Somebody retries this batch right now; look again.", "already_retried") from None
    for job in going_on:
        retry_job(user, job)
    return len(plan.items), len(going_on), plan.known_credits


def digest(*told: object) -> str:
    return digest_of("batch", *told)
