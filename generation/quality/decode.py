"""A clip or a sound from its first frame to its last: what it is, where it breaks, what stands still, what is heard."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

from generation.quality import frame as seeing
from generation.quality import thresholds as limit
from generation.quality.frame import Seen

MOMENTS = 8
"""Of a clip, that its fingerprint is made of."""
OPENING_WIDTH = 160
OPENING_LOOKS = 3
Skip = Literal["NONKEY", "BIDIR"]
"""Frames that are not decoded, by ffmpeg's names."""


@dataclass(frozen=True)
class Run:
    """A part of a clip, in seconds from its first frame."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass
class Watched:
    """`told`: what the container says; the rest was seen. Seconds; pixels as shown."""

    container: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    told_seconds: float | None = None
    told_frames: int = 0
    told_fps: float | None = None
    whole: bool = True
    """Every frame was decoded, not only key frames and the end."""
    frames: int = 0
    seconds: float = 0.0
    corrupt_at: float | None = None
    broke_at: float | None = None
    broke_with: str = ""
    black: list[Run] = field(default_factory=list)
    still: list[Run] = field(default_factory=list)
    fingerprint: list[str] = field(default_factory=list)
    opening: list[Image.Image] = field(default_factory=list)
    """The first frames that are not black."""
    stills: list[tuple[float, Image.Image]] = field(default_factory=list)
    """One a second, for thumbnails."""
    has_sound: bool = False
    peak: float = -math.inf
    """dB of full scale."""

    def still_at(self, at: float | None) -> Image.Image | None:
        """The last at or before that time, or else the first."""
        before = [image for time, image in self.stills if at is None or time <= at + 0.001]
        return before[-1] if before and at is not None else (self.stills[0][1] if self.stills else None)


def watch(path: Path, reader: str) -> Watched:
    """`reader`: ffmpeg's name of the container. Broken files are told of, not raised; MemoryError is raised."""
    with av.open(str(path), format=reader) as container:
        found = _told(container)
        pixels = found.width * found.height * (found.told_fps or 24.0)
        if pixels > limit.FULL_PIXELS_A_SECOND:
            if quick := _quickly(container):
                return quick
        else:
            _Watcher(container, found).watch()
            return found
    with av.open(str(path), format=reader) as container:
        found = _told(container)
        _Watcher(container, found).watch()
    return found


def _quickly(container: InputContainer) -> Watched | None:
    """All but those frames that no other is made of; of a clip with many key frames these, and then its last part.

    None where that leaves a doubt.
    """
    begin, last_key = _key_frames(container)
    # it is opened once: to find out what is in it costs a frame
    container.seek(int(begin * av.time_base))
    if last_key - begin < (container.duration or 0) / av.time_base / 2:
        whole = _Watcher(container, _told(container), skip="BIDIR")
        whole.watch()
        parts = [whole]
    else:
        keys = _Watcher(container, _told(container), skip="NONKEY")
        keys.watch()
        container.seek(int(last_key * av.time_base))
        rest = _Watcher(container, _told(container), skip="BIDIR", first=keys.first)
        rest.watch()
        parts = [keys, rest]
    found, last = parts[0].found, parts[-1].last
    short = (found.told_seconds or 0.0) - last > limit.MISSING_SECONDS
    if short or any(_doubtful(part.found) for part in parts):
        return None
    found.whole = False
    found.seconds = last
    return found


def _key_frames(container: InputContainer) -> tuple[float, float]:
    """When the first and the last one are shown, in the clip's own time; without decoding."""
    times = [
        float(packet.pts * packet.time_base)
        for packet in container.demux([stream for stream in (_picture(container),) if stream is not None])
        if packet.is_keyframe and packet.pts is not None
    ]
    return (min(times), max(times)) if times else (0.0, 0.0)


def _doubtful(found: Watched) -> bool:
    return bool(found.broke_at is not None or found.corrupt_at is not None or found.black or found.still)


def _told(container: InputContainer) -> Watched:
    found = Watched(container=container.format.name)
    found.told_seconds = container.duration / av.time_base if container.duration else None
    found.has_sound = bool(container.streams.audio)
    if stream := _picture(container):
        context = stream.codec_context
        found.codec, found.width, found.height = context.name, context.width, context.height
        found.told_frames = stream.frames
        found.told_fps = float(stream.average_rate) if stream.average_rate else None
        if stream.duration and stream.time_base:
            found.told_seconds = float(stream.duration * stream.time_base)
    elif container.streams.audio:
        found.codec = container.streams.audio[0].codec_context.name
    return found


def _picture(container: InputContainer) -> VideoStream | None:
    moving = (s for s in container.streams.video if not s.disposition & Disposition.attached_pic)
    return next(moving, None)


