"""What Runway's models take and what they cost: one set of rules for the form, the API, the command and the simulator.

The facts stand in `catalog.json`, so that a new model is a change of data. It was written down from the types and field
descriptions of the official `runwayml` SDK, from Runway's OpenAPI file (bounds that the SDK leaves out) and from its
price page; `about` in the file has the versions. To check it again, compare each model with
`runwayml.types.image_to_video_create_params`: the unit tests do that for names, ratios and required fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from projects.problems import FieldProblem


@dataclass(frozen=True)
class TextRule:
    """Lengths in UTF-16 code units, as Runway counts."""

    required: bool
    min: int
    max: int


@dataclass(frozen=True)
class ImageRule:
    """`positions`: what each picture may be in the clip; `aspect`: least and greatest width divided by height."""

    required: bool
    max_items: int
    positions: tuple[str, ...]
    position_required: bool
    aspect: tuple[float, float]


@dataclass(frozen=True)
class Price:
    """Credits for each output second, and what some options add to that; None where Runway does not say."""

    per_output_second: Decimal | None
    surcharges: Mapping[str, Mapping[str, Decimal]]
    certainty: str


@dataclass(frozen=True)
class CatalogModel:
    """One model of one endpoint (`kind` is the endpoint's name). Fields have Runway's wire names."""

    name: str
    kind: str
    strict: bool
    prompt_text: TextRule
    prompt_image: ImageRule
    ratios: tuple[str, ...]
    default_ratio: str
    ratio_required: bool
    durations: tuple[int, ...]
    default_duration: int
    duration_required: bool
    seed: tuple[int, int] | None
    content_moderation: bool
    options: Mapping[str, tuple[str, ...]]
    price: Price

    def credits(self, parameters: Mapping[str, object]) -> Decimal | None:
        """What a task may cost at most; None when the price is not known or the duration is not one of the model's."""
        given = parameters.get("duration")
        seconds = self.default_duration if given is None else given
        if self.price.per_output_second is None or not is_whole(seconds) or seconds not in self.durations:
            return None
        added = (rates.get(str(parameters.get(name)), Decimal(0)) for name, rates in self.price.surcharges.items())
        return (self.price.per_output_second + sum(added, Decimal(0))) * Decimal(str(seconds))

    def check(self, parameters: Mapping[str, object]) -> list[FieldProblem]:
        """Every wrong field, each with what it may be. A field that is absent or None is not given."""
        given = {name: value for name, value in parameters.items() if value is not None}
        found = [
            self._check_prompt_text(given),
            self._check_ratio(given),
            self._check_duration(given),
            self._check_seed(given),
            *(self._check_option(name, given) for name in self.options),
        ]
        return [problem for problem in found if problem]

    def _check_prompt_text(self, given: Mapping[str, object]) -> FieldProblem | None:
        rule, text = self.prompt_text, given.get("promptText")
        allowed = f"{rule.min} to {rule.max} characters of text"
        if text is None:
            return FieldProblem("promptText", f"{self.name} needs promptText: {allowed}.") if rule.required else None
        if not isinstance(text, str):
            return FieldProblem("promptText", f"promptText must be {allowed}.")
        length = utf16_length(text)
        if rule.min <= length <= rule.max:
            return None
        return FieldProblem("promptText", f"promptText must be {allowed}; this one has {length}.")

    def _check_ratio(self, given: Mapping[str, object]) -> FieldProblem | None:
        allowed = f"one of {', '.join(self.ratios)}"
        if "ratio" not in given:
            return FieldProblem("ratio", f"{self.name} needs ratio: {allowed}.") if self.ratio_required else None
        if given["ratio"] in self.ratios:
            return None
        return FieldProblem("ratio", f"ratio must be {allowed} for {self.name}.")

    def _check_duration(self, given: Mapping[str, object]) -> FieldProblem | None:
        allowed = f"a whole number of seconds, one of {', '.join(map(str, self.durations))}"
        if "duration" not in given:
            return (
                FieldProblem("duration", f"{self.name} needs duration: {allowed}.") if self.duration_required else None
            )
        if is_whole(given["duration"]) and given["duration"] in self.durations:
            return None
        return FieldProblem("duration", f"duration must be {allowed} for {self.name}.")

    def _check_seed(self, given: Mapping[str, object]) -> FieldProblem | None:
        seed = given.get("seed")
        if seed is None:
            return None
        if self.seed is None:
            return FieldProblem("seed", f"{self.name} takes no seed: leave it out.")
        if isinstance(seed, int) and is_whole(seed) and self.seed[0] <= seed <= self.seed[1]:
            return None
        return FieldProblem("seed", f"seed must be a whole number from {self.seed[0]} to {self.seed[1]}.")

    def _check_option(self, name: str, given: Mapping[str, object]) -> FieldProblem | None:
        if name not in given or given[name] in self.options[name]:
            return None
        return FieldProblem(name, f"{name} must be one of {', '.join(self.options[name])} for {self.name}.")

    def as_dict(self) -> dict[str, Any]:
        """For the page's script; JSON-serialisable. `creditsPerSecond` is None where the price is not known."""
        rate = self.price.per_output_second
        return {
            "name": self.name,
            "kind": self.kind,
            "ratios": list(self.ratios),
            "defaultRatio": self.default_ratio,
            "durations": list(self.durations),
            "defaultDuration": self.default_duration,
            "promptText": {
                "required": self.prompt_text.required,
                "min": self.prompt_text.min,
                "max": self.prompt_text.max,
            },
            "promptImage": {"aspect": list(self.prompt_image.aspect)},
            "seed": list(self.seed) if self.seed else None,
            "creditsPerSecond": None if rate is None else float(rate),
            "priceCertainty": self.price.certainty,
        }


def kinds() -> list[str]:
    return list(_catalog())


def models(kind: str) -> list[CatalogModel]:
    """All models of an endpoint, the default one first."""
    return list(_catalog().get(kind, {}).values())


def find(kind: str, model: str) -> CatalogModel | None:
    return _catalog().get(kind, {}).get(model)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_whole(value: object) -> bool:
    """True is an int to Python, but no number to anybody else."""
    return isinstance(value, int) and not isinstance(value, bool)


@cache
def _catalog() -> dict[str, dict[str, CatalogModel]]:
    kinds = json.loads(Path(__file__).with_name("catalog.json").read_text())["kinds"]
    return {kind: {name: _read(kind, name, facts) for name, facts in named.items()} for kind, named in kinds.items()}


def _read(kind: str, name: str, facts: dict[str, Any]) -> CatalogModel:
    ratio, duration, seed = facts["ratio"], facts["duration"], facts["seed"]
    return CatalogModel(
        name=name,
        kind=kind,
        strict=facts["strict"],
        prompt_text=TextRule(**facts["promptText"]),
        prompt_image=_read_image(facts["promptImage"]),
        ratios=tuple(ratio["values"]),
        default_ratio=ratio["default"],
        ratio_required=ratio["required"],
        durations=tuple(duration["values"]),
        default_duration=duration["default"],
        duration_required=duration["required"],
        seed=(seed["min"], seed["max"]) if seed else None,
        content_moderation=facts["contentModeration"],
        options={option: tuple(values) for option, values in facts["options"].items()},
        price=_read_price(facts["price"]),
    )


def _read_image(facts: dict[str, Any]) -> ImageRule:
    least, greatest = facts["aspect"]
    return ImageRule(
        required=facts["required"],
        max_items=facts["maxItems"],
        positions=tuple(facts["positions"]),
        position_required=facts["positionRequired"],
        aspect=(least, greatest),
    )


def _read_price(facts: dict[str, Any]) -> Price:
    rate = facts["perOutputSecond"]
    surcharges = {
        option: {value: Decimal(added) for value, added in rates.items()}
        for option, rates in facts["surcharges"].items()
    }
    return Price(None if rate is None else Decimal(rate), surcharges, facts["certainty"])
