"""The scenes and files of a project, by the names that people write in a shot list."""

from __future__ import annotations

import re
from collections import defaultdict
from copy import deepcopy
from typing import Any

from django.utils.translation import gettext as _

from generation import references
from generation.actions.fit_picture import chosen_ratio, fit_picture
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.media import MediaReference
from generation.runway.request_body import set_at_path
from projects.actions.by_name import scenes_by_name
from projects.disk.layout import KIND_BY_FOLDER
from projects.disk.name_matching import FileNameIndex
from projects.models import Asset, Project, Scene
from projects.problems import wrong_field

# so many scenes are named to whoever wrote the name of one that does not exist
MAX_NAMED = 12


class ProjectFiles:
    """The scenes of a project and their files, read from the database once."""

    def __init__(self, project: Project) -> None:
        scenes = project.scenes.filter(trashed_at=None).select_related("project").order_by("position", "number")
        self._scenes = list(scenes)
        self._by_name = scenes_by_name(self._scenes)
        self._names: dict[int, FileNameIndex[Asset]] = {}
        self._assets: defaultdict[int, list[Asset]] = defaultdict(list)
        assets = Asset.objects.filter(scene__in=self._scenes, trashed_at=None).order_by("created_at", "id")
        for asset in assets:
            self._assets[asset.scene_id].append(asset)

    def scene(self, name: object) -> Scene:
        """Return a scene by its id (`scene-1`) or its name. Raise Problem 422 when there is none, or several."""
        if scene := self._find_scene("" if name is None else str(name)):
            return scene
        names = ", ".join(scene.folder_name for scene in self._scenes[:MAX_NAMED]) or _("none yet")
        more = ", …" if len(self._scenes) > MAX_NAMED else ""
        raise wrong_field(
            "scene",
            _("scene must be one of this project's, by its id or name: {names}{more}.").format(names=names, more=more),
        )

    def with_cropped_frame(self, model: CatalogModel, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with the middle of a first frame that Runway would refuse for its shape."""
        key = references.frame_id(parameters, "first")
        picture = next((asset for assets in self._assets.values() for asset in assets if asset.pk == key), None)
        if picture is None or picture.kind != Asset.Kind.IMAGE:
            return parameters
        cropped = fit_picture(model, chosen_ratio(model, parameters), picture)
        return parameters if cropped is picture else references.with_first_frame(parameters, cropped.pk)

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
            if references.is_file_name(medium.value):
                asset = self._file(scene, medium)
                set_at_path(resolved, medium.path, references.to_asset(asset))
        return resolved

    def _newest_picture(self, scene: Scene) -> Asset:
        for asset in reversed(self._assets[scene.pk]):
            if asset.kind == Asset.Kind.IMAGE:
                return asset
        raise wrong_field(
            "promptImage", _("{name} has no picture yet: upload one, or name a file.").format(name=scene.name)
        )

    def _find_scene(self, name: str) -> Scene | None:
        # pandas writes a column of numbers with a gap as 12.0
        return self._by_name.find(name) or self._by_name.find(re.sub(r"(?<=[0-9])\.0$", "", name))

    def _file(self, scene: Scene, medium: MediaReference) -> Asset:
        """Return the file of a name: `first.png` of this scene, `scene-2/images/first.png` of another.

        Raise Problem 422 when there is none, or when there are several different ones.
        """
        field, name = str(medium.path[0]), medium.value
        matches = self._matches(scene, name)
        # a clip of the same name is no first frame
        matches = [asset for asset in matches if asset.kind == medium.field.kind] or matches
        if len({asset.sha256 for asset in matches}) > 1:
            names = ", ".join(asset.file_name for asset in matches)
            raise wrong_field(
                field,
                _("{field}: {name} may be any of {names}. Give one of these names.").format(
                    field=field, name=name, names=names
                ),
            )
        if matches:
            return matches[-1]
        raise wrong_field(
            field,
            _(
                "{field}: there is no file {name} in {folder_name}. Give the name of a file, asset: with its id, "
                "or an address."
            ).format(field=field, name=name, folder_name=scene.folder_name),
        )

    def _matches(self, scene: Scene, name: str) -> list[Asset]:
        """Return the files of a name in the scene, or in the one that its path begins with."""
        # the Finder shows a slash where the name has a colon
        if matches := self._file_names(scene).find(name.replace("/", ":")):
            return matches
        *folders, file_name = re.split(r"[/\\]", name)
        if other := self._by_name.find(folders[0]) if folders else None:
            scene = other
        elif folders and folders[0] not in KIND_BY_FOLDER and folders[0] != scene.folder_name:
            return []
        return self._file_names(scene).find(file_name)

    def _file_names(self, scene: Scene) -> FileNameIndex[Asset]:
        """Return the index of a scene's files, the oldest first."""
        if scene.pk not in self._names:
            files = ((asset.file_name, asset.original_name, asset) for asset in self._assets[scene.pk])
            self._names[scene.pk] = FileNameIndex(files)
        return self._names[scene.pk]
