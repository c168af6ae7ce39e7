"""How long takes have taken in this studio, to say what may be expected of the next."""

from __future__ import annotations

from statistics import median

from generation.models import GenerationJob
from generation.models.status import Status

# fewer say nothing; of more, the newest
FEWEST, MOST = 3, 30


def usual_seconds(job: GenerationJob) -> float | None:
    """From the request to the clip on disk, the median of the newest of the same model and duration; None for a few."""
    done = GenerationJob.objects.filter(
        status=Status.COMPLETED,
        kind=job.kind,
        model=job.model,
        parameters__duration=job.parameters.get("duration"),
        submitted_at__isnull=False,
        finished_at__isnull=False,
    )
    times = list(done.order_by("-finished_at").values_list("submitted_at", "finished_at")[:MOST])
    if len(times) < FEWEST:
        return None
    return median((finished - submitted).total_seconds() for submitted, finished in times if finished and submitted)
