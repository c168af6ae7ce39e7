"""Start a batch: all of its jobs or none. From then on each job is on its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from generation.actions.job_request import JobRequest, add_job, request_digest, require_queue
from generation.batches.plan import Plan, PlannedItem
from generation.batches.planner import Planner
from generation.batches.row import Row
from generation.engine import queues
from generation.forms.credit_limit import require_limit
from generation.models import GenerationJob, WebhookDelivery
from generation.models.batch import Batch
from generation.models.webhook_messages import batch_data
from generation.money import budgets, refusals
from generation.webhooks.reached import telling_refusals
from projects import mirror
from projects.models import Project
from projects.models.locks import lock_scenes
from projects.problems import FieldProblem, Problem, conflict

# jobs whose file is here already that one worker completes at a time: others who write to the database wait for it
COMPLETED_AT_ONCE = 20


def create_batch(
    user: User,
    project: Project,
    rows: Sequence[Row],
    *,
    name: str = "",
    reuse: bool | None = None,
    idempotency_key: str | None = None,
    digest: str = "",
    confirm_refused: bool = False,
    max_credits: Decimal | None = None,
    needs_limit: bool = False,
) -> tuple[Batch, bool]:
    """Create a batch with all its jobs; return it, and whether it is new.

    The same key with the same digest from the same person returns the same batch. `max_credits` is the most that each
    take may cost whose row does not say; with `needs_limit` there must be one wherever the price is unknown. Raise
    Problem 422 that names every wrong row, 409 for a budget, a refusal, or a key of another request, 503 while the
    queue is away; then nothing was stored or started.
    """
    if existing := find_repeated(user, idempotency_key, digest):
        return existing, False
    require_queue()
    plan = Planner(user, project, reuse, max_credits).plan(rows, store=True)
    batch = Batch(
        project=project,
        created_by=user,
        name=name or _("Batch of {count}").format(count=len(plan.items)),
        idempotency_key=idempotency_key or None,
        request_digest=digest,
    )
    try:
        if needs_limit:
            require_limit(plan.held, None)
        with telling_refusals(), transaction.atomic():
            batch.save(force_insert=True)
            mirror.changed_document(batch.project)
            add_jobs(user, batch, plan, confirm_refused=confirm_refused)
            WebhookDelivery.objects.tell("batch.started", batch_data(batch))
    except Problem:
        plan.discard_files()
        raise
    except IntegrityError:
        plan.discard_files()
        # the same request came twice at once: the first has created the batch
        if existing := find_repeated(user, idempotency_key, digest):
            return existing, False
        # a job with the same key exists, which another batch has created
        if any(item.key for item in plan.items):
            message = _("Someone else requested some of these takes. Reload, then request the rest.")
            raise conflict(message, "busy") from None
        raise
    return batch, True


def batch_digest(*values: object) -> str:
    """Return the digest that tells one request for a batch from another; the values are JSON."""
    return request_digest("batch", *values)


def find_repeated(user: User, key: str | None, digest: str) -> Batch | None:
    """Return the batch that the person created with the same key; None without one.

    Raise Problem 409 when that request was another one.
    """
    batch = Batch.objects.filter(created_by=user, idempotency_key=key).first() if key else None
    if batch and batch.request_digest != digest:
        raise conflict(_("This Idempotency-Key was used for another request. Use a new one."), "idempotency_key_reused")
    return batch


def add_jobs(user: User, batch: Batch, plan: Plan, *, confirm_refused: bool) -> None:
    """Create every job of the plan, within the caller's transaction.

    Raise Problem 409 when their sum would go over a budget, or when moderation refused one of them before.
    """
    budgets.check(user, batch.project, plan.held)
    lock_scenes(item.scene.pk for item in plan.items)
    if not confirm_refused:
        for item in plan.items:
            _check_not_refused(item)
    completed: list[GenerationJob] = []
    to_send: list[GenerationJob] = []
    for item in plan.items:
        request = JobRequest(
            user,
            item.scene,
            item.model,
            item.parameters,
            idempotency_key=item.key,
            digest="",
            confirm_refused=confirm_refused,
            reuse=item.reuse,
            max_credits=item.max_credits,
        )
        job = add_job(request, item.inputs, item.quote, item.retry_of, batch=batch, row=item.row, credits=item.credits)
        (completed if item.quote.source else to_send).append(job)
    # jobs that cost credits have a nudge each: one that fails must not hold up the others
    for job in to_send:
        queues.nudge_on_commit("submit", str(job.pk))
    for jobs in _groups(completed):
        queues.nudge_on_commit("submit", *(str(job.pk) for job in jobs))


def _groups(completed: list[GenerationJob]) -> Iterator[list[GenerationJob]]:
    """Yield the jobs by scene, COMPLETED_AT_ONCE at a time, so that each scene.json is written once."""
    completed.sort(key=lambda job: (job.scene_id, job.take))
    for first in range(0, len(completed), COMPLETED_AT_ONCE):
        yield completed[first : first + COMPLETED_AT_ONCE]


def _check_not_refused(item: PlannedItem) -> None:
    if item.is_free:
        return
    try:
        refusals.check_not_refused(item.model.kind, item.model.name, item.inputs.parameters)
    except Problem as problem:
        message = _("Row {row}: {message} Nothing was started.").format(row=item.row, message=problem.message)
        fields = [FieldProblem(f"rows.{item.row}", message)]
        raise Problem(message, code=problem.code, status=problem.status, fields=fields) from None
