"""What the composer offers for each field of a model, and what it makes of what was typed: all by the catalogue.

Plain fields have controls of their own here; what holds files or is made of others is as on the page for all kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from generation.forms import data as filled
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import List, Object
from generation.runway.catalog.fields import Boolean, Choice, Integer, Number, Text
from projects.models import Asset

Widget = Literal["shapes", "chips", "select", "switch", "seed", "number", "text"]
# given by the composer itself
OWN = ("promptText", "promptImage")
FIRST = ("ratio", "resolution", "duration", "audio", "draft")
LABELS = {
    "ratio": "Ratio",
    "resolution": "Resolution",
    "duration": "Duration",
    "audio": "Sound",
    "seed": "Seed",
    "draft": "Draft: cheaper, and less fine",
    "negativePrompt": "What to avoid",
    "cfgScale": "Closeness to the prompt",
    "outputFormat": "File format",
    "proresProfile": "ProRes profile",
    "promptExpansionMode": "Prompt expansion",
}
NAMES = {
    "21:9": 21 / 9, "16:9": 16 / 9, "3:2": 1.5, "4:3": 4 / 3, "1:1": 1.0, "3:4": 0.75, "2:3": 2 / 3, "9:16": 9 / 16,
}  # fmt: skip
WORDS = {"adaptive": "as the picture", "auto": "auto", "low": "less strict", "mp4": "MP4", "mov": "MOV"}
SIDES = re.compile(r"([1-9]\d*):([1-9]\d*)")
# more choices than that are a list
MOST_SHAPES, MOST_CHIPS = 8, 14
BOX, LONGEST_SIDE = 24, 20


@dataclass(frozen=True)
class Option:
    value: str
    words: str
    chosen: bool
    drawing: Mapping[str, float] | None = None
    """Of a ratio: a rectangle in a square box."""


@dataclass(frozen=True)
class Control:
    """`value` as it stands in the form; `aside` stands beside the label."""

    name: str
    label: str
    widget: Widget
    value: str
    options: tuple[Option, ...] = ()
    aside: str = ""
    most: int | None = None
    choices: str = ""


def controls(model: CatalogModel, values: Mapping[str, Any]) -> list[Control]:
    """`values`: what stands in the form, by name; without one, the model's own."""
    return [_control(name, field, _value(model, name, field, values)) for name, field in fields(model)]


def fields(model: CatalogModel) -> Iterator[tuple[str, Field]]:
    """Those that the form offers, the most wanted first."""
    known = {name: field for name, field in model.fields.items() if name not in OWN}
    for name in (*FIRST, *(name for name in known if name not in FIRST)):
        field = known.get(name)
        if isinstance(field, Choice | Integer | Number | Boolean | Text):
            yield name, field


def nested(model: CatalogModel) -> Iterator[tuple[str, Field]]:
    """Those that hold files, or are made of others."""
    plain = {name for name, _ in fields(model)}
    yield from ((name, field) for name, field in model.fields.items() if name not in plain and name not in OWN)


def more_pictures(model: CatalogModel) -> Field | None:
    """The pictures of a take besides its first, for a model that takes several and asks of none what it is."""
    field = model.fields.get("promptImage")
    several = [option for option in getattr(field, "options", ()) if isinstance(option, List)]
    item = several[0].items if several else None
    if not isinstance(item, Object) or several[0].max == 1:
        return None
    position = item.fields.get("position")
    if position is not None and position.required:
        return None
    return replace(several[0], items=replace(item, fields={"uri": item.fields["uri"]}))


