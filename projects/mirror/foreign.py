"""The documents of a bundle, made fit for this studio: nothing in them speaks for its people or for its money.

Who belongs to a project, what may be spent on it and what it has cost holds for the studio that it came from. Ids that
have rows here already are given anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from projects.mirror import contributions
from projects.mirror.deleted_files import DELETED_FILE
from projects.mirror.records import RECORDS
from projects.mirror.scene_file import PROJECT_FILE, SCENE_FILE
from projects.models import Asset
from projects.problems import Problem
from projects.text.document import as_json, check_schema
from projects.text.json_input import load_kept_json

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ROWS_AT_ONCE = 500


def adopt(folder: Path, slug: str) -> None:
    """Rewrite the documents in the folder of a project that becomes `slug`. Raise Problem 409, 422."""
    project = _read(folder / PROJECT_FILE)
    for left_out in ("members", "trashedScenes"):
        project.pop(left_out, None)
    if project:
        _write(folder / PROJECT_FILE, project | {"id": slug})
    for document in contributions.documents():
        if data := _read(folder / document.name):
            _write(folder / document.name, document.adopted(data))
    for metadata in sorted(folder.glob("scene-*/metadata")):
        _adopt_scene(metadata, slug)
    _give_new_ids(folder)


def _adopt_scene(metadata: Path, slug: str) -> None:
    jobs = contributions.jobs()
    (metadata / DELETED_FILE).unlink(missing_ok=True)
    if scene := _read(metadata / SCENE_FILE):
        scene["generation"] = jobs.adopted_requests(scene.get("generation"))
        _write(metadata / SCENE_FILE, scene | {"projectId": slug})
    for path in sorted((metadata / RECORDS).glob("*.json")):
        record = jobs.adopted_record(_read(path))
        path.unlink() if record is None else _write(path, record)


def _give_new_ids(folder: Path) -> None:
    """Give every id anew if one of them has a row here: the bundle is a copy of a project that is here."""
    ids = {text for path in _documents(folder) for text in _UUID.findall(path.read_text(errors="replace"))}
    keys = [UUID(text) for text in ids]
    some = (keys[at : at + _ROWS_AT_ONCE] for at in range(0, len(keys), _ROWS_AT_ONCE))
    if not any(Asset.objects.filter(pk__in=part).exists() or contributions.jobs().has_any(part) for part in some):
        return
    new = {text: str(uuid4()) for text in ids}
    for path in list(_documents(folder)):
        text = _UUID.sub(lambda match: new.get(match[0], match[0]), path.read_text(errors="replace"))
        path.write_text(text)
        if path.stem in new:
            path.rename(path.with_name(f"{new[path.stem]}.json"))


def _documents(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.json"))
    yield from sorted(folder.glob("scene-*/metadata/*.json"))
    yield from sorted(folder.glob(f"scene-*/metadata/{RECORDS}/*.json"))


def _read(path: Path) -> dict[str, Any]:
    try:
        data = load_kept_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        data = None
    if not isinstance(data, dict):
        message = _("{name} in the bundle cannot be read.").format(name=path.name)
        raise Problem(message, code="invalid_bundle", status=422)
    check_schema(data, _("{name} in the bundle").format(name=path.name))
    return data


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_bytes(as_json(data))


def project_name(folder: Path) -> str:
    """Return the name of the project in a folder, else the folder's own."""
    name = _read(folder / PROJECT_FILE).get("name")
    return name if isinstance(name, str) and name.strip() else folder.name
