"""The disclosure sheet of a film: what in it was generated, with what, by whom, when, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Prefetch, Q

from generation.models import GenerationJob
from generation.models.status import Status
from generation.provenance.sidecar import NOT_VERIFIED, input_dicts
from generation.serializers import plain_number
from projects.iso_time import iso_time
from projects.models import Asset, Project, Scene
from projects.web.csv import write_csv

COLUMNS = (
    "sceneId", "sceneName", "position", "path", "sha256", "source", "take", "chosen", "kind", "model", "promptText",
    "parameters", "inputs", "person", "createdAt", "finishedAt", "creditsCharged", "taskId", "c2paPresent", "verdict",
)  # fmt: skip


@dataclass(frozen=True)
class DisclosureRow:
    """A file of the film. `asset` is None for a scene without one, and `job` for a file that was not generated."""

    scene: Scene
    asset: Asset | None
    job: GenerationJob | None

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON, with the keys in COLUMNS."""
        scene = {"sceneId": self.scene.folder_name, "sceneName": self.scene.name, "position": self.scene.position}
        return scene | self._asset_dict() | self._job_dict()

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """Return the files that went into the request."""
        return input_dicts(self.job) if self.job else []

    @property
    def credentials(self) -> bool | None:
        """Return whether the file has Content Credentials; None before it was checked, and when it is unknown."""
        report = getattr(self.job, "quality", None)
        return report.c2pa if report else None

    def _asset_dict(self) -> dict[str, Any]:
        asset = self.asset
        return {
            "path": asset.relative_path if asset else None,
            "sha256": asset.sha256 if asset else None,
            "source": asset.source if asset else None,
            "take": asset.take if asset else None,
            "chosen": bool(asset and asset.selected),
        }

    def _job_dict(self) -> dict[str, Any]:
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


def load_disclosure(project: Project, *, all_takes: bool = False) -> list[DisclosureRow]:
    """Return a row for the chosen take of each scene, or for all generated files, in the order of the film."""
    shown = Q(selected=True)
    if all_takes:
        shown |= Q(source=Asset.Source.GENERATED)
    assets = Asset.objects.filter(shown, trashed_at=None).select_related("scene__project")
    ordered = Prefetch("assets", assets.order_by("take", "created_at"))
    scenes = list(project.scenes.filter(trashed_at=None).select_related("project").prefetch_related(ordered))
    jobs = _jobs_of_assets([asset for scene in scenes for asset in scene.assets.all()])
    return [row for scene in scenes for row in _scene_rows(scene, jobs)]


def _jobs_of_assets(assets: Sequence[Asset]) -> dict[str, GenerationJob]:
    """Return by asset id the jobs that made these files; the other takes of the film, which may be many, are not read.

    A file has the number of its job, so files behind a job's first one are found, too.
    """
    takes: dict[int, list[int]] = {}
    for asset in assets:
        if asset.take is not None:
            takes.setdefault(asset.scene_id, []).append(asset.take)
    if not takes:
        return {}
    in_film = reduce(or_, (Q(scene=scene_id, take__in=numbers) for scene_id, numbers in takes.items()))
    jobs = GenerationJob.objects.filter(in_film, status=Status.COMPLETED).with_related().with_first_frame()
    return {asset_id: job for job in jobs for asset_id in job.output_asset_ids}


def _scene_rows(scene: Scene, jobs: Mapping[str, GenerationJob]) -> Iterator[DisclosureRow]:
    assets = list(scene.assets.all())
    for asset in assets:
        yield DisclosureRow(scene, asset, jobs.get(str(asset.pk)))
    if not assets:
        yield DisclosureRow(scene, None, None)


def disclosure_csv(rows: Sequence[DisclosureRow]) -> str:
    """Return one line for each row; an input is its path and SHA-256, and several are separated by semicolons."""
    # a cell with nested JSON helps nobody in a spreadsheet; the JSON download has it
    columns = [name for name in COLUMNS if name != "parameters"]
    lines = (row.as_dict() for row in rows)
    return write_csv(columns, ([_cell(line[name]) for name in columns] for line in lines))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(f"{file['path']} {file['sha256']}" for file in value)
    return "" if value is None else str(value)


def disclosure_dict(project: Project, rows: Sequence[DisclosureRow]) -> dict[str, Any]:
    """Return the sheet as JSON."""
    return {
        "projectId": project.slug,
        "projectName": project.name,
        "c2pa": NOT_VERIFIED,
        "files": [row.as_dict() for row in rows],
    }
