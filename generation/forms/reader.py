"""A filled-in form → the parameters of a request, under Runway's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generation.forms.form_data import FormData, picked_files, row_numbers
from generation.forms.structure import (
    Structure,
    accepts_single_file,
    file_attributes,
    file_part,
    list_item,
    media_kinds,
    object_options,
    object_parts,
    structure_of,
    type_tags,
)
from generation.forms.text_values import format_value, parse_text
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import Object

KindOfFile = Callable[[str], str]
"""Returns the kind of a referenced file, "image", "video" or "audio"; an empty string where it is unknown."""


def unknown_kind(_reference: str) -> str:
    """Return that the kind of a file is unknown: then a field takes the first kind that it accepts."""
    return ""


def read_parameters(
    fields: Mapping[str, Field], data: FormData, kind_of_file: KindOfFile = unknown_kind
) -> dict[str, Any]:
    """Return the values of all fields that are filled in."""
    values = {name: read_field(field, name, data, kind_of_file) for name, field in fields.items()}
    return {name: value for name, value in values.items() if value is not None}


def read_field(field: Field, name: str, data: FormData, kind_of_file: KindOfFile = unknown_kind) -> Any:
    """Return the value of one field; None where nothing is filled in."""
    text = str(data.get(name) or "").strip()
    match structure_of(field):
        case Structure.PLAIN:
            return parse_text(field, text)
        case Structure.FILE:
            return _file(field, text, kind_of_file) if text else None
        case Structure.PRESET:
            return _tagged(object_options(field)[0], text) if text else None
        case Structure.FILES:
            return _files(field, name, data)
        case Structure.ROWS:
            return _rows(list_item(field), name, data, kind_of_file)
    parts = {key: read_field(part, f"{name}.{key}", data, kind_of_file) for key, part in object_parts(field).items()}
    return {key: value for key, value in parts.items() if value is not None} or None


def with_required_defaults(fields: Mapping[str, Field], data: FormData) -> dict[str, Any]:
    """Return the form with the default of each required field that it does not have: its control shows that default."""
    defaults = {name: field.effective_default for name, field in fields.items() if field.required}
    return {**{name: format_value(value) for name, value in defaults.items() if value is not None}, **data}


def file_item(item: Object, reference: str) -> dict[str, str]:
    """Return a file as an item of a list of objects."""
    return {**type_tags(item), file_part(item): reference}


def _file(field: Field, reference: str, kind_of_file: KindOfFile) -> Any:
    """Return the reference by itself, or in the object for its kind."""
    options = object_options(field)
    # where the kind is unknown the first option goes, and the catalog refuses a wrong file
    matching = [option for option in options if kind_of_file(reference) in media_kinds(option)]
    return _tagged((matching or options)[0], reference) if options else reference


def _tagged(option: Object, text: str) -> dict[str, str]:
    tags = type_tags(option)
    value_name = next(name for name in option.fields if name not in tags)
    return {**tags, value_name: text}


def _files(field: Field, name: str, data: FormData) -> Any:
    references = picked_files(name, data)
    items = [_file_with_attributes(field, name, reference, data) for reference in references]
    # a single file needs no list, unless it has attributes
    if len(items) == 1 and accepts_single_file(field) and not _has_attributes(field, items[0]):
        return references[0]
    return items or None


def _file_with_attributes(field: Field, name: str, reference: str, data: FormData) -> Any:
    item = list_item(field)
    if not isinstance(item, Object):
        return reference
    attributes = file_attributes(field)
    values = {key: read_field(part, f"{name}.{reference}.{key}", data) for key, part in attributes.items()}
    return file_item(item, reference) | {key: value for key, value in values.items() if value is not None}


def _has_attributes(field: Field, item: object) -> bool:
    return isinstance(item, dict) and bool(item.keys() & file_attributes(field).keys())


def _rows(item: Field | None, name: str, data: FormData, kind_of_file: KindOfFile) -> list[Any] | None:
    if item is None:
        return None
    rows = [read_field(item, f"{name}.{number}", data, kind_of_file) for number in row_numbers(name, data)]
    return [row for row in rows if row is not None] or None
