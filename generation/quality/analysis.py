"""Analyzes a clip or a sound: whole up to a number of pixels per second, else quickly where that leaves no doubt."""

from __future__ import annotations

from pathlib import Path

import av
from av.container import InputContainer

from generation.quality import thresholds as limit
from generation.quality.container import key_frame_times, read_header
from generation.quality.decoder import DEFAULT_FPS, Decoder
from generation.quality.media_analysis import MediaAnalysis


def analyze(path: Path, reader: str) -> MediaAnalysis:
    """Return what is known of a file; `reader` is ffmpeg's name of its container format.

    A broken file is described by the analysis. Raise MemoryError, and av.FFmpegError or ValueError when the file cannot
    be opened at all.
    """
    with av.open(str(path), format=reader) as container:
        analysis = read_header(container)
        if not _is_huge(analysis):
            Decoder(container, analysis).run()
            return analysis
        if quick := _analyze_quickly(container):
            return quick
    with av.open(str(path), format=reader) as container:
        analysis = read_header(container)
        Decoder(container, analysis).run()
    return analysis


def _is_huge(analysis: MediaAnalysis) -> bool:
    pixels = analysis.width * analysis.height * (analysis.declared_fps or DEFAULT_FPS)
    return pixels > limit.FULL_DECODE_PIXELS_PER_SECOND


def _analyze_quickly(container: InputContainer) -> MediaAnalysis | None:
    """Analyze all frames that others are made of; in a clip with many key frames, these and all of its last part.

    Return None when that leaves a doubt.
    """
    first_key, last_key = key_frame_times(container)
    # the container is not opened anew, which would cost a frame to find out what is in it
    container.seek(int(first_key * av.time_base))
    if last_key - first_key < (container.duration or 0) / av.time_base / 2:
        decoders = [_run(Decoder(container, read_header(container), skip="BIDIR"))]
    else:
        key_frames = _run(Decoder(container, read_header(container), skip="NONKEY"))
        container.seek(int(last_key * av.time_base))
        last_part = Decoder(container, read_header(container), skip="BIDIR", first=key_frames.first)
        decoders = [key_frames, _run(last_part)]
    analysis, seconds = decoders[0].analysis, decoders[-1].last
    is_short = (analysis.declared_seconds or 0.0) - seconds > limit.MISSING_SECONDS
    if is_short or any(_is_doubtful(decoder.analysis) for decoder in decoders):
        return None
    analysis.whole = False
    analysis.seconds = seconds
    return analysis


def _run(decoder: Decoder) -> Decoder:
    decoder.run()
    return decoder


def _is_doubtful(analysis: MediaAnalysis) -> bool:
    failed = analysis.broke_at is not None or analysis.corrupt_at is not None
    return failed or bool(analysis.black or analysis.frozen)
