"""What a task made: inspected, and put into its folder. Archives and drawings go to `exports/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from generation.engine.export_checks import EXPORT_CHECKS
from generation.models import GenerationJob
from generation.runway import catalog
from projects.actions import new_assets
from projects.disk import decoding
from projects.disk.layout import FOLDER_BY_KIND
from projects.disk.links import link_to_free_name
from projects.disk.media import Media, sha256_of
from projects.models import Asset
from projects.problems import Problem

# the beginning of the file's name, by what the job makes
FILE_NAMES = {"video": "take", "image": "image", "audio": "sound"}


@dataclass(frozen=True)
class InspectedFile:
    """A whole file that a task made; `media` is None for an export, which becomes no asset."""

    sha256: str
    bytes: int
    suffix: str
    media: Media | None


def folder_of(job: GenerationJob) -> str:
    """Return the folder of the scene where the job's files go."""
    return "exports" if _export_suffix(job) else FOLDER_BY_KIND[job.output_kind]


def inspect(job: GenerationJob, path: Path, sha256: str) -> InspectedFile:
    """Read a downloaded file whole. Raise Problem when it is damaged, or not what this kind of job makes."""
    if suffix := _export_suffix(job):
        EXPORT_CHECKS[suffix](path)
        return InspectedFile(sha256, path.stat().st_size, suffix, None)
    media = decoding.inspect(path, sha256)
    if media.kind != job.output_kind:
        raise Problem(_("it is {mime_type}.").format(mime_type=media.mime_type), code="bad_clip", status=422)
    return InspectedFile(sha256, media.bytes, media.suffix, media)


def store(job: GenerationJob, path: Path, file: InspectedFile) -> tuple[Asset | None, dict[str, Any]]:
    """Name the job's next file, and return its asset, None for an export, and its entry in `outputs`.

    A second call after a crash finds the same file.
    """
    name = output_name(job.output_kind, job.take, len(job.outputs) + 1, file.suffix)
    if file.media is None:
        stored = _store_export(path, job.scene.path / folder_of(job), name, file)
        relative_path = f"{job.scene.folder_name}/{stored.parent.name}/{stored.name}"
        return None, {"assetId": None, "sha256": file.sha256, "bytes": file.bytes, "path": relative_path}
    asset = new_assets.add_generated(job.scene, path, file.media, name, job.take)
    return asset, output_entry(asset)


def output_name(kind: str, take: int, position: int, suffix: str) -> str:
    """Return the name of a generated file; `position` counts the files of its job from 1."""
    return f"{FILE_NAMES[kind]}-{take:03d}{f'-{position}' if position > 1 else ''}{suffix}"


def output_entry(asset: Asset) -> dict[str, Any]:
    """Return a file's entry in `outputs`: `assetId`, `path` within the project's folder, `sha256`, `bytes`."""
    return {
        "assetId": str(asset.pk),
        "sha256": asset.sha256,
        "bytes": asset.bytes,
        "path": asset.relative_path,
    }


def _export_suffix(job: GenerationJob) -> str:
    """Return the ending of an export's name; empty for a job that makes media."""
    model = catalog.find(job.kind, job.model)
    return model.export_suffix(job.parameters) if model else ""


def _store_export(path: Path, folder: Path, name: str, file: InspectedFile) -> Path:
    target = folder / name
    if target.is_file() and target.stat().st_size == file.bytes and sha256_of(target) == file.sha256:
        # an earlier attempt named it, and died before the row was committed
        return target
    return link_to_free_name(path, folder, name)