def read(model: CatalogModel, given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with Runway's names. What is no number where one is wanted stays as it was typed, to be refused."""
    plain = {name: _typed(field, str(given.get(name) or "").strip()) for name, field in fields(model)}
    deep = {name: filled.read(field, name, given) for name, field in nested(model)}
    return {name: value for name, value in {**plain, **deep}.items() if value is not None}


def frames(
    model: CatalogModel, first: Asset | None, last: Asset | None, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The picture that it begins with, and for a model that has one the picture that it ends with; `given` may name
    more."""
    if first is None:
        return {}
    others = filled.picked("promptImage", given or {}) if more_pictures(model) else []
    more = [{"uri": uri} for uri in others if uri != f"asset:{first.pk}"]
    if last is None or "last" not in model.frame_positions:
        return {"promptImage": [{"uri": f"asset:{first.pk}"}, *more] if more else f"asset:{first.pk}"}
    both = {"first": first, "last": last}
    return {"promptImage": [*({"uri": f"asset:{asset.pk}", "position": at} for at, asset in both.items()), *more]}


def written(model: CatalogModel, parameters: Mapping[str, Any]) -> dict[str, str]:
    """The other way: as the form writes the parameters of an earlier take, where this model has such fields."""
    plain = {name: _text(parameters[name]) for name, _ in fields(model) if parameters.get(name) is not None}
    known = [(name, field) for name, field in nested(model) if parameters.get(name) is not None]
    deep = [each for name, field in known for each in filled.write(field, name, parameters[name])]
    frames, field = parameters.get("promptImage"), more_pictures(model)
    if field and isinstance(frames, list):
        # the first is where the take begins
        others = [each for each in frames[1:] if isinstance(each, dict) and "position" not in each]
        deep += filled.write(field, "promptImage", others)
    return plain | dict(deep)


def fitting(model: CatalogModel, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of what stands in a form what this model would take."""
    found = {}
    for name, field in fields(model):
        value = _typed(field, str(values[name]).strip()) if name in values else None
        if value is not None and not any(field.check((name,), value)):
            found[name] = values[name]
    deep = [name for name, _ in nested(model)] + (["promptImage"] if more_pictures(model) else [])
    return found | {key: value for key, value in values.items() if key.split(".")[0] in deep and "." in key}


def _typed(field: Field, text: str) -> Any:
    if isinstance(field, Boolean):
        return text == "true"
    return filled.typed(field, text)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(model: CatalogModel, name: str, field: Field, values: Mapping[str, Any]) -> str:
    if name in values:
        return _text(values[name])
    own = model.value_or_default({}, name) if name in model.fields else None
    return "" if own is None else _text(own)


def _control(name: str, field: Field, value: str) -> Control:
    label = LABELS.get(name, name)
    if isinstance(field, Choice):
        return _choice(name, label, field, value)
    if isinstance(field, Boolean):
        return Control(name, label, "switch", value)
    if name == "seed" and isinstance(field, Integer):
        return Control(name, label, "seed", value, aside="empty: a new one each time", most=field.max)
    if isinstance(field, Integer):
        return _lengths(name, label, field, value)
    if isinstance(field, Number):
        return Control(name, label, "number", value, aside=field.allowed())
    return Control(name, label, "text", value, most=field.max if isinstance(field, Text) else None)


def _choice(name: str, label: str, field: Choice, value: str) -> Control:
    if name == "ratio":
        options = _told_apart([_shape(each, value) for each in field.values])
        pixels = value.replace(":", " × ") if min(_sides(value) or (0,)) > 99 else ""
        widget: Widget = "shapes" if len(options) <= MOST_SHAPES else "select"
        return Control(name, label, widget, value, options, aside=pixels, choices="ratios")
    options = tuple(Option(each, _words(each), each == value) for each in field.values)
    if name == "resolution":
        return Control(name, label, "chips", value, options, choices="resolutions")
    unsaid = () if field.required or field.default else (Option("", "as the model has it", not value),)
    return Control(name, label, "select", value, unsaid + options)


def _lengths(name: str, label: str, field: Integer, value: str) -> Control:
    least = field.min or 1
    numbers = field.values or range(least, (field.max or least + 10) + 1)
    known = [*field.words, *map(str, numbers)]
    options = tuple(Option(each, _words(each), each == value) for each in known)
    widget: Widget = "chips" if len(options) <= MOST_CHIPS else "select"
    return Control(name, label, widget, value, options, aside="seconds", choices="durations")


def _words(value: str) -> str:
    return WORDS.get(value) or value.replace("_", " ")


def _sides(value: str) -> tuple[int, int] | None:
    match = SIDES.fullmatch(value)
    return (int(match[1]), int(match[2])) if match else None


def _shape(value: str, chosen: str) -> Option:
    """A ratio such as 1280:720, as a little drawing and by the name that film people use."""
    sides = _sides(value)
    if sides is None:
        return Option(value, _words(value), value == chosen)
    name = min(NAMES, key=lambda name: abs(NAMES[name] - sides[0] / sides[1]))
    width, height = (round(side * LONGEST_SIDE / max(sides), 1) for side in sides)
    drawing = {"x": (BOX - width) / 2, "y": (BOX - height) / 2, "width": width, "height": height}
    return Option(value, name, value == chosen, drawing)


def _told_apart(options: list[Option]) -> tuple[Option, ...]:
    """Two of one name say how fine they are too."""
    names = [option.words for option in options]
    return tuple(
        replace(option, words=f"{option.words} {_fineness(option.value)}") if names.count(option.words) > 1 else option
        for option in options
    )


def _fineness(value: str) -> str:
    sides = _sides(value)
    return f"{min(sides)}p" if sides else ""


def pixels(value: str) -> str:
    """What a list says besides the name: 1280 × 720."""
    sides = _sides(value)
    return f"{sides[0]} × {sides[1]}" if sides and min(sides) > 99 else ""
