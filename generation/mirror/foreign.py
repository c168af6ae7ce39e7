"""Jobs of a bundle from another studio: what they were and made, and nothing that is paid or sent here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.models.status import ENDED, Status
from projects.mirror.parse import objects

# a key for reuse would let takes of strangers serve requests here, and a digest would refuse some
_LEFT_OUT = ("cacheKey", "cachedFrom", "person", "taskId")
_LEFT_OUT_COLUMNS = (
    "cache_key",
    "cached_from",
    "runway_task_id",
    "refused_digest",
    "idempotency_key",
    "request_digest",
)
_CREDITS = ("creditsEstimated", "creditsCharged", "maxCredits")


def adopted_requests(generation: object) -> dict[str, Any]:
    """Return the lists of jobs of a scene.json without tasks, people and keys; what had not ended is cancelled."""
    lists = generation if isinstance(generation, Mapping) else {}
    return {name: [_adopted_entry(entry) for entry in objects(value)] for name, value in lists.items()}


def _adopted_entry(entry: dict[str, Any]) -> dict[str, Any]:
    adopted = {key: None if key in _LEFT_OUT else value for key, value in entry.items()}
    if "status" in entry:
        adopted |= {"reuse": False, "clipMayCome": False, **dict.fromkeys(_CREDITS)}
        if entry["status"] not in ENDED:
            adopted["status"] = Status.CANCELLED
    return adopted


def adopted_record(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the record of a job without ledger and people; None for one that had not ended."""
    columns = record.get("columns")
    if not isinstance(columns, dict) or columns.get("status") not in ENDED:
        return None
    columns = {name: value for name, value in columns.items() if name not in _LEFT_OUT_COLUMNS}
    events = [{**event, "taskId": None} for event in objects(record.get("events"))]
    columns |= {"reuse": False, "clip_may_come": False}
    return {**record, "person": None, "ledger": None, "events": events, "columns": columns}
