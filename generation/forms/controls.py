"""What stands on the page for each field of the catalogue."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generation import references
from generation.forms import data as filled
from generation.forms import names, shapes
from generation.forms.data import Data
from generation.forms.shapes import Shape
from generation.runway.catalog.base_field import Field
from generation.runway.catalog.fields import Boolean, Choice, Integer, Number, Text
from projects.models import Asset
from projects.problems import FieldProblem

# a row can be added as long as there are fewer, whatever a model takes: nobody fills in more by hand
MOST_ROWS = 50
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass
class Control:
    """One thing to fill in, or a group of them. `kind`: words, line, number, colour, choice, free (a choice, or what is
    typed), file, files, rows, group. `options`: value and label of each; `files`: what can be picked of the scene.
    """

    name: str
    kind: str
    required: bool
    field: Field
    value: str = ""
    label: str = ""
    options: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    files: list[Pick] = dataclasses.field(default_factory=list)
    parts: list[Control] = dataclasses.field(default_factory=list)
    problem: str = ""

    def __post_init__(self) -> None:
        self.label = self.label or names.label(self.name)

    @property
    def hint(self) -> str:
        """What Runway takes where nothing is given; a choice says so itself."""
        return (
            ""
            if self.field.default is None or self.kind == "choice"
            else f"otherwise {_word(self.name, self.field.default)}"
        )

    @property
    def swatch(self) -> str:
        """What a colour input shows: it cannot be empty."""
        return self.value if COLOUR.fullmatch(self.value) else "#808080"

    @property
    def filled(self) -> bool:
        """Whether something other than Runway's own stands in it."""
        own = self.field.default if self.field.default is not None else ""
        typed = self.kind not in ("files", "rows", "group") and self.value not in ("", filled.text_of(own))
        return typed or (self.kind == "rows" and bool(self.parts)) or any(file.picked for file in self.files)

    @property
    def row(self) -> str:
        """Of a list of rows: what one is."""
        return names.row(self.name)

    @property
    def may_grow(self) -> bool:
        most = getattr(self.field, "max", None) or MOST_ROWS
        return len(self.parts) < min(most, MOST_ROWS)

    def all(self) -> Iterator[Control]:
        """Itself and what is in it."""
        yield self
        for part in (*self.parts, *(word for file in self.files for word in file.words)):
            yield from part.all()


@dataclass
class Pick:
    """A file of the scene that can be picked, as a request names it, and what can be said of it."""

    asset: Asset
    value: str
    picked: bool
    words: list[Control]


class Controls:
    """`files`: those that can be picked."""

    def __init__(self, data: Data, files: Sequence[Asset]) -> None:
        self.data = data
        self.files = files

    def of(self, name: str, field: Field, *, required: bool | None = None) -> Control:
        control = self._of(name, field, field.required if required is None else required)
        # of one thing alone there is no group
        return control.parts[0] if control.kind == "group" and len(control.parts) == 1 else control

    def _of(self, name: str, field: Field, required: bool) -> Control:
        match shapes.shape(field):
            case Shape.PLAIN:
                return self._plain(Control(name, "line", required, field, self._text(name, field)))
            case Shape.PRESET:
                choice = shapes.sole(shapes.options(field)[0])
                values = choice.values if isinstance(choice, Choice) else ()
                return _choice(Control(name, "choice", required, field, self._text(name, field)), values)
            case Shape.FILE:
                found = [self._pick(name, each, {}) for each in self._fitting(field)]
                return Control(name, "file", required, field, self._text(name, field), files=found)
            case Shape.FILES:
                words = shapes.words(field)
                found = [
                    self._pick(f"{name}.{references.to_asset(each)}", each, words) for each in self._fitting(field)
                ]
                return Control(name, "files", required, field, files=found)
            case Shape.ROWS:
                return Control(name, "rows", required, field, parts=self._rows(name, field))
        return Control(name, "group", required, field, parts=list(self._parts(name, field)))

    def _plain(self, control: Control) -> Control:
        match control.field:
            case Text():
                control.kind = _kind_of_text(control)
            case Choice(values=values, pixels=pixels):
                control = _choice(control, values)
                control.kind = "free" if pixels else "choice"
            case Integer() as field if field.choices():
                control = _choice(control, [*map(str, field.choices()), *field.words])
            case Integer() | Number():
                control.kind = "number"
            case Boolean():
                control = _choice(control, ("true", "false"))
        return control

    def _pick(self, name: str, asset: Asset, words: Mapping[str, Field]) -> Pick:
        value = references.to_asset(asset)
        said = [self.of(f"{name}.{key}", field) for key, field in words.items()]
        return Pick(asset, value, self.data.get(name) in (value, filled.ON), said)

    def _fitting(self, field: Field) -> list[Asset]:
        kinds = shapes.media_kinds(field)
        return [asset for asset in self.files if asset.kind in kinds]

    def _rows(self, name: str, field: Field) -> list[Control]:
        item = shapes.items(field)
        return [self._row(f"{name}.{number}", item) for number in filled.rows(name, self.data)] if item else []

    def _row(self, name: str, item: Field) -> Control:
        control = self._of(name, item, required=False)
        return control if control.kind == "group" else Control(name, "group", False, item, parts=[control])

    def _parts(self, name: str, field: Field) -> Iterator[Control]:
        needed = shapes.needed(field)
        for key, part in shapes.parts(field).items():
            if not shapes.is_fixed(part):
                yield self.of(f"{name}.{key}", part, required=key in needed)

    def _text(self, name: str, field: Field) -> str:
        """What was typed; of a choice that must be made, what is usual, until another is made."""
        usual = field.usual if field.default is None else field.default
        otherwise = filled.text_of(usual) if field.required and usual is not None else ""
        found = self.data.get(name)
        return otherwise if found is None else str(found)


def place(controls: Sequence[Control], problem: FieldProblem) -> bool:
    """The sentence goes to the control that it is about; False where there is none."""
    known = {control.name: control for each in controls for control in each.all()}
    name = problem.field
    while name and name not in known:
        name = name.rpartition(".")[0]
    if not name:
        return False
    control = _word_of_file(known[name], problem.field.removeprefix(name)) or known[name]
    control.problem = control.problem or problem.message
    return True


def _word_of_file(control: Control, rest: str) -> Control | None:
    """In a request the files that are picked have numbers; on the page they have names."""
    number, _, word = rest.strip(".").partition(".")
    chosen = [file for file in control.files if file.picked]
    if control.kind != "files" or not number.isdecimal() or int(number) >= len(chosen):
        return None
    return next((each for each in chosen[int(number)].words if each.name.endswith(f".{word}")), None)


def _kind_of_text(control: Control) -> str:
    if control.field.facts.get("format") == "color":
        return "colour"
    return "words" if control.name.rsplit(".", 1)[-1] in ("promptText", "prompt", "negativePrompt") else "line"


def _choice(control: Control, values: Sequence[str]) -> Control:
    control.kind = "choice"
    options = [(value, _word(control.name, value)) for value in values]
    unsaid = _word(control.name, control.field.default) if control.field.default is not None else "as the model has it"
    control.options = options if control.required else [("", unsaid), *options]
    return control


def _word(name: str, value: Any) -> str:
    return {"true": "yes", "false": "no"}.get(filled.text_of(value)) or names.word(name, str(value))
