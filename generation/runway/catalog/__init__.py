"""What Runway's models accept and what they cost: one set of rules for forms, API, command line and simulator.

The facts are in `catalog.json`, so that a new model is a change of data alone. They were taken from the types and field
descriptions of the official `runwayml` SDK, from Runway's OpenAPI file (for bounds that the SDK omits) and from the
price page, https://docs.dev.runwayml.com/guides/pricing; `about` in the file names the versions. A unit test compares
the file with the SDK's types, field by field.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from generation.runway.catalog import loader
from generation.runway.catalog.bounds import is_integer, utf16_length
from generation.runway.catalog.fields import MediaKind
from generation.runway.catalog.model import CatalogModel
from generation.runway.catalog.priced_request import MediaInfo

__all__ = [
    "CatalogModel",
    "MediaInfo",
    "find",
    "good_at",
    "is_integer",
    "kinds",
    "model_title",
    "models",
    "output_kind",
    "title",
    "utf16_length",
]

DEFAULT_KIND = "image_to_video"
CATALOG_FILE = Path(__file__).parents[1] / "catalog.json"


def kinds() -> list[str]:
    """Return the names of all kinds, which are Runway's endpoints, the default kind first."""
    return list(_catalog())


def output_kind(kind: str) -> MediaKind:
    """Return what a kind makes; "video" for a kind that is no longer in the catalog."""
    output: MediaKind = _facts().get(kind, {}).get("output", "video")
    return output


def title(kind: str) -> str:
    """Return a kind's name for people; Runway's own for a kind that is not in the catalog."""
    return str(_facts().get(kind, {}).get("title", kind))


def model_title(name: str) -> str:
    """Return a model's name for people, such as "Gen-4 Turbo"; Runway's own for a model that is not in the catalog."""
    return str(_names().get(name, {}).get("title", name))


def good_at(name: str) -> str:
    """Return in a few words what a model is good at; an empty text for a model that is not in the catalog."""
    return str(_names().get(name, {}).get("goodAt", ""))


def models(kind: str) -> list[CatalogModel]:
    """Return all models of a kind, the default one first; none for an unknown kind."""
    return list(_catalog().get(kind, {}).values())


def find(kind: str, model: str) -> CatalogModel | None:
    """Return a model of a kind by its name, or None."""
    return _catalog().get(kind, {}).get(model)


@cache
def _file() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(CATALOG_FILE.read_text())
    return content


def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = _file()["kinds"]
    return facts


def _names() -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = _file()["names"]
    return names


@cache
def _catalog() -> dict[str, dict[str, CatalogModel]]:
    return {
        kind: {name: loader.load_model(kind, output_kind(kind), name, entry) for name, entry in facts["models"].items()}
        for kind, facts in _facts().items()
    }
