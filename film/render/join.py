"""Joins segments to one file without encoding. It reads with FFmpeg: only the rendering child imports it.

All timestamps are made anew, by counting frames: those of a segment begin anew in each, and a file of which they did
not rise would stop players. One track has one set of parameters, so segments that differ cannot be joined.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer, OutputContainer

from film.render.headers import open_headers
from projects.disk.shown_frames import picture_streams
from projects.problems import Problem
from projects.translation import gettext as _

# a frame may be shown so much beside its place on the grid, in frames
_OFF_GRID = Fraction(1, 10)
# in frames, of pictures that are stored before those that they refer to
_H264_DELAY = 2
# the index of a file: bytes for each packet and for each track, with room to spare
_INDEX_BYTES_PER_PACKET, _INDEX_BYTES = 40, 16384


def join(
    segments: list[dict[str, Any]], sound: str | None, target: str, container: str, fps: str, sound_packets: int = 0,
    on_frame: Callable[[int], None] = lambda frame: None,
) -> dict[str, int]:  # fmt: skip
    """Write `target`, tell the frames that are written after each segment, and return the number of frames.

    Each segment is `{path, first, frames, reader}`: so many frames from `first` on, all in the file. Raise Problem 422
    `not_joinable` for segments that do not fit together.
    """
    rate = Fraction(fps)
    frames = sum(segment["frames"] for segment in segments)
    # the index goes to the front, so that a page can play it at once; room for it is left, and not made afterwards
    space = _INDEX_BYTES + _INDEX_BYTES_PER_PACKET * (frames + sound_packets)
    with av.open(target, "w", format=container, options={"moov_size": str(space), "fflags": "+bitexact"}) as output:
        _write(output, segments, sound, rate, on_frame)
    return {"frames": frames}


def _write(
    output: OutputContainer, segments: list[dict[str, Any]], sound: str | None, rate: Fraction,
    on_frame: Callable[[int], None],
) -> None:  # fmt: skip
    with _opened(segments[0]) as first:
        picture = picture_streams(first)[0]
        out_picture = output.add_stream_from_template(picture)
        parameters = bytes(picture.codec_context.extradata or b"")
    delay = _delay(segments[0], rate)
    out_picture.time_base = 1 / rate
    tracks = [_picture_packets(segments, out_picture, rate, parameters, delay, on_frame)]
    if sound:
        with av.open(sound) as opened:
            stream = opened.streams.audio[0]
            out_sound = output.add_stream_from_template(stream)
            _mux(output, [*tracks, _sound_packets(opened, out_sound)])
    else:
        _mux(output, tracks)


def _delay(segment: dict[str, Any], rate: Fraction) -> int:
    """Return by how many frames the first one is decoded before it is shown, so that no frame comes too late.

    A short segment may need less than the others of its encoder, so what H.264 is written with here is the least.
    """
    with _opened(segment) as opened:
        stream = picture_streams(opened)[0]
        packets = _segment_packets(opened, stream, rate, segment)
        needed = max((number - place for number, (place, _) in enumerate(packets)), default=0)
        return max(needed, _H264_DELAY if stream.codec_context.name == "h264" else 0)


def _mux(output: OutputContainer, tracks: list[Iterator[tuple[float, int, Any]]]) -> None:
    for _time, _track, packet in heapq.merge(*tracks, key=lambda item: item[0]):
        output.mux_one(packet)


def _picture_packets(
    segments: list[dict[str, Any]], out: Any, rate: Fraction, parameters: bytes, delay: int,
    on_frame: Callable[[int], None],
) -> Iterator[tuple[float, int, Any]]:  # fmt: skip
    """Yield the packets of all segments in the order of decoding, each with its time in seconds."""
    start = written = 0
    for segment in segments:
        with _opened(segment) as opened:
            stream = picture_streams(opened)[0]
            if bytes(stream.codec_context.extradata or b"") != parameters:
                raise _not_joinable(_("its parameters differ"))
            for place, packet in _segment_packets(opened, stream, rate, segment):
                packet.stream, packet.time_base = out, 1 / rate
                packet.pts, packet.dts, packet.duration = start + place, written - delay, 1
                if packet.pts < packet.dts:
                    raise _not_joinable(_("its frames are shown too late"))
                yield float(packet.dts / rate), written, packet
                written += 1
        start += segment["frames"]
        on_frame(start)


def _opened(segment: dict[str, Any]) -> InputContainer:
    return open_headers(segment["path"], segment["reader"])


def _segment_packets(
    opened: InputContainer, stream: Any, rate: Fraction, segment: dict[str, Any]
) -> Iterator[tuple[int, Any]]:
    """Yield the packets of one segment with the place of each among its frames."""
    first, frames = segment["first"], segment["frames"]
    seen: set[int] = set()
    for packet in opened.demux(stream):
        if packet.pts is None or packet.size == 0:
            continue
        place = _place(packet, opened, rate) - first
        if not seen and (place < 0 or not packet.is_keyframe):
            # before the first that is wanted
            if place >= 0:
                raise _not_joinable(_("it does not begin with a key frame"))
            continue
        if packet.is_keyframe and place >= frames:
            break
        seen.add(place)
        yield place, packet
    if seen != set(range(frames)):
        raise _not_joinable(_("it has {count} of {frames} frames in one piece").format(count=len(seen), frames=frames))


def _place(packet: Any, opened: InputContainer, rate: Fraction) -> int:
    begin = Fraction(opened.start_time or 0, av.time_base)
    exact = (packet.pts * packet.time_base - begin) * rate
    place: int = round(exact)
    if abs(exact - place) > _OFF_GRID:
        raise _not_joinable(_("its frames are not on the grid of the film"))
    return place


def _sound_packets(opened: InputContainer, out: Any) -> Iterator[tuple[float, int, Any]]:
    for number, packet in enumerate(opened.demux(audio=0)):
        if packet.dts is None or packet.size == 0:
            continue
        packet.stream = out
        yield float(packet.dts * packet.time_base), number, packet


def _not_joinable(why: str) -> Problem:
    return Problem(_("A segment cannot be joined: {why}.").format(why=why), code="not_joinable", status=422)
