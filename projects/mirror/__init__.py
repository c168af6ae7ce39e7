"""Rows and files of the same thing: scene.json and project.json out of rows, and rows out of folders."""

from projects.mirror.repair import at_start, take_in_newer, write_behind
from projects.mirror.scene_file import PROJECT_FILE, SCENE_FILE, asset_dict, scene_dicts
from projects.mirror.write import (
    FolderIsNewer,
    changed,
    changed_document,
    changed_project,
    write_document,
    write_project,
    write_scene,
)

__all__ = [
    "PROJECT_FILE",
    "SCENE_FILE",
    "FolderIsNewer",
    "asset_dict",
    "at_start",
    "changed",
    "changed_document",
    "changed_project",
    "scene_dicts",
    "take_in_newer",
    "write_behind",
    "write_document",
    "write_project",
    "write_scene",
]
