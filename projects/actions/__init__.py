"""What a person can do with projects, scenes and files; pages, API, admin and commands call these."""

from projects.actions.assets import (
    add_generated,
    change_asset,
    poster_of,
    restore_asset,
    store_upload,
    trash_asset,
)
from projects.actions.projects import (
    change_scene,
    checked_name,
    create_project,
    create_scene,
    rename_project,
    restore_project,
    restore_scene,
    trash_project,
    trash_scene,
)

__all__ = [
    "add_generated",
    "change_asset",
    "change_scene",
    "checked_name",
    "create_project",
    "create_scene",
    "poster_of",
    "rename_project",
    "restore_asset",
    "restore_project",
    "restore_scene",
    "store_upload",
    "trash_asset",
    "trash_project",
    "trash_scene",
]
