"""One model of one endpoint: what it takes, what is wrong with a request, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from generation.runway.catalog.fields import Choice, Code, Field, Media, MediaKind, Medium, Text, Whole, Wrong
from generation.runway.catalog.price import Asked, Measure, Price
from generation.runway.catalog.rules import Rule
from generation.runway.catalog.structures import Either, List, Object
from generation.runway.catalog.wording import sentence
from projects.problems import FieldProblem

Parameters = Mapping[str, Any]
Measures = Mapping[str, Sequence[Measure]]
# a field without a greatest number offers so many more than its least
OFFERED = 10


@dataclass(frozen=True)
class CatalogModel:
    """`kind` is the endpoint's name. Fields have Runway's wire names; `model` is not one of them."""

    name: str
    kind: str
    output: MediaKind
    strict: bool
    fields: Mapping[str, Field]
    rules: tuple[Rule, ...]
    price: Price
    price_facts: Mapping[str, Any]
    suffix: str
    """Of what it makes, where that is no picture, sound or video."""

    def check(self, parameters: Parameters) -> list[FieldProblem]:
        """Every wrong field, each with what it may be. A field that is absent or None is not given."""
        given = _given(parameters)
        found = [sentence(wrong, self.name) for wrong in self.wrong(given)]
        unknown = [name for name in given if name not in self.fields]
        takes = ", ".join(self.fields)
        found += [
            FieldProblem(name, f"{self.name} takes no {name}: leave it out. It takes {takes}.") for name in unknown
        ]
        return found

    def wrong(self, given: Parameters) -> Iterator[Wrong]:
        """What is wrong with the fields it knows, and then with what they ask of each other."""
        found = [wrong for name, field in self.fields.items() for wrong in _wrong(name, field, given)]
        yield from found
        if not found:
            for rule in self.rules:
                for name, words in rule.broken(given):
                    yield Wrong((name,), self.fields[name], Code.RULE, given.get(name), message=words)

    def media(self, parameters: Parameters) -> list[Medium]:
        """Every place in a request where a file goes, in order."""
        given = _given(parameters)
        return [
            medium
            for name, field in self.fields.items()
            if name in given
            for medium in field.media((name,), given[name])
        ]

    def credits(self, parameters: Parameters, measures: Measures | None = None) -> Decimal | None:
        """What a task may cost at most; None when the price is not known, or depends on a file that is not.

        `measures`: what is known of the files, by the name of their field.
        """
        given = _given(parameters)
        counts: dict[str, int] = {}
        for medium in self.media(given):
            counts[str(medium.place[0])] = counts.get(str(medium.place[0]), 0) + 1
        return self.price.credits(Asked(given, self.fields, measures or {}, counts))

    def value(self, parameters: Parameters, name: str) -> Any:
        """What was given, else Runway's default, else what we take for it; None for a field it does not have."""
        return Asked(parameters, self.fields, {}, {}).value(name)

    def longest(self, parameters: Parameters) -> int | None:
        """Seconds of the output: as asked for, as usual, or the longest where Runway chooses; None without a field."""
        found = self.value(parameters, "duration")
        return self.durations[-1] if isinstance(found, str) else found

    def archive(self, parameters: Parameters) -> str:
        """The ending of what comes out, where that is kept as it is and not shown: .zip, .svg; else empty."""
        chosen = next((field for field in self.fields.values() if isinstance(field, Choice) and field.zip), None)
        made = self.value(parameters, "outputFormat")
        return ".zip" if chosen and made in chosen.zip else self.suffix

    @property
    def ratios(self) -> tuple[str, ...]:
        ratio = self.fields.get("ratio")
        return ratio.values if isinstance(ratio, Choice) else ()

    @property
    def default_ratio(self) -> str:
        return str(self.value({}, "ratio") or "")

    @property
    def durations(self) -> tuple[int, ...]:
        """In whole seconds, as the page offers them; without a greatest one in the catalogue some from the least on."""
        duration = self.fields.get("duration")
        if not isinstance(duration, Whole):
            return ()
        least = duration.min or 1
        return duration.values or tuple(range(least, (duration.max or least + OFFERED) + 1))

    @property
    def default_duration(self) -> int | None:
        found = self.value({}, "duration")
        return found if isinstance(found, int) else None

    @property
    def prompt_text(self) -> Text | None:
        return cast(Text | None, self.fields.get("promptText"))

    @cached_property
    def frame_positions(self) -> tuple[str, ...]:
        """What a picture may be in the clip: first, last."""
        position = _items(self.fields.get("promptImage")).get("position")
        return position.values if isinstance(position, Choice) else ("first",) if "promptImage" in self.fields else ()

    @cached_property
    def aspect(self) -> tuple[float, float] | None:
        """Least and greatest width divided by height of the pictures that go in."""
        return next((media.aspect for media in _all_media(self.fields.values()) if media.aspect), None)

    @cached_property
    def credits_per_second(self) -> float | None:
        """Of output, with what is taken where nothing is given; None where it is not as simple as that."""
        if not self.durations or any(part.per != "second" or part.of != ("duration",) for part in self.price.parts):
            return None
        longest = self.durations[-1]
        credits = self.credits({"duration": longest})
        return None if credits is None else float(credits / longest)

    def as_dict(self) -> dict[str, Any]:
        """For the page's script; JSON-serialisable. `fields` and `price` are as in the catalogue."""
        prompt, seed = self.prompt_text, self.fields.get("seed")
        return {
            "name": self.name,
            "kind": self.kind,
            "output": self.output,
            "ratios": list(self.ratios),
            "defaultRatio": self.default_ratio,
            "durations": list(self.durations),
            "defaultDuration": self.default_duration,
            "promptText": {
                "required": bool(prompt and prompt.required),
                "min": (prompt and prompt.min) or 0,
                "max": prompt.max if prompt else 0,
            },
            "promptImage": {"aspect": list(self.aspect) if self.aspect else None, "positions": self.frame_positions},
            "seed": [seed.min, seed.max] if isinstance(seed, Whole) else None,
            "creditsPerSecond": self.credits_per_second,
            "priceCertainty": self.price.certainty,
            "fields": {name: field.facts for name, field in self.fields.items()},
            "price": self.price_facts,
        }


def _given(parameters: Parameters) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def _wrong(name: str, field: Field, given: Parameters) -> Iterator[Wrong]:
    if name in given:
        yield from field.check((name,), given[name])
    elif field.required:
        yield field.missing((name,))


def _items(field: Field | None) -> Mapping[str, Field]:
    """Of a list of objects, the objects' fields."""
    for option in field.options if isinstance(field, Either) else (field,):
        if isinstance(option, List) and isinstance(option.items, Object):
            return option.items.fields
    return {}


def _all_media(fields: Any) -> Iterator[Media]:
    for field in fields:
        if isinstance(field, Media):
            yield field
        elif isinstance(field, Either):
            yield from _all_media(field.options)
        elif isinstance(field, List):
            yield from _all_media([field.items])
        elif isinstance(field, Object):
            yield from _all_media(field.fields.values())
