"""Find jobs of the same request: finished ones whose files can be used again, and unfinished ones to wait for."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext as _

from generation.engine.output_files import OutputUnavailable, output_files, take_name, verify_quickly
from generation.models import GenerationJob, JobQuerySet
from generation.models.quality import QualityReport
from generation.models.status import AT_RUNWAY, Status
from projects.access import permissions
from projects.models import Project

# sent, and paid or about to be; also when it is unknown whether Runway accepted it
IN_FLIGHT = (Status.SUBMITTING, *AT_RUNWAY, Status.DOWNLOADING, Status.UNCONFIRMED)


def finished_jobs(user: User | None, project: Project, *keys: str) -> JobQuerySet:
    """Select the finished jobs with these cache keys that the person may see, the first paid first.

    Takes that failed quality control are left out: whoever requests the same again wants a better one.
    """
    return _completed(user, project, *keys).exclude(quality__verdict=QualityReport.Verdict.FAIL)


def jobs_in_flight(user: User | None, project: Project, key: str, *, queued: bool = False) -> JobQuerySet:
    """Select the unfinished jobs of the same request that were sent; with `queued` also those that will be.

    A queued job that waits for another one itself has a price of 0 and does not count, so no two wait for each other.
    """
    in_flight = Q(status__in=IN_FLIGHT)
    if queued:
        in_flight |= Q(status=Status.QUEUED) & ~Q(credits_estimated=0)
    jobs = _same_requests(user, project, key).filter(in_flight)
    return jobs.select_related("scene__project").order_by("created_at")


def one_by_one(jobs: JobQuerySet) -> Iterator[GenerationJob]:
    """Yield the first job, which mostly serves, before the rest is loaded: there may be hundreds."""
    yield from jobs[:1]
    yield from jobs[1:]


def find_usable(user: User, project: Project, key: str) -> tuple[GenerationJob | None, str]:
    """Return the finished job whose files can be used; without one, a sentence on why an earlier take cannot serve."""
    problem = ""
    for job in one_by_one(finished_jobs(user, project, key)):
        try:
            # a form asks for its price after each change, so files are not read here; they are when they are linked
            for output in output_files(job):
                verify_quickly(output)
        except OutputUnavailable as error:
            problem = problem or str(error)
        else:
            return job, ""
    return None, problem or _failed_check(user, project, key)


def _failed_check(user: User, project: Project, key: str) -> str:
    failed = _completed(user, project, key).filter(quality__verdict=QualityReport.Verdict.FAIL).first()
    return (
        _("The same request failed quality control as {take_name}.").format(take_name=take_name(failed))
        if failed
        else ""
    )


def _completed(user: User | None, project: Project, *keys: str) -> JobQuerySet:
    # a file in the trash may be deleted at any moment, so nothing new is made of it
    jobs = _same_requests(user, project, *keys).filter(status=Status.COMPLETED, scene__trashed_at=None)
    return jobs.select_related("project", "scene", "asset__scene__project").order_by("finished_at")


def _same_requests(user: User | None, project: Project, *keys: str) -> JobQuerySet:
    """Select the jobs with these keys in the project, and in others that the person may see."""
    # an empty key means that a file's content is unknown: no two such requests are the same
    known_keys = [key for key in keys if key]
    if not known_keys:
        return GenerationJob.objects.none()
    # a person must not learn from a free take what was made in a project that they may not see
    visible = Q(project=project)
    # None: the account was deleted after the request
    if user is not None:
        visible |= Q(project__in=permissions.visible_to(user).values("pk"))
    return GenerationJob.objects.filter(visible, cache_key__in=known_keys, project__trashed_at=None)
