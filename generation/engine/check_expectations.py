"""What a job's request says about its output, for quality control to compare the file with."""

from __future__ import annotations

import re

from generation import references
from generation.models import GenerationJob
from generation.models.quality import QualityReport
from generation.quality.expectations import EarlierTake, Expectations
from projects.models import Asset

# of a scene, the newest; all are sent to the child process and compared one by one
MAX_EARLIER_TAKES = 200
# a ratio with a larger number is a size in pixels, such as 1280:720; otherwise it is an aspect, such as 16:9
LARGEST_ASPECT_NUMBER = 64
RATIO = re.compile(r"(\d{1,5}):(\d{1,5})")


def expectations_of(job: GenerationJob, asset: Asset) -> Expectations:
    """Return what the request says about one file that the job made, and the earlier takes of its scene."""
    parameters = job.parameters
    ratio = RATIO.fullmatch(str(parameters.get("ratio", "")))
    width, height = (int(side) for side in ratio.groups()) if ratio else (None, None)
    first_frame = _first_frame(job)
    return Expectations(
        width=width or None,
        height=height or None,
        exact=bool(width and height and max(width, height) > LARGEST_ASPECT_NUMBER),
        seconds=_number(parameters.get("duration")),
        fps=_number(parameters.get("fps")),
        # some models add sound unasked; only what was requested in the parameters is missed
        sound=parameters.get("audio") is True,
        first_frame=str(first_frame.path) if first_frame else None,
        sha256=asset.sha256,
        scene=job.scene.name,
        earlier=_earlier_takes(job),
    )


def _first_frame(job: GenerationJob) -> Asset | None:
    """Return the picture that a video should begin with, if it is a file of the project."""
    # in other kinds a picture is a reference, which the video need not begin with
    picture_id = references.frame_id(job.parameters, "first") if job.kind == "image_to_video" else None
    return Asset.objects.select_related("scene__project").filter(pk=picture_id).first() if picture_id else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _earlier_takes(job: GenerationJob) -> list[EarlierTake]:
    reports = QualityReport.objects.filter(
        job__scene=job.scene, job__makes=job.makes, job__asset__trashed_at=None, job__take__lt=job.take
    )
    if job.cached_from:
        # these have the same file on purpose
        reports = reports.exclude(job=job.cached_from).exclude(job__cached_from=job.cached_from)
    rows = reports.order_by("-job__take").values_list("job__take", "fingerprint", "job__asset__sha256")
    return [EarlierTake(*row) for row in rows[:MAX_EARLIER_TAKES]]
