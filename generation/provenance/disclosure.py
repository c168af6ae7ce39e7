"""The disclosure sheet of a film: what in it was generated, with what, by whom, when, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from generation.models import GenerationJob
from generation.models.status import Status
from generation.provenance.films import Film, Medium, film_named, films_of
from generation.provenance.sidecar import NOT_VERIFIED, input_dicts
from generation.serializers import plain_number
from projects.models import Asset, Project, Scene
from projects.text.iso_time import iso_time
from projects.web.csv import write_csv

COLUMNS = (
    "sceneId", "sceneName", "position", "path", "sha256", "source", "take", "chosen", "kind", "model", "promptText",
    "parameters", "inputs", "person", "createdAt", "finishedAt", "creditsCharged", "taskId", "c2paPresent", "verdict",
    "films",
)  # fmt: skip


MAX_SHOWN = 100
"""So many takes a page shows; the downloads have all of them."""


@dataclass(frozen=True)
class DisclosureRow:
    """A file of the film. `asset` is None for a scene without one, and `job` for a file that was not generated."""

    scene: Scene
    asset: Asset | None
    job: GenerationJob | None
    films: Sequence[str] = ()
    """The names of the finished films that it is in."""

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON, with the keys in COLUMNS."""
        scene = {"sceneId": self.scene.folder_name, "sceneName": self.scene.name, "position": self.scene.position}
        return scene | self._asset_dict() | self._job_dict() | {"films": list(self.films)}

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


@dataclass(frozen=True)
class Disclosure:
    """The rows of a sheet, in the order of the scenes."""

    rows: Sequence[DisclosureRow]
    films: Sequence[Film]
    """The finished films of the project, newest first."""
    film: Film | None = None
    """The one whose files the rows are."""
    is_part: bool = False
    """Whether there are more files than these."""

    @property
    def gone(self) -> list[Medium]:
        """The files of the film that the project does not have any more."""
        present = {str(row.asset.pk) for row in self.rows if row.asset}
        return [medium for medium in self.film.media if medium.asset not in present] if self.film else []


def load_disclosure(
    project: Project, *, all_takes: bool = False, film: str = "", most: int | None = None
) -> Disclosure:
    """Return the chosen take of each scene, all generated files, or the files that are in the film with this id.

    Of all generated files only the first `most`. Raise Problem 404 for a film that is not finished.
    """
    films = films_of(project.pk)
    if film:
        chosen = film_named(films, film)
        assets = Asset.objects.filter(pk__in=[medium.asset for medium in chosen.media])
        # also what is in the trash now
        rows = [row for row in _rows(project, assets, films, Q()) if row.asset]
        return Disclosure(rows, films, chosen)
    shown = Q(selected=True)
    if all_takes:
        shown |= Q(source=Asset.Source.GENERATED)
    assets, of_scenes, is_part = Asset.objects.filter(shown, trashed_at=None), Q(trashed_at=None), False
    if all_takes and most is not None:
        keys, scenes = _first(project, assets, most + 1)
        is_part = len(keys) > most
        assets, of_scenes = Asset.objects.filter(pk__in=keys[:most]), Q(pk__in=scenes)
    return Disclosure(_rows(project, assets, films, of_scenes), films, is_part=is_part)


def _first(project: Project, assets: QuerySet[Asset], most: int) -> tuple[list[UUID], list[int]]:
    """Return the first files in the order of the sheet, and the scenes up to the one that has the last of them."""
    keys: list[UUID] = []
    scenes: list[int] = []
    for scene in project.scenes.filter(trashed_at=None).values_list("pk", flat=True):
        # one scene after the other: the films with thousands of takes have few scenes
        ordered = assets.filter(scene=scene).order_by("take", "created_at")
        keys += ordered.values_list("pk", flat=True)[: most - len(keys)]
        scenes.append(scene)
        if len(keys) == most:
            break
    return keys, scenes


def _rows(project: Project, assets: QuerySet[Asset], films: Sequence[Film], of_scenes: Q) -> list[DisclosureRow]:
    ordered = Prefetch("assets", assets.select_related("scene__project").order_by("take", "created_at"))
    scenes = list(project.scenes.filter(of_scenes).select_related("project").prefetch_related(ordered))
    jobs = _jobs_of_assets([asset for scene in scenes for asset in scene.assets.all()])
    names: dict[str, list[str]] = {}
    for film in films:
        for medium in film.media:
            names.setdefault(medium.asset, []).append(film.name)
    return [row for scene in scenes for row in _scene_rows(scene, jobs, names)]


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


def _scene_rows(
    scene: Scene, jobs: Mapping[str, GenerationJob], films: Mapping[str, Sequence[str]]
) -> Iterator[DisclosureRow]:
    assets = list(scene.assets.all())
    for asset in assets:
        key = str(asset.pk)
        yield DisclosureRow(scene, asset, jobs.get(key), films.get(key, ()))
    if not assets:
        yield DisclosureRow(scene, None, None)


def disclosure_csv(sheet: Disclosure) -> str:
    """Return one line for each row; an input is its path and SHA-256, and several are separated by semicolons."""
    # a cell with nested JSON helps nobody in a spreadsheet; the JSON download has it
    columns = [name for name in COLUMNS if name != "parameters"]
    lines = (row.as_dict() for row in sheet.rows)
    return write_csv(columns, ([_cell(line[name]) for name in columns] for line in lines))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(each if isinstance(each, str) else f"{each['path']} {each['sha256']}" for each in value)
    return "" if value is None else str(value)


def disclosure_dict(project: Project, sheet: Disclosure) -> dict[str, Any]:
    """Return the sheet as JSON."""
    return {
        "projectId": project.slug,
        "projectName": project.name,
        "c2pa": NOT_VERIFIED,
        "film": sheet.film.as_dict() if sheet.film else None,
        "films": [film.as_dict() for film in sheet.films],
        "files": [row.as_dict() for row in sheet.rows],
        "gone": [{"path": medium.path, "sha256": medium.sha256} for medium in sheet.gone],
    }
