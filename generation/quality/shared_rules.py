"""Rules that hold for several kinds of files: size and length."""

from __future__ import annotations

from collections.abc import Iterator

from generation.quality import thresholds as limit
from generation.quality.expectations import Expectations
from generation.quality.findings import Finding
from generation.quality.media_analysis import MediaAnalysis
from projects.translation import gettext as _


def check_size(width: int, height: int, expected: Expectations) -> Iterator[Finding]:
    """Yield a finding when a clip or a picture has another shape or size, in pixels, than expected."""
    if not (expected.width and expected.height and width and height):
        return
    shape = (width / height) / (expected.width / expected.height)
    separator = " × " if expected.exact else ":"
    message = _("It is {width} × {height}, but {expected_width}{separator}{expected_height} was requested.").format(
        width=width, height=height, expected_width=expected.width, separator=separator, expected_height=expected.height
    )
    if abs(shape - 1) > limit.SHAPE_SHARE:
        yield Finding("shape", "fail", message, 0.0)
        return
    share = width / expected.width
    if expected.exact and abs(share - 1) > limit.SIZE_WARN_SHARE:
        yield Finding("size", "fail" if share < 1 - limit.SIZE_FAIL_SHARE else "warn", message, 0.0)


def check_length(analysis: MediaAnalysis, expected: Expectations) -> Iterator[Finding]:
    """Yield a finding when a clip or a sound is shorter or longer than expected."""
    # the length of a file that stops decoding says nothing more
    if not expected.seconds or analysis.broke_at is not None:
        return
    missing = expected.seconds - analysis.seconds
    tolerance = max(limit.DURATION_FAIL_SECONDS, limit.DURATION_FAIL_SHARE * expected.seconds)
    message = _("It is {seconds:.1f} s long, but {expected_seconds:g} s were requested.").format(
        seconds=analysis.seconds, expected_seconds=expected.seconds
    )
    if missing > tolerance:
        yield Finding("short", "fail", message, analysis.seconds)
    elif missing > limit.DURATION_WARN_SECONDS:
        yield Finding("short", "warn", message, analysis.seconds)
    elif -missing > tolerance:
        yield Finding("long", "warn", message, expected.seconds)
