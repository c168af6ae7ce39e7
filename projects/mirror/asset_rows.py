"""Rows of files that stand in a scene's folders already."""

from __future__ import annotations

from dataclasses import dataclass

from projects.disk.media import Media
from projects.mirror import write
from projects.models import Asset, Scene


@dataclass(frozen=True)
class Original:
    """The picture that another one was made of, in `images/originals/`."""

    file_name: str
    sha256: str


def add_asset(
    scene: Scene,
    file_name: str,
    media: Media,
    source: Asset.Source,
    take: int | None = None,
    *,
    original_name: str = "",
    original: Original | None = None,
) -> Asset:
    """Make the row of a file, in a transaction; scene.json follows the commit."""
    asset = Asset.objects.create(
        scene=scene,
        kind=media.kind,
        file_name=file_name,
        original_name=original_name,
        original_file=original.file_name if original else "",
        original_sha256=original.sha256 if original else "",
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
