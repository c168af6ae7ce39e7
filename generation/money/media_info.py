"""What prices depend on of the files of a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from generation import references
from generation.models import GenerationJob
from generation.runway.catalog import CatalogModel, MediaInfo
from projects.disk.decoding import frame_rate
from projects.models import Asset

Files = Mapping[str, Iterable[Asset | None]]
"""The files by the name of their field; None for an address that is passed on to Runway."""


def media_info(model: CatalogModel, files: Files) -> dict[str, list[MediaInfo]]:
    """Return what is known of the files; frames are counted only where a price may depend on them."""
    needs_frames = model.kind == "video_upscale"
    return {
        name: [_media_info(asset, needs_frames=needs_frames) for asset in assets if asset]
        for name, assets in files.items()
    }


def files_by_field(model: CatalogModel, parameters: Mapping[str, Any], assets: Iterable[Asset]) -> Files:
    """Return which of the assets a request has in each field, where they stand as `asset:{id}`."""
    by_reference = {references.to_asset(asset): asset for asset in assets}
    files: defaultdict[str, list[Asset | None]] = defaultdict(list)
    for medium in model.media_references(parameters):
        files[str(medium.path[0])].append(by_reference.get(medium.value))
    return files


def files_of_job(model: CatalogModel, job: GenerationJob) -> Files:
    """Return the files that went into a job, also those that are in the trash by now."""
    return files_by_field(model, job.parameters, [row.asset for row in job.input_rows.all()])


def _media_info(asset: Asset, *, needs_frames: bool) -> MediaInfo:
    fps = frame_rate(asset.path) if needs_frames and asset.kind == Asset.Kind.VIDEO else None
    return MediaInfo(asset.duration, asset.width, asset.height, fps)
