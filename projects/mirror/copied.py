"""A scene's folder that was copied from another scene, project or studio: its paths are those of this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from projects.disk.layout import scene_number
from projects.models import Scene

# the keys in scene.json whose texts are paths below the project's folder
_PATHS = {"path", "originalPath", "promptImage"}


def relocated(scene: Scene, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scene.json with paths below this scene's folder, where it was written for one of another number."""
    written_for = data.get("id")
    if written_for == scene.folder_name or not isinstance(written_for, str) or not scene_number(written_for):
        return dict(data)
    return {key: _with_paths(value, f"{written_for}/", f"{scene.folder_name}/") for key, value in data.items()}


def _with_paths(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_with_paths(each, old, new) for each in value]
    if not isinstance(value, dict):
        return value
    moved = {key: _with_paths(each, old, new) for key, each in value.items()}
    for key in _PATHS & moved.keys():
        if isinstance(moved[key], str) and moved[key].startswith(old):
            moved[key] = new + moved[key].removeprefix(old)
    return moved
