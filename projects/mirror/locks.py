"""Locks against two writers of the same file in a project or scene, across processes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from django.conf import settings

from projects.disk.locks import file_lock
from projects.models import Scene

_LOCK = ".lock"


def project_files_locked() -> AbstractContextManager[None]:
    """Lock every project.json, and projects' folders against the trash.

    One lock serves all: these files are small and rarely written, and no lock file stands in a person's folder.
    """
    root = Path(settings.PROJECTS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return file_lock(root / _LOCK)


def scene_file_locked(scene: Scene, seconds: float | None = None) -> AbstractContextManager[None]:
    """Lock a scene's scene.json, and its folder against the trash. Raise FileNotFoundError where that is gone.

    Raise TimeoutError where another process holds it for longer than `seconds`.
    """
    # one for each scene, since scene.json is written after nearly every change, and scenes need not wait for each other
    return file_lock(scene.path / "metadata" / _LOCK, seconds)
