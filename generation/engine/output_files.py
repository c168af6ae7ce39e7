"""The files of finished jobs as they are on disk, for jobs of the same request that get them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.utils.translation import gettext as _

from generation.engine.outputs import InspectedFile
from generation.models import GenerationJob
from projects.disk.media import Media, sha256_of
from projects.models import Asset


@dataclass(frozen=True)
class OutputFile:
    """One file of a finished job, and what it was when it was stored."""

    path: Path
    content: InspectedFile
    stored_at: float
    """Seconds since 1970."""


class OutputUnavailable(Exception):
    """A file of a finished job is in the trash, gone from the disk, or changed. The message is one sentence."""


def output_files(job: GenerationJob) -> list[OutputFile]:
    """Return every file that a finished job made, in order. Raise OutputUnavailable when one is in the trash."""
    if not job.outputs:
        raise OutputUnavailable(_("The file of {take_name} is gone.").format(take_name=take_name(job)))
    assets = _living_assets(job)
    return [_output_file(job, entry, assets) for entry in job.outputs]


def verify(output: OutputFile, path: Path | None = None) -> None:
    """Raise OutputUnavailable unless the file, or its copy at `path`, has the bytes that were stored; read it whole."""
    checked = path or output.path
    try:
        # the size first, which tells most changes without reading gigabytes
        is_same = checked.stat().st_size == output.content.bytes and sha256_of(checked) == output.content.sha256
    except OSError:
        raise missing_file(output) from None
    if not is_same:
        raise OutputUnavailable(_("The file {name} of an earlier take was changed.").format(name=output.path.name))


def verify_quickly(output: OutputFile) -> None:
    """Raise OutputUnavailable as `verify()` does, but read the file only when it was written to after it was stored."""
    try:
        if is_unmodified(output.path, output.content.bytes, output.stored_at):
            return
    except OSError:
        # verify() says what is wrong with it
        pass
    verify(output)


def is_unmodified(path: Path, size: int, since: float) -> bool:
    """Return whether a file has a size, and was not written to after a moment in seconds since 1970. Raise OSError."""
    stat = path.stat()
    # `since` is when the row was written, and that was after the file: a later time means another writer
    return stat.st_size == size and stat.st_mtime <= since


def missing_file(output: OutputFile) -> OutputUnavailable:
    """Return the error for a file that is missing on disk."""
    return OutputUnavailable(_("The file {name} of an earlier take is missing on disk.").format(name=output.path.name))


def take_name(job: GenerationJob) -> str:
    """Return what a take is called in a sentence, such as "take 3 of Rain"."""
    return _("take {take} of {name}").format(take=job.take, name=job.scene.name)


def _living_assets(job: GenerationJob) -> Mapping[str, Asset]:
    """Return the job's files that are not in the trash, by their id."""
    ids = job.output_asset_ids
    # most jobs make one file, which is loaded with the job
    if job.asset is not None and ids == [str(job.asset_id)]:
        assets = [job.asset]
    else:
        assets = list(Asset.objects.filter(pk__in=ids).select_related("scene__project"))
    return {str(asset.pk): asset for asset in assets if asset.trashed_at is None}


def _output_file(job: GenerationJob, entry: Mapping[str, Any], assets: Mapping[str, Asset]) -> OutputFile:
    if entry["assetId"] is None:
        path = job.project.path / entry["path"]
        stored_at = (job.finished_at or job.created_at).timestamp()
        return OutputFile(path, InspectedFile(entry["sha256"], entry["bytes"], path.suffix, None), stored_at)
    asset = assets.get(entry["assetId"])
    if asset is None:
        raise OutputUnavailable(_("The file of {take_name} is in the trash.").format(take_name=take_name(job)))
    media = _media(asset)
    return OutputFile(
        asset.path, InspectedFile(media.sha256, media.bytes, media.suffix, media), asset.created_at.timestamp()
    )


def _media(asset: Asset) -> Media:
    """Return the file's type and size from its row, as they were when it was stored."""
    return Media(
        kind=cast(Any, asset.kind),
        mime_type=asset.mime_type,
        suffix=Path(asset.file_name).suffix,
        bytes=asset.bytes,
        sha256=asset.sha256,
        width=asset.width,
        height=asset.height,
        duration=asset.duration,
        has_sound=asset.has_sound,
    )
