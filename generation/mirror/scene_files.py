"""The jobs of scenes as scene.json shows them, and the records of their files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from generation import references
from generation.mirror.job_record import job_record
from generation.models import GenerationJob
from generation.models.status import UNFINISHED, Status
from generation.provenance import sidecar
from generation.serializers import job_dict, quality
from projects.mirror.contributions import SceneFiles
from projects.mirror.records import Record
from projects.models import Scene
from projects.text.iso_time import iso_time

# the keys in scene.json for jobs, and for their finished files, by kind of output
REQUESTS = {
    "video": ("videoRequests", "completedVideos"),
    "image": ("imageRequests", "completedImages"),
    "audio": ("audioRequests", "completedAudio"),
}
REQUEST_KEYS = (
    "jobId",
    "taskId",
    "kind",
    "model",
    "promptText",
    "ratio",
    "duration",
    "seed",
    "parameters",
    "status",
    "progress",
    "error",
    "creditsEstimated",
    "creditsCharged",
    "maxCredits",
    "createdAt",
    "finishedAt",
    "take",
    "note",
    "starred",
    "rejected",
    "reuse",
    "cachedFrom",
    "version",
    "submittedAt",
)


def load(scenes: Sequence[Scene], newest: int | None = None) -> dict[int, SceneFiles]:
    """Return what the jobs of each scene add to its metadata, by scene id, in two queries.

    With `newest` only so many jobs of each scene, by one query more, and `olderRequests` where there are others.
    """
    jobs: defaultdict[int, list[GenerationJob]] = defaultdict(list)
    cut = _times_to_cut(scenes, newest) if newest else {}
    wanted = Q(scene__in=[scene for scene in scenes if scene.pk not in cut])
    for scene_id, at in cut.items():
        wanted |= Q(scene=scene_id, created_at__gte=at)
    rows = GenerationJob.objects.filter(wanted).select_related("asset", "quality", "batch", "created_by")
    by_id = {scene.pk: scene for scene in scenes}
    # sorted here: for the order, SQLite would walk all jobs by their age
    for job in sorted(rows.with_first_frame().order_by(), key=lambda job: (job.created_at, job.pk)):
        # most fields of a job ask for its scene and project, which are loaded already
        job.scene = by_id[job.scene_id]
        job.project = job.scene.project
        if job.asset:
            job.asset.scene = job.scene
        jobs[job.scene_id].append(job)
    return {scene: _scene_files(rows, is_cut=scene in cut) for scene, rows in jobs.items()}


def _times_to_cut(scenes: Sequence[Scene], newest: int) -> dict[int, datetime]:
    """Return the time of the job with this place among the newest, for the scenes that have more, by scene id."""
    jobs = GenerationJob.objects.filter(scene=OuterRef("pk")).order_by("-created_at").values("created_at")
    times = Scene.objects.filter(pk__in=[scene.pk for scene in scenes]).order_by()
    # one beyond, which tells that there is another one
    times = times.annotate(last=Subquery(jobs[newest - 1 : newest]), next=Subquery(jobs[newest : newest + 1]))
    return dict(times.filter(next__isnull=False).values_list("pk", "last"))


def _scene_files(jobs: Sequence[GenerationJob], *, is_cut: bool) -> SceneFiles:
    generation: defaultdict[str, Any] = defaultdict(list)
    if is_cut:
        generation["olderRequests"] = True
    records: dict[str, Callable[[], dict[str, Any]]] = {}
    for job in jobs:
        requests, completed = REQUESTS[job.output_kind]
        generation[requests].append(request_entry(job))
        generation[completed] += filter(None, [completed_entry(job)])
        if job.status == Status.COMPLETED:
            names = sidecar.sidecar_names(job)
            # partial, and not made here: a sidecar reads its file, and mostly exists already
            records |= {name: partial(sidecar.sidecar_dict, job, number) for number, name in enumerate(names)}
    histories = {str(job.pk): Record(job.changed_at, partial(job_record, job)) for job in jobs}
    return SceneFiles(dict(generation), any(job.status in UNFINISHED for job in jobs), records, histories)


def request_entry(job: GenerationJob) -> dict[str, Any]:
    """Return an entry of `generation.videoRequests`, or of those for pictures and sound."""
    values = job_dict(job)
    return {name: values[name] for name in REQUEST_KEYS} | {
        "promptImage": _prompt_image(job),
        "outputs": job.outputs,
        "cacheKey": job.cache_key or None,
        "clipMayCome": job.clip_may_come,
        "person": job.created_by.get_username() if job.created_by else None,
        "simulated": job.simulated,
        "batch": {"id": str(job.batch.pk), "name": job.batch.name, "row": job.batch_row} if job.batch else None,
    }


def _prompt_image(job: GenerationJob) -> str | None:
    """Return the path of the first frame, or the address where Runway fetches it itself."""
    if job.first_frame:
        return job.first_frame.relative_path
    image = job.parameters.get("promptImage")
    return image if isinstance(image, str) and not references.asset_id(image) else None


def completed_entry(job: GenerationJob) -> dict[str, Any] | None:
    """Return an entry of `generation.completedVideos`, or of its like; None until the file is there."""
    if job.status != Status.COMPLETED or not job.outputs:
        return None
    output = job.outputs[0]
    return {
        "jobId": str(job.pk),
        "taskId": job.runway_task_id,
        "path": job.asset.relative_path if job.asset else output["path"],
        "take": job.take,
        "sha256": job.asset.sha256 if job.asset else output["sha256"],
        "createdAt": iso_time(job.asset.created_at if job.asset else job.finished_at),
        "quality": quality(job),
    }
