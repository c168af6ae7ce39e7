"""How the composer shows plain fields: ratios as drawings, durations as a slider, booleans as checkboxes.

Every control shows the default of the model until it is changed, so that the price is that of what can be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from django.utils.translation import gettext as _

from generation import labels
from generation.forms import ratios
from generation.forms.controls import Control, ControlKind, Option
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.fields import Boolean, Choice, Integer, Number, Text

# with more options than these it is a select
MAX_DRAWINGS, MAX_CHIPS = 8, 14
# with fewer numbers than these, chips show all of them
MIN_SLIDER = 4
# offered above the least number where Runway publishes no greatest
OFFERED_NUMBERS = 10


def composer_control(name: str, field: Field, value: str, initial: str) -> Control:
    """Return the control of a plain field, with `value` in it and `initial` as the model's default."""
    control = Control(name, ControlKind.TEXTAREA, field, field.required, value, initial)
    match field:
        case Choice() if name == "ratio":
            return _ratio(control, field)
        case Choice() if name == "resolution":
            return replace(control, kind=ControlKind.CHIPS, options=_options(name, field.values))
        case Choice():
            can_be_left_out = not (field.required or field.default)
            left_out = [Option("", _(labels.MODEL_DEFAULT))] if can_be_left_out else []
            return replace(control, kind=ControlKind.SELECT, options=[*left_out, *_options(name, field.values)])
        case Boolean():
            return replace(control, kind=ControlKind.CHECKBOX)
        case Integer() if name == "seed":
            return replace(control, kind=ControlKind.SEED, aside=_(labels.RANDOM_SEED))
        case Integer():
            return _whole_number(control, field)
        case Number():
            return replace(control, kind=ControlKind.NUMBER, aside=field.allowed())
        case Text():
            return control
    raise TypeError(field)


def _whole_number(control: Control, field: Integer) -> Control:
    numbers = _numbers(field)
    options = _options(control.name, [*field.words, *map(str, numbers)])
    kind = ControlKind.SLIDER if _fits_slider(field, numbers) else _chips_or_select(options, MAX_CHIPS)
    return replace(control, kind=kind, options=options, aside=field.unit)


def _fits_slider(field: Integer, numbers: Sequence[int]) -> bool:
    """Return whether the numbers are many and equally far apart, and no word is among the choices."""
    steps = {after - before for before, after in pairwise(numbers)}
    return len(numbers) >= MIN_SLIDER and len(steps) == 1 and not field.words


def _ratio(control: Control, field: Choice) -> Control:
    options = _name_apart([_ratio_option(value) for value in field.values])
    control = replace(control, options=options, aside=ratios.pixels(control.value))
    if shapes := ratios.shapes(field.values):
        return _shape(control, shapes)
    return replace(control, kind=_chips_or_select(options, MAX_DRAWINGS))


def _shape(control: Control, shapes: ratios.Shapes) -> Control:
    parts = {option.value: shapes.parts_of(option.value) for option in control.options}
    first_of_aspect = {aspect: next(iter(same.values())) for aspect, same in shapes.by_aspect.items()}
    return replace(
        control,
        kind=ControlKind.SHAPE,
        options=[
            replace(option, aspect=parts[option.value][0], resolution=parts[option.value][1])
            for option in control.options
        ],
        aspects=[
            replace(_ratio_option(ratio), value=aspect, label=aspect) for aspect, ratio in first_of_aspect.items()
        ],
        resolutions=[Option(name, name) for name in shapes.resolutions],
        shape=shapes.parts_of(control.value),
    )


def _ratio_option(ratio: str) -> Option:
    sides = ratios.sides(ratio)
    if sides is None:
        return Option(ratio, labels.option_label("ratio", ratio))
    return Option(ratio, ratios.nearest_aspect(*sides), ratios.draw(*sides))


def _name_apart(options: Sequence[Option]) -> list[Option]:
    """Return the options with their resolution added to labels that occur twice, such as "16:9 720p"."""
    names = [option.label for option in options]
    return [
        replace(option, label=f"{option.label} {ratios.resolution(option.value)}")
        if names.count(option.label) > 1
        else option
        for option in options
    ]


def _options(name: str, values: Sequence[str]) -> list[Option]:
    return [Option(value, labels.option_label(name, value)) for value in values]


def _numbers(field: Integer) -> Sequence[int]:
    least = field.min or 1
    return field.values or range(least, (field.max or least + OFFERED_NUMBERS) + 1)


def _chips_or_select(options: Sequence[Option], limit: int) -> ControlKind:
    return ControlKind.CHIPS if len(options) <= limit else ControlKind.SELECT
