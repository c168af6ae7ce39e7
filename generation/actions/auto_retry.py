"""The automatic retry: takes that fail quality control are generated again, where a person allows it, within limits.

The new job, the entries in both histories, and the mark that the report needs no more are one transaction. A process
that dies before its end has done nothing, and the sweep comes back; one that comes later finds nothing due. So nothing
is paid twice.
"""

from __future__ import annotations

import logging
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from generation.actions.retry import retry_finished
from generation.models import GenerationJob, JobEvent
from generation.models.auto_retry import AutoRetry
from generation.models.ledger import ZERO
from generation.models.quality import QualityReport
from generation.money import job_credits
from generation.serializers import plain_number
from projects import mirror
from projects.access import permissions
from projects.models import Project
from projects.problems import Problem, conflict, forbidden, wrong_field
from projects.text.credit_words import credit_words

logger = logging.getLogger("dailies.jobs")

MAX_TAKES = 3
MAX_CREDITS = Decimal("9999999999.99")


def enable(user: User, project: Project, *, takes: int, credits: Decimal) -> AutoRetry:
    """Switch the automatic retry on, or change its limits; it is paid in this person's name. Raise Problem.

    `takes` are the retries of one take, `credits` the limit of all since it was switched on.
    """
    _check_right(user, project)
    if not 1 <= takes <= MAX_TAKES:
        raise wrong_field("takes", _("takes must be from 1 to {max_takes}.").format(max_takes=MAX_TAKES))
    if not 0 < credits <= MAX_CREDITS or credits != round(credits, 2):
        raise wrong_field("credits", _("credits must be from 0.01 to 9999999999.99, with at most two decimals."))
    # not `since`: with other limits the credits go on counting from when it was switched on
    values = {"person": user, "takes": takes, "credits": credits}
    try:
        with transaction.atomic():
            mirror.changed_document(project)
            return AutoRetry.objects.update_or_create(project=project, defaults=values)[0]
    except IntegrityError:
        # another request has created the row at the same moment
        raise conflict(_("Someone else is changing this setting right now. Reload the page."), "busy") from None


def disable(user: User, project: Project) -> None:
    """Switch the automatic retry off; takes that it has already requested continue. Raise Problem 403."""
    _check_right(user, project)
    with transaction.atomic():
        mirror.changed_document(project)
        AutoRetry.objects.filter(project=project).delete()


def find_rule(project: Project) -> AutoRetry | None:
    """Return the limits of a project's automatic retry; None when it is off."""
    return AutoRetry.objects.select_related("project", "person").filter(project=project).first()


def is_allowed(rule: AutoRetry) -> bool:
    """Return whether the person in whose name it is paid may still spend on the project."""
    return rule.person.is_active and permissions.has_right(rule.person, rule.project, "spend")


def spent_credits(rule: AutoRetry) -> Decimal:
    """Return the credits charged and held for automatic retries since it was switched on."""
    jobs = GenerationJob.objects.filter(project=rule.project, automatic=True, created_at__gte=rule.since)
    credits = job_credits.add_up(jobs)
    return credits.spent + credits.held


def run_due_retry(job_id: str) -> None:
    """Generate a take again if its report says so, or record why not; do nothing when no retry is due."""
    with transaction.atomic():
        # on PostgreSQL a second process waits here, and then finds that nothing is due
        report = QualityReport.objects.select_for_update().filter(job__pk=job_id, retry_due=True).first()
        if report is None:
            return
        job = GenerationJob.objects.with_related().get(pk=job_id)
        try:
            note = _retry(job, report)
        except Problem as problem:
            # Redis is away: the sweep comes back to it
            if problem.status == 503:
                return
            note = _("Not retried automatically. {message}").format(message=problem.message)
        QualityReport.objects.filter(pk=report.pk).update(retry_due=False, retry_note=note)
        # before the event, since it locks the scene
        job.annotate()
        job.add_event(JobEvent.Kind.NOTE, note)
    logger.info("auto-retry job=%s project=%s %s", job.pk, job.project.slug, note)


def _check_right(user: User, project: Project) -> None:
    if not permissions.has_right(user, project, "spend"):
        raise forbidden(_("Automatic retry spends credits. Only people who may spend on this project can change it."))


def _retry(job: GenerationJob, report: QualityReport) -> str:
    """Create the new take and return a sentence about it. Raise Problem when a limit or a right does not allow it."""
    # locked, so that two takes that fail at once do not spend the same rest of the limit
    rows = AutoRetry.objects.select_for_update(of=("self",)).filter(project=job.project)
    rule = rows.select_related("project", "person").first()
    if rule is None:
        raise conflict(_("Automatic retry was turned off."))
    if not is_allowed(rule):
        raise conflict(_("{person} may no longer spend on this project.").format(person=rule.person))
    number = _automatic_retries_before(job) + 1
    if number > rule.takes:
        raise conflict(_("All {takes} automatic retries of this take are used.").format(takes=rule.takes))
    # undone when the new take is over the limit of credits
    with transaction.atomic():
        # the same key each time: after a crash the retry finds this job and makes no second one
        successor, _created = retry_finished(rule.person, job, idempotency_key=f"auto-retry-{job.pk}")
        _check_credits(rule, successor)
    reasons = " ".join(reason["message"] for reason in report.reasons if reason["level"] == "fail")
    note = _("Automatic retry {number} of {takes} of take {take}, in the name of {person}. {reasons}").format(
        number=number, takes=rule.takes, take=job.take, person=rule.person, reasons=reasons
    )
    successor.add_event(JobEvent.Kind.NOTE, note, {"retryOf": str(job.pk)})
    return _("Retried automatically as take {take}, in the name of {person}.").format(
        take=successor.take, person=rule.person
    )


def _automatic_retries_before(job: GenerationJob) -> int:
    """Return how many automatic retries led to this take."""
    count = 0
    # a retry by a person begins a new count
    while job.automatic and job.retry_of:
        count, job = count + 1, job.retry_of
    return count


def _check_credits(rule: AutoRetry, successor: GenerationJob) -> None:
    """Raise Problem 409 when the credits of all automatic retries, the new one included, are over the limit."""
    price = successor.credits_expected
    if price is None:
        raise conflict(_("The price of this model is unknown, so the credit limit cannot be checked."))
    left = rule.credits - spent_credits(rule)
    if left < 0:
        available = max(left + price, ZERO)
        raise conflict(
            _(
                "{credits} short: it costs about {price}, and automatic retries of this project have "
                "{left} of {limit} left."
            ).format(
                credits=credit_words(-left),
                price=plain_number(price),
                left=plain_number(available),
                limit=plain_number(rule.credits),
            )
        )
