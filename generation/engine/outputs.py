"""What a task made, looked at and put into its folder: videos, pictures, sound; archives and drawings to `exports/`."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.models import GenerationJob
from generation.runway import catalog
from projects.actions import assets
from projects.disk import probe
from projects.disk.layout import FOLDER_BY_KIND
from projects.disk.links import link_to_free_name
from projects.disk.media_errors import damaged_media
from projects.disk.probe import Media
from projects.models import Asset
from projects.problems import Problem

NAMES = {"video": "take", "image": "image", "audio": "sound"}
HEAD_BYTES = 1024


@dataclass(frozen=True)
class Found:
    """`media` is None for what is kept as it is, with `suffix` as its ending."""

    sha256: str
    bytes: int
    suffix: str
    media: Media | None


def folder_of(job: GenerationJob) -> str:
    return "exports" if _archive(job) else FOLDER_BY_KIND[job.output_kind]


def look(job: GenerationJob, path: Path, sha256: str) -> Found:
    """Problem when it is not whole, or not what this kind of job makes."""
    if suffix := _archive(job):
        CHECKS[suffix](path)
        return Found(sha256, path.stat().st_size, suffix, None)
    found = probe.inspect(path, sha256)
    if found.kind != job.output_kind:
        raise Problem(f"it is {found.mime_type}.", code="bad_clip", status=422)
    return Found(sha256, found.bytes, found.suffix, found)


def keep(job: GenerationJob, path: Path, found: Found) -> tuple[Asset | None, dict[str, Any]]:
    """The asset, and the entry of the job's outputs. Done twice, it is the same file."""
    number = len(job.outputs) + 1
    name = f"{NAMES[job.output_kind]}-{job.take:03d}{f'-{number}' if number > 1 else ''}{found.suffix}"
    told = {"assetId": None, "sha256": found.sha256, "bytes": found.bytes}
    if found.media is None:
        kept = _place(path, job.scene.path / folder_of(job), name, found)
        return None, {**told, "path": f"{job.scene.folder_name}/{kept.parent.name}/{kept.name}"}
    asset = assets.add_generated(job.scene, path, found.media, name, job.take)
    return asset, entry(asset)


def entry(asset: Asset) -> dict[str, Any]:
    """Return a file's entry in `outputs`: `assetId`, `path` within the project's folder, `sha256`, `bytes`."""
    return {
        "assetId": str(asset.pk),
        "sha256": asset.sha256,
        "bytes": asset.bytes,
        "path": asset.relative_path,
    }


def _archive(job: GenerationJob) -> str:
    model = catalog.find(job.kind, job.model)
    return model.export_suffix(job.parameters) if model else ""


def _place(path: Path, target: Path, name: str, found: Found) -> Path:
    there = target / name
    if there.is_file() and there.stat().st_size == found.bytes and probe.sha256_of(there) == found.sha256:
        # an earlier try gave it its name, and died before the row was committed
        return there
    return link_to_free_name(path, target, name)


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise damaged_media(f"The archive is damaged or cut off ({error}).") from error
    if broken:
        raise damaged_media(f"{broken} in the archive is damaged.")


def _check_svg(path: Path) -> None:
    data = path.read_bytes()
    if b"<svg" not in data[:HEAD_BYTES] or not data.rstrip().endswith(b"</svg>"):
        raise damaged_media("It is no whole drawing.")


CHECKS = {".zip": _check_zip, ".svg": _check_svg}
