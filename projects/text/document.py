"""JSON documents on disk, and the number of their format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from projects.problems import Problem
from projects.translation import gettext as _

SCHEMA = 2
"""Of every document that is written now. Documents of version 0.1 and 0.2 have no number, which counts as 1."""


def as_json(data: Mapping[str, Any]) -> bytes:
    """Return a document as bytes: indented and in plain letters, since people read it."""
    # a lone surrogate from a file's name becomes a question mark
    return json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"


def check_schema(data: Mapping[str, Any], name: str) -> None:
    """Raise Problem 409 for a document of a format that only a later version knows."""
    schema = data.get("schema", 1)
    if isinstance(schema, int) and schema > SCHEMA:
        message = _("{name} was written by a later version of Dailies (format {schema}). Update Dailies first.").format(
            name=name, schema=schema
        )
        raise Problem(message, code="later_version", status=409)
