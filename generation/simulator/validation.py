"""The body of a request that creates a task, checked by the catalog; what is wrong becomes Runway's own issues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.base_field import FieldPath, Violation, ViolationCode
from generation.runway.catalog.composite_fields import AnyOf, List
from generation.runway.catalog.fields import Choice, Integer, Number, Text
from generation.runway.catalog.media import MediaReference
from generation.simulator.api_errors import (
    Issue,
    custom,
    invalid_body,
    invalid_format,
    invalid_type,
    invalid_union,
    invalid_value,
    out_of_range,
    unrecognized_keys,
)

# how each form of a media address begins, and its greatest length in characters
HTTPS, UPLOAD = ("^https:\\/\\/", 2048), ("^runway:\\/\\/", 5000)
MAX_DATA_URI_LENGTH = 5_242_880
MIN_ADDRESS_LENGTH = 13
# JSON type and unit in the issue of a wrong length
SIZED_TYPES = {Text: ("string", "characters"), List: ("array", "items")}


@dataclass(frozen=True)
class CreateRequest:
    """A valid body: the parameters that the model knows, by Runway's names, and every media file among them."""

    model: CatalogModel
    parameters: dict[str, Any]
    media: list[MediaReference]

    @property
    def prompt(self) -> str:
        """The prompt's text, or an empty string."""
        return str(self.parameters.get("promptText", ""))

    def value(self, name: str) -> Any:
        """Return what is given for a field, else its default."""
        return self.model.value_or_default(self.parameters, name)


def validate(kind: str, body: object) -> CreateRequest:
    """Return the request in a body for one endpoint. Raise ApiError with an issue for each wrong field."""
    if not isinstance(body, dict):
        raise invalid_body(invalid_type((), "object", body))
    name = body.get("model")
    model = catalog.find(kind, name) if isinstance(name, str) else None
    if model is None:
        raise invalid_body(invalid_value(("model",), [known.name for known in catalog.models(kind)]))
    fields = {key: _with_integers(value) for key, value in body.items() if key != "model"}
    issues = list(_issues(model, fields))
    if issues:
        raise invalid_body(*issues)
    parameters = {key: value for key, value in fields.items() if key in model.fields}
    return CreateRequest(model, parameters, model.media_references(parameters))


def _with_integers(value: Any) -> Any:
    """Return a JSON value with 5.0 as 5, since JSON has only one kind of number."""
    if isinstance(value, list):
        return [_with_integers(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_integers(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _issues(model: CatalogModel, fields: dict[str, Any]) -> Iterator[Issue]:
    # unlike our own API, Runway refuses null, so None is not removed from `fields` first
    yield from (ISSUES[violation.code](violation) for violation in model.violations(fields))
    for reference in model.media_references(fields):
        yield from _address_issues(reference)
    unknown = [key for key in fields if key not in model.fields]
    if model.strict and unknown:
        yield unrecognized_keys((), unknown)


def _type_issue(violation: Violation) -> Issue:
    expected = violation.field.expected
    if isinstance(violation.field, Integer) and isinstance(violation.value, float):
        expected = "int"
    return invalid_type(violation.path, expected, violation.value)


def _value_issue(violation: Violation) -> Issue:
    values = violation.field.values if isinstance(violation.field, Choice | Integer) else ()
    return invalid_value(violation.path, values)


def _range_issue(violation: Violation) -> Issue:
    field = violation.field
    origin, unit = SIZED_TYPES.get(type(field), ("number", ""))
    least, most = (field.min, field.max) if isinstance(field, Text | List | Number | Integer) else (None, None)
    return out_of_range(violation.path, origin, violation.size, least, most, unit)


def _pattern_issue(violation: Violation) -> Issue:
    pattern = violation.field.pattern if isinstance(violation.field, Text) else ""
    return _no_match(violation.path, f"^{pattern}$")


def _branch_issue(violation: Violation) -> Issue:
    options = violation.field.options if isinstance(violation.field, AnyOf) else ()
    types = dict.fromkeys(option.expected for option in options)
    return invalid_union(violation.path, [invalid_type(violation.path, name, violation.value) for name in types])


ISSUES: dict[ViolationCode, Callable[[Violation], Issue]] = {
    ViolationCode.TYPE: _type_issue,
    ViolationCode.VALUE: _value_issue,
    ViolationCode.RANGE: _range_issue,
    ViolationCode.PATTERN: _pattern_issue,
    ViolationCode.KEYS: lambda violation: unrecognized_keys(violation.path, violation.keys),
    ViolationCode.BRANCH: _branch_issue,
    ViolationCode.RULE: lambda violation: custom(violation.path, f"Invalid input: {violation.message}"),
}


def _address_issues(reference: MediaReference) -> Iterator[Issue]:
    max_lengths = dict([HTTPS, UPLOAD, (f"^data:{reference.field.kind}\\/", MAX_DATA_URI_LENGTH)])
    longest = next((most for pattern, most in max_lengths.items() if re.match(pattern, reference.value)), None)
    length = len(reference.value)
    if longest is None:
        yield invalid_union(reference.path, [_no_match(reference.path, pattern) for pattern in max_lengths])
    elif not MIN_ADDRESS_LENGTH <= length <= longest:
        yield out_of_range(reference.path, "string", length, MIN_ADDRESS_LENGTH, longest, "characters")


def _no_match(path: FieldPath, pattern: str) -> Issue:
    return invalid_format(path, "regex", f"Invalid string: must match pattern /{pattern}/", pattern=f"/{pattern}/")
