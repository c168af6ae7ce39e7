"""The body of a creating call, checked by the catalogue, with Runway's own kind of complaint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.simulator.refusals import (
    ABSENT,
    Issue,
    Place,
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
ADDRESSES = {"^https:\\/\\/": 2048, "^runway:\\/\\/": 5000, "^data:image\\/": 5_242_880}
SHORTEST_ADDRESS = 13
MODERATION = {"publicFigureThreshold": ("auto", "low")}
# what this simulator can draw
DRAWN = {"outputFormat": "mp4"}


@dataclass(frozen=True)
class Wanted:
    """A body that fits: parameters by wire name with the defaults filled in, the picture's address and its field."""

    model: CatalogModel
    parameters: dict[str, Any]
    picture: str
    picture_place: Place

    @property
    def prompt(self) -> str:
        return str(self.parameters.get("promptText", ""))


def read(kind: str, body: object) -> Wanted:
    if not isinstance(body, dict):
        raise wrong_body(invalid_type((), "object", body))
    name = body.get("model")
    model = catalog.find(kind, name) if isinstance(name, str) else None
    if model is None:
        raise wrong_body(invalid_value(("model",), [known.name for known in catalog.models(kind)]))
    fields = {key: _as_number(value) for key, value in body.items()}
    issues = list(_issues(model, fields))
    if issues:
        raise wrong_body(*issues)
    picture, place = _first_picture(fields["promptImage"])
    return Wanted(model, _parameters(model, fields), picture, place)


def _as_number(value: Any) -> Any:
    """JSON knows one kind of number: 5.0 is 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _parameters(model: CatalogModel, fields: dict[str, Any]) -> dict[str, Any]:
    known = ("promptText", "ratio", "duration", "seed", *model.options)
    given = {name: fields[name] for name in known if name in fields}
    return {"ratio": model.default_ratio, "duration": model.default_duration, **given}


def _first_picture(value: str | list[dict[str, str]]) -> tuple[str, Place]:
    if isinstance(value, str):
        return value, ("promptImage",)
    number = next((index for index, item in enumerate(value) if item.get("position") == "first"), 0)
    return value[number]["uri"], ("promptImage", number, "uri")


def _issues(model: CatalogModel, fields: dict[str, Any]) -> Iterator[Issue]:
    yield from _prompt_text(model, fields.get("promptText", ABSENT))
    yield from _prompt_image(model, fields.get("promptImage", ABSENT))
    yield from _choice("ratio", model.ratios, model.ratio_required, fields.get("ratio", ABSENT))
    yield from _duration(model, fields.get("duration", ABSENT))
    if model.seed and "seed" in fields:
        yield from _whole("seed", fields["seed"], *model.seed)
    for name, values in model.options.items():
        yield from _option(name, values, fields.get(name, ABSENT))
    if model.content_moderation and "contentModeration" in fields:
        yield from _moderation(fields["contentModeration"])
    if model.strict:
        yield from _unknown(model, fields)


def _unknown(model: CatalogModel, fields: dict[str, Any]) -> Iterator[Issue]:
    known = {"model", "promptText", "promptImage", "ratio", "duration", *model.options}
    known |= {"seed"} if model.seed else set()
    known |= {"contentModeration"} if model.content_moderation else set()
    if unknown := [key for key in fields if key not in known]:
        yield unrecognized_keys((), unknown)


def _prompt_text(model: CatalogModel, value: object) -> Iterator[Issue]:
    rule = model.prompt_text
    if not isinstance(value, str):
        if rule.required or value is not ABSENT:
            yield invalid_type(("promptText",), "string", value)
        return
    length = catalog.utf16_length(value)
    if not rule.min <= length <= rule.max:
        yield out_of_range(("promptText",), "string", length, rule.min, rule.max, "characters")


def _choice(name: str, values: tuple[str, ...], required: bool, value: object) -> Iterator[Issue]:
    if value not in values and (required or value is not ABSENT):
        yield invalid_value((name,), values)


def _option(name: str, values: tuple[str, ...], value: object) -> Iterator[Issue]:
    yield from _choice(name, values, False, value)
    if name in DRAWN and value in values and value != DRAWN[name]:
        yield custom((name,), f"This simulator makes {DRAWN[name]} only.")


def _duration(model: CatalogModel, value: object) -> Iterator[Issue]:
    if value is ABSENT and not model.duration_required:
        return
    if all(other == one + 1 for one, other in pairwise(model.durations)):
        yield from _whole("duration", value, model.durations[0], model.durations[-1])
    elif not catalog.is_whole(value) or value not in model.durations:
        yield invalid_value(("duration",), model.durations)


def _whole(name: str, value: object, least: int, greatest: int) -> Iterator[Issue]:
    if isinstance(value, float):
        yield invalid_type((name,), "int", value)
    elif not isinstance(value, int) or isinstance(value, bool):
        yield invalid_type((name,), "number", value)
    elif not least <= value <= greatest:
        yield out_of_range((name,), "number", value, least, greatest)


def _moderation(value: object) -> Iterator[Issue]:
    if not isinstance(value, dict):
        yield invalid_type(("contentModeration",), "object", value)
        return
    for key, values in MODERATION.items():
        if value.get(key, ABSENT) not in (ABSENT, *values):
            yield invalid_value(("contentModeration", key), values)
    if unknown := [key for key in value if key not in MODERATION]:
        yield unrecognized_keys(("contentModeration",), unknown)


def _prompt_image(model: CatalogModel, value: object) -> Iterator[Issue]:
    if isinstance(value, str):
        yield from _address(("promptImage",), value)
    elif isinstance(value, list):
        yield from _pictures(model, value)
    elif model.prompt_image.required or value is not ABSENT:
        branches = [invalid_type(("promptImage",), expected, value) for expected in ("string", "array")]
        yield invalid_union(("promptImage",), branches)


def _pictures(model: CatalogModel, items: list[Any]) -> Iterator[Issue]:
    rule = model.prompt_image
    if not 1 <= len(items) <= rule.max_items:
        yield out_of_range(("promptImage",), "array", len(items), 1, rule.max_items, "items")
    for number, item in enumerate(items[: rule.max_items]):
        place = ("promptImage", number)
        if not isinstance(item, dict):
            yield invalid_type(place, "object", item)
            continue
        if not isinstance(item.get("uri"), str):
            yield invalid_type((*place, "uri"), "string", item.get("uri", ABSENT))
        else:
            yield from _address((*place, "uri"), item["uri"])
        if item.get("position", ABSENT) not in (
            rule.positions if rule.position_required else (*rule.positions, ABSENT)
        ):
            yield invalid_value((*place, "position"), rule.positions)


def _address(place: Place, value: str) -> Iterator[Issue]:
    longest = next((most for pattern, most in ADDRESSES.items() if re.match(pattern, value)), None)
    if longest is None:
        yield invalid_union(place, [_no_match(place, pattern) for pattern in ADDRESSES])
    elif not SHORTEST_ADDRESS <= len(value) <= longest:
        yield out_of_range(place, "string", len(value), SHORTEST_ADDRESS, longest, "characters")


def _no_match(place: Place, pattern: str) -> Issue:
    return invalid_format(place, "regex", f"Invalid string: must match pattern /{pattern}/", pattern=f"/{pattern}/")
