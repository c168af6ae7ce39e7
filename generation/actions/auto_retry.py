"""What quality control fails is made once more by itself, where a person has allowed it, within their limits.

The new job, what is told of it, and that the report needs no more are one transaction: whoever dies before its end has
done nothing, and the sweep comes back to it; whoever comes later finds nothing due. So nothing is paid twice.
"""

from __future__ import annotations

import logging
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from generation.actions.retry import make_again
from generation.models import GenerationJob, JobEvent
from generation.models.auto_retry import AutoRetry
from generation.models.quality import QualityReport
from generation.models.status import MAY_BE_CHARGED
from generation.serializers import plain_number
from projects.access import permissions
from projects.models import Project
from projects.problems import Problem, conflict, forbidden, wrong_field

logger = logging.getLogger("dailies.jobs")

MOST_TAKES = 3
MOST_CREDITS = Decimal("9999999999.99")


def switch_on(user: User, project: Project, *, takes: int, credits: Decimal) -> AutoRetry:
    """Or set other limits: from then on it is paid in this person's name. What was spent since it is on counts on."""
    _may(user, project)
    if not 1 <= takes <= MOST_TAKES:
        raise wrong_field("takes", f"takes must be from 1 to {MOST_TAKES}.")
    if not 0 < credits <= MOST_CREDITS or credits != round(credits, 2):
        raise wrong_field("credits", "credits must be from 0.01 to 9999999999.99, with at most two decimals.")
    values = {"person": user, "takes": takes, "credits": credits}
    try:
        with transaction.atomic():
            return AutoRetry.objects.update_or_create(project=project, defaults=values)[0]
    except IntegrityError:
        raise conflict("Somebody switches it on right now; look again.", "busy") from None


def switch_off(user: User, project: Project) -> None:
    """What was made by itself and is on its way goes on."""
    _may(user, project)
    AutoRetry.objects.filter(project=project).delete()


def _may(user: User, project: Project) -> None:
    if not permissions.has_right(user, project, "spend"):
        raise forbidden("The automatic retry spends credits: only who may spend on this project switches it.")


def of(project: Project) -> AutoRetry | None:
    return AutoRetry.objects.select_related("project", "person").filter(project=project).first()


def is_allowed(rule: AutoRetry) -> bool:
    """Whether the person in whose name it is paid may still spend."""
    return rule.person.is_active and permissions.has_right(rule.person, rule.project, "spend")


def spent(rule: AutoRetry) -> Decimal:
    """Paid for automatic retries since it was switched on, and held for those on their way."""
    jobs = GenerationJob.objects.filter(project=rule.project, automatic=True, created_at__gte=rule.since)
    held = Sum("credits_estimated", filter=MAY_BE_CHARGED & Q(credits_charged=None))
    totals = jobs.aggregate(spent=Sum("credits_charged"), held=held)
    return (totals["spent"] or Decimal(0)) + (totals["held"] or Decimal(0))


def follow_up(job_id: str) -> None:
    """Make the take once more, or write down why not; a nudge that comes twice, or for nothing, does nothing."""
    with transaction.atomic():
        report = QualityReport.objects.select_for_update().filter(job__pk=job_id, retry_due=True).first()
        if report is None:
            return
        job = GenerationJob.objects.with_related().get(pk=job_id)
        try:
            words = _retry(job, report)
        except Problem as problem:
            if problem.status == 503:
                return  # the queue is away; the sweep comes back to it
            words = f"It is not made once more by itself. {problem.message}"
        QualityReport.objects.filter(pk=report.pk).update(retry_due=False, retry_note=words)
        job.add_event(JobEvent.Kind.NOTE, words)
        job.annotate()
    logger.info("auto-retry job=%s project=%s %s", job.pk, job.project.slug, words)


def _retry(job: GenerationJob, report: QualityReport) -> str:
    """Its story, in a sentence; Problem when it may not be."""
    rule = AutoRetry.objects.select_for_update(of=("self",)).filter(project=job.project)
    found = rule.select_related("project", "person").first()
    if found is None:
        raise conflict("The automatic retry was switched off meanwhile.")
    if not is_allowed(found):
        raise conflict(f"The automatic retry has stopped: {found.person} may not spend on this project any more.")
    number = _tries_before(job) + 1
    if number > found.takes:
        raise conflict(f"There were {found.takes} automatic retries of it, as many as are allowed.")
    with transaction.atomic():
        successor, _ = make_again(found.person, job, idempotency_key=f"auto-retry-{job.pk}")
        _check_limit(found, successor)
    why = " ".join(reason["message"] for reason in report.reasons if reason["level"] == "fail")
    told = f"Automatic retry {number} of {found.takes} of take {job.take}, in the name of {found.person}. {why}"
    successor.add_event(JobEvent.Kind.NOTE, told, {"retryOf": str(job.pk)})
    return f"Made once more by itself as take {successor.take}, in the name of {found.person}."


def _tries_before(job: GenerationJob) -> int:
    """How many automatic retries led to this take."""
    count = 0
    while job.automatic and job.retry_of:
        count, job = count + 1, job.retry_of
    return count


def _check_limit(rule: AutoRetry, successor: GenerationJob) -> None:
    """With the new one counted; Problem takes it back."""
    if successor.credits_estimated is None:
        raise conflict("The price of its model is not known, so the limit of automatic retries cannot be kept.")
    price, left = successor.credits_estimated, rule.credits - spent(rule)
    if left < 0:
        raise conflict(
            f"{plain_number(-left)} credits are missing: it costs about {plain_number(price)}, and automatic retries of"
            f" this project have {plain_number(max(left + price, Decimal(0)))} of {plain_number(rule.credits)} left."
        )
