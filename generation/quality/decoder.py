"""Decodes a container once from its first packet to its last, and measures what it shows and sounds like."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from generation.quality import thresholds as limit
from generation.quality.container import video_stream
from generation.quality.detectors import (
    BlackDetector,
    FingerprintCollector,
    FreezeDetector,
    OpeningCollector,
    PeakMeter,
)
from generation.quality.frame import THUMBNAIL_WIDTH, sample_frame
from generation.quality.media_analysis import MediaAnalysis
from projects.disk.shown_frames import pixel_shape, shown_image, shown_size
from projects.problems import reason_of

DEFAULT_FPS = 24.0
# sound without an end of its own: what cannot be decoded behind its last frame is none of it
ENDLESS = ("mp3", "aac")
# frames that are not decoded, by ffmpeg's names: all but key frames, or those that no other frame is made of
Skip = Literal["NONKEY", "BIDIR"]


class Decoder:
    """Decodes one container and fills in an analysis.

    `first` is when the clip begins and `last` when its last frame ends, in seconds of the clip's own time and from its
    first frame. Pass `first` to go on in the middle of a clip.
    """

    def __init__(
        self,
        container: InputContainer,
        analysis: MediaAnalysis,
        *,
        skip: Skip | None = None,
        first: float | None = None,
    ) -> None:
        self.analysis = analysis
        self.first = first
        self.last = 0.0
        self._container = container
        self._video = video_stream(container)
        self._shape = pixel_shape(self._video) if self._video is not None else Fraction(1)
        self._skip = skip
        self._fps = analysis.declared_fps or DEFAULT_FPS
        self._failure: Exception | None = None
        self._sampled_at = -math.inf
        self._black = BlackDetector()
        self._freeze = FreezeDetector()
        self._opening = OpeningCollector(self._shape)
        self._fingerprints = FingerprintCollector()
        self._peak = PeakMeter()

    def run(self) -> None:
        """Decode to the end, or to where decoding fails. Raise MemoryError; other errors go into the analysis."""
        streams: list[VideoStream | AudioStream] = [*self._container.streams.audio[:1]]
        if self._video is not None:
            streams.insert(0, self._video)
        self._open(streams)
        for packet in self._packets(streams):
            if not self._decode(packet):
                break
        self._finish()

    def _open(self, streams: Sequence[VideoStream | AudioStream]) -> None:
        for stream in streams:
            # codecs stay open when a clip is decoded in two parts, and then refuse to be set up again
            if not stream.codec_context.is_open:
                # one core: other processes have work too
                stream.codec_context.thread_count = 1
                # deblocking smooths details that are too small to be measured here
                if self._skip and stream is self._video:
                    stream.codec_context.options = {"skip_loop_filter": "all"}
        if self._video is not None and self._skip:
            self._video.codec_context.skip_frame = self._skip

    def _packets(self, streams: Sequence[VideoStream | AudioStream]) -> Iterator[Packet[Any]]:
        try:
            yield from self._container.demux(streams)
        except MemoryError:
            raise
        except av.FFmpegError as error:
            self._fail(error)

    def _decode(self, packet: Packet[Any]) -> bool:
        """Return whether decoding can go on after this packet."""
        try:
            frames: Sequence[object] = packet.decode()
            for frame in frames:
                if self._failure is not None:
                    # it goes on, so this was not the end
                    self._note_failure(self._failure)
                    return False
                if isinstance(frame, av.VideoFrame):
                    self._add_frame(frame)
                elif isinstance(frame, av.AudioFrame):
                    self._add_sound(frame)
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError) as error:
            return self._fail(error)
        return True

    def _fail(self, error: Exception) -> bool:
        """Note a failure, and return whether it may be one of bytes that are not of the sound."""
        if self.analysis.container not in ENDLESS:
            self._note_failure(error)
            return False
        # what comes before the first frame does not matter
        if self.analysis.frames:
            self._failure = self._failure or error
        return True

    def _note_failure(self, error: Exception) -> None:
        if self.analysis.broke_at is None:
            self.analysis.broke_at, self.analysis.broke_with = self.last, reason_of(error)[:200]

    def _add_frame(self, frame: av.VideoFrame) -> None:
        analysis = self.analysis
        time = frame.time if frame.time is not None else analysis.frames / self._fps
        if self.first is None:
            self.first = time
        # the header has the size before rotation, which only frames know, and with pixels that may be no squares
        if not analysis.frames:
            analysis.width, analysis.height = shown_size(frame, self._shape)
        at = time - self.first
        analysis.frames += 1
        if frame.is_corrupt and analysis.corrupt_at is None:
            analysis.corrupt_at = at
        self._add_thumbnail(frame, at)
        self._sample(frame, at)
        length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 1 / self._fps
        self.last = max(self.last, at + length)

    def _add_thumbnail(self, frame: av.VideoFrame, at: float) -> None:
        thumbnails = self.analysis.thumbnails
        if not thumbnails or at >= thumbnails[-1][0] + 1:
            thumbnails.append((at, shown_image(frame, self._shape, THUMBNAIL_WIDTH)))

    def _sample(self, frame: av.VideoFrame, at: float) -> None:
        # half a frame of tolerance, since containers round times
        is_due = at >= self._sampled_at + 1 / limit.SAMPLES_PER_SECOND - 0.5 / self._fps
        if self._skip != "NONKEY" and not is_due:
            return
        self._sampled_at = at
        sample = sample_frame(frame, at)
        self._fingerprints.add(sample)
        self._opening.add(frame, sample)
        self._black.add(sample)
        self._freeze.add(sample)

    def _add_sound(self, frame: av.AudioFrame) -> None:
        if self._video is None:
            start = frame.time or 0.0
            self.analysis.frames += 1
            self.last = max(self.last, start + frame.samples / frame.sample_rate)
        self._peak.add(frame)

    def _finish(self) -> None:
        self._black.end(self.last)
        self._freeze.end(self.last)
        self.analysis.black, self.analysis.frozen = self._black.spans, self._freeze.spans
        self.analysis.opening = self._opening.pictures
        self.analysis.fingerprint = self._fingerprints.moments(self.last)
        self.analysis.peak = self._peak.peak
        self.analysis.seconds = self.last
