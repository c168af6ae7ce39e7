"""What the page of a cut knows: the cut, the scenes, and every file that can be put into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from film.models import ProjectCut
from film.timelines import load_timeline
from film.timelines.serializers import cut_dict
from film.timelines.speech import speech_lines
from projects.mirror import contributions
from projects.mirror.contributions import SceneActivity
from projects.models import Asset, Project

_COLUMNS = ("pk", "scene__number", "kind", "take", "duration", "file_name", "selected", "has_sound")


def cut_data(project: Project) -> dict[str, Any]:
    """Return the data of the page, in a fixed number of queries.

    `cut` is that of the JSON API. `scenes` are in their order. `assets` are the files of all scenes; their addresses
    follow from their ids, so that they need not be said a thousand times; `line` is what generated speech says.
    """
    timeline = load_timeline(project)
    files = list(_files(project))
    lines = speech_lines([pk for pk, _, kind, *_ in files if kind == Asset.Kind.AUDIO])
    row = ProjectCut.objects.filter(project=project).values_list("revision__parent", "revision", "undone").first()
    return {
        "cut": cut_dict(timeline),
        "scenes": list(_scenes(project, {clip.scene: clip.prompt for clip in timeline.clips})),
        "assets": [_asset(columns) | {"line": lines.get(str(columns[0]), "")} for columns in files],
        "canUndo": bool(row and row[1]),
        "canRedo": bool(row and row[2]),
    }


def _scenes(project: Project, prompts: dict[str | None, str]) -> Iterator[dict[str, Any]]:
    rows = list(project.scenes.filter(trashed_at=None).values_list("pk", "number", "name"))
    activity = contributions.jobs().scene_activity(project, [pk for pk, _, _ in rows])
    for pk, number, name in rows:
        id, progress = f"scene-{number}", activity.get(pk, SceneActivity()).progress
        yield {
            "id": id,
            "name": name,
            "prompt": prompts.get(id, ""),
            "generating": len(progress),
            "progress": max(progress, default=0),
        }


def _files(project: Project) -> Iterator[tuple[Any, ...]]:
    files = Asset.objects.filter(scene__project=project, scene__trashed_at=None, trashed_at=None)
    # a chosen or newer take stands behind the others
    yield from files.order_by("scene", "take", "created_at").values_list(*_COLUMNS)


def _asset(columns: tuple[Any, ...]) -> dict[str, Any]:
    pk, number, kind, take, duration, name, selected, has_sound = columns
    return {
        "id": str(pk),
        "sceneId": f"scene-{number}",
        "kind": kind,
        "take": take,
        "name": name,
        "seconds": duration or 0,
        "chosen": selected,
        "hasSound": bool(has_sound),
    }
