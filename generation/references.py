"""`asset:{id}`, which stands for a file of the project in a job's parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from projects.models import Asset

PREFIX = "asset:"


def to_asset(asset: Asset) -> str:
    """Return the reference to a file: `asset:` and its id."""
    return f"{PREFIX}{asset.pk}"


def asset_id(value: object) -> UUID | None:
    """Return the id in a reference; None for anything else."""
    if not isinstance(value, str) or not value.startswith(PREFIX):
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
