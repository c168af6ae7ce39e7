"""The files of a project as media of a film, read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from film.document.rate import Rate
from film.document.timeline import Medium
from generation.models import GenerationJob
from projects.disk.layout import FOLDER_BY_KIND
from projects.mirror.best_asset import BestAsset, annotate_best_asset, best_asset
from projects.models import Asset, Project, Scene

_KINDS: dict[str, Literal["video", "image", "audio"]] = {"video": "video", "image": "image", "audio": "audio"}
_KEYS_AT_ONCE = 1000
Key = TypeVar("Key")


@dataclass
class SceneMedia:
    """A scene, what stands for it in the film, and the words on its card while that is nothing."""

    scene: Scene
    best: BestAsset | None
    takes: tuple[Medium, ...] = ()
    """All of its takes, where they were asked for."""


class ProjectMedia:
    """What clips and sounds of a project may show."""

    def __init__(self, project: Project, rate: Rate) -> None:
        """Media have their lengths in frames of `rate`."""
        self._project = project
        self._rate = rate
        self._best: dict[int, Medium | None] = {}
        self._assets_by_id: dict[str, tuple[str, Medium]] = {}

    @cached_property
    def scenes(self) -> dict[str, SceneMedia]:
        """The scenes in the order of the film, by the names of their folders. Two queries."""
        rows = list(annotate_best_asset(self._project.scenes.filter(trashed_at=None)))
        for row in rows:
            row.project = self._project
        return {row.folder_name: SceneMedia(row, best_asset(row)) for row in rows}

    @cached_property
    def prompts(self) -> dict[str, str]:
        """The prompt of the newest request of each scene that has no file to show."""
        empty = [each.scene.pk for each in self.scenes.values() if each.best is None]
        newest = GenerationJob.objects.filter(scene=OuterRef("pk")).order_by("-created_at").values("pk")[:1]
        jobs = Scene.objects.filter(pk__in=empty).order_by().annotate(newest=Subquery(newest)).values("newest")
        columns = GenerationJob.objects.filter(pk__in=jobs).order_by().values_list("scene__number", "parameters")
        return {f"scene-{number}": str(parameters.get("promptText") or "") for number, parameters in columns}

    def prompts_of(self, files: Iterable[str]) -> dict[str, str]:
        """Return the prompt of each of these files that was made from one, by id. One query for each thousand."""
        keys, prompts = [UUID(file) for file in sorted(set(files))], {}
        for part in key_parts(keys):
            jobs = GenerationJob.objects.filter(asset__in=part).order_by()
            for asset, parameters in jobs.values_list("asset", "parameters"):
                prompts[str(asset)] = str(parameters.get("promptText") or "")
        return prompts

    def best(self, scene: SceneMedia) -> Medium | None:
        """Return the file that stands for a scene."""
        key = scene.scene.pk
        if key not in self._best:
            self._best[key] = self._medium_of(scene, scene.best) if scene.best else None
        return self._best[key]

    def _medium_of(self, scene: SceneMedia, best: BestAsset) -> Medium:
        kind: str = Asset.Kind.VIDEO if best.is_clip else Asset.Kind.IMAGE
        path = f"{scene.scene.folder_name}/{FOLDER_BY_KIND[kind]}/{best.file_name}"
        frames = self._rate.frames(best.seconds or 0) if best.is_clip else 0
        return Medium(
            asset=str(best.poster.asset_id),
            kind="video" if best.is_clip else "image",
            path=path,
            sha256=best.sha256,
            frames=frames,
            width=best.width,
            height=best.height,
            take=best.take,
            has_sound=best.has_sound is not False,
        )

    def load_assets(self, ids: Iterable[str]) -> dict[str, tuple[str, Medium]]:
        """Return the scene and the medium of each of these assets that the project has, by id; each is read once."""
        wanted = set(ids)
        keys = [key for key in map(_as_uuid, wanted - self._assets_by_id.keys()) if key]
        for part in key_parts(keys):
            several = self._assets().filter(pk__in=part).order_by()
            self._assets_by_id |= {medium.asset: (scene, medium) for scene, medium in self._read(several)}
        return {id: self._assets_by_id[id] for id in wanted if id in self._assets_by_id}

    def load_takes(self) -> None:
        """Add to each scene all of its takes, oldest first. One query."""
        by_scene: defaultdict[str, list[Medium]] = defaultdict(list)
        # by the keys of scenes: with few scenes SQLite would rather read the videos of all projects
        keys = [each.scene.pk for each in self.scenes.values()]
        videos = Asset.objects.filter(scene__in=keys, kind=Asset.Kind.VIDEO, trashed_at=None)
        for scene, medium in self._read(videos.order_by("take", "created_at")):
            by_scene[scene].append(medium)
        for name, takes in by_scene.items():
            self.scenes[name].takes = tuple(takes)

    def all(self) -> list[Medium]:
        """Return every file of the project. One query."""
        return [medium for _, medium in self._read(self._assets().order_by())]

    def _assets(self) -> QuerySet[Asset]:
        return Asset.objects.filter(scene__project=self._project, scene__trashed_at=None, trashed_at=None)

    def _read(self, assets: QuerySet[Asset]) -> Iterator[tuple[str, Medium]]:
        """Yield the scene's folder and the medium of each asset. Rows as tuples: there may be thousands."""
        names = (
            "pk",
            "scene__number",
            "kind",
            "file_name",
            "sha256",
            "duration",
            "width",
            "height",
            "take",
            "has_sound",
        )
        for pk, number, kind, file_name, sha256, seconds, width, height, take, has_sound in assets.values_list(*names):
            scene = f"scene-{number}"
            yield (
                scene,
                Medium(
                    asset=str(pk),
                    kind=_KINDS[kind],
                    path=f"{scene}/{FOLDER_BY_KIND[kind]}/{file_name}",
                    sha256=sha256,
                    frames=0 if kind == Asset.Kind.IMAGE else self._rate.frames(seconds or 0),
                    width=width or 0,
                    height=height or 0,
                    take=take,
                    has_sound=has_sound is not False,
                ),
            )


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def key_parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Yield the keys of files by the thousand, for a query each."""
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        yield keys[start : start + _KEYS_AT_ONCE]
