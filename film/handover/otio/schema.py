"""The objects of OpenTimelineIO's JSON, as its documentation of the file format has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from film.document.rate import Rate

Json = dict[str, Any]
METADATA = "dailies"
"""The name of our part of each object's metadata."""


def rational_time(frames: int, rate: Rate) -> Json:
    """Return a time in frames."""
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate.fps), "value": float(frames)}


def time_range(start: int, length: int, rate: Rate) -> Json:
    """Return a range of frames."""
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": rational_time(start, rate),
        "duration": rational_time(length, rate),
    }


def item(schema: str, name: str, own: Mapping[str, Any] | None = None, **fields: Any) -> Json:
    """Return any object with a name, and our settings in its metadata."""
    return {"OTIO_SCHEMA": schema, "metadata": {METADATA: own} if own else {}, "name": name, **fields}


def track(name: str, kind: str, children: list[Json]) -> Json:
    """Return a track; `kind` is Video or Audio."""
    own = {"track": name}
    fields = {"source_range": None, "effects": [], "markers": [], "enabled": True, "children": children, "kind": kind}
    return item("Track.1", name, own, **fields)
