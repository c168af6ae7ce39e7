"""Whether scene.json and project.json say what the rows say."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from projects.mirror import evidence
from projects.mirror.scene_file import PROJECT_FILE, project_dict
from projects.models import Project, Scene
from projects.text.json_input import load_kept_json

CURRENT: Final = "current"
BEHIND: Final = "behind"
AHEAD: Final = "ahead"


def scene_file_state(scene: Scene, path: Path) -> str:
    """Return whether a scene.json is as new as its row, by its version; one that cannot be read is behind."""
    stored = evidence.stored_version(path)
    if stored and stored > scene.version:
        return AHEAD
    return CURRENT if stored == scene.version == scene.mirrored_version else BEHIND


def is_project_file_current(project: Project) -> bool:
    """Return whether project.json is what the rows make it."""
    try:
        return bool(load_kept_json((project.path / PROJECT_FILE).read_bytes()) == project_dict(project))
    except (OSError, ValueError):
        return False
