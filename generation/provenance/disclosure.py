"""The disclosure sheet of a film: what in it was generated, of what, by whom, when, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from generation.models import GenerationJob
from generation.models.status import Status
from generation.provenance.sidecar import NOT_VERIFIED, inputs
from generation.serializers import plain_number
from projects.iso_time import iso_time
from projects.models import Asset, Project, Scene
from projects.web.csv import write_csv

COLUMNS = (
    "sceneId", "sceneName", "position", "path", "sha256", "source", "take", "chosen", "kind", "model", "promptText",
    "parameters", "inputs", "person", "createdAt", "finishedAt", "creditsCharged", "taskId", "c2paPresent", "verdict",
)  # fmt: skip


@dataclass(frozen=True)
class Disclosed:
    """A file of the film; `asset` is None for a scene that has none to show, `job` for what was not generated."""

    scene: Scene
    asset: Asset | None
    job: GenerationJob | None

    def as_dict(self) -> dict[str, Any]:
        scene = {"sceneId": self.scene.folder_name, "sceneName": self.scene.name, "position": self.scene.position}
        return scene | self._of_asset() | self._of_job()

    @property
    def inputs(self) -> list[dict[str, Any]]:
        return inputs(self.job) if self.job else []

    @property
    def credentials(self) -> bool | None:
        """Whether Content Credentials are in the file; None until it was looked at, and where that is not known."""
        report = getattr(self.job, "quality", None)
        return report.c2pa if report else None

    def _of_asset(self) -> dict[str, Any]:
        asset = self.asset
        return {
            "path": asset.relative_path if asset else None,
            "sha256": asset.sha256 if asset else None,
            "source": asset.source if asset else None,
            "take": asset.take if asset else None,
            "chosen": bool(asset and asset.selected),
        }

    def _of_job(self) -> dict[str, Any]:
        job = self.job
        report = getattr(job, "quality", None)
        return {
            "kind": job.kind if job else None,
            "model": job.model if job else None,
            "promptText": job.parameters.get("promptText") if job else None,
            "parameters": job.parameters if job else None,
            "inputs": self.inputs,
            "person": job.created_by.get_username() if job and job.created_by else None,
            "createdAt": iso_time(job.created_at) if job else None,
            "finishedAt": iso_time(job.finished_at) if job else None,
            "creditsCharged": plain_number(job.credits_charged) if job else None,
            "taskId": job.runway_task_id if job else None,
            "c2paPresent": self.credentials,
            "verdict": report.verdict if report else None,
        }


def disclosure(project: Project, *, every: bool = False) -> list[Disclosed]:
    """Scene by scene in the order of the film: the chosen take, or with `every` all that was generated."""
    files = Asset.objects.filter(trashed_at=None).select_related("scene__project")
    scenes = (
        project.scenes.filter(trashed_at=None)
        .select_related("project")
        .prefetch_related(Prefetch("assets", files.order_by("take", "created_at")))
    )
    jobs = {asset_id: job for job in _jobs(project) for asset_id in _assets_of(job)}
    return [row for scene in scenes for row in _of_scene(scene, jobs, every=every)]


def _jobs(project: Project) -> Iterator[GenerationJob]:
    done = GenerationJob.objects.with_related().filter(project=project, status=Status.COMPLETED)
    yield from done.with_first_frame().order_by("created_at")


def _assets_of(job: GenerationJob) -> list[str]:
    return [str(output["assetId"]) for output in job.outputs if output.get("assetId")]


def _of_scene(scene: Scene, jobs: dict[str, GenerationJob], *, every: bool) -> Iterator[Disclosed]:
    shown = [
        asset for asset in scene.assets.all() if asset.selected or (every and asset.source == Asset.Source.GENERATED)
    ]
    for asset in shown:
        yield Disclosed(scene, asset, jobs.get(str(asset.pk)))
    if not shown:
        yield Disclosed(scene, None, None)


def as_csv(rows: list[Disclosed]) -> str:
    """One line a file; inputs as `path sha256`, with semicolons between."""
    names = [name for name in COLUMNS if name != "parameters"]
    lines = (row.as_dict() for row in rows)
    return write_csv(names, ([_cell(line[name]) for name in names] for line in lines))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(f"{each['path']} {each['sha256']}" for each in value)
    return "" if value is None else str(value)


def as_dict(project: Project, rows: list[Disclosed]) -> dict[str, Any]:
    return {
        "projectId": project.slug,
        "projectName": project.name,
        "c2pa": NOT_VERIFIED,
        "files": [row.as_dict() for row in rows],
    }
