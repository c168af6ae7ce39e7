"""What a person can do with projects, scenes, files and members; pages, API, admin and commands call these."""

from projects.actions.assets import change_asset, restore_asset, trash_asset
from projects.actions.members import add_member, change_member, remove_member
from projects.actions.new_assets import add_generated, store_upload, store_uploads
from projects.actions.posters import poster_of, sprite_of
from projects.actions.projects import create_project, rename_project, restore_project, trash_project
from projects.actions.scenes import change_scene, create_scene, restore_scene, trash_scene
from projects.actions.several_scenes import move_scenes, restore_scenes, tag_scenes, trash_scenes

__all__ = [
    "add_generated",
    "add_member",
    "change_asset",
    "change_member",
    "change_scene",
    "create_project",
    "create_scene",
    "move_scenes",
    "poster_of",
    "remove_member",
    "rename_project",
    "restore_asset",
    "restore_project",
    "restore_scene",
    "restore_scenes",
    "sprite_of",
    "store_upload",
    "store_uploads",
    "tag_scenes",
    "trash_asset",
    "trash_project",
    "trash_scene",
    "trash_scenes",
]
