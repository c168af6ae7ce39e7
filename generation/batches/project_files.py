"""The scenes and files of a project, by the names that people write in a shot list."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from typing import Any

from generation import references
from generation.runway.catalog import CatalogModel
from generation.runway.request_body import set_at_path
from projects.models import Asset, Project, Scene
from projects.problems import wrong_field

# so many scenes are named to whoever wrote the name of one that does not exist
MAX_NAMED = 12


class ProjectFiles:
    """The scenes of a project and their files, read from the database once."""

    def __init__(self, project: Project) -> None:
        scenes = project.scenes.filter(trashed_at=None).select_related("project").order_by("position", "number")
        self._scenes = list(scenes)
        self._by_name = {scene.name: scene for scene in self._scenes}
        # an id wins over a scene that is named like the id of another
        self._by_name |= {scene.folder_name: scene for scene in self._scenes}
        self._assets: defaultdict[int, list[Asset]] = defaultdict(list)
        assets = Asset.objects.filter(scene__in=self._scenes, trashed_at=None).order_by("created_at", "id")
        for asset in assets:
            self._assets[asset.scene_id].append(asset)

    def scene(self, name: object) -> Scene:
        """Return a scene by its id (`scene-1`) or its name. Raise Problem 422 when there is none."""
        if (scene := self._by_name.get(str(name))) is not None:
            return scene
        names = ", ".join(scene.folder_name for scene in self._scenes[:MAX_NAMED]) or "none yet"
        more = ", …" if len(self._scenes) > MAX_NAMED else ""
        raise wrong_field("scene", f"scene must be one of this project's, by its id or name: {names}{more}.")

    def with_references(self, scene: Scene, model: CatalogModel, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with `asset:{id}` in place of each file name.

        Where the model needs a picture and none is given, the scene's newest is used. Raise Problem 422 for a file
        that does not exist.
        """
        first_frame = model.fields.get("promptImage")
        if first_frame is not None and first_frame.required and "promptImage" not in parameters:
            parameters = {**parameters, "promptImage": references.to_asset(self._newest_picture(scene))}
        resolved = deepcopy(parameters)
        for medium in model.media_references(parameters):
            # addresses and data URIs are stored later, when nothing else is wrong
            if _is_file_name(medium.value):
                asset = self._file(scene, str(medium.path[0]), medium.value)
                set_at_path(resolved, medium.path, references.to_asset(asset))
        return resolved

    def _newest_picture(self, scene: Scene) -> Asset:
        for asset in reversed(self._assets[scene.pk]):
            if asset.kind == Asset.Kind.IMAGE:
                return asset
        raise wrong_field("promptImage", f"{scene.name} has no picture yet: upload one, or name a file.")

    def _file(self, scene: Scene, field: str, name: str) -> Asset:
        """Return the newest file of that name: `first.png` of this scene, `scene-2/images/first.png` of another."""
        folder, _, file_name = name.rpartition("/")
        scene = self._by_name.get(folder.partition("/")[0], scene) if folder else scene
        for asset in reversed(self._assets[scene.pk]):
            if asset.file_name == file_name:
                return asset
        raise wrong_field(
            field,
            f"{field}: there is no file {name} in {scene.folder_name}. Give the name of a file, asset: with its id, or"
            " an address.",
        )


def _is_file_name(value: str) -> bool:
    """Return whether a value is neither `asset:{id}` nor an address or a data URI."""
    # `https:` is the longest scheme; a colon further on may be part of a file name
    return not references.is_reference(value) and ":" not in value[:6]
