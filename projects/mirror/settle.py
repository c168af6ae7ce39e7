"""Let rows that were made of a folder count as written, where they say the same as its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from projects.mirror import contributions, evidence
from projects.mirror.contributions import SceneFiles
from projects.mirror.parse import moment
from projects.mirror.scene_file import scene_dict
from projects.models import Scene


def settle_scene(scene: Scene, data: Mapping[str, Any]) -> bool:
    """Give a new scene the version and the time of its scene.json, if they say the same; return whether they do.

    The caller has made the row of each of its files exactly as its entry says.
    """
    version = evidence.number(data.get("version"))
    if not version:
        return False
    updated_at = moment(data.get("updatedAt"))
    rows = Scene.objects.filter(pk=scene.pk)
    rows.update(version=version, updated_at=updated_at)
    row = rows.select_related("project").get()
    contributed = contributions.jobs().scene_files([row]).get(row.pk, SceneFiles())
    # the rows of files were just made of these entries, and a hundred thousand are not made JSON again
    current = scene_dict(row, contributed, []) | {"assets": data.get("assets"), "status": data.get("status")}
    is_same = current == {key: value for key, value in data.items() if key != "schema"}
    if is_same:
        rows.update(mirrored_version=version)
    return is_same
