"""Files of this machine in the parameters of a request, as the command line gives them: by their path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from generation import references
from generation.runway.catalog import CatalogModel, MediaInfo
from generation.runway.catalog.media import MediaReference
from generation.runway.request_body import set_at_path
from projects.actions import new_assets
from projects.disk import decoding
from projects.disk.decoding import frame_rate
from projects.disk.media import Media
from projects.disk.name_matching import find_file
from projects.models import Scene
from projects.problems import Problem, wrong_field


def measure_files(model: CatalogModel, parameters: dict[str, Any]) -> dict[str, list[MediaInfo]]:
    """Return what the price depends on, by field. Raise Problem 422 for a file that is missing or no media file."""
    measures: dict[str, list[MediaInfo]] = {}
    for medium, path in _local_files(model, parameters):
        media = _inspect(medium, path)
        fps = frame_rate(path) if media.kind == "video" else None
        info = MediaInfo(media.duration, media.width, media.height, fps)
        measures.setdefault(str(medium.path[0]), []).append(info)
    return measures


def store_files(scene: Scene, model: CatalogModel, parameters: dict[str, Any]) -> None:
    """Store each file in the scene, unless the scene has it, and put the reference of its asset in its place."""
    for medium, path in _local_files(model, parameters):
        # the same file in a second request is not stored again
        sha256 = _inspect(medium, path).sha256
        asset = scene.assets.filter(kind=medium.field.kind, sha256=sha256, trashed_at=None).first()
        if asset is None:
            with path.open("rb") as file:
                chunks = iter(lambda: file.read(2**20), b"")
                asset = new_assets.store_upload(scene, path.name, chunks, only=medium.field.kind, field=_name(medium))
        set_at_path(parameters, medium.path, references.to_asset(asset))


def _local_files(model: CatalogModel, parameters: dict[str, Any]) -> list[tuple[MediaReference, Path]]:
    """Return the files that are neither an address nor a file of the project."""
    media = model.media_references(parameters)
    return [(medium, _path(medium)) for medium in media if references.is_file_name(medium.value)]


def _path(medium: MediaReference) -> Path:
    path = find_file(Path(medium.value).expanduser())
    if path is None:
        raise wrong_field(
            _name(medium), _("{name}: there is no file {medium}.").format(name=_name(medium), medium=medium.value)
        )
    return path


def _inspect(medium: MediaReference, path: Path) -> Media:
    try:
        return decoding.inspect(path)
    except Problem as problem:
        raise wrong_field(_name(medium), f"{_name(medium)}, {path}: {problem.message}") from None


def _name(medium: MediaReference) -> str:
    return ".".join(map(str, medium.path))
