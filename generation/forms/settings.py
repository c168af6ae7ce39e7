"""Settings as text, `field=value`, from the command line and from the cells of a shot list.

A value is text and means what its field takes. A text that begins with [ or { is JSON. Files of a list are separated by
commas. A field within another one is named by its place, as in a form: `keyframes.0.at=0.5`.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from generation import references
from generation.forms.reader import file_item, read_field
from generation.forms.structure import Structure, accepts_single_file, list_item, structure_of
from generation.forms.writer import write_parameters
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import Object
from projects.problems import FieldProblem, wrong_field, wrong_fields
from projects.text.json_input import load_json

EXAMPLE = "duration=5"


def read_settings(model: CatalogModel, settings: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of settings such as `duration=5`; files stand in them as they were given.

    Raise Problem 422 that names each field which the model does not accept.
    """
    texts = dict(_split(setting) for setting in settings)
    values = {name: read_setting(field, name, texts) for name, field in model.fields.items()}
    # unknown names are kept, so that the catalog can name them
    values |= {name: text for name, text in texts.items() if name.split(".")[0] not in model.fields}
    parameters = {name: value for name, value in values.items() if value is not None}
    if problems := [*model.check(parameters), *_unknown_places(model, texts, parameters)]:
        raise wrong_fields(*problems)
    return parameters


def read_setting(field: Field, name: str, texts: Mapping[str, str]) -> Any:
    """Return the value that the texts mean for a field; None where there is none. Raise Problem 422 for broken JSON."""
    text, structure = texts.get(name, "").strip(), structure_of(field)
    if text[:1] in ("[", "{") and structure != Structure.PLAIN:
        try:
            return load_json(text)
        except ValueError as error:
            raise wrong_field(name, _("{name} is not valid JSON: {error}.").format(name=name, error=error)) from None
    if text and structure == Structure.FILES:
        return _files(field, text)
    return read_field(field, name, texts, _kind_by_file_name)


def _split(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not equals or not name.strip():
        raise wrong_field(
            "set", _("{setting}: write it as field=value, such as {example}.").format(setting=setting, example=EXAMPLE)
        )
    return name.strip(), value


def _unknown_places(model: CatalogModel, texts: Mapping[str, str], parameters: Mapping[str, Any]) -> list[FieldProblem]:
    """Return a problem for each place within a field that the field does not have."""
    known = write_parameters(model.fields, parameters)
    unknown = [name for name in texts if "." in name and name not in known and name.split(".")[0] in model.fields]
    return [_unknown_place(model, name) for name in unknown]


def _unknown_place(model: CatalogModel, name: str) -> FieldProblem:
    outer = name.split(".")[0]
    return FieldProblem(
        name,
        _("{name} has no {field}; {outer} is {allowed}.").format(
            name=model.name, field=name, outer=outer, allowed=model.fields[outer].allowed()
        ),
    )


def _files(field: Field, text: str) -> Any:
    """Return one file where it may stand alone, else a list; an address may have commas and is not split."""
    if accepts_single_file(field):
        return text
    files = [text] if references.is_address(text) else [file.strip() for file in text.split(",")]
    item = list_item(field)
    return [file_item(item, file) for file in files] if isinstance(item, Object) else files


def _kind_by_file_name(name: str) -> str:
    return (mimetypes.guess_type(name)[0] or "").partition("/")[0]
