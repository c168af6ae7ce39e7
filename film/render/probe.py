"""Reads what media state of themselves. It opens files with FFmpeg: only the rendering child imports it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from film.render.display_matrix import is_upright
from film.render.facts import Facts
from film.render.headers import open_headers
from projects.disk.shown_frames import picture_streams, pixel_shape
from projects.disk.sniff import sniff_file

# a rate that is stated and one that is measured may differ by so much where frames come evenly
_TOLERANCE = Fraction(1, 200)
_TRANSFERS = {16: "smpte2084", 18: "arib-std-b67"}
_UNKNOWN = 2
# of ISO/IEC 23091-2, as ffmpeg numbers them
_MATRICES = {0: "gbr", 1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}


def probe(paths: list[str]) -> list[dict[str, Any] | None]:
    """Return the facts of each file as a dict, None for one that cannot be read."""
    decoded: dict[Facts, Facts] = {}
    return [_facts_or_none(Path(path), decoded) for path in paths]


def _facts_or_none(path: Path, decoded: dict[Facts, Facts]) -> dict[str, Any] | None:
    try:
        format = sniff_file(path)
        if format is None:
            return None
        if format.kind == "image":
            return asdict(Facts(reader=format.reader, codec="image"))
        if format.reader == "mov" and is_upright(path):
            return asdict(_upright_facts(path, format.reader, decoded))
        with av.open(str(path), format=format.reader) as container:
            return asdict(_facts(container, format.reader, None))
    except (OSError, ValueError, EOFError, av.error.FFmpegError):
        return None


def _upright_facts(path: Path, reader: str, decoded: dict[Facts, Facts]) -> Facts:
    """Return the facts of a file; one of each kind is decoded, and `decoded` has them by what their headers say.

    The codec's parameters are a part of the headers, and of two files that have the same ones a decoder says the same.
    """
    with open_headers(str(path), reader) as container:
        stated = _facts(container, reader, 0)
    if stated not in decoded or not stated.parameters or stated.varies:
        with av.open(str(path), format=reader) as container:
            decoded[stated] = _facts(container, reader, 0)
    return decoded[stated]


def _facts(container: InputContainer, reader: str, rotation: int | None) -> Facts:
    streams, sounds = picture_streams(container), container.streams.audio
    heard = sounds[0].codec_context if sounds else None
    channels, sample_rate = (heard.channels, heard.sample_rate) if heard else (0, 0)
    if not streams:
        return Facts(reader=reader, channels=channels, sample_rate=sample_rate)
    stream = streams[0]
    context = stream.codec_context
    return Facts(
        reader=reader,
        codec=context.name,
        width=context.width,
        height=context.height,
        pixel_shape=str(pixel_shape(stream)),
        rotation=_rotation(container, stream) if rotation is None else rotation,
        rate=str(stream.average_rate or 0),
        varies=_varies(stream),
        pixel_format=context.pix_fmt or "",
        transfer=_TRANSFERS.get(int(context.color_trc or _UNKNOWN), ""),
        matrix=_MATRICES.get(int(_UNKNOWN if context.colorspace is None else context.colorspace), ""),
        parameters=hashlib.sha256(context.extradata or b"").hexdigest() if context.extradata else "",
        channels=channels,
        sample_rate=sample_rate,
    )


def _varies(stream: VideoStream) -> bool:
    average, base = stream.average_rate, stream.base_rate
    if not average or not base:
        return True
    return abs(Fraction(average) / Fraction(base) - 1) > _TOLERANCE


def _rotation(container: InputContainer, stream: VideoStream) -> int:
    """Return by how many degrees its frames are turned to be shown, read from the first frame."""
    try:
        for frame in container.decode(stream):
            return round(frame.rotation)
    except av.error.FFmpegError:
        pass
    return 0
