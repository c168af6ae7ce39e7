"""The catalogue as JSON Schema, as OpenAPI 3.1 has it: one schema for each model's request, chosen by kind and model.

What a schema cannot say stays with the API: lengths are counted in UTF-16 units, rules between fields, sizes of files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import PIXELS, Boolean, Choice, Integer, Media, Number, Text

Schema = dict[str, Any]
HERE = "#/components/schemas/"


def with_models(request: Schema) -> dict[str, Schema]:
    """`request`: what all requests have, with `kind` and `model`. The schemas of all kinds and models, and of the whole
    under its own title."""
    found: dict[str, Schema] = {}
    for kind in catalog.kinds():
        models = catalog.models(kind)
        found |= {_name(model): _request(request, model) for model in models}
        found[kind] = _one_of("model", {model.name: _name(model) for model in models}, title=catalog.title(kind))
    whole = _one_of("kind", {kind: kind for kind in catalog.kinds()})
    return {**found, request["title"]: {**request, **whole}}


def _one_of(by: str, names: Mapping[str, str], **more: Any) -> Schema:
    places = {value: f"{HERE}{name}" for value, name in names.items()}
    discriminator = {"propertyName": by, "mapping": places}
    return {**more, "oneOf": [{"$ref": place} for place in places.values()], "discriminator": discriminator}


def _name(model: CatalogModel) -> str:
    return f"{model.kind}.{model.name}"


def _request(request: Schema, model: CatalogModel) -> Schema:
    ours = {**request["properties"], "kind": {"const": model.kind}, "model": {"const": model.name}}
    fields = {name: json_schema(field) for name, field in model.fields.items()}
    needed = [name for name, field in model.fields.items() if field.required]
    return {
        "title": f"{model.kind}: {model.name}",
        "type": "object",
        "properties": {**ours, **fields},
        "required": [*request["required"], *needed],
        "additionalProperties": False,
    }


def json_schema(field: Field) -> Schema:
    found = _json_schema(field)
    return found if field.default is None else {**found, "default": field.default}


def _json_schema(field: Field) -> Schema:
    match field:
        case Text():
            pattern = {} if field.pattern is None else {"pattern": f"^(?:{field.pattern})$"}
            return {"type": "string", **_bounds(minLength=field.min, maxLength=field.max), **pattern}
        case Choice():
            named = {"type": "string", "enum": [*field.values, *field.deprecated]}
            free = {"type": "string", "pattern": f"^(?:{PIXELS.pattern})$", "description": field.allowed()}
            return {"anyOf": [named, free]} if field.pixels else named
        case Integer():
            return _whole(field)
        case Number():
            return {"type": "number", **_bounds(minimum=field.min, maximum=field.max), **_described(field)}
        case Boolean():
            return {"type": "boolean"}
        case Media():
            return {"type": "string", "description": field.allowed()}
    return _structure(field)


def _whole(field: Integer) -> Schema:
    named = {"enum": list(field.values)} if field.values else _bounds(minimum=field.min, maximum=field.max)
    number = {"type": "integer", **named, **_described(field)}
    return {"anyOf": [number, {"type": "string", "enum": list(field.words)}]} if field.words else number


def _described(field: Number | Integer) -> Schema:
    return {"description": field.unit} if field.unit else {}


def _structure(field: Field) -> Schema:
    match field:
        case AnyOf():
            return {"anyOf": [json_schema(option) for option in field.options]}
        case List():
            bounds = _bounds(minItems=field.min, maxItems=field.max)
            return {"type": "array", "items": json_schema(field.items), **bounds}
        case Object():
            needed = [name for name, part in field.fields.items() if part.required]
            return {
                "type": "object",
                "properties": {name: json_schema(part) for name, part in field.fields.items()},
                **({"required": needed} if needed else {}),
                "additionalProperties": field.open,
            }
    raise TypeError(field)


def _bounds(**bounds: float | None) -> Schema:
    return {name: bound for name, bound in bounds.items() if bound is not None}
