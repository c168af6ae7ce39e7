"""What a media file is, by its content. It decodes the file: see `projects/disk/decoding/`."""

from __future__ import annotations

from pathlib import Path

from projects.disk.convertible import convertible
from projects.disk.media import Media, sha256_of
from projects.disk.media_errors import damaged_media, unsupported_media
from projects.disk.pictures import picture_size
from projects.disk.recordings import inspect_recording
from projects.disk.sniff import HEAD_BYTES, sniff_file
from projects.translation import gettext as _


def inspect(path: Path, sha256: str | None = None) -> Media:
    """Read a whole file and return what it is. A `sha256` that is known saves a second read.

    Raise Problem 415 when it is none of our formats, 422 when it is empty, damaged or cut off.
    """
    size = path.stat().st_size
    if size == 0:
        raise damaged_media(_("The file is empty (0 bytes). Choose another one."))
    format = sniff_file(path)
    if format is None:
        with path.open("rb") as file:
            other = convertible(file.read(HEAD_BYTES))
        if other:
            raise unsupported_media(
                _("{name} pictures are converted during upload. Upload this one.").format(name=other.name)
            )
        raise unsupported_media(_("This file is not a picture, sound or video that Dailies can use."))
    width: int | None
    height: int | None
    duration: float | None = None
    has_sound: bool | None = None
    if format.kind == "image":
        width, height = picture_size(path, format)
    else:
        recording = inspect_recording(path, format, size)
        format, width, height, duration = recording.format, recording.width, recording.height, recording.seconds
        has_sound = recording.has_sound
    sha256 = sha256 or sha256_of(path)
    return Media(format.kind, format.mime_type, format.suffix, size, sha256, width, height, duration, has_sound)
