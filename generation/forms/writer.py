"""The parameters of a request → a filled-in form, out of which the reader makes the same parameters again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generation.forms.form_data import TICKED
from generation.forms.structure import (
    Structure,
    file_attributes,
    file_part,
    is_type_tag,
    list_item,
    object_parts,
    structure_of,
)
from generation.forms.text_values import format_value
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import Object


def write_parameters(fields: Mapping[str, Field], parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the form of all parameters for which there is a field."""
    given = {name: value for name, value in parameters.items() if name in fields and value is not None}
    return dict(pair for name, value in given.items() for pair in write_field(fields[name], name, value))


def write_field(field: Field, name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of a form for one value; parts that the field does not have are left out."""
    match structure_of(field):
        case Structure.PLAIN:
            if not isinstance(value, dict | list):
                yield name, format_value(value)
        case Structure.FILE | Structure.PRESET:
            values = [value] if isinstance(value, str) else _values_besides_tags(field, value)
            yield from ((name, format_value(each)) for each in values)
        case Structure.FILES:
            yield from _write_files(field, name, value)
        case Structure.ROWS:
            yield from _write_rows(field, name, value)
        case Structure.GROUP:
            parts = object_parts(field)
            for key, part in value.items() if isinstance(value, dict) else ():
                if key in parts:
                    yield from write_field(parts[key], f"{name}.{key}", part)


def _write_files(field: Field, name: str, value: Any) -> Iterator[tuple[str, str]]:
    item, attributes = list_item(field), file_attributes(field)
    for entry in value if isinstance(value, list) else [value]:
        is_object = isinstance(entry, dict)
        reference = entry.get(file_part(item)) if is_object and isinstance(item, Object) else entry
        yield f"{name}.{reference}", TICKED
        for key, attribute in entry.items() if is_object else ():
            if key in attributes:
                yield f"{name}.{reference}.{key}", format_value(attribute)


def _write_rows(field: Field, name: str, value: Any) -> Iterator[tuple[str, str]]:
    item = list_item(field)
    for number, row in enumerate(value if isinstance(value, list) else ()):
        if item is not None:
            yield from write_field(item, f"{name}.{number}", row)


def _values_besides_tags(field: Field, value: Any) -> list[Any]:
    names = [name for name, part in object_parts(field).items() if not is_type_tag(part)]
    return [value[name] for name in names if isinstance(value, dict) and name in value]
