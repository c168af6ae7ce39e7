"""Requests that moderation refused: counted, and warned about before they are paid for again.

A refused request costs credits, and Runway suspends accounts for repeated ones.
"""

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

# how the codes of refusals begin: https://docs.dev.runwayml.com/errors/task-failures
CODE_PREFIXES = ("SAFETY.", "INPUT_PREPROCESSING.SAFETY")
REFUSED = Q(error_code__startswith=CODE_PREFIXES[0]) | Q(error_code__startswith=CODE_PREFIXES[1])
COUNTED_FOR = timedelta(days=30)
# a request is compared with at most so many refused ones, the newest
MAX_COMPARED = 500
# fields that make no difference to moderation
IGNORED_FIELDS = {"ratio", "duration", "seed", "resolution"}


@dataclass(frozen=True)
class Refusals:
    """How often moderation refused a model's requests in the last thirty days, and when last."""

    model: str
    count: int
    last_at: datetime


def refused_jobs(jobs: JobQuerySet) -> JobQuerySet:
    """Select those of the jobs that moderation refused."""
    return jobs.filter(REFUSED, status=Status.FAILED)


def check_not_refused(kind: str, model: str, parameters: Mapping[str, object]) -> None:
    """Raise Problem 409, `refused_before`, when the same request was refused before, in any project.

    The same: kind, model, words, and the content of the files. `parameters` are those of a job, with `asset:{id}`.
    """
    if warning := repeat_warning(kind, model, parameters):
        advice = "Change the prompt or the picture, or confirm that you want to send it again."
        raise conflict(f"{warning} {advice}", "refused_before")


def repeat_warning(kind: str, model: str, parameters: Mapping[str, object]) -> str:
    """Return a warning for whoever is about to pay for a refused request again; empty if it was never refused."""
    refused = refused_jobs(GenerationJob.objects.all()).filter(kind=kind, model=model).order_by("-created_at")
    jobs = list(refused[:MAX_COMPARED])
    if not jobs:
        return ""
    # references are compared by content, so that a copy of a refused picture counts too
    requests = [_moderated(job.parameters) for job in jobs]
    request = _moderated(parameters)
    hashes = _content_hashes([request, *requests])
    for job, earlier in zip(jobs, requests, strict=True):
        if _by_content(earlier, hashes) == _by_content(request, hashes):
            return (
                f"Runway's moderation refused the same request on {job.created_at:%Y-%m-%d} ({job.error_code})."
                " Sending it again costs credits, and Runway suspends accounts for repeated refusals."
            )
    return ""


def count_by_model(jobs: JobQuerySet) -> list[Refusals]:
    """Return the refusals among the jobs in the last thirty days by model, the most frequent first."""
    recent = refused_jobs(jobs).filter(finished_at__gte=timezone.now() - COUNTED_FOR)
    rows = recent.order_by().values("model").annotate(count=Count("pk"), last_at=Max("finished_at"))
    return [Refusals(**row) for row in sorted(rows, key=lambda row: (-row["count"], row["model"]))]


def _moderated(parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that moderation judges."""
    return {name: value for name, value in parameters.items() if name not in IGNORED_FIELDS and value is not None}


def _content_hashes(requests: list[dict[str, object]]) -> dict[str, str]:
    """Return the SHA-256 of every file that the requests name, by its reference `asset:{id}`."""
    keys = {key for request in requests for _, key in references.find(request)}
    hashes = Asset.objects.filter(pk__in=keys).values_list("pk", "sha256")
    return {f"{references.PREFIX}{key}": sha256 for key, sha256 in hashes}


def _by_content(value: object, hashes: Mapping[str, str]) -> object:
    """Return the value with each reference replaced by the hash of its file."""
    if isinstance(value, str):
        return hashes.get(value, value)
    if isinstance(value, Mapping):
        return {name: _by_content(inner, hashes) for name, inner in value.items()}
    if isinstance(value, list):
        return [_by_content(inner, hashes) for inner in value]
    return value
