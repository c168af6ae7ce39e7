"""What the page of a cut knows: the cut, the scenes, and the files that can be put into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from film.models import ProjectCut
from film.pages.cut_files import files_of_page
from film.timelines import load_timeline
from film.timelines.serializers import cut_dict
from projects.mirror import contributions
from projects.mirror.contributions import SceneActivity
from projects.models import Project


def cut_data(project: Project) -> dict[str, Any]:
    """Return the data of the page, in a fixed number of queries.

    `cut` is that of the JSON API. `scenes` are in their order. `assets` are the files of all scenes; their addresses
    follow from their ids, so that they need not be said a thousand times; `line` is what generated speech says. With
    `more` there are other files, which the page asks for when it needs them.
    """
    timeline = load_timeline(project)
    cut = cut_dict(timeline)
    assets, more = files_of_page(project, cut)
    row = ProjectCut.objects.filter(project=project).values_list("revision__parent", "revision", "undone").first()
    return {
        "cut": cut,
        "scenes": list(_scenes(project, {clip.scene: clip.prompt for clip in timeline.clips})),
        "assets": assets,
        "more": more,
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
