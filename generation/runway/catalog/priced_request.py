"""A request as its price sees it: its parameters, and what is known of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generation.runway.catalog.base_field import Field, value_or_default


@dataclass(frozen=True)
class MediaInfo:
    """What is known of an input file or of an output: seconds, pixels, frames per second; None where unknown."""

    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None


@dataclass(frozen=True)
class PricedRequest:
    """`fields` are those of the model; `media` is what is known of the files, and `counts` how many there are.

    Both are by the name of the top-level field in which the files stand. "output" in `media` is the result.
    """

    parameters: Mapping[str, Any]
    fields: Mapping[str, Field]
    media: Mapping[str, Sequence[MediaInfo]]
    counts: Mapping[str, int]

    def value(self, name: str) -> Any:
        """Return what is given for a field, else its default."""
        return value_or_default(self.fields, self.parameters, name)
