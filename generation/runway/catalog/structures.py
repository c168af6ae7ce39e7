"""Fields that are made of others: objects, lists, and a choice between several kinds of value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generation.runway.catalog.fields import ABSENT, Code, Field, Medium, Place, Wrong, outside, span_of


@dataclass(frozen=True, kw_only=True)
class Object(Field):
    """`open`: keys that it does not know are ignored, not refused."""

    fields: Mapping[str, Field]
    open: bool = False
    expected = "object"

    def is_type(self, value: object) -> bool:
        return isinstance(value, dict)

    def allowed(self) -> str:
        needed = [f"{name} ({field.allowed()})" for name, field in self.fields.items() if field.required]
        others = [name for name, field in self.fields.items() if not field.required]
        return f"an object with {'; '.join(needed) or 'any of its keys'}" + (
            f"; it may have {', '.join(others)}" if others else ""
        )

    def _check(self, place: Place, value: dict[str, Any]) -> Iterator[Wrong]:
        for name, field in self.fields.items():
            if name in value:
                yield from field.check((*place, name), value[name])
            elif field.required:
                yield field.missing((*place, name))
        unknown = tuple(str(key) for key in value if key not in self.fields)
        if unknown and not self.open:
            yield Wrong(place, self, Code.KEYS, value, keys=unknown)

    def media(self, place: Place, value: object) -> Iterator[Medium]:
        if isinstance(value, dict):
            for name, field in self.fields.items():
                if name in value:
                    yield from field.media((*place, name), value[name])


@dataclass(frozen=True, kw_only=True)
class List(Field):
    """Items of one kind, and rules between them: `unique`, `all_or_none` name a key of theirs; `most` and `total` give
    how many may have a value, and what a number must add up to."""

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
        return isinstance(value, list)

    def allowed(self) -> str:
        count = f" of {span_of(self.min, self.max)}" if self.min or self.max else ""
        return f"a list{count}, each {self.items.allowed()}"

    def _check(self, place: Place, value: list[Any]) -> Iterator[Wrong]:
        if outside(len(value), self.min, self.max):
            yield Wrong(place, self, Code.RANGE, value, len(value))
        found = [
            wrong for number, item in enumerate(value[: self.max]) for wrong in self.items.check((*place, number), item)
        ]
        yield from found
        if not found:
            yield from (Wrong(place, self, Code.RULE, value, message=rule) for rule in self._broken(value))

    def _broken(self, items: list[Any]) -> Iterator[str]:
        def of(key: str) -> list[Any]:
            return [item[key] for item in items if isinstance(item, dict) and item.get(key) is not None]

        if self.last_needs_first and "last" in of("position") and "first" not in of("position"):
            yield "a last frame needs a first one"
        if self.unique and len(set(map(str, of(self.unique)))) < len(of(self.unique)):
            yield f"no two may have the same {self.unique}"
        if self.all_or_none and len(of(self.all_or_none)) not in (0, len(items)):
            yield f"either all have {self.all_or_none} or none"
        for key, limits in self.most.items():
            usual = getattr(self.items, "fields", {})[key].default
            counted = Counter(item.get(key, usual) for item in items if isinstance(item, dict))
            for word, limit in limits.items():
                if counted[word] > limit:
                    yield f"at most {limit} may have {key} {word}"
        for key, bounds in self.total.items():
            if outside(sum(of(key)), *bounds):
                yield f"{key} must add up to {bounds[0]:g} to {bounds[1]:g}"

    def media(self, place: Place, value: object) -> Iterator[Medium]:
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from self.items.media((*place, number), item)


@dataclass(frozen=True, kw_only=True)
class Either(Field):
    """One of several kinds of value."""

    options: tuple[Field, ...]

    def is_type(self, value: object) -> bool:
        return any(option.is_type(value) for option in self.options)

    def allowed(self) -> str:
        return "; or ".join(option.allowed() for option in self.options)

    def check(self, place: Place, value: object) -> Iterator[Wrong]:
        fitting = [option for option in self.options if option.is_type(value)]
        if not fitting:
            yield Wrong(place, self, Code.BRANCH, value)
            return
        # the one that it is nearest to
        yield from min((list(option.check(place, value)) for option in fitting), key=len)

    def media(self, place: Place, value: object) -> Iterator[Medium]:
        fitting = [option for option in self.options if option.is_type(value)]
        if fitting:
            nearest = min(fitting, key=lambda option: len(list(option.check(place, value))))
            yield from nearest.media(place, value)

    def missing(self, place: Place) -> Wrong:
        return Wrong(place, self, Code.BRANCH, ABSENT)
