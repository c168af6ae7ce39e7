"""One model of one endpoint: what it accepts, what is wrong with a request, and what a task costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from generation.runway.catalog.base_field import Field, Violation, ViolationCode, value_or_default
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import Choice, Integer, MediaKind, Text
from generation.runway.catalog.media import MediaReference, media_fields, media_references
from generation.runway.catalog.messages import field_problem, unknown_field
from generation.runway.catalog.price import Price
from generation.runway.catalog.priced_request import MediaInfo, PricedRequest
from generation.runway.catalog.rules import Rule
from projects.problems import FieldProblem

Parameters = Mapping[str, Any]
# how many durations are offered above the least one where Runway publishes no greatest
OFFERED_DURATIONS = 10


@dataclass(frozen=True)
class CatalogModel:
    """A model under its endpoint (`kind`); `fields` have Runway's names on the wire, without `model` itself.

    `strict` models refuse unknown fields. `suffix` is the file ending of outputs that are no picture, sound or video.
    `price_facts` is the price as it stands in `catalog.json`.
    """

    name: str
    kind: str
    output_kind: MediaKind
    strict: bool
    fields: Mapping[str, Field]
    rules: tuple[Rule, ...]
    price: Price
    price_facts: Mapping[str, Any]
    suffix: str

    def check(self, parameters: Parameters) -> list[FieldProblem]:
        """Return every wrong field with what is allowed. A field that is None counts as left out."""
        values = _without_none(parameters)
        problems = [field_problem(violation, self.name) for violation in self.violations(values)]
        unknown = [name for name in values if name not in self.fields]
        return problems + [unknown_field(name, self.name, self.fields) for name in unknown]

    def violations(self, parameters: Parameters) -> Iterator[Violation]:
        """Yield what is wrong with the known fields; only when each is right, what is wrong between them."""
        in_fields = [violation for name in self.fields for violation in self._field_violations(name, parameters)]
        yield from in_fields
        if in_fields:
            return
        for rule in self.rules:
            for name, message in rule.broken(parameters):
                value = parameters.get(name)
                yield Violation((name,), self.fields[name], ViolationCode.RULE, value, message=message)

    def _field_violations(self, name: str, parameters: Parameters) -> Iterator[Violation]:
        field = self.fields[name]
        if name in parameters:
            yield from field.check((name,), parameters[name])
        elif field.required:
            yield field.missing((name,))

    def media_references(self, parameters: Parameters) -> list[MediaReference]:
        """Return every media file of a request, in the order of the fields."""
        values = _without_none(parameters)
        return [
            reference
            for name, field in self.fields.items()
            if name in values
            for reference in media_references(field, (name,), values[name])
        ]

    def max_credits(
        self, parameters: Parameters, media: Mapping[str, Sequence[MediaInfo]] | None = None
    ) -> Decimal | None:
        """Return what a task costs at most; None when its price is unknown, or depends on a file that is.

        `media` is what is known of the files, by the name of their field.
        """
        values = _without_none(parameters)
        counts = Counter(str(reference.path[0]) for reference in self.media_references(values))
        return self.price.credits(PricedRequest(values, self.fields, media or {}, counts))

    def value_or_default(self, parameters: Parameters, name: str) -> Any:
        """Return what is given for a field, else Runway's default, else ours; None for a field it does not have."""
        return value_or_default(self.fields, parameters, name)

    def output_seconds(self, parameters: Parameters) -> int | None:
        """Return the length of the output: the longest one where Runway chooses it; None without a `duration`."""
        duration = self.value_or_default(parameters, "duration")
        return self.durations[-1] if isinstance(duration, str) else duration

    def export_suffix(self, parameters: Parameters) -> str:
        """Return the file ending of an output that no browser plays, such as .zip or .svg; else an empty string."""
        field = next((field for field in self.fields.values() if isinstance(field, Choice) and field.zip), None)
        output_format = self.value_or_default(parameters, "outputFormat")
        return ".zip" if field and output_format in field.zip else self.suffix

    @property
    def ratios(self) -> tuple[str, ...]:
        """The values of `ratio`, or nothing."""
        ratio = self.fields.get("ratio")
        return ratio.values if isinstance(ratio, Choice) else ()

    @property
    def default_ratio(self) -> str:
        """The default of `ratio`, or an empty string."""
        return str(self.value_or_default({}, "ratio") or "")

    @property
    def durations(self) -> tuple[int, ...]:
        """The whole seconds that forms offer, in order; nothing without a `duration` of whole seconds."""
        duration = self.fields.get("duration")
        if not isinstance(duration, Integer):
            return ()
        least = duration.min or 1
        return duration.values or tuple(range(least, (duration.max or least + OFFERED_DURATIONS) + 1))

    def nearest_duration(self, seconds: int) -> int | None:
        """Return the offered duration that is nearest to `seconds`; None without any."""
        return min(self.durations, key=lambda offered: abs(offered - seconds), default=None)

    @property
    def default_duration(self) -> int | None:
        """The default of `duration` in seconds; None without one, or when it is a word such as "auto"."""
        duration = self.value_or_default({}, "duration")
        return duration if isinstance(duration, int) else None

    @property
    def prompt_text(self) -> Text | None:
        """The field `promptText`, if there is one."""
        return cast(Text | None, self.fields.get("promptText"))

    @cached_property
    def frame_positions(self) -> tuple[str, ...]:
        """The frames of the clip that a `promptImage` can be: "first", "last"."""
        position = _item_fields(self.fields.get("promptImage")).get("position")
        return position.values if isinstance(position, Choice) else ("first",) if "promptImage" in self.fields else ()

    @cached_property
    def aspect_range(self) -> tuple[float, float] | None:
        """The least and the greatest width divided by height of input media; None where Runway publishes none."""
        return next((field.aspect for field in media_fields(self.fields.values()) if field.aspect), None)

    @cached_property
    def credits_per_second(self) -> float | None:
        """The credits of one second of output with all defaults; None when the price depends on anything else."""
        if not self.durations or any(part.per != "second" or part.of != ("duration",) for part in self.price.parts):
            return None
        longest = self.durations[-1]
        credits = self.max_credits({"duration": longest})
        return None if credits is None else float(credits / longest)

    def as_dict(self) -> dict[str, Any]:
        """Return the model for the API and for scripts, as JSON has it; `fields` and `price` are as in the catalog."""
        prompt, seed = self.prompt_text, self.fields.get("seed")
        return {
            "name": self.name,
            "kind": self.kind,
            "output": self.output_kind,
            "ratios": list(self.ratios),
            "defaultRatio": self.default_ratio,
            "durations": list(self.durations),
            "defaultDuration": self.default_duration,
            "promptText": {
                "required": bool(prompt and prompt.required),
                "min": (prompt and prompt.min) or 0,
                "max": prompt.max if prompt else 0,
            },
            "promptImage": {
                "aspect": list(self.aspect_range) if self.aspect_range else None,
                "positions": self.frame_positions,
            },
            "seed": [seed.min, seed.max] if isinstance(seed, Integer) else None,
            "creditsPerSecond": self.credits_per_second,
            "priceCertainty": self.price.certainty,
            "fields": {name: field.facts for name, field in self.fields.items()},
            "price": self.price_facts,
        }


def _without_none(parameters: Parameters) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def _item_fields(field: Field | None) -> Mapping[str, Field]:
    """Return the fields of the objects in a list, which may be one option of several."""
    for option in field.options if isinstance(field, AnyOf) else (field,):
        if isinstance(option, List) and isinstance(option.items, Object):
            return option.items.fields
    return {}
