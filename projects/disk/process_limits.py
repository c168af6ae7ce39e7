"""The limits that a process sets for itself."""

from __future__ import annotations

import resource


def limit_resource(resource_id: int, value: int) -> None:
    """Set a limit of this process, a constant of `resource`, to `value`, or to its hard limit where that is less."""
    _, hard = resource.getrlimit(resource_id)
    resource.setrlimit(resource_id, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
