"""The values of a row: what the texts of cells mean, and what stands where nothing was given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from generation.actions.generate import (
    DEFAULT_DURATION,
    DEFAULT_KIND,
    DEFAULT_MODEL,
    DEFAULT_RATIO,
    find_model,
    preferred_value,
)
from generation.batches.columns import OWN_COLUMNS
from generation.batches.row import Row
from generation.forms.settings import read_setting
from generation.forms.text_values import parse_boolean, parse_integer
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.disk.name_matching import same_name
from projects.problems import wrong_field

MAX_TAKES = 50


def read_model(values: Mapping[str, Any]) -> CatalogModel:
    """Return the model of a row. Raise Problem 422 for one that does not exist."""
    kind = _spelt_properly(values.get("kind", DEFAULT_KIND), catalog.kinds())
    name = _spelt_properly(
        values.get("model", DEFAULT_MODEL if kind == DEFAULT_KIND else None),
        [model.name for model in catalog.models(kind)],
    )
    return find_model(kind, name)


def _spelt_properly(text: object, names: Collection[str]) -> str:
    """Return the name that a text is a spelling of; the text itself where there is none."""
    return same_name(str(text), names) or str(text)


def read_parameters(row: Row, values: Mapping[str, Any], model: CatalogModel) -> dict[str, Any]:
    """Return the model's fields, with our ratio and duration where none is given and the model accepts them."""
    parameters = {name: value for name, value in values.items() if name not in OWN_COLUMNS}
    if row.is_text:
        parameters = {name: _read_cell(model, name, text) for name, text in parameters.items()}
    for name, preferred in (("ratio", DEFAULT_RATIO), ("duration", DEFAULT_DURATION)):
        if name not in parameters and (value := preferred_value(model, name, preferred)) is not None:
            parameters[name] = value
    return parameters


def _read_cell(model: CatalogModel, name: str, text: str) -> Any:
    """Return what a text means for its field: `5` is a number for a duration, and text for a prompt."""
    field = model.fields.get(name)
    return text if field is None else read_setting(field, name, {name: text})


def read_takes(value: object) -> int:
    """Return the number of takes of a row. Raise Problem 422 for anything but 1 to MAX_TAKES."""
    takes = parse_integer(str(value))
    if takes is None or not 1 <= takes <= MAX_TAKES:
        raise wrong_field("takes", _("takes must be a whole number from 1 to {max_takes}.").format(max_takes=MAX_TAKES))
    return takes


def read_reuse(value: object) -> bool | None:
    """Return whether a row may use a file that was paid for before; None if it does not say."""
    if value is None or isinstance(value, bool):
        return value
    if (reuse := parse_boolean(str(value))) is None:
        raise wrong_field("reuse", _("reuse must be true or false."))
    return reuse
