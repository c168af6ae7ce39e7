"""The base class of a request's fields, and what a value can violate in one.

A field's place in a request is its path from the root of the body, such as `("promptImage", 0, "uri")`. What is wrong
with a value is a `Violation`: `messages.py` turns it into a sentence for people, and the simulator into one of Runway's
own issues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FieldPath = tuple[str | int, ...]


class Absent:
    """The type of `ABSENT`."""


ABSENT = Absent()
"""The value of a required field that a request leaves out; None would be JSON's null."""


class ViolationCode(StrEnum):
    """What kind of rule a value violates."""

    TYPE = "type"
    VALUE = "value"
    RANGE = "range"
    PATTERN = "pattern"
    KEYS = "keys"
    BRANCH = "branch"
    RULE = "rule"


@dataclass(frozen=True)
class Violation:
    """One rule that a value violates.

    `size` is the number, length or count that is out of range (RANGE), `keys` are the unknown keys of an object (KEYS),
    and `message` says which rule between fields is broken (RULE).
    """

    path: FieldPath
    field: Field
    code: ViolationCode
    value: object
    size: float = 0
    keys: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a request.

    `facts` is its entry in `catalog.json`. `default` is the default that Runway publishes; `usual` is ours for a field
    without one, which forms offer and prices assume. `expected` is the JSON type, as Runway's error messages name it.
    """

    facts: Mapping[str, Any]
    required: bool = False
    default: Any = None
    usual: Any = None
    expected = "anything"

    @property
    def effective_default(self) -> Any:
        """The value that is assumed when a request leaves the field out: Runway's default, else ours."""
        return self.usual if self.default is None else self.default

    def is_type(self, value: object) -> bool:
        """Return whether a value has this field's JSON type, whatever its bounds."""
        raise NotImplementedError

    def allowed(self) -> str:
        """Return what the field may be, as the end of the sentence "It must be …"."""
        raise NotImplementedError

    def check(self, path: FieldPath, value: object) -> Iterator[Violation]:
        """Yield everything that a value violates."""
        if not self.is_type(value):
            yield Violation(path, self, ViolationCode.TYPE, value)
        else:
            yield from self._check(path, value)

    def _check(self, path: FieldPath, value: Any) -> Iterator[Violation]:
        """Yield what a value of the right type violates."""
        yield from ()

    def missing(self, path: FieldPath) -> Violation:
        """Return the violation of a required field that is left out."""
        return Violation(path, self, ViolationCode.TYPE, ABSENT)


def value_or_default(fields: Mapping[str, Field], parameters: Mapping[str, Any], name: str) -> Any:
    """Return what a request gives for a field, else Runway's default, else ours; None where there is none of these."""
    value, field = parameters.get(name), fields.get(name)
    if value is not None or field is None:
        return value
    return field.effective_default
