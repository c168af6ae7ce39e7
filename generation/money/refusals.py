"""What moderation refused: counted, and warned of before the same is paid again, since Runway suspends for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from generation import references
from generation.models import GenerationJob, JobQuerySet
from generation.models.status import Status
from projects.models import Asset
from projects.problems import conflict

PREFIXES = ("SAFETY.", "INPUT_PREPROCESSING.SAFETY")
REFUSED = Q(error_code__startswith=PREFIXES[0]) | Q(error_code__startswith=PREFIXES[1])
WINDOW = timedelta(days=30)
# so many are compared, the newest
MOST = 500
# where a file goes stands this and the id of its asset
# what changes nothing for the moderation
SHAPE = {"ratio", "duration", "seed", "resolution"}


@dataclass(frozen=True)
class Refusals:
    """Of one model, in the last thirty days."""

    model: str
    count: int
    last_at: datetime


def refused(jobs: JobQuerySet) -> JobQuerySet:
    return jobs.filter(REFUSED, status=Status.FAILED)


def check(kind: str, model: str, parameters: Mapping[str, object]) -> None:
    """Problem 409, `refused_before`, where the same was refused before, in any project: model, words and files.

    `parameters` as a job keeps them; a file is the same when its content is.
    """
    if words := warning(kind, model, parameters):
        advice = "Change the prompt or the picture, or confirm that it is to be sent all the same."
        raise conflict(f"{words} {advice}", "refused_before")


def warning(kind: str, model: str, parameters: Mapping[str, object]) -> str:
    """What whoever pays for the same again should know; empty where it was never refused."""
    same = refused(GenerationJob.objects.all()).filter(kind=kind, model=model).order_by("-created_at")
    jobs = list(same[:MOST])
    if not jobs:
        return ""
    requests = [_asked(job.parameters) for job in jobs]
    asked = _asked(parameters)
    contents = _contents([asked, *requests])
    for job, request in zip(jobs, requests, strict=True):
        if _by_content(request, contents) == _by_content(asked, contents):
            return (
                f"Runway's moderation refused the same request on {job.created_at:%Y-%m-%d} ({job.error_code}):"
                " it costs credits again, and Runway suspends accounts for repeated refusals."
            )
    return ""


def counted(jobs: JobQuerySet) -> list[Refusals]:
    """Of these jobs, by model, the most first."""
    lately = refused(jobs).filter(finished_at__gte=timezone.now() - WINDOW)
    rows = lately.order_by().values("model").annotate(count=Count("pk"), last_at=Max("finished_at"))
    return [Refusals(**row) for row in sorted(rows, key=lambda row: (-row["count"], row["model"]))]


def _asked(parameters: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in parameters.items() if name not in SHAPE and value is not None}


def _contents(requests: list[dict[str, object]]) -> dict[str, str]:
    """Of every file that is named in them: the hash of what is in it, by `asset:{id}`."""
    keys = {key for request in requests for _, key in references.find(request)}
    found = Asset.objects.filter(pk__in=keys)
    return {f"{references.PREFIX}{key}": sha256 for key, sha256 in found.values_list("pk", "sha256")}


def _by_content(value: object, contents: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return contents.get(value, value)
    if isinstance(value, Mapping):
        return {name: _by_content(each, contents) for name, each in value.items()}
    if isinstance(value, list):
        return [_by_content(each, contents) for each in value]
    return value
