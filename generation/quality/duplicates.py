"""Whether a clip is the same as an earlier take, by its fingerprint. Nothing here decodes."""

from __future__ import annotations

from collections.abc import Iterator

from generation.quality import thresholds as limit
from generation.quality.expectations import Expectations
from generation.quality.findings import Finding
from projects.translation import gettext as _


def near_duplicates(fingerprint: list[str], seconds: float, expected: Expectations) -> Iterator[Finding]:
    """Yield a finding when a clip is the same as, or looks like, an earlier take of its scene."""
    where = f" of {expected.scene}" if expected.scene else ""
    for earlier in expected.earlier:
        if expected.sha256 and earlier.sha256 == expected.sha256:
            yield Finding(
                "near_duplicate",
                "warn",
                _("It is the same file as take {take}{where}.").format(take=earlier.take, where=where),
                0.0,
            )
            return
    distances = [(fingerprint_distance(fingerprint, earlier.fingerprint), earlier.take) for earlier in expected.earlier]
    bits, take = min(distances, default=(float("inf"), 0))
    if bits <= limit.DUPLICATE_BITS:
        yield Finding(
            "near_duplicate",
            "warn",
            _("It looks almost the same as take {take}{where}.").format(take=take, where=where),
            seconds / 2,
        )


def fingerprint_distance(one: list[str], other: list[str]) -> float:
    """Return the mean number of different bits per moment; infinity when the numbers of moments differ."""
    if not one or len(one) != len(other):
        return float("inf")
    return sum((int(a, 16) ^ int(b, 16)).bit_count() for a, b in zip(one, other, strict=True)) / len(one)
