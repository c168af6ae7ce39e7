"""What was filled in becomes parameters with Runway's names, and the other way.

A value that cannot be what its field wants stays as it was typed, so that the catalogue refuses it by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generation.forms.shapes import (
    Shape,
    fixed,
    is_fixed,
    items,
    media_kinds,
    options,
    parts,
    shape,
    stands_alone,
    words,
)
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import Object
from generation.runway.catalog.fields import Boolean, Integer, Media, Number

Data = Mapping[str, Any]
KindOf = Callable[[str], str]
# of a file as a request names it: image, video, audio
PICKED = re.compile(r"asset:[0-9A-Fa-f-]{1,40}")
ROW = re.compile(r"[0-9]{1,3}")
WHOLE = re.compile(r"-?[0-9]{1,20}")
NUMBER = re.compile(r"-?[0-9]{1,9}\.[0-9]{1,9}")
ON = "on"


def nothing_known(value: str) -> str:
    return ""


def read(field: Field, name: str, data: Data, kind_of: KindOf = nothing_known) -> Any:
    """None where nothing was filled in."""
    text = str(data.get(name) or "").replace("\r\n", "\n").strip()
    match shape(field):
        case Shape.PLAIN:
            return typed(field, text)
        case Shape.FILE:
            return _file(field, text, kind_of) if text else None
        case Shape.PRESET:
            return _within(options(field)[0], text) if text else None
        case Shape.FILES:
            return _files(field, name, data)
        case Shape.ROWS:
            return _rows(items(field), name, data, kind_of)
    found = {key: read(part, f"{name}.{key}", data, kind_of) for key, part in parts(field).items()}
    return {key: value for key, value in found.items() if value is not None} or None


def write(field: Field, name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The names and texts of a form out of which `read()` makes the value; what the field has no place for is left."""
    match shape(field):
        case Shape.PLAIN:
            if not isinstance(value, dict | list):
                yield name, text_of(value)
        case Shape.FILE | Shape.PRESET:
            held = [value] if isinstance(value, str) else _held(field, value)
            yield from ((name, text_of(each)) for each in held)
        case Shape.FILES:
            yield from _written_files(field, name, value)
        case Shape.ROWS:
            for number, item in enumerate(value if isinstance(value, list) else ()):
                yield from write(_item(field), f"{name}.{number}", item)
        case Shape.GROUP:
            known = parts(field)
            for key, part in value.items() if isinstance(value, dict) else ():
                if key in known:
                    yield from write(known[key], f"{name}.{key}", part)


def typed(field: Field, text: str) -> Any:
    if not text:
        return None
    if isinstance(field, Boolean):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(field, Integer | Number) and WHOLE.fullmatch(text):
        return int(text)
    if isinstance(field, Number) and NUMBER.fullmatch(text):
        return float(text)
    return text


def text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def picked(name: str, data: Data) -> list[str]:
    """The files that are picked of a list, in the form's order."""
    start = f"{name}."
    found = [key.removeprefix(start) for key in data if key.startswith(start) and data.get(key)]
    return [key for key in found if PICKED.fullmatch(key)]


def rows(name: str, data: Data) -> list[int]:
    """The numbers of the rows that the form has, also of those with nothing in them."""
    start = f"{name}."
    found = {key.removeprefix(start).split(".")[0] for key in data if key.startswith(start)}
    return sorted(int(number) for number in found if ROW.fullmatch(number))


def with_rows(data: Data, change: str) -> dict[str, Any]:
    """With one row more (`add:keyframes`), or without one (`remove:keyframes.1`)."""
    what, _, name = change.partition(":")
    if what == "remove":
        return {key: value for key, value in data.items() if key != name and not key.startswith(f"{name}.")}
    known = rows(name, data)
    return {**data, f"{name}.{known[-1] + 1 if known else 0}": ""}


def _file(field: Field, text: str, kind_of: KindOf) -> Any:
    """By itself, or in the object for its kind."""
    several = options(field)
    fitting = [option for option in several if kind_of(text) in media_kinds(option)]
    return _within((fitting or several)[0], text) if several else text


def _within(option: Object, text: str) -> dict[str, str]:
    said = fixed(option)
    place = next(name for name in option.fields if name not in said)
    return {**said, place: text}


def _files(field: Field, name: str, data: Data) -> Any:
    found = [_item_of(field, name, value, data) for value in picked(name, data)]
    said = found[0].keys() & words(field).keys() if len(found) == 1 and isinstance(found[0], dict) else ()
    # one of which nothing is said needs no list
    return picked(name, data)[0] if len(found) == 1 and stands_alone(field) and not said else found or None


def _item_of(field: Field, name: str, value: str, data: Data) -> Any:
    item = _item(field)
    if not isinstance(item, Object):
        return value
    said = {key: read(part, f"{name}.{value}.{key}", data) for key, part in words(field).items()}
    return {**with_file(item, value), **{key: word for key, word in said.items() if word is not None}}


def with_file(item: Object, value: str) -> dict[str, str]:
    """An item of a list of files."""
    return {**fixed(item), _place(item): value}


def _rows(item: Field | None, name: str, data: Data, kind_of: KindOf) -> list[Any] | None:
    found = [read(item, f"{name}.{number}", data, kind_of) for number in rows(name, data)] if item else []
    return [value for value in found if value is not None] or None


def _written_files(field: Field, name: str, value: Any) -> Iterator[tuple[str, str]]:
    item, said = _item(field), words(field)
    for each in value if isinstance(value, list) else [value]:
        uri = each.get(_place(item)) if isinstance(each, dict) and isinstance(item, Object) else each
        yield f"{name}.{uri}", ON
        for key, word in each.items() if isinstance(each, dict) else ():
            if key in said:
                yield f"{name}.{uri}.{key}", text_of(word)


def _held(field: Field, value: Any) -> list[Any]:
    places = [key for key, part in parts(field).items() if not is_fixed(part)]
    return [value[key] for key in places if isinstance(value, dict) and key in value]


def _item(field: Field) -> Field:
    item = items(field)
    if item is None:
        raise TypeError(f"{field} is no list")
    return item


def _place(item: Object) -> str:
    """Where the file of an object stands."""
    return next(name for name, part in item.fields.items() if isinstance(part, Media))
