"""How a moment is written in JSON, in files and in exports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def iso_time(moment: datetime | float) -> str: ...
@overload
def iso_time(moment: None) -> None: ...
def iso_time(moment: datetime | float | None) -> str | None:
    """Return a moment as ISO 8601 in UTC with milliseconds, `2026-01-31T12:00:00.000Z`, and None for None.

    `moment`: an aware datetime, or seconds since 1970.
    """
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.fromtimestamp(moment, UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
