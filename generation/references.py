"""`asset:{id}`, which stands for a file of the project in a job's parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal
from uuid import UUID

from projects.models import Asset

PREFIX = "asset:"
ADDRESS_SCHEMES = ("data:", "http:", "https:")


def to_asset(asset: Asset) -> str:
    """Return the reference to a file: `asset:` and its id."""
    return f"{PREFIX}{asset.pk}"


def is_reference(value: object) -> bool:
    """Return whether a value is meant as a reference, also when its id is none."""
    return isinstance(value, str) and value.startswith(PREFIX)


def is_address(value: str) -> bool:
    """Return whether a value is a web address or a data URI, and not the name of a file: those may have colons too."""
    return value[:6].lower().startswith(ADDRESS_SCHEMES)


def is_file_name(value: str) -> bool:
    """Return whether a value names a file, and is neither a reference nor an address."""
    return not is_reference(value) and not is_address(value)


def asset_id(value: object) -> UUID | None:
    """Return the id in a reference; None for anything else."""
    if not isinstance(value, str) or not is_reference(value):
        return None
    try:
        return UUID(value.removeprefix(PREFIX))
    except ValueError:
        return None


def find(parameters: Any, place: str = "") -> Iterator[tuple[str, UUID]]:
    """Yield each reference in parameters: its place (`references.0.uri`) and the id of the file."""
    if isinstance(parameters, list):
        parameters = dict(enumerate(parameters))
    if isinstance(parameters, dict):
        for name, value in parameters.items():
            yield from find(value, f"{place}.{name}" if place else str(name))
    elif key := asset_id(parameters):
        yield place, key


def with_first_frame(parameters: Mapping[str, Any], picture: UUID) -> dict[str, Any]:
    """Return parameters that have a first frame with another one."""
    frames, reference = parameters["promptImage"], f"{PREFIX}{picture}"
    if not isinstance(frames, list):
        return {**parameters, "promptImage": reference}
    is_first = [isinstance(frame, dict) and frame.get("position", "first") == "first" for frame in frames]
    first = is_first.index(True)
    exchanged = [*frames[:first], {**frames[first], "uri": reference}, *frames[first + 1 :]]
    return {**parameters, "promptImage": exchanged}


def frame_id(parameters: Mapping[str, Any], position: Literal["first", "last"]) -> UUID | None:
    """Return the id of the picture that a video begins or ends with; None without one, and for an address.

    `promptImage` is the first frame itself, or a list of `{"uri", "position"}` where the position is first by default.
    """
    frames = parameters.get("promptImage")
    if not isinstance(frames, list):
        return asset_id(frames) if position == "first" else None
    uris = (
        frame.get("uri") for frame in frames if isinstance(frame, dict) and frame.get("position", "first") == position
    )
    return asset_id(next(uris, None))
