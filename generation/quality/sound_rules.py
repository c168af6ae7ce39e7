"""The rules for a sound: it decodes to its end, can be heard, and has the expected length."""

from __future__ import annotations

from generation.quality import thresholds as limit
from generation.quality.expectations import Expectations
from generation.quality.findings import Finding
from generation.quality.media_analysis import MediaAnalysis
from generation.quality.shared_rules import check_length
from projects.translation import gettext as _


def check_sound(analysis: MediaAnalysis, expected: Expectations) -> list[Finding]:
    """Return everything that is wrong with a sound."""
    if not analysis.frames:
        return [Finding("unreadable", "fail", _("No sound can be decoded."))]
    findings = list(check_length(analysis, expected))
    if analysis.broke_at is not None:
        message = _("Decoding fails at {broke_at:.1f} s: {broke_with}.").format(
            broke_at=analysis.broke_at, broke_with=analysis.broke_with
        )
        findings.append(Finding("broken", "fail", message, analysis.broke_at))
    if analysis.peak < limit.SILENT_PEAK_DB:
        findings.append(Finding("silent", "fail", _("It is silent."), 0.0))
    return findings