class _Watcher:
    """Goes through a container once and writes down in `found` what it sees."""

    def __init__(
        self, container: InputContainer, found: Watched, *, skip: Skip | None = None, first: float | None = None
    ) -> None:
        self.container = container
        self.found = found
        self.skip = skip
        # when the clip begins, in its own time
        self.first = first
        self.last = 0.0
        self.looked = -math.inf
        self.seen: list[tuple[float, str]] = []
        self.opened = 0.0
        self.dark: Seen | None = None
        self.anchor: Seen | None = None
        self.resampler = av.AudioResampler(format="s16", layout="mono")

    def watch(self) -> None:
        video = _picture(self.container)
        sounds = list(self.container.streams.audio[:1])
        for stream in [video, *sounds]:
            # it stays open from one look at a clip to the next
            if stream is not None and not stream.codec_context.is_open:
                stream.codec_context.thread_count = 1
                if self.skip and stream is video:
                    stream.codec_context.options = {"skip_loop_filter": "all"}
        if video is not None and self.skip:
            video.codec_context.skip_frame = self.skip
        for packet in self._packets([stream for stream in (video, *sounds) if stream is not None]):
            if not self._decode(packet):
                break
        self._end()

    def _packets(self, streams: list[VideoStream | AudioStream]) -> Iterator[Packet[Any]]:
        try:
            yield from self.container.demux(streams)
        except MemoryError:
            raise
        except av.FFmpegError as error:
            self._broke(error)

    def _decode(self, packet: Packet[Any]) -> bool:
        """False when there is no sense in going on."""
        try:
            frames: Sequence[object] = packet.decode()
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    self._frame(frame)
                elif isinstance(frame, av.AudioFrame):
                    self._sound(frame)
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError) as error:
            self._broke(error)
            return False
        return True

    def _broke(self, error: Exception) -> None:
        if self.found.broke_at is None:
            self.found.broke_at, self.found.broke_with = self.last, str(error)[:200]

    def _frame(self, frame: av.VideoFrame) -> None:
        rate = self.found.told_fps or 24.0
        time = frame.time if frame.time is not None else self.found.frames / rate
        if self.first is None:
            self.first = time
        if not self.found.frames and round(frame.rotation) % 180 == 90:
            self.found.width, self.found.height = self.found.height, self.found.width
        at = time - self.first
        self.found.frames += 1
        if frame.is_corrupt and self.found.corrupt_at is None:
            self.found.corrupt_at = at
        self._keep_still(frame, at)
        # half a frame of slack: times are rounded by their containers
        if self.skip == "NONKEY" or at >= self.looked + 1 / limit.LOOKS_A_SECOND - 0.5 / rate:
            self.looked = at
            self._look(frame, at)
        length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 1 / rate
        self.last = max(self.last, at + length)

    def _keep_still(self, frame: av.VideoFrame, at: float) -> None:
        if not self.found.stills or at >= self.found.stills[-1][0] + 1:
            self.found.stills.append((at, seeing.picture(frame, seeing.THUMBNAIL)))

    def _look(self, frame: av.VideoFrame, at: float) -> None:
        now = seeing.see(frame, at)
        self.seen.append((at, now.fingerprint))
        if not now.dark and self._is_opening(at):
            self.found.opening.append(seeing.picture(frame, OPENING_WIDTH))
        if now.dark:
            self.dark = self.dark or now
        elif self.dark:
            self._close_black(at)
        if self.anchor is None or seeing.has_moved(self.anchor, now):
            self._close_still(at)
            self.anchor = now

    def _is_opening(self, at: float) -> bool:
        """One of some first frames, spread over the opening."""
        if not self.found.opening:
            self.opened = at
        return (
            len(self.found.opening) < OPENING_LOOKS
            and at - self.opened >= len(self.found.opening) * limit.OPENING_SECONDS / OPENING_LOOKS
        )

    def _close_black(self, at: float) -> None:
        if self.dark and at - self.dark.at > 0:
            self.found.black.append(Run(self.dark.at, at))
        self.dark = None

    def _close_still(self, at: float) -> None:
        if self.anchor and at - self.anchor.at >= limit.FROZEN_WARN_SECONDS:
            self.found.still.append(Run(self.anchor.at, at))

    def _sound(self, frame: av.AudioFrame) -> None:
        if _picture(self.container) is None:
            start = frame.time or 0.0
            self.found.frames += 1
            self.last = max(self.last, start + frame.samples / frame.sample_rate)
        for plain in self.resampler.resample(frame):
            samples = memoryview(plain.planes[0]).cast("B")[: plain.samples * 2].cast("h")
            loudest = max(max(samples, default=0), -min(samples, default=0))
            self.found.peak = max(self.found.peak, 20 * math.log10(loudest / 32768) if loudest else -math.inf)

    def _end(self) -> None:
        self._close_black(self.last)
        self._close_still(self.last)
        self.found.seconds = self.last
        self.found.fingerprint = self._moments()

    def _moments(self) -> list[str]:
        """The looks nearest to the middles of eight equal parts."""
        if not self.seen:
            return []
        wanted = [(number + 0.5) / MOMENTS * self.last for number in range(MOMENTS)]
        return [min(self.seen, key=lambda look: abs(look[0] - at))[1] for at in wanted]
