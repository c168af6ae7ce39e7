"""`field=value`, as people write it in a terminal, by the names of the catalogue; files by their path.

A value is text, and means what its field takes. One that begins with [ or { is JSON; the files of a list stand with
commas between them; a field within another is named by its place, as in a form: `keyframes.0.at=0.5`.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generation import references
from generation.forms import data as filled
from generation.forms.shapes import Shape, items, shape, stands_alone
from generation.runway.catalog import CatalogModel, MediaInfo
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import Object
from generation.runway.catalog.media import MediaReference
from generation.runway.request_body import set_at_path
from projects.actions import assets
from projects.disk import probe
from projects.disk.probe import Media
from projects.disk.recordings import frame_rate
from projects.models import Scene
from projects.problems import FieldProblem, Problem, wrong_field, wrong_fields

EXAMPLE = "duration=5"


def read(model: CatalogModel, settings: Sequence[str]) -> dict[str, Any]:
    """Parameters with paths where files go. Problem 422 names each field that the model does not take so."""
    given = dict(_pair(each) for each in settings)
    found = {name: value(field, name, given) for name, field in model.fields.items()}
    found |= {name: text for name, text in given.items() if name.split(".")[0] not in model.fields}
    parameters = {name: value for name, value in found.items() if value is not None}
    if problems := [*model.check(parameters), *_not_understood(model, given, parameters)]:
        raise wrong_fields(*problems)
    return parameters


def _not_understood(model: CatalogModel, given: Mapping[str, str], parameters: Mapping[str, Any]) -> list[FieldProblem]:
    """Names of places within a field that are none of its."""
    known = [(name, model.fields[name]) for name in parameters if name in model.fields]
    read = {place for name, field in known for place, _ in filled.write(field, name, parameters[name])}
    within = [name for name in given if "." in name and name not in read and name.split(".")[0] in model.fields]
    return [
        FieldProblem(name, f"{name}: {model.name} has no such place; {outer} is {model.fields[outer].allowed()}.")
        for name in within
        for outer in [name.split(".")[0]]
    ]


def measures(model: CatalogModel, parameters: Mapping[str, Any]) -> dict[str, list[MediaInfo]]:
    """What the price has to know of the files on this machine."""
    found: dict[str, list[MediaInfo]] = {}
    for medium in model.media_references(parameters):
        if (path := _path(medium)) is not None:
            told = _inspected(medium, path)
            fps = frame_rate(path) if told.kind == "video" else None
            known = MediaInfo(told.duration, told.width, told.height, fps)
            found.setdefault(str(medium.path[0]), []).append(known)
    return found


def store(scene: Scene, model: CatalogModel, parameters: dict[str, Any]) -> None:
    """Each file goes into the scene, and its asset stands in its place; one that the scene has is not stored again."""
    paths = [(medium, path) for medium in model.media_references(parameters) if (path := _path(medium)) is not None]
    for medium, path in paths:
        sha256 = _inspected(medium, path).sha256
        known = scene.assets.filter(kind=medium.field.kind, sha256=sha256, trashed_at=None).first()
        if known is not None:
            set_at_path(parameters, medium.path, references.to_asset(known))
            continue
        with path.open("rb") as file:
            kept = assets.store_upload(
                scene, path.name, iter(lambda: file.read(2**20), b""), only=medium.field.kind, field=_name(medium)
            )
        set_at_path(parameters, medium.path, references.to_asset(kept))


def _inspected(medium: MediaReference, path: Path) -> Media:
    try:
        return probe.inspect(path)
    except Problem as problem:
        raise wrong_field(_name(medium), f"{_name(medium)}, {path}: {problem.message}") from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise wrong_field("set", f"{text}: write it as field=value, such as {EXAMPLE}.")
    return name.strip(), value


def value(field: Field, name: str, given: Mapping[str, str]) -> Any:
    """What the text means for its field; None where nothing was given."""
    text = given.get(name, "").strip()
    found = shape(field)
    if text[:1] in ("[", "{") and found != Shape.PLAIN:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise wrong_field(name, f"{name} is no valid JSON: {error}.") from None
    if text and found == Shape.FILES:
        return _files(field, text)
    return filled.read(field, name, given, _kind_by_name)


def _files(field: Field, text: str) -> Any:
    """One where it may stand alone, or is an address, which may have commas in it; else a list of them."""
    if stands_alone(field):
        return text
    item, whole = items(field), text.startswith(("data:", "http:", "https:"))
    files = [text] if whole else [each.strip() for each in text.split(",")]
    return [filled.with_file(item, each) if isinstance(item, Object) else each for each in files]


def _kind_by_name(path: str) -> str:
    return (mimetypes.guess_type(path)[0] or "").partition("/")[0]


def _path(medium: MediaReference) -> Path | None:
    """None where it is an address, a data URI, or a file of the project."""
    if medium.value.startswith((references.PREFIX, "data:", "http:", "https:")):
        return None
    path = Path(medium.value).expanduser()
    if not path.is_file():
        raise wrong_field(_name(medium), f"{_name(medium)}: there is no file {medium.value}.")
    return path


def _name(medium: MediaReference) -> str:
    return ".".join(map(str, medium.path))
