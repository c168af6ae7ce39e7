"""What moderation refused: counted, and warned of before the same is paid again, since Runway suspends for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from generation.models import GenerationJob, JobQuerySet
from generation.status import Status
from projects.models import Asset
from projects.problems import conflict

REFUSED = Q(error_code__startswith="SAFETY.") | Q(error_code__startswith="INPUT_PREPROCESSING.SAFETY")
WINDOW = timedelta(days=30)
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


def check(kind: str, model: str, parameters: Mapping[str, object], image: Asset | None, url: str) -> None:
    """Problem 409, `refused_before`, where the same model, prompt and picture were refused before, in any project."""
    same = refused(GenerationJob.objects.all()).filter(kind=kind, model=model)
    same = same.filter(prompt_image__sha256=image.sha256) if image else same.filter(prompt_image=None)
    asked = _asked(parameters)
    for job in same.filter(prompt_image_url=url).order_by("-created_at"):
        if _asked(job.parameters) == asked:
            raise conflict(
                f"Runway's moderation refused the same request on {job.created_at:%Y-%m-%d} ({job.error_code}):"
                " it costs credits again, and Runway suspends accounts for repeated refusals. Change the prompt or"
                " the picture, or confirm that it is to be sent all the same.",
                "refused_before",
            )


def counted(jobs: JobQuerySet) -> list[Refusals]:
    """Of these jobs, by model, the most first."""
    lately = refused(jobs).filter(finished_at__gte=timezone.now() - WINDOW)
    rows = lately.order_by().values("model").annotate(count=Count("pk"), last_at=Max("finished_at"))
    return [Refusals(**row) for row in sorted(rows, key=lambda row: (-row["count"], row["model"]))]


def _asked(parameters: Mapping[str, object]) -> dict[str, object]:
    """Without the one picture, which is compared by its content."""
    told = {name: value for name, value in parameters.items() if name not in SHAPE and value is not None}
    return {name: value for name, value in told.items() if name != "promptImage" or not isinstance(value, str)}
