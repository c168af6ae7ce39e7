"""The frames of a socket: what a client sends, and the text of what it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_noop

from generation.live.sockets import CLIENT_KINDS, EVERYTHING, Message, Topic
from projects.problems import Problem
from projects.text.json_input import load_json

USAGE = gettext_noop(
    'Send {"type": "subscribe" or "unsubscribe", "jobId" or "projectId": "…", or "all": true} or {"type": "ping"}.'
)


@dataclass(frozen=True)
class Frame:
    """What a client wants; `topic` is EVERYTHING for `"all": true`, and None for a ping."""

    action: Literal["subscribe", "unsubscribe", "ping"]
    topic: Topic | None = None


def encode(message: Message) -> str:
    """Return the JSON of a message."""
    return json.dumps(message)


def decode(text: str | None) -> dict[str, Any]:
    """Return the JSON object of a frame; an empty one for anything else."""
    try:
        data = load_json(text or "")
    except (ValueError, Problem):
        return {}
    return data if isinstance(data, dict) else {}


def ids_in(data: dict[str, Any]) -> dict[str, str]:
    """Return the ids that a frame names, by kind, such as `{"jobId": "…"}`."""
    return {kind: data[kind] for kind in CLIENT_KINDS if isinstance(data.get(kind), str)}


def parse(data: dict[str, Any]) -> Frame:
    """Return what the client wants. Raise Problem, `not_understood`, for anything but one of USAGE."""
    action, ids = data.get("type"), ids_in(data)
    if action == "ping":
        return Frame("ping")
    if action in ("subscribe", "unsubscribe"):
        if len(ids) == 1:
            return Frame(action, Topic(*ids.popitem()))
        if data.get("all") is True and not ids:
            return Frame(action, EVERYTHING)
    raise Problem(USAGE, code="not_understood", status=400)
