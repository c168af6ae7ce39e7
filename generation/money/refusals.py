"""Requests that moderation refused: counted, and warned about before they are paid for again.

A refused request costs credits, and Runway suspends accounts for repeated ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from generation import references
from generation.models import GenerationJob, JobQuerySet
from projects.models import Asset
from projects.problems import conflict

# how the codes of refusals begin: https://docs.dev.runwayml.com/errors/task-failures
CODE_PREFIXES = ("SAFETY.", "INPUT_PREPROCESSING.SAFETY")
REFUSED = Q(refused_digest__isnull=False)
COUNTED_FOR = timedelta(days=30)
# fields that make no difference to moderation
IGNORED_FIELDS = {"ratio", "duration", "seed", "resolution"}


@dataclass(frozen=True)
class Refusals:
    """How often moderation refused a model's requests in the last thirty days, and when last."""

    model: str
    count: int
    last_at: datetime


def refused_jobs(jobs: JobQuerySet) -> JobQuerySet:
    """Select those of the jobs that moderation refused, by a partial index."""
    return jobs.filter(REFUSED)


def digest_of_failure(code: str, kind: str, model: str, parameters: Mapping[str, object]) -> str | None:
    """Return what `refused_digest` of a job is that failed with this code; None unless moderation refused it."""
    return request_digest(kind, model, parameters) if code.startswith(CODE_PREFIXES) else None


def request_digest(kind: str, model: str, parameters: Mapping[str, object]) -> str:
    """Return the SHA-256, as hex, of what moderation judges; files count by their content, so copies are the same."""
    request = _moderated(parameters)
    judged = [kind, model, _by_content(request, _content_hashes([request]))]
    return hashlib.sha256(json.dumps(judged, sort_keys=True, default=str).encode()).hexdigest()


def check_not_refused(kind: str, model: str, parameters: Mapping[str, object]) -> None:
    """Raise Problem 409, `refused_before`, when the same request was refused before, in any project.

    The same: kind, model, words, and the content of the files. `parameters` are those of a job, with `asset:{id}`.
    """
    if warning := repeat_warning(kind, model, parameters):
        advice = _("Change the prompt or the picture, or confirm that you want to send it again.")
        raise conflict(f"{warning} {advice}", "refused_before")


def repeat_warning(kind: str, model: str, parameters: Mapping[str, object]) -> str:
    """Return a warning for whoever is about to pay for a refused request again; empty if it was never refused."""
    refused = GenerationJob.objects.filter(refused_digest=request_digest(kind, model, parameters))
    if job := refused.order_by("-created_at").only("created_at", "error_code").first():
        return _(
            "Runway's moderation refused the same request on {created_at:%Y-%m-%d} ({error_code}). Sending "
            "it again costs credits, and Runway suspends accounts for repeated refusals."
        ).format(created_at=job.created_at, error_code=job.error_code)
    return ""


def count_by_model(jobs: JobQuerySet) -> list[Refusals]:
    """Return the refusals among the jobs in the last thirty days by model, the most frequent first."""
    recent = refused_jobs(jobs).filter(finished_at__gte=timezone.now() - COUNTED_FOR)
    # an expression: grouped by the column, SQLite would walk all jobs by an index of models
    by_model = recent.order_by().values(its_model=Coalesce("model", Value("")))
    # of the time, not of the key, which is not in the index
    counted = by_model.annotate(count=Count("finished_at"), last_at=Max("finished_at")).order_by("-count", "its_model")
    return [Refusals(row["its_model"], row["count"], row["last_at"]) for row in counted]


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
