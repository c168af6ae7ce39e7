"""Runway's own objects: tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


@dataclass
class Task:
    """`state`: what an answer says of it beside its id and time. `polls`, `downloads`: how many there were."""

    id: str
    key: str = ""  # of the ledger's entry for whatever asked for it
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    state: dict[str, Any] = field(default_factory=lambda: {"status": "PENDING"})
    polls: int = 0
    downloads: int = 0

    def as_json(self) -> dict[str, Any]:
        """As `GET /v1/tasks/{id}` answers."""
        created = self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"id": self.id, "createdAt": created, **self.state}
