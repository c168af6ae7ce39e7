"""Fields that are made of other fields: objects, lists, and a choice between several kinds of value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generation.runway.catalog.base_field import ABSENT, Field, FieldPath, Violation, ViolationCode
from generation.runway.catalog.bounds import describe_count, is_outside
from projects.disk.name_matching import name_key
from projects.translation import gettext as _
from projects.translation import ngettext


@dataclass(frozen=True, kw_only=True)
class Object(Field):
    """A JSON object. With `open`, keys that are not in `fields` are ignored instead of refused."""

    fields: Mapping[str, Field]
    open: bool = False
    expected = "object"

    def is_type(self, value: object) -> bool:
        """Return whether the value is an object."""
        return isinstance(value, dict)

    def allowed(self) -> str:
        """Return for example "an object with uri (a picture, …); it may have position"."""
        required = [f"{name} ({field.allowed()})" for name, field in self.fields.items() if field.required]
        optional = [name for name, field in self.fields.items() if not field.required]
        words = {
            (True, True): _("an object with {required}; it may have {optional}"),
            (True, False): _("an object with {required}"),
            (False, True): _("an object that may have {optional}"),
            (False, False): _("an object"),
        }[bool(required), bool(optional)]
        return words.format(required="; ".join(required), optional=", ".join(optional))

    def _check(self, path: FieldPath, value: dict[str, Any]) -> Iterator[Violation]:
        for name, field in self.fields.items():
            if name in value:
                yield from field.check((*path, name), value[name])
            elif field.required:
                yield field.missing((*path, name))
        unknown = tuple(str(key) for key in value if key not in self.fields)
        if unknown and not self.open:
            yield Violation(path, self, ViolationCode.KEYS, value, keys=unknown)


@dataclass(frozen=True, kw_only=True)
class List(Field):
    """A list of `min` to `max` items of one kind, with rules between them.

    No two items may have the same value under the key `unique`; either all items or none have the key `all_or_none`;
    `last_needs_first` forbids a "last" `position` without a "first". `most` gives, by key and value, how many items may
    have it, and `total` by key what the numbers may add up to.
    """

    items: Field
    min: int | None = None
    max: int | None = None
    unique: str = ""
    all_or_none: str = ""
    last_needs_first: bool = False
    most: Mapping[str, Mapping[str, int]]
    total: Mapping[str, tuple[float, float]]
    expected = "array"

    def is_type(self, value: object) -> bool:
        """Return whether the value is a list."""
        return isinstance(value, list)

    def allowed(self) -> str:
        """Return for example "a list of 1 to 3 items, each one of dog, cat"."""
        if not self.min and not self.max:
            return _("a list, each item {allowed}").format(allowed=self.items.allowed())
        # the number that the plural agrees with is the last one of a range
        words = ngettext(
            "a list of {count} item, each {allowed}", "a list of {count} items, each {allowed}", self.max or 2
        )
        return words.format(count=describe_count(self.min, self.max), allowed=self.items.allowed())

    def _check(self, path: FieldPath, value: list[Any]) -> Iterator[Violation]:
        if is_outside(len(value), self.min, self.max):
            yield Violation(path, self, ViolationCode.RANGE, value, len(value))
        # items above the maximum are not checked, so that a huge list does not lead to as many messages
        in_items = [
            violation
            for index, item in enumerate(value[: self.max])
            for violation in self.items.check((*path, index), item)
        ]
        yield from in_items
        # the rules between items rely on items of the right type
        if not in_items:
            yield from (Violation(path, self, ViolationCode.RULE, value, message=rule) for rule in self._broken(value))

    def _broken(self, items: list[Any]) -> Iterator[str]:
        """Yield the broken rules between items that are each correct."""
        positions = _values(items, "position")
        if self.last_needs_first and "last" in positions and "first" not in positions:
            yield _("a last frame needs a first one")
        keys = [name_key(str(value)) for value in _values(items, self.unique)]
        if self.unique and len(set(keys)) < len(keys):
            yield _("no two items may have the same {unique}").format(unique=self.unique)
        if self.all_or_none and len(_values(items, self.all_or_none)) not in (0, len(items)):
            yield _("either all items have {all_or_none} or none does").format(all_or_none=self.all_or_none)
        yield from self._broken_most(items)
        for key, bounds in self.total.items():
            if is_outside(sum(_values(items, key)), *bounds):
                yield _("{key} must add up to {least:g} to {most:g}").format(key=key, least=bounds[0], most=bounds[1])

    def _broken_most(self, items: list[Any]) -> Iterator[str]:
        fields = self.items.fields if isinstance(self.items, Object) else {}
        for key, limits in self.most.items():
            counts = Counter(item.get(key, fields[key].default) for item in items if isinstance(item, dict))
            for value, limit in limits.items():
                if counts[value] > limit:
                    yield _("at most {limit} items may have {key} {value}").format(limit=limit, key=key, value=value)


def _values(items: list[Any], key: str) -> list[Any]:
    return [item[key] for item in items if isinstance(item, dict) and item.get(key) is not None]


@dataclass(frozen=True, kw_only=True)
class AnyOf(Field):
    """A value of one of several kinds, such as one address or a list of them."""

    options: tuple[Field, ...]

    def is_type(self, value: object) -> bool:
        """Return whether any option has the value's type."""
        return any(option.is_type(value) for option in self.options)

    def allowed(self) -> str:
        """Return what each option may be."""
        return "; or ".join(option.allowed() for option in self.options)

    def check(self, path: FieldPath, value: object) -> Iterator[Violation]:
        """Yield what the value violates in the option that it comes closest to."""
        option = self.closest(value)
        if option is None:
            yield Violation(path, self, ViolationCode.BRANCH, value)
        else:
            yield from option.check(path, value)

    def closest(self, value: object) -> Field | None:
        """Return the option of the value's type with the fewest violations; None when no option has its type."""
        options = [option for option in self.options if option.is_type(value)]
        return min(options, key=lambda option: len(list(option.check((), value))), default=None)

    def missing(self, path: FieldPath) -> Violation:
        """Return a BRANCH violation, since no option can be chosen for nothing."""
        return Violation(path, self, ViolationCode.BRANCH, ABSENT)
