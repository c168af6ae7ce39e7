"""A row of a shot list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """A row of a shot list: its values by the names of `columns.py`."""

    number: int
    """From 1; a header does not count."""
    values: Mapping[str, Any]
    is_text: bool = False
    """Whether the values are texts, as in CSV, which mean what their field makes of them."""
    key: str | None = None
    """Idempotency key of the job: whoever sends the same key again gets the same take."""
    was_sent: bool = False
    """Whether the prompt is the one of an earlier take, in which no variables are left."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """How the list writes the names of its columns, by the names above."""
