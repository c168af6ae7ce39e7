"""What Runway's models take and what they cost: one set of rules for the form, the API, the command and the simulator.

The facts stand in `catalog.json`, so that a new model is a change of data. It was written down from the types and field
descriptions of the official `runwayml` SDK, from Runway's OpenAPI file (bounds that the SDK leaves out) and from its
price page; `about` in the file has the versions. The unit tests hold it against the SDK's types, field by field.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from generation.runway.catalog import reading
from generation.runway.catalog.fields import MediaKind, is_whole, utf16_length
from generation.runway.catalog.model import CatalogModel
from generation.runway.catalog.price import Measure

__all__ = ["CatalogModel", "Measure", "find", "is_whole", "kinds", "models", "output", "title", "utf16_length"]

DEFAULT_KIND = "image_to_video"


def kinds() -> list[str]:
    """The endpoints' names, that of the default kind first."""
    return list(_catalog())


def output(kind: str) -> MediaKind:
    """What a kind makes; a video where it is not in the catalogue (any more)."""
    found: MediaKind = _facts().get(kind, {}).get("output", "video")
    return found


def title(kind: str) -> str:
    """A kind in words, for pages."""
    return str(_facts()[kind]["title"])


def models(kind: str) -> list[CatalogModel]:
    """All models of an endpoint, the default one first."""
    return list(_catalog().get(kind, {}).values())


def find(kind: str, model: str) -> CatalogModel | None:
    return _catalog().get(kind, {}).get(model)


@cache
def _facts() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).parents[1].joinpath("catalog.json").read_text())["kinds"]
    return found


@cache
def _catalog() -> dict[str, dict[str, CatalogModel]]:
    return {
        kind: {name: _read(kind, name, facts) for name, facts in told["models"].items()}
        for kind, told in _facts().items()
    }


def _read(kind: str, name: str, facts: dict[str, Any]) -> CatalogModel:
    return CatalogModel(
        name=name,
        kind=kind,
        output=output(kind),
        strict=facts["strict"],
        fields=reading.fields(facts["fields"]),
        rules=tuple(reading.rule(rule) for rule in facts.get("rules", ())),
        price=reading.price(facts["price"]),
        price_facts=facts["price"],
        suffix=facts.get("suffix", ""),
    )
