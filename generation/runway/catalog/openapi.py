"""The catalog as JSON Schema for OpenAPI 3.1: one schema for the request of each model, chosen by kind and model.

Only the API checks what a schema cannot express: lengths in UTF-16 units, rules between fields, sizes of files.
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
SCHEMAS = "#/components/schemas/"


def request_schemas(request: Schema) -> dict[str, Schema]:
    """Return the schemas of all models and kinds by name, and of the whole request under its own title.

    `request` is the schema of what all requests have, with `kind` and `model`.
    """
    schemas: dict[str, Schema] = {}
    for kind in catalog.kinds():
        models = catalog.models(kind)
        schemas |= {_name(model): _request(request, model) for model in models}
        schemas[kind] = _one_of("model", {model.name: _name(model) for model in models}, title=catalog.title(kind))
    whole = _one_of("kind", {kind: kind for kind in catalog.kinds()})
    return {**schemas, request["title"]: {**request, **whole}}


def _one_of(property_name: str, names: Mapping[str, str], **more: Any) -> Schema:
    references = {value: f"{SCHEMAS}{name}" for value, name in names.items()}
    discriminator = {"propertyName": property_name, "mapping": references}
    return {**more, "oneOf": [{"$ref": reference} for reference in references.values()], "discriminator": discriminator}


def _name(model: CatalogModel) -> str:
    return f"{model.kind}.{model.name}"


def _request(request: Schema, model: CatalogModel) -> Schema:
    properties = {**request["properties"], "kind": {"const": model.kind}, "model": {"const": model.name}}
    fields = {name: json_schema(field) for name, field in model.fields.items()}
    required = [name for name, field in model.fields.items() if field.required]
    return {
        "title": f"{model.kind}: {model.name}",
        "type": "object",
        "properties": {**properties, **fields},
        "required": [*request["required"], *required],
        "additionalProperties": False,
    }


def json_schema(field: Field) -> Schema:
    """Return the schema of a field, with Runway's default when it publishes one."""
    schema = _json_schema(field)
    return schema if field.default is None else {**schema, "default": field.default}


def _json_schema(field: Field) -> Schema:
    match field:
        case Text():
            pattern = {} if field.pattern is None else {"pattern": f"^(?:{field.pattern})$"}
            return {"type": "string", **_given_bounds(minLength=field.min, maxLength=field.max), **pattern}
        case Choice():
            known = {"type": "string", "enum": [*field.values, *field.deprecated]}
            free = {"type": "string", "pattern": f"^(?:{PIXELS.pattern})$", "description": field.allowed()}
            return {"anyOf": [known, free]} if field.pixels else known
        case Integer():
            return _integer_schema(field)
        case Number():
            return {"type": "number", **_given_bounds(minimum=field.min, maximum=field.max), **_unit_description(field)}
        case Boolean():
            return {"type": "boolean"}
        case Media():
            return {"type": "string", "description": field.allowed()}
    return _composite_schema(field)


def _integer_schema(field: Integer) -> Schema:
    allowed = {"enum": list(field.values)} if field.values else _given_bounds(minimum=field.min, maximum=field.max)
    number = {"type": "integer", **allowed, **_unit_description(field)}
    return {"anyOf": [number, {"type": "string", "enum": list(field.words)}]} if field.words else number


def _unit_description(field: Number | Integer) -> Schema:
    return {"description": field.unit} if field.unit else {}


def _composite_schema(field: Field) -> Schema:
    match field:
        case AnyOf():
            return {"anyOf": [json_schema(option) for option in field.options]}
        case List():
            bounds = _given_bounds(minItems=field.min, maxItems=field.max)
            return {"type": "array", "items": json_schema(field.items), **bounds}
        case Object():
            required = [name for name, part in field.fields.items() if part.required]
            return {
                "type": "object",
                "properties": {name: json_schema(part) for name, part in field.fields.items()},
                **({"required": required} if required else {}),
                "additionalProperties": field.open,
            }
    raise TypeError(field)


def _given_bounds(**bounds: float | None) -> Schema:
    return {name: bound for name, bound in bounds.items() if bound is not None}
