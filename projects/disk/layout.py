"""Names in a project's folder: which folders a scene has, and what the files of ours in them are called.

PROJECTS_ROOT/.trash/ .uploads/
              my-film/project.json
                      .trash/
                      scene-1/images/ audio/ videos/ metadata/ exports/
                      scene-1/images/originals/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from projects.disk.flush import sync_folder

FOLDER_BY_KIND: Mapping[str, str] = MappingProxyType({"image": "images", "audio": "audio", "video": "videos"})
"""Where a scene keeps the assets of each kind."""
KIND_BY_FOLDER: Mapping[str, str] = MappingProxyType({folder: kind for kind, folder in FOLDER_BY_KIND.items()})
SCENE_FOLDERS = (*FOLDER_BY_KIND.values(), "metadata", "exports")
ORIGINALS = "originals"
"""In `images/`: the pictures that were converted when they were uploaded, as they came."""
TRASH = ".trash"
UPLOADS = ".uploads"
"""In PROJECTS_ROOT: where an upload is kept while it arrives, in files without a name."""
TEMPORARY_PREFIX = ".incoming-"
"""Begins the name of every file that is still being written. Dot-names are left out of listings."""


_SCENE = re.compile(r"scene-([1-9][0-9]{0,8})", re.ASCII)


def scene_number(folder_name: str) -> int | None:
    """Return the number of a scene by its folder's name, `scene-3`; None for any other text, such as `scene-03`."""
    match = _SCENE.fullmatch(folder_name)
    return int(match[1]) if match else None


def make_scene_folders(path: Path) -> None:
    """Make the five folders of the scene at `path`, those that are missing, and flush their parents.

    Raise FileNotFoundError without the project's folder: it may have been moved to the trash at this moment.
    """
    missing = [path / name for name in SCENE_FOLDERS if not (path / name).is_dir()]
    if not missing:
        return
    for folder in (path, *missing):
        folder.mkdir(exist_ok=True)
    sync_folder(path)
    sync_folder(path.parent)


def sidecar_name(file_name: str) -> str:
    """Return the name in `metadata/` of the record about a generated file, `take-001.json` for `take-001.mp4`."""
    return f"{Path(file_name).stem}.json"


def part_path(folder: Path, key: str) -> Path:
    """Return where a download grows until it is whole: the same path at every attempt, so that it can be resumed."""
    return folder / f"{TEMPORARY_PREFIX}part-{key}"
