"""Rows of files that stand in a scene's folders already."""

from __future__ import annotations

from projects.disk.media import Media
from projects.mirror import write
from projects.models import Asset, Scene


def add_asset(
    scene: Scene,
    file_name: str,
    media: Media,
    source: Asset.Source,
    take: int | None = None,
    *,
    original_name: str = "",
) -> Asset:
    """Make the row of a file, in a transaction; scene.json follows the commit."""
    asset = Asset.objects.create(
        scene=scene,
        kind=media.kind,
        file_name=file_name,
        original_name=original_name,
        mime_type=media.mime_type,
        bytes=media.bytes,
        sha256=media.sha256,
        width=media.width,
        height=media.height,
        duration=media.duration,
        source=source,
        take=take,
    )
    write.changed(scene)
    return asset
