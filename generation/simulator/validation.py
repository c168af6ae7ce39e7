"""The body of a creating call, checked by the catalogue, with Runway's own kind of complaint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.fields import Choice, Code, Medium, Number, Place, Text, Whole, Wrong
from generation.runway.catalog.structures import Either, List
from generation.simulator.refusals import (
    Issue,
    custom,
    invalid_format,
    invalid_type,
    invalid_union,
    invalid_value,
    out_of_range,
    unrecognized_keys,
    wrong_body,
)

# what an address may begin with, and how long it may be, in characters of the whole
HTTPS, UPLOAD = ("^https:\\/\\/", 2048), ("^runway:\\/\\/", 5000)
DATA_URI_LENGTH = 5_242_880
SHORTEST_ADDRESS = 13
ORIGINS = {Text: ("string", "characters"), List: ("array", "items")}


@dataclass(frozen=True)
class Wanted:
    """A body that fits: what was given, by wire name, and every place where a file goes."""

    model: CatalogModel
    parameters: dict[str, Any]
    media: list[Medium]

    @property
    def prompt(self) -> str:
        return str(self.parameters.get("promptText", ""))

    def value(self, name: str) -> Any:
        """What was given, else the default."""
        return self.model.value(self.parameters, name)


def read(kind: str, body: object) -> Wanted:
    if not isinstance(body, dict):
        raise wrong_body(invalid_type((), "object", body))
    name = body.get("model")
    model = catalog.find(kind, name) if isinstance(name, str) else None
    if model is None:
        raise wrong_body(invalid_value(("model",), [known.name for known in catalog.models(kind)]))
    fields = {key: _as_numbers(value) for key, value in body.items() if key != "model"}
    issues = list(_issues(model, fields))
    if issues:
        raise wrong_body(*issues)
    known = {key: value for key, value in fields.items() if key in model.fields}
    return Wanted(model, known, model.media(known))


def _as_numbers(value: Any) -> Any:
    """JSON knows one kind of number: 5.0 is 5."""
    if isinstance(value, list):
        return [_as_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_numbers(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _issues(model: CatalogModel, fields: dict[str, Any]) -> Iterator[Issue]:
    # null is a value to Runway, and no field takes it
    yield from (ISSUES[wrong.code](wrong) for wrong in model.wrong(fields))
    for medium in model.media(fields):
        yield from _address(medium)
    unknown = [key for key in fields if key not in model.fields]
    if model.strict and unknown:
        yield unrecognized_keys((), unknown)


def _wrong_type(wrong: Wrong) -> Issue:
    expected = wrong.field.expected
    if isinstance(wrong.field, Whole) and isinstance(wrong.value, float):
        expected = "int"
    return invalid_type(wrong.place, expected, wrong.value)


def _wrong_value(wrong: Wrong) -> Issue:
    values = wrong.field.values if isinstance(wrong.field, Choice | Whole) else ()
    return invalid_value(wrong.place, values)


def _out_of_range(wrong: Wrong) -> Issue:
    origin, unit = next((told for kind, told in ORIGINS.items() if isinstance(wrong.field, kind)), ("number", ""))
    bounds = wrong.field if isinstance(wrong.field, Text | List | Number | Whole) else None
    return out_of_range(
        wrong.place, origin, wrong.size, bounds.min if bounds else None, bounds.max if bounds else None, unit
    )


def _wrong_pattern(wrong: Wrong) -> Issue:
    pattern = wrong.field.pattern if isinstance(wrong.field, Text) else ""
    return _no_match(wrong.place, f"^{pattern}$")


def _no_branch(wrong: Wrong) -> Issue:
    options = wrong.field.options if isinstance(wrong.field, Either) else ()
    expected = dict.fromkeys(option.expected for option in options)
    return invalid_union(wrong.place, [invalid_type(wrong.place, kind, wrong.value) for kind in expected])


ISSUES: dict[Code, Callable[[Wrong], Issue]] = {
    Code.TYPE: _wrong_type,
    Code.VALUE: _wrong_value,
    Code.RANGE: _out_of_range,
    Code.PATTERN: _wrong_pattern,
    Code.KEYS: lambda wrong: unrecognized_keys(wrong.place, wrong.keys),
    Code.BRANCH: _no_branch,
    Code.RULE: lambda wrong: custom(wrong.place, f"Invalid input: {wrong.message}"),
}


def _address(medium: Medium) -> Iterator[Issue]:
    known = dict([HTTPS, UPLOAD, (f"^data:{medium.rule.kind}\\/", DATA_URI_LENGTH)])
    longest = next((most for pattern, most in known.items() if re.match(pattern, medium.value)), None)
    length = len(medium.value)
    if longest is None:
        yield invalid_union(medium.place, [_no_match(medium.place, pattern) for pattern in known])
    elif not SHORTEST_ADDRESS <= length <= longest:
        yield out_of_range(medium.place, "string", length, SHORTEST_ADDRESS, longest, "characters")


def _no_match(place: Place, pattern: str) -> Issue:
    return invalid_format(place, "regex", f"Invalid string: must match pattern /{pattern}/", pattern=f"/{pattern}/")
