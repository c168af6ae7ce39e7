"""What a task may cost at most, by what is asked for and by the files that go in. In credits."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from generation.runway.catalog.fields import Field, Number, Whole, utf16_length


@dataclass(frozen=True)
class Measure:
    """What is known of a file that goes in, or of what comes out."""

    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None


@dataclass(frozen=True)
class Asked:
    """A request as its price sees it: what was given, the fields of its model, its files by field, and how many."""

    parameters: Mapping[str, Any]
    fields: Mapping[str, Field]
    measures: Mapping[str, Sequence[Measure]]
    counts: Mapping[str, int]

    def value(self, name: str) -> Any:
        """What was given, else Runway's default, else what we take for it."""
        given = self.parameters.get(name)
        field = self.fields.get(name)
        if given is not None or field is None:
            return given
        return field.usual if field.default is None else field.default


@dataclass(frozen=True)
class Tier:
    rate: Decimal
    when: Mapping[str, Any]

    def fits(self, asked: Asked) -> bool:
        return all(_is_so(asked, name, wanted) for name, wanted in self.when.items())


@dataclass(frozen=True)
class Part:
    """`per` unit of what `of` names; `block`: begun ones count whole; `most`: more is not charged; `otherwise`: what it
    costs where the field is not given."""

    per: str
    of: tuple[str, ...]
    tiers: tuple[Tier, ...]
    block: int
    most: float | None
    otherwise: Decimal | None

    def credits(self, asked: Asked) -> Decimal | None:
        if self.otherwise is not None and all(asked.parameters.get(name) is None for name in self.of):
            return self.otherwise
        rate = next((tier.rate for tier in self.tiers if tier.fits(asked)), None)
        amount = QUANTITIES[self.per](asked, self.of)
        if rate is None or amount is None:
            return None
        if self.most is not None:
            amount = min(amount, self.most)
        if self.block:
            amount = math.ceil(amount / self.block)
        credits = rate * Decimal(str(amount))
        return credits.to_integral_value(ROUND_CEILING) if self.per == "frame" else credits


@dataclass(frozen=True)
class Price:
    certainty: str
    source: str
    parts: tuple[Part, ...]
    minimum: Decimal | None

    def credits(self, asked: Asked) -> Decimal | None:
        """None where Runway does not say, or where it depends on a length that nobody knows yet."""
        found = [part.credits(asked) for part in self.parts]
        known = [credits for credits in found if credits is not None]
        if not found or len(known) < len(found):
            return None
        return max(sum(known, Decimal(0)), self.minimum or Decimal(0))


def _is_so(asked: Asked, name: str, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        size = _size(asked, name)
        # what is not known is taken for the dearer
        return size is None or size > wanted["over"]
    if wanted == "given":
        return bool(asked.parameters.get(name))
    return asked.value(name) in wanted


def _size(asked: Asked, name: str) -> float | None:
    """`field.pixels`, `field.side`, or one of these times a field's number."""
    name, _, times = name.partition("*")
    field, _, what = name.partition(".")
    measure = next(iter(asked.measures.get(field, ())), Measure())
    if not measure.width or not measure.height:
        return None
    size = measure.width * measure.height if what == "pixels" else max(measure.width, measure.height)
    return size * float(asked.value(times) or 1) if times else size


def _seconds(asked: Asked, of: tuple[str, ...]) -> float | None:
    total = 0.0
    for name in of:
        field = asked.fields.get(name)
        seconds = _number(asked, name, field) if isinstance(field, Whole | Number) else _length(asked, name)
        if seconds is None:
            return None
        total += seconds
    return total


def _number(asked: Asked, name: str, field: Whole | Number) -> float | None:
    value = asked.value(name)
    if value is None or any(field.check((name,), value)):
        return None
    # a length that Runway chooses is charged as the longest, and the rest given back
    found = field.max if isinstance(value, str) else value
    return None if found is None else float(found)


def _length(asked: Asked, name: str) -> float | None:
    measures, field = asked.measures.get(name, ()), asked.fields.get(name)
    if len(measures) < asked.counts.get(name, 0):
        return None
    if not measures and (field is None or field.required):
        return None
    seconds = [measure.seconds for measure in measures]
    return None if None in seconds else sum(each for each in seconds if each is not None)


def _outputs(asked: Asked, of: tuple[str, ...]) -> float | None:
    found = asked.value(of[0]) if of else 1
    return float(found) if isinstance(found, int) else 1.0


def _items(asked: Asked, of: tuple[str, ...]) -> float | None:
    return float(sum(asked.counts.get(name, 0) for name in of))


def _characters(asked: Asked, of: tuple[str, ...]) -> float | None:
    return float(sum(utf16_length(str(asked.parameters.get(name) or "")) for name in of))


def _frames(asked: Asked, of: tuple[str, ...]) -> float | None:
    measures = [measure for name in of for measure in asked.measures.get(name, ())]
    if not measures or any(measure.seconds is None or measure.fps is None for measure in measures):
        return None
    return sum((measure.seconds or 0) * (measure.fps or 0) for measure in measures)


QUANTITIES: dict[str, Callable[[Asked, tuple[str, ...]], float | None]] = {
    "second": _seconds,
    "output": _outputs,
    "item": _items,
    "character": _characters,
    "frame": _frames,
}
