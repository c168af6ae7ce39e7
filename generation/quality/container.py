"""What a media container says about itself, without decoding."""

from __future__ import annotations

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from generation.quality.media_analysis import MediaAnalysis
from projects.disk.shown_frames import picture_streams


def read_header(container: InputContainer) -> MediaAnalysis:
    """Return a new analysis with what the header says."""
    analysis = MediaAnalysis(container=container.format.name)
    analysis.declared_seconds = container.duration / av.time_base if container.duration else None
    analysis.has_sound = bool(container.streams.audio)
    if stream := video_stream(container):
        context = stream.codec_context
        analysis.codec, analysis.width, analysis.height = context.name, context.width, context.height
        analysis.declared_frames = stream.frames
        analysis.declared_fps = float(stream.average_rate) if stream.average_rate else None
        if stream.duration and stream.time_base:
            analysis.declared_seconds = float(stream.duration * stream.time_base)
    elif container.streams.audio:
        analysis.codec = container.streams.audio[0].codec_context.name
    return analysis


def video_stream(container: InputContainer) -> VideoStream | None:
    """Return the first video stream that is not a cover picture, and whose codec is known."""
    return next((stream for stream in picture_streams(container) if stream.codec_context is not None), None)


def key_frame_times(container: InputContainer) -> tuple[float, float]:
    """Return when the first and the last key frame are shown, in seconds of the clip's own time."""
    stream = video_stream(container)
    times = [
        float(packet.pts * packet.time_base)
        for packet in container.demux([stream] if stream is not None else [])
        if packet.is_keyframe and packet.pts is not None
    ]
    return (min(times), max(times)) if times else (0.0, 0.0)
