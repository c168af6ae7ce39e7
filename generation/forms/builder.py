"""The fields of a model → the controls of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from generation import labels, references
from generation.forms import ratios
from generation.forms.composer_controls import composer_control
from generation.forms.controls import Control, ControlKind, FileOption, Option
from generation.forms.form_data import TICKED, FormData, row_numbers
from generation.forms.structure import (
    Structure,
    file_attributes,
    is_type_tag,
    list_item,
    media_kinds,
    object_options,
    object_parts,
    only_value,
    required_parts,
    structure_of,
)
from generation.forms.text_values import format_value
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.fields import Boolean, Choice, Integer, Number, Text
from projects.models import Asset

# these get several lines; other texts are names and codes
LONG_TEXTS = ("promptText", "prompt", "negativePrompt")


class Look(StrEnum):
    """Where a form is shown: the composer has chips and drawings for plain fields, and shows their defaults."""

    FORM = "form"
    COMPOSER = "composer"


def build_controls(
    fields: Mapping[str, Field], data: FormData, files: Sequence[Asset], look: Look = Look.FORM
) -> list[Control]:
    """Return a control for each field, in order, filled in with `data`; `files` are those that can be picked."""
    builder = _Builder(data, files, look)
    return [builder.build(name, field, required=field.required) for name, field in fields.items()]


@dataclass(frozen=True)
class _Builder:
    data: FormData
    files: Sequence[Asset]
    look: Look

    def build(self, name: str, field: Field, *, required: bool) -> Control:
        """Return the control of a field; in place of a group of one control, that control."""
        control = self._build(name, field, required)
        is_group_of_one = control.kind == ControlKind.GROUP and len(control.parts) == 1
        return control.parts[0] if is_group_of_one else control

    def _build(self, name: str, field: Field, required: bool) -> Control:
        match structure_of(field):
            case Structure.PLAIN:
                # parts of other fields look the same everywhere
                is_composer = self.look == Look.COMPOSER and "." not in name
                return self._composer(name, field) if is_composer else self._plain(name, field, required)
            case Structure.PRESET:
                return self._preset(name, field, required)
            case Structure.FILE:
                files = [self._file(name, asset, {}) for asset in self._accepted_files(field)]
                control = Control(name, ControlKind.FILE, field, required, self._text(name), files=files)
                return _with_aside(control)
            case Structure.FILES:
                return Control(name, ControlKind.FILES, field, required, files=self._files(name, field))
            case Structure.ROWS:
                return Control(name, ControlKind.ROWS, field, required, parts=self._rows(name, field))
        return Control(name, ControlKind.GROUP, field, required, parts=list(self._parts(name, field)))

    def _composer(self, name: str, field: Field) -> Control:
        default = _default_text(field)
        return composer_control(name, field, self._text(name, default), default)

    def _plain(self, name: str, field: Field, required: bool) -> Control:
        control = self._text_control(name, field, required)
        match field:
            case Text():
                control.kind = _text_kind(name, field)
            case Choice(values=values, pixels=pixels):
                _add_options(control, values)
                control.kind = ControlKind.COMBOBOX if pixels else ControlKind.SELECT
            case Integer() as number if number.choices():
                _add_options(control, [*map(str, number.choices()), *number.words])
            case Integer() | Number():
                control.kind = ControlKind.NUMBER
            case Boolean():
                _add_options(control, ("true", "false"))
        return _with_aside(control)

    def _preset(self, name: str, field: Field, required: bool) -> Control:
        control, choice = self._text_control(name, field, required), only_value(object_options(field)[0])
        _add_options(control, choice.values if isinstance(choice, Choice) else ())
        return _with_aside(control)

    def _text_control(self, name: str, field: Field, required: bool) -> Control:
        """Return a text input. It is empty for the default, but a field that is needed has its default in it."""
        initial = _default_text(field) if field.required else ""
        return Control(name, ControlKind.TEXT, field, required, self._text(name, initial), initial)

    def _files(self, name: str, field: Field) -> list[FileOption]:
        attributes = file_attributes(field)
        return [
            self._file(f"{name}.{references.to_asset(asset)}", asset, attributes)
            for asset in self._accepted_files(field)
        ]

    def _file(self, name: str, asset: Asset, attributes: Mapping[str, Field]) -> FileOption:
        reference = references.to_asset(asset)
        controls = [self.build(f"{name}.{key}", part, required=part.required) for key, part in attributes.items()]
        return FileOption(asset, reference, self.data.get(name) in (reference, TICKED), controls)

    def _accepted_files(self, field: Field) -> list[Asset]:
        kinds = media_kinds(field)
        return [asset for asset in self.files if asset.kind in kinds]

    def _rows(self, name: str, field: Field) -> list[Control]:
        item = list_item(field)
        return [self._row(f"{name}.{number}", item) for number in row_numbers(name, self.data)] if item else []

    def _row(self, name: str, item: Field) -> Control:
        control = self._build(name, item, required=False)
        is_group = control.kind == ControlKind.GROUP
        return control if is_group else Control(name, ControlKind.GROUP, item, False, parts=[control])

    def _parts(self, name: str, field: Field) -> Iterator[Control]:
        required = required_parts(field)
        for key, part in object_parts(field).items():
            if not is_type_tag(part):
                yield self.build(f"{name}.{key}", part, required=key in required)

    def _text(self, name: str, initial: str = "") -> str:
        """Return what was typed, also when it is empty; `initial` until then."""
        value = self.data.get(name)
        return initial if value is None else format_value(value)


def _default_text(field: Field) -> str:
    default = field.effective_default
    return "" if default is None else format_value(default)


def _text_kind(name: str, field: Text) -> ControlKind:
    if field.facts.get("format") == "color":
        return ControlKind.COLOR
    return ControlKind.TEXTAREA if name.rsplit(".", 1)[-1] in LONG_TEXTS else ControlKind.TEXT


def _add_options(control: Control, values: Sequence[str]) -> None:
    """Make the control a select; one that need not be filled in begins with what Runway then assumes."""
    name, default = control.name, control.field.default
    options = [Option(value, _option_label(name, value)) for value in values]
    if not control.required:
        label = _(labels.MODEL_DEFAULT) if default is None else _option_label(name, format_value(default))
        options.insert(0, Option("", label))
    control.kind, control.options = ControlKind.SELECT, options


def _option_label(name: str, value: str) -> str:
    return ratios.label(value) if name == "ratio" and ratios.pixels(value) else labels.option_label(name, value)


def _with_aside(control: Control) -> Control:
    """Set what stands beside the label: the default, which a select shows by itself, else whether it is optional."""
    default = control.field.default
    if default is not None and control.kind != ControlKind.SELECT:
        control.aside = labels.default_aside(labels.option_label(control.name, format_value(default)))
    else:
        control.aside = "" if control.required else labels.OPTIONAL
    return control
