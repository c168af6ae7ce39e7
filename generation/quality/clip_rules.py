"""The rules for a clip: what is wrong with it, each with its level and its time."""

from __future__ import annotations

from collections.abc import Iterator

from generation.quality import thresholds as limit
from generation.quality.duplicates import near_duplicates
from generation.quality.expectations import Expectations
from generation.quality.findings import Finding
from generation.quality.media_analysis import MediaAnalysis, TimeSpan
from generation.quality.shared_rules import check_length, check_size
from projects.translation import gettext as _

# what browsers and editing programs play without a plug-in, by ffmpeg's names
CODECS = {"h264", "hevc", "av1", "vp8", "vp9", "prores"}
CONTAINERS = {"mov", "matroska"}


def check_clip(analysis: MediaAnalysis, expected: Expectations, similarity: float | None) -> list[Finding]:
    """Return everything that is wrong with a clip.

    `similarity` is that of its first frames and the prompt's picture, 0 to 1; None when they were not compared.
    """
    if not analysis.frames:
        detail = f" ({analysis.broke_with})" if analysis.broke_with else ""
        return [Finding("unreadable", "fail", _("No frame can be decoded{detail}.").format(detail=detail))]
    return [
        *_check_damage(analysis),
        *_check_format(analysis),
        *check_size(analysis.width, analysis.height, expected),
        *_check_frame_rate(analysis, expected),
        *check_length(analysis, expected),
        *_check_black_and_frozen(analysis),
        *_check_sound(analysis, expected),
        *_check_opening(similarity),
        *near_duplicates(analysis.fingerprint, analysis.seconds, expected),
    ]


def _check_damage(analysis: MediaAnalysis) -> Iterator[Finding]:
    if analysis.broke_at is not None:
        message = _("Decoding fails at {clock}: {broke_with}.").format(
            clock=_clock(analysis.broke_at), broke_with=analysis.broke_with
        )
        yield Finding("broken", "fail", message, analysis.broke_at)
        return
    if analysis.corrupt_at is not None:
        message = _("Its frames are damaged at {clock}.").format(clock=_clock(analysis.corrupt_at))
        yield Finding("corrupt", "fail", message, analysis.corrupt_at)
    missing = analysis.declared_frames - analysis.frames if analysis.whole and analysis.declared_frames else 0
    gap = (analysis.declared_seconds or 0.0) - analysis.seconds
    if missing > limit.MISSING_FRAMES and gap > limit.MISSING_SECONDS:
        message = _("Its header says {declared_seconds:.1f} s, but it ends at {seconds:.1f} s.").format(
            declared_seconds=analysis.declared_seconds, seconds=analysis.seconds
        )
        yield Finding("cut", "fail", message, analysis.seconds)


def _check_format(analysis: MediaAnalysis) -> Iterator[Finding]:
    if analysis.container not in CONTAINERS or analysis.codec not in CODECS:
        message = _("Many players cannot play its format: {codec} in {container}.").format(
            codec=analysis.codec, container=analysis.container
        )
        yield Finding("format", "warn", message)


def _check_frame_rate(analysis: MediaAnalysis, expected: Expectations) -> Iterator[Finding]:
    measured = analysis.frames / analysis.seconds if analysis.whole and analysis.seconds else None
    rate = measured or analysis.declared_fps or 0.0
    if expected.fps and abs(rate - expected.fps) > expected.fps * limit.FPS_SHARE:
        message = _("It has {rate:.3g} frames per second, but {fps:.3g} were requested.").format(
            rate=rate, fps=expected.fps
        )
        yield Finding("frame_rate", "warn", message)
    elif 0 < rate < limit.MIN_FPS and analysis.frames > 1:
        yield Finding("frame_rate", "warn", _("It has only {rate:.3g} frames per second.").format(rate=rate))


def _check_black_and_frozen(analysis: MediaAnalysis) -> Iterator[Finding]:
    black = sum(span.seconds for span in analysis.black)
    if black >= limit.BLACK_FAIL_SHARE * analysis.seconds:
        yield Finding("black", "fail", _("It is black from beginning to end."), 0.0)
        return
    if span := _longest(analysis.black, limit.BLACK_WARN_SECONDS):
        yield Finding("black", "warn", _("It is black {from_to}.").format(from_to=_from_to(span)), span.start)
    # black does not move either, and is one finding already
    frozen = [span for span in analysis.frozen if not _begins_in(span, analysis.black)]
    if span := _longest(frozen, limit.FROZEN_WARN_SECONDS):
        whole = span.seconds >= limit.FROZEN_FAIL_SHARE * analysis.seconds
        message = (
            _("Nothing moves from beginning to end.")
            if whole
            else _("Nothing moves {from_to}.").format(from_to=_from_to(span))
        )
        yield Finding("frozen", "fail" if whole else "warn", message, span.start)


def _check_sound(analysis: MediaAnalysis, expected: Expectations) -> Iterator[Finding]:
    if not expected.sound:
        return
    if not analysis.has_sound:
        yield Finding("silent", "fail", _("Sound was requested, but there is no audio track."))
    elif analysis.peak < limit.SILENT_PEAK_DB:
        yield Finding("silent", "fail", _("Sound was requested, but the audio track is silent."))


def _check_opening(similarity: float | None) -> Iterator[Finding]:
    if similarity is None or similarity >= limit.SIMILARITY_WARN:
        return
    if similarity < limit.SIMILARITY_FAIL:
        yield Finding("other_picture", "fail", _("It doesn't begin with the first frame."), 0.0)
    else:
        yield Finding("other_picture", "warn", _("Its beginning is quite different from the first frame."), 0.0)


def _begins_in(span: TimeSpan, others: list[TimeSpan]) -> bool:
    return any(other.start <= span.start < other.end for other in others)


def _longest(spans: list[TimeSpan], least: float) -> TimeSpan | None:
    span = max(spans, key=lambda span: span.seconds, default=None)
    return span if span and span.seconds >= least else None


def _from_to(span: TimeSpan) -> str:
    return _("from {start} to {end}").format(start=_clock(span.start), end=_clock(span.end))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
