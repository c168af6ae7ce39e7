"""The last frame of a clip, without loss: where the next take goes on."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import av
from av.container import InputContainer
from PIL import Image

from projects.actions import assets
from projects.disk import probe
from projects.disk.sniff import HEAD, sniff
from projects.models import Asset
from projects.problems import Problem, conflict

# how far before the end decoding begins: more than any distance between two key frames that models make
SECONDS_BEFORE_END = 2.0


def keep_last_frame(clip: Asset) -> Asset:
    """As a PNG among the scene's pictures; asked for twice, it is the same picture. Problem for what has no frames."""
    if clip.kind != Asset.Kind.VIDEO:
        raise conflict("Only a clip has a last frame: choose a take.", "no_clip")
    try:
        found = last_frame(clip.path)
    except FileNotFoundError:
        message = f"The file {clip.relative_path} is missing on disk: put it back, or choose another take."
        raise Problem(message, code="file_missing", status=404) from None
    sha256 = hashlib.sha256(found).hexdigest()
    known = clip.scene.assets.filter(kind=Asset.Kind.IMAGE, sha256=sha256, trashed_at=None).first()
    return known or assets.store_upload(
        clip.scene, f"{Path(clip.file_name).stem}-last-frame", [found], only="image", source=Asset.Source.GENERATED
    )


def last_frame(path: Path) -> bytes:
    """PNG, upright, in the colours that the clip's own tags say."""
    with path.open("rb") as file:
        found = sniff(file.read(HEAD))
    if found is None or found.kind != "video":
        raise probe.wrong_kind("This file is no video.")
    with probe.reading("video"), av.open(str(path), format=found.reader) as container:
        frame = _last(container)
        image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
        upright = image.rotate(frame.rotation, expand=True)
    buffer = io.BytesIO()
    upright.save(buffer, "PNG")
    return buffer.getvalue()


def _last(container: InputContainer) -> av.VideoFrame:
    """From shortly before the end; from the beginning where the file cannot be searched."""
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    end = (container.duration or 0) / av.time_base + (container.start_time or 0) / av.time_base
    for start in (max(0.0, end - SECONDS_BEFORE_END), 0.0):
        container.seek(int(start * av.time_base))
        last = None
        for frame in container.decode(stream):
            last = frame
        if last is not None:
            return last
    raise EOFError("not one frame")
