"""A timeline as JSON and back: an export renders what the cut was when it was asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from film.document.cut import Caption, Marker, Title, Transition
from film.document.rate import Rate
from film.document.timeline import Medium, Timeline, TimelineClip, TimelineSound
from film.render.keys import RENDERER_VERSION
from film.render.options import Options
from film.render.profiles import Profile

Part = TypeVar("Part")
# what no picture or sound depends on
_UNSEEN = ("version", "automatic", "warnings", "markers")
_UNSEEN_OF_CLIPS = ("id", "note", "is_pinned", "alternates", "generating")


def to_json(timeline: Timeline) -> dict[str, Any]:
    """Return a timeline as JSON; the takes that its clips do not show are left out."""
    values = {each.name: getattr(timeline, each.name) for each in fields(timeline) if each.name != "rate"}
    parts = {name: [asdict(part) for part in values.pop(name)] for name in _PARTS}
    for clip in parts["clips"]:
        clip["alternates"] = []
    return {**values, "warnings": list(timeline.warnings), "rate": timeline.rate.name, **parts}


def from_json(data: Mapping[str, Any]) -> Timeline:
    """Return the timeline of what `to_json()` gave. Names that are not known are ignored."""
    parts = {name: tuple(read(part) for part in data.get(name, ())) for name, read in _PARTS.items()}
    values = {name: value for name, value in data.items() if name not in (*_PARTS, "rate", "warnings")}
    return _part(Timeline, {**values, "rate": Rate(data["rate"]), "warnings": tuple(data["warnings"]), **parts})


def request_key(snapshot: Mapping[str, Any], profile: Profile, options: Options) -> str:
    """Return the hash of whatever an export's bytes depend on: equal ones give the same file."""
    seen = {name: value for name, value in snapshot.items() if name not in _UNSEEN}
    for name in ("clips", "sounds"):
        seen[name] = [_without(part, _UNSEEN_OF_CLIPS) for part in snapshot[name]]
    if profile.kind == "storyboard":
        seen["notes"] = [clip["note"] for clip in snapshot["clips"]]
    whole = [RENDERER_VERSION, seen, profile.name, options.to_json()]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _without(part: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in names}


def _part(kind: type[Part], data: Mapping[str, Any]) -> Part:
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in data.items() if name in known})


def _medium(data: Mapping[str, Any] | None) -> Medium | None:
    return _part(Medium, data) if data else None


def _clip(data: Mapping[str, Any]) -> TimelineClip:
    dissolve = data.get("transition")
    transition = _part(Transition, dissolve) if dissolve else None
    return _part(TimelineClip, {**data, "medium": _medium(data["medium"]), "transition": transition, "alternates": ()})


def _sound(data: Mapping[str, Any]) -> TimelineSound:
    return _part(TimelineSound, {**data, "medium": _medium(data["medium"])})


_PARTS: dict[str, Any] = {
    "clips": _clip,
    "sounds": _sound,
    "captions": lambda data: _part(Caption, data),
    "titles": lambda data: _part(Title, data),
    "markers": lambda data: _part(Marker, data),
}
