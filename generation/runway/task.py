"""Runway's answers about tasks as typed objects.

Facts are from the SDK's `types/task_retrieve_response.py` and https://docs.dev.runwayml.com/api.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeGuard
from urllib.parse import urlsplit

MAX_TASK_ID = 80
"""Characters of a task's id: those of the column. Runway's are UUIDs."""
MAX_FAILURE = 2000


@dataclass(frozen=True)
class CreatedTask:
    """The answer to a paid request: the task's id, and the credits that Runway estimates."""

    id: str
    estimated_credits: Decimal | None


@dataclass(frozen=True)
class Task:
    """Runway's task. `progress` is 0 to 100, `output` are links, and `cost` is in credits, net of refunds."""

    id: str
    status: str
    progress: int
    output: tuple[str, ...]
    failure: str
    failure_code: str
    cost: Decimal | None
    created_at: datetime | None


@dataclass(frozen=True)
class UploadForm:
    """Where to upload a file: the store's address, the fields to send with it, and the file's URI afterwards."""

    url: str
    fields: Mapping[str, str]
    runway_uri: str


def read_upload_form(body: Mapping[str, Any]) -> UploadForm | None:
    """Return the form in the answer to POST /v1/uploads; None when a part of it is missing."""
    url, fields, runway_uri = body.get("uploadUrl"), body.get("fields"), body.get("runwayUri")
    if not _is_address(url) or not isinstance(fields, dict) or not isinstance(runway_uri, str) or not runway_uri:
        return None
    return UploadForm(url, {str(name): str(value) for name, value in fields.items()}, runway_uri)


def read_created_task(body: Mapping[str, Any]) -> CreatedTask | None:
    """Return the task in the answer to a paid request; None when it has no id."""
    task_id = body.get("id")
    if not isinstance(task_id, str) or not 0 < len(task_id) <= MAX_TASK_ID:
        return None
    return CreatedTask(task_id, _credits(body.get("estimatedCost")))


def read_task(body: Mapping[str, Any]) -> Task:
    """Return the task in the body of GET /v1/tasks/{id}; a missing or malformed key becomes empty, None or 0."""
    status = str(body.get("status", ""))
    return Task(
        id=str(body.get("id", "")),
        # Runway's documentation spells it in both ways
        status="CANCELLED" if status == "CANCELED" else status,
        progress=_percent(body.get("progress")),
        output=_links(body.get("output")),
        failure=str(body.get("failure") or "")[:MAX_FAILURE],
        failure_code=str(body.get("failureCode") or ""),
        cost=_credits(body.get("cost")),
        created_at=_datetime(body.get("createdAt")),
    )


def _is_address(url: object) -> TypeGuard[str]:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _links(output: object) -> tuple[str, ...]:
    """Return one text for each output. What is no text stays in its place as JSON, so that its download is refused."""
    if output is None:
        return ()
    entries = output if isinstance(output, list) else [output]
    return tuple(entry.strip() if isinstance(entry, str) else json.dumps(entry) for entry in entries)


def _percent(progress: Any) -> int:
    try:
        return round(min(max(float(progress or 0), 0.0), 1.0) * 100)
    except (TypeError, ValueError):
        return 0


def _credits(cost: object) -> Decimal | None:
    value = cost.get("credits") if isinstance(cost, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(str(value))


def _datetime(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
