"""The least request that a model of the catalogue takes, and one with all it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generation.runway.catalog import CatalogModel
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import Boolean, Choice, Integer, Media, Number, Text

ADDRESSES = {
    "image": "https://example.org/a.jpg",
    "video": "https://example.org/a.mp4",
    "audio": "https://example.org/a.mp3",
}


def least(model: CatalogModel, addresses: dict[str, str] = ADDRESSES) -> dict[str, Any]:
    """Its required fields with the least that they take; media by kind from `addresses`."""
    needed = {name: value(field, addresses) for name, field in model.fields.items() if field.required}
    # some can do without any one field, and not without all
    return needed or {"promptText": "a quiet sea"}


def most(model: CatalogModel, files: Callable[[str, int], str], option: int = 0) -> dict[str, Any]:
    """Every field that the model has, filled in all its depth, though not as its rules ask.

    `files`: the file of a kind with a number; `option`: which of the kinds of value that a field may have.
    """
    return {name: filled(field, files, option) for name, field in model.fields.items()}


def filled(field: Field, files: Callable[[str, int], str], option: int, number: int = 0) -> Any:
    match field:
        case Media():
            return files(field.kind, number)
        case Text():
            return f"sea{number}" if field.pattern else f"{number} quiet seas"[: field.max]
        case AnyOf():
            return filled(field.options[option], files, option, number)
        case List():
            count = min(field.max or 2, 3 if field.total else 2)
            return [filled(field.items, files, option, each) for each in range(count)]
        case Object():
            return {name: filled(known, files, option, number) for name, known in field.fields.items()}
        case Choice():
            return field.values[min(number, len(field.values) - 1)]
        case Boolean():
            return True
    return value(field, ADDRESSES)


def value(field: Field, addresses: dict[str, str]) -> Any:
    if field.usual is not None or field.default is not None:
        return field.default if field.usual is None else field.usual
    match field:
        case Media():
            return addresses[field.kind]
        case Text():
            return "a quiet sea"[: field.max] if field.pattern is None else "sea"
        case Boolean():
            return True
        case Choice():
            return field.values[0]
        case Integer():
            return field.values[0] if field.values else field.min or 1
        case Number():
            return field.min or field.max or 1
        case AnyOf():
            return value(field.options[0], addresses)
        case List():
            # three seconds are the least that some must add up to
            return [value(field.items, addresses)] * (field.min or (3 if field.total else 1))
        case Object():
            return {name: value(known, addresses) for name, known in field.fields.items() if known.required}
    raise TypeError(field)
