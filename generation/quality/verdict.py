"""From a file and what is expected of it to a verdict with reasons."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
from PIL import Image

from generation.quality.analysis import analyze
from generation.quality.clip_rules import check_clip
from generation.quality.expectations import Expectations
from generation.quality.findings import Finding
from generation.quality.judgment import Judgment, Reason, build_judgment
from generation.quality.media_analysis import MediaAnalysis
from generation.quality.picture_rules import check_picture
from generation.quality.similarity import picture_similarity
from generation.quality.sound_rules import check_sound
from projects.disk.posters import make_poster
from projects.disk.sniff import sniff_file
from projects.problems import Problem, reason_of
from projects.translation import gettext as _

PROMPT_WIDTH = 320
THUMBNAIL_QUALITY = 70


def judge(path: Path, expected: Expectations) -> Judgment:
    """Return the judgment on a file. Raise MemoryError, or OSError when there is no file; all else is a reason."""
    file_format = sniff_file(path)
    if file_format is None:
        return _judgment([Finding("unreadable", "fail", _("It is not a picture, video or sound in a known format."))])
    if file_format.kind == "image":
        return _judgment(check_picture(path, expected))
    # PyAV's MemoryError is also an FFmpegError, and must reach the caller
    try:
        analysis = analyze(path, file_format.reader)
    except MemoryError:
        raise
    except (av.FFmpegError, ValueError) as error:
        return _judgment(
            [Finding("unreadable", "fail", _("The file cannot be opened: {reason}.").format(reason=reason_of(error)))]
        )
    if not analysis.width:
        return _judgment(check_sound(analysis, expected), analysis)
    return _judgment(check_clip(analysis, expected, _similarity(analysis, expected)), analysis)


def _similarity(analysis: MediaAnalysis, expected: Expectations) -> float | None:
    """Return None when the clip need not begin with a picture, or when one of the two cannot be compared."""
    if not expected.first_frame or not analysis.opening:
        return None
    try:
        prompt = make_poster(Path(expected.first_frame), "image", width=PROMPT_WIDTH)
    except (OSError, Problem):
        return None
    with Image.open(io.BytesIO(prompt)) as image:
        return picture_similarity(image.convert("RGB"), analysis.opening)


def _judgment(findings: list[Finding], analysis: MediaAnalysis | None = None) -> Judgment:
    reasons = [Reason(finding, _thumbnail(analysis, finding)) for finding in findings]
    if analysis is None:
        return build_judgment(reasons, [], {})
    return build_judgment(reasons, analysis.fingerprint, _facts(analysis))


def _thumbnail(analysis: MediaAnalysis | None, finding: Finding) -> bytes | None:
    image = analysis.thumbnail_at(finding.at) if analysis else None
    if image is None:
        return None
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=THUMBNAIL_QUALITY, optimize=True)
    return buffer.getvalue()


def _facts(analysis: MediaAnalysis) -> dict[str, Any]:
    return {
        "container": analysis.container,
        "codec": analysis.codec,
        "width": analysis.width or None,
        "height": analysis.height or None,
        "seconds": round(analysis.seconds, 3),
        "frames": analysis.frames,
        "fps": round(analysis.declared_fps, 3) if analysis.declared_fps else None,
        "whole": analysis.whole,
    }
