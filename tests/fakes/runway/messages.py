"""A request as Runway sees it and its answer, apart from how the two travel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.runway.faults import JSON, Fault

NO_FAULT = Fault("")


@dataclass(frozen=True)
class Request:
    """`path` comes without its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """`fault`: how much of the body arrives, and how slowly."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault = NO_FAULT

    @classmethod
    def of(cls, body: Mapping[str, Any], status: int = 200, fault: Fault | None = None) -> Answer:
        """JSON."""
        return cls(status, json.dumps(body).encode(), {"Content-Type": JSON}, fault or NO_FAULT)

    @classmethod
    def instead(cls, fault: Fault) -> Answer:
        """What a fault has in the place of Runway's own answer."""
        headers = {"Content-Type": fault.content_type, **dict(fault.headers)}
        return cls(fault.status or 200, fault.body, headers, fault)
