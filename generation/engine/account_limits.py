"""Runway's limits of each model, read from the answer of GET /v1/organization.

Its shape is in https://docs.dev.runwayml.com/api: `tier.models.{model}` has the limits, `usage.models.{model}` the use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ModelLimits:
    """The limits of one model; None where Runway sets or reports none."""

    model: str
    used: int | None
    """Tasks that were created in the last 24 hours."""
    daily: int | None
    """The most tasks in 24 hours."""
    concurrent: int | None
    """The most tasks that run at once."""

    @property
    def used_percent(self) -> int:
        """Return how much of the day's limit is used, from 0 to 100."""
        return min(100, self.used * 100 // self.daily) if self.daily and self.used else 0


def model_limits(organization: Mapping[str, Any], model: str) -> ModelLimits:
    """Return the limits of one model."""
    tier = _dict_at(organization, "tier", "models", model)
    usage = _dict_at(organization, "usage", "models", model)
    return ModelLimits(
        model=model,
        used=_integer(usage.get("dailyGenerations")),
        daily=_integer(tier.get("maxDailyGenerations")),
        concurrent=_integer(tier.get("maxConcurrentGenerations")),
    )


def list_model_limits(organization: Mapping[str, Any]) -> list[ModelLimits]:
    """Return the limits of every model of the account, the most used first."""
    # either may name models that the other does not, and `tier` also names models that Runway has retired
    models = _dict_at(organization, "tier", "models").keys() | _dict_at(organization, "usage", "models").keys()
    limits = [model_limits(organization, model) for model in sorted(models)]
    return sorted(limits, key=lambda row: -(row.used or 0))


def _dict_at(value: Any, *keys: str) -> dict[str, Any]:
    """Return the JSON object at a path; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return dict(value) if isinstance(value, Mapping) else {}


def _integer(value: object) -> int | None:
    # in Python true and false are integers, too
    return value if isinstance(value, int) and not isinstance(value, bool) else None
