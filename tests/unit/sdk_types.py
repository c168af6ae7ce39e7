"""Fields of requests as the official SDK types them, in one plain shape that the catalogue's fields have too."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from runwayml._utils import PropertyInfo
from typing_extensions import is_typeddict

from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import Boolean, Choice, Integer, Media, Number, Text

Shape = Any
PLAIN = {str: "text", int: "whole", float: "number", bool: "boolean", object: "anything"}


@cache
def models(kind: str) -> dict[str, type]:
    """The SDK's type of each model's request, by the model's name; none for a kind that the SDK does not know."""
    name = f"runwayml.types.{kind}_create_params"
    if importlib.util.find_spec(name) is None:
        return {}
    module = importlib.import_module(name)
    whole = getattr(module, "".join(word.capitalize() for word in kind.split("_")) + "CreateParams")
    types = [whole] if is_typeddict(whole) else get_args(whole)
    return {get_args(_plain(get_type_hints(found)["model"]))[0]: found for found in types}


def fields(found: type) -> dict[str, tuple[bool, Shape]]:
    """Wire name → whether it is required, and its shape."""
    hints = get_type_hints(found, include_extras=True)
    read = {}
    for name, hint in hints.items():
        required, hint = get_origin(hint) is Required, _unwrapped(hint)
        read[_alias(hint) or name] = (required, shape(hint))
    return read


def shape(hint: Any) -> Shape:
    hint = _plain(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if is_typeddict(hint):
        return ("object", fields(hint))
    arguments = get_args(hint)
    if get_origin(hint) is Literal:
        return ("one of", frozenset(arguments))
    if get_origin(hint) in (Union, UnionType):
        return either([shape(argument) for argument in arguments])
    return ("list", shape(arguments[0]))


def either(shapes: list[Shape]) -> Shape:
    return ("either", sorted(shapes, key=repr)) if len(shapes) > 1 else shapes[0]


def ours(field: Field) -> Shape:
    """The same shape of a field of the catalogue."""
    match field:
        case Text() | Media():
            return "text"
        case Choice():
            known = ("one of", frozenset(field.values + field.deprecated))
            return either([known, "text"]) if field.pixels else known
        case Integer():
            plain: Shape = ("one of", frozenset(field.values)) if field.values else "whole"
            return either([plain, ("one of", frozenset(field.words))]) if field.words else plain
        case Number():
            return "number"
        case Boolean():
            return "boolean"
        case Object():
            return ("object", our_fields(field.fields))
        case List():
            return ("list", ours(field.items))
        case AnyOf():
            return either([ours(option) for option in field.options])
    raise TypeError(field)


def our_fields(known: Mapping[str, Field]) -> dict[str, tuple[bool, Shape]]:
    return {name: (field.required, ours(field)) for name, field in known.items()}


def _unwrapped(hint: Any) -> Any:
    while get_origin(hint) in (Required, NotRequired):
        hint = get_args(hint)[0]
    return hint


def _plain(hint: Any) -> Any:
    hint = _unwrapped(hint)
    while get_origin(hint) is Annotated:
        hint = _unwrapped(get_args(hint)[0])
    return hint


def _alias(hint: Any) -> str | None:
    told = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((info.alias for info in told if isinstance(info, PropertyInfo) and info.alias), None)


def fits(shape: Shape, value: Any) -> bool:
    """Whether a value, as JSON has it, is of the SDK's type."""
    if isinstance(shape, str):
        kinds = {"text": str, "whole": int, "number": int | float, "boolean": bool, "anything": object}
        return isinstance(value, kinds[shape]) and (shape in ("boolean", "anything") or not isinstance(value, bool))
    kind, inner = shape
    if kind == "one of":
        return value in inner
    if kind == "list":
        return isinstance(value, list) and all(fits(inner, item) for item in value)
    if kind == "either":
        return any(fits(option, value) for option in inner)
    return isinstance(value, dict) and fits_fields(inner, value)


def fits_fields(known: Mapping[str, tuple[bool, Shape]], value: Mapping[str, Any]) -> bool:
    missing = [name for name, (required, _) in known.items() if required and name not in value]
    return not missing and all(name in known and fits(known[name][1], told) for name, told in value.items())
