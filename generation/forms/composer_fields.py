"""The fields of a model in the composer: their order, and what of other values fits the model.

The prompt and the first and last frame are not among them: the composer has controls of its own for these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from generation.forms import ratios
from generation.forms.form_data import FormData, picked_files
from generation.forms.structure import Structure, structure_of
from generation.forms.text_values import parse_text
from generation.forms.writer import write_field, write_parameters
from generation.references import to_asset
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import List, Object
from projects.models import Asset

OWN_CONTROLS = ("promptText", "promptImage")
# what people change most often stands first
FIRST = ("ratio", "resolution", "duration", "audio", "draft")


def composer_fields(model: CatalogModel) -> dict[str, Field]:
    """Return the fields in the order of the composer: the most used plain ones, other plain ones, those with parts."""
    return {**plain_fields(model), **structured_fields(model)}


def plain_fields(model: CatalogModel) -> dict[str, Field]:
    """Return the fields of one value, the most used first."""
    names = [*FIRST, *(name for name in model.fields if name not in FIRST)]
    fields = {name: model.fields[name] for name in names if name in model.fields and name not in OWN_CONTROLS}
    return {name: field for name, field in fields.items() if structure_of(field) == Structure.PLAIN}


def structured_fields(model: CatalogModel) -> dict[str, Field]:
    """Return the fields that hold files or are made of other fields."""
    fields = {name: field for name, field in model.fields.items() if name not in OWN_CONTROLS}
    return {name: field for name, field in fields.items() if structure_of(field) != Structure.PLAIN}


def more_pictures_field(model: CatalogModel) -> Field | None:
    """Return the field of further pictures besides the first frame; None for a model with one, or with positions."""
    options = getattr(model.fields.get("promptImage"), "options", ())
    pictures = next((option for option in options if isinstance(option, List)), None)
    if pictures is None or pictures.max == 1 or not isinstance(pictures.items, Object):
        return None
    # with a required position every picture is a first or a last frame, which have controls of their own
    position = pictures.items.fields.get("position")
    if position is not None and position.required:
        return None
    return replace(pictures, items=replace(pictures.items, fields={"uri": pictures.items.fields["uri"]}))


def read_prompt_image(
    model: CatalogModel, first: Asset | None, last: Asset | None, data: FormData | None = None
) -> dict[str, Any]:
    """Return the parameter `promptImage`: the first frame, the last one where the model has one, and further pictures.

    Return an empty dict without a first frame. The further pictures are read from `data`.
    """
    if first is None:
        return {}
    references = picked_files("promptImage", data or {}) if more_pictures_field(model) else []
    more = [{"uri": reference} for reference in references if reference != to_asset(first)]
    if last is not None and "last" in model.frame_positions:
        frames = [{"uri": to_asset(first), "position": "first"}, {"uri": to_asset(last), "position": "last"}]
        return {"promptImage": [*frames, *more]}
    return {"promptImage": [{"uri": to_asset(first)}, *more] if more else to_asset(first)}


def write_composer(model: CatalogModel, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the composer's form for the parameters of an earlier take, as far as the model has such fields."""
    form = write_parameters(composer_fields(model), parameters)
    frames, field = parameters.get("promptImage"), more_pictures_field(model)
    if field is None or not isinstance(frames, list):
        return form
    # the first one is the first frame, which the composer shows by itself
    more = [frame for frame in frames[1:] if isinstance(frame, dict) and "position" not in frame]
    return form | dict(write_field(field, "promptImage", more))


def accepted_values(model: CatalogModel, values: FormData) -> dict[str, Any]:
    """Return the values of a form, made for another model perhaps, that this model accepts, or the nearest it has."""
    fields = plain_fields(model)
    values = {**values, **_nearest(model, values)}
    plain = {name: text for name, text in values.items() if name in fields and _is_accepted(name, fields[name], text)}
    outer_names = {*structured_fields(model), *(["promptImage"] if more_pictures_field(model) else [])}
    parts = {name: text for name, text in values.items() if "." in name and name.split(".")[0] in outer_names}
    return plain | parts


def _nearest(model: CatalogModel, values: FormData) -> dict[str, str]:
    """Return the duration and the ratio of the model that are nearest to those of the form."""
    nearest = {}
    duration, sides = str(values.get("duration", "")), ratios.sides(str(values.get("ratio", "")))
    if duration.isdecimal() and (seconds := model.nearest_duration(int(duration))) is not None:
        nearest["duration"] = str(seconds)
    if sides and values["ratio"] not in model.ratios and (ratio := ratios.closest(model, *sides)):
        nearest["ratio"] = ratio
    return nearest


def _is_accepted(name: str, field: Field, text: object) -> bool:
    value = parse_text(field, str(text))
    return value is not None and not any(field.check((name,), value))
