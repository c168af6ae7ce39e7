"""`metadata/deleted.json`: the entries of a scene's files that are in the trash, which scene.json leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from projects.disk.atomic import write_atomically
from projects.mirror.parse import moment, objects, read_json, skip_bad_entry
from projects.mirror.scene_file import asset_dict
from projects.models import Asset, Scene
from projects.text.document import SCHEMA, as_json
from projects.text.iso_time import iso_time

DELETED_FILE = "deleted.json"


def write_deleted(scene: Scene) -> None:
    """Write the entries of the files in the trash, where there are any or were."""
    path = scene.path / "metadata" / DELETED_FILE
    deleted = [asset for asset in scene.assets.all() if asset.trashed_at]
    if not deleted and not path.exists():
        return
    content = as_json({"schema": SCHEMA, "assets": [_entry(asset) for asset in deleted]})
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)


def _entry(asset: Asset) -> dict[str, Any]:
    by = asset.trashed_by.get_username() if asset.trashed_by else None
    return asset_dict(asset) | {
        "kind": asset.kind,
        "originalFile": asset.original_file,
        "originalSha256": asset.original_sha256,
        "hasSound": asset.has_sound,
        "trashedAt": iso_time(asset.trashed_at),
        "trashedBy": by,
    }


def restore_deleted(scene: Scene, metadata: Path, notes: list[str]) -> None:
    """Make the missing rows of the files in the trash; the files are looked for when somebody restores them."""
    stored = objects(read_json(metadata / DELETED_FILE, notes).get("assets"))
    for entry in stored:
        with skip_bad_entry(
            notes, _("{folder_name}: an entry of a deleted file").format(folder_name=scene.folder_name)
        ):
            key = UUID(str(entry["id"]))
            if not Asset.objects.filter(pk=key).exists():
                _restore(scene, key, entry)


def _restore(scene: Scene, key: UUID, entry: dict[str, Any]) -> None:
    person = User.objects.filter(username=str(entry.get("trashedBy") or "")).first()
    Asset.objects.create(
        id=key,
        scene=scene,
        kind=Asset.Kind(entry["kind"]),
        file_name=str(entry["fileName"])[:255],
        original_name=str(entry.get("originalName") or (entry["fileName"] if entry["source"] == "uploaded" else "")),
        original_file=str(entry.get("originalFile") or "")[:255],
        original_sha256=str(entry.get("originalSha256") or "")[:64],
        mime_type=str(entry["mimeType"])[:100],
        bytes=int(entry["bytes"]),
        sha256=str(entry["sha256"])[:64],
        width=entry.get("width"),
        height=entry.get("height"),
        duration=entry.get("duration"),
        has_sound=entry.get("hasSound"),
        source=Asset.Source(entry["source"]),
        created_at=moment(entry["createdAt"]),
        trashed_at=moment(entry["trashedAt"]),
        trashed_by=person,
        # a clean-up has removed it
        missing_since=moment(entry["trashedAt"]) if entry.get("missing") is True else None,
        take=entry.get("take"),
        selected=entry.get("selected") is True,
        selected_automatically=entry.get("selectedAutomatically") is True,
    )
