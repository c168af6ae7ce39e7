"""One HTTP answer of Runway, read to its end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generation.runway import errors
from generation.runway.error_answers import error_of

# far above any answer of Runway; what is larger comes from something else
MAX_JSON_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """Status, body, and the header Retry-After, which is empty when it is missing."""

    status: int
    body: bytes
    retry_after: str

    @property
    def is_success(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status < 300

    @cached_property
    def json_object(self) -> dict[str, Any] | None:
        """The body as a JSON object; None when it is none, or is larger than `MAX_JSON_BYTES`."""
        try:
            value = json.loads(self.body) if len(self.body) <= MAX_JSON_BYTES else None
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def raise_for_error(self, *, paid: bool) -> None:
        """Raise what an error status means. A 404 to a free call passes, and `known_object` raises for it."""
        error = error_of(self.status, self.json_object or {}, self.retry_after, paid=paid)
        if error is not None:
            raise error

    def known_object(self) -> dict[str, Any]:
        """Return the body of an answer to a free call. Raise TaskGone for a 404, Unreachable when it is not JSON."""
        if self.status == 404:
            raise errors.TaskGone("Runway no longer knows this task.", 404)
        if self.status == 204:
            return {}
        if self.json_object is None:
            raise errors.Unreachable(f"The answer with status {self.status} does not come from Runway's API.")
        return self.json_object
