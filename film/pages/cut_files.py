"""The files that can be put into a cut: all of them at once, or, of a large film, those that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from film.timelines.media import key_parts
from film.timelines.speech import speech_lines
from projects.mirror.best_asset import annotate_best_asset, best_asset
from projects.models import Asset, Project, Scene
from projects.models.asset import take_or_zero

MAX_FILES = 300
"""A film with more files than this gives its page the ones that the film shows, and the others on demand."""
MAX_FOUND = 200
"""So many files are given at once: the newest of a scene, or the first that a search finds."""
SPEECH = "speech"
KINDS = (*Asset.Kind.values, SPEECH)
_COLUMNS = ("pk", "scene__number", "kind", "take", "duration", "file_name", "selected", "has_sound", "created_at")
_BEST_FIRST = ("-selected", "-kind", take_or_zero().desc(), "-created_at")


class Row(NamedTuple):
    """The columns of a file."""

    pk: UUID
    number: int
    kind: str
    take: int | None
    seconds: float | None
    name: str
    chosen: bool
    has_sound: bool | None
    created_at: Any

    @property
    def label(self) -> str:
        """What the page calls the file."""
        return _("Take {take}").format(take=self.take) if self.take and self.kind == Asset.Kind.VIDEO else self.name


def files_of_page(project: Project, cut: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """Return the files of a film, and whether these are only a part of them.

    Of a large film they are those that the cut has and the best of each scene. `cut` is that of the JSON API.
    """
    rows = _read(_files(project).order_by()[: MAX_FILES + 1])
    is_part = len(rows) > MAX_FILES
    if is_part:
        keys = _used(cut) | _best(project)
        # by the keys alone: beside another condition PostgreSQL would look for them in all files of the film
        parts = key_parts(sorted(keys))
        rows = [row for part in parts for row in _read(Asset.objects.filter(pk__in=part).order_by())]
    return _dicts(_in_order(rows)), is_part


def files_of_scene(scene: Scene) -> list[dict[str, Any]]:
    """Return the newest clips and pictures of a scene, the oldest of them first."""
    files = Asset.objects.filter(scene=scene, trashed_at=None).exclude(kind=Asset.Kind.AUDIO)
    return _dicts(_in_order(_read(files.order_by(*_BEST_FIRST)[:MAX_FOUND])))


def find_files(project: Project, kind: str, words: str) -> list[dict[str, Any]]:
    """Return the first files of a kind with these words in their own and their scene's name, scene after scene.

    In each scene the newest first. `kind` is one of `KINDS`.
    """
    found: list[dict[str, Any]] = []
    for scene in project.scenes.filter(trashed_at=None).order_by("position", "number"):
        for row, line in _of_kind(scene, kind):
            # in the order in which the page shows them
            names = (scene.name, row.label) if kind == Asset.Kind.VIDEO else (line or row.name, scene.name)
            if words in " ".join(names).lower():
                found.append(_dict(row, line))
                if len(found) == MAX_FOUND:
                    return found
    return found


def _of_kind(scene: Scene, kind: str) -> Iterator[tuple[Row, str]]:
    """Yield a scene's files of a kind, each with what it says."""
    stored = Asset.Kind.AUDIO if kind == SPEECH else kind
    files = Asset.objects.filter(scene=scene, trashed_at=None, kind=stored).order_by(*_BEST_FIRST)
    rows = files.values_list(*_COLUMNS).iterator(chunk_size=MAX_FOUND)
    if stored != Asset.Kind.AUDIO:
        yield from ((Row(*columns), "") for columns in rows)
        return
    sounds = [Row(*columns) for columns in rows]
    lines = _lines(sounds)
    yield from ((row, lines.get(str(row.pk), "")) for row in sounds if kind != SPEECH or str(row.pk) in lines)


def _files(project: Project) -> QuerySet[Asset]:
    return Asset.objects.filter(scene__project=project, scene__trashed_at=None, trashed_at=None)


def _read(files: QuerySet[Asset]) -> list[Row]:
    return [Row(*columns) for columns in files.values_list(*_COLUMNS)]


def _in_order(rows: Iterable[Row]) -> list[Row]:
    # a chosen or newer take stands behind the others
    return sorted(rows, key=lambda row: (row.number, row.take or 0, row.created_at))


def _used(cut: dict[str, Any]) -> set[str]:
    """Return the ids of the files that a cut names or shows."""
    clips = {clip.get(name) for clip in cut["clips"] for name in ("shows", "assetId")}
    return {str(key) for key in clips | {sound["assetId"] for sound in cut["sounds"]} if key}


def _best(project: Project) -> set[str]:
    scenes = annotate_best_asset(project.scenes.filter(trashed_at=None))
    return {str(best.poster.asset_id) for best in map(best_asset, scenes) if best}


def _lines(rows: Iterable[Row]) -> dict[str, str]:
    return speech_lines([row.pk for row in rows if row.kind == Asset.Kind.AUDIO])


def _dicts(rows: list[Row]) -> list[dict[str, Any]]:
    lines = _lines(rows)
    return [_dict(row, lines.get(str(row.pk), "")) for row in rows]


def _dict(row: Row, line: str) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "sceneId": f"scene-{row.number}",
        "kind": row.kind,
        "take": row.take,
        "name": row.name,
        "seconds": row.seconds or 0,
        "chosen": row.chosen,
        "hasSound": bool(row.has_sound),
        "line": line,
    }
