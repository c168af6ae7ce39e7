"""The controls of a form, as templates show them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from generation import labels
from generation.forms.ratios import Drawing
from generation.runway.catalog.base_field import Field
from projects.models import Asset
from projects.problems import FieldProblem

# a form shows at most this many rows, whatever a model accepts: nobody fills in more by hand
MAX_ROWS = 50
HEX_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
DEFAULT_SWATCH = "#808080"


class ControlKind(StrEnum):
    """What a control looks like.

    CHIPS are radio buttons side by side, a SLIDER goes from its first option to its last, SHAPE has the
    aspect and the resolution of a ratio apart, COMBOBOX is a text input with
    suggestions, FILE one file of the scene, FILES several; ROWS and GROUP hold other controls.
    """

    TEXT = "text"
    TEXTAREA = "textarea"
    COLOR = "color"
    NUMBER = "number"
    SEED = "seed"
    CHECKBOX = "checkbox"
    SELECT = "select"
    COMBOBOX = "combobox"
    CHIPS = "chips"
    SLIDER = "slider"
    SHAPE = "shape"
    FILE = "file"
    FILES = "files"
    ROWS = "rows"
    GROUP = "group"


@dataclass(frozen=True)
class Option:
    """A value that can be chosen, and its label; of a ratio also its drawing and its parts."""

    value: str
    label: str
    drawing: Drawing | None = None
    aspect: str = ""
    resolution: str = ""


@dataclass
class Control:
    """One control, or a group of them.

    `value` is the text in it and `initial` the text before anybody changes it. `aside` stands beside the label.
    `options` belong to a choice, `files` to FILE and FILES, and `parts` to ROWS and GROUP.
    """

    name: str
    kind: ControlKind
    field: Field
    required: bool
    value: str = ""
    initial: str = ""
    label: str = ""
    aside: str = ""
    options: Sequence[Option] = ()
    files: list[FileOption] = dataclasses.field(default_factory=list)
    parts: list[Control] = dataclasses.field(default_factory=list)
    problem: str = ""
    aspects: Sequence[Option] = ()
    resolutions: Sequence[Option] = ()
    """Of a SHAPE; the values of both are the names of `Shapes`."""
    shape: tuple[str, str] = ("", "")
    """The aspect and the resolution that are chosen."""

    def __post_init__(self) -> None:
        self.label = self.label or labels.field_label(self.name)

    @property
    def swatch(self) -> str:
        """The color that a color picker shows, which cannot be empty."""
        return self.value if HEX_COLOR.fullmatch(self.value) else DEFAULT_SWATCH

    @property
    def is_changed(self) -> bool:
        """Whether something was filled in; rows and picked files count, groups only by their parts."""
        has_rows = self.kind == ControlKind.ROWS and bool(self.parts)
        return self.value != self.initial or has_rows or any(file.picked for file in self.files)

    @property
    def rows(self) -> int:
        """How many lines a TEXTAREA shows: more for the prompt."""
        return 4 if self.name == "promptText" else 2

    @property
    def range_hint(self) -> str:
        """The numbers that a NUMBER accepts, such as "1 to 10" or "1"; an empty text where no smallest one is known."""
        least, most = getattr(self.field, "min", None), getattr(self.field, "max", None)
        if least is None:
            return ""
        return f"{least}" if most is None else _("{least} to {most}").format(least=least, most=most)

    @property
    def step(self) -> int:
        """How far apart the options of a SLIDER are."""
        return int(self.options[1].value) - int(self.options[0].value)

    @property
    def row_label(self) -> str:
        """What one row of ROWS is called."""
        return labels.row_label(self.name)

    @property
    def can_add_row(self) -> bool:
        """Whether ROWS accepts one row more."""
        limit = getattr(self.field, "max", None) or MAX_ROWS
        return len(self.parts) < min(limit, MAX_ROWS)

    def walk(self) -> Iterator[Control]:
        """Yield this control and all controls in it."""
        yield self
        for part in (*self.parts, *(attribute for file in self.files for attribute in file.attributes)):
            yield from part.walk()


@dataclass
class FileOption:
    """A file of the scene that can be picked: `value` is its reference in a request, such as asset:{id}."""

    asset: Asset
    value: str
    picked: bool
    attributes: list[Control]


def place_problem(controls: Sequence[Control], problem: FieldProblem) -> bool:
    """Add a problem to the control it is about, else to the one around it; return False when there is neither."""
    by_name = {control.name: control for outer in controls for control in outer.walk()}
    name = problem.field
    # a problem may be deeper than the controls go, for example at the `uri` of a picked file
    while name and name not in by_name:
        name = name.rpartition(".")[0]
    if not name:
        return False
    control = _attribute_of_file(by_name[name], problem.field.removeprefix(name)) or by_name[name]
    control.problem = f"{control.problem} {problem.message}".strip()
    return True


def _attribute_of_file(control: Control, rest: str) -> Control | None:
    """Return the control at `.1.tag` of a list of files: a request numbers the picked files, a form names them."""
    number, _, key = rest.strip(".").partition(".")
    picked = [file for file in control.files if file.picked]
    if control.kind != ControlKind.FILES or not number.isdecimal() or int(number) >= len(picked):
        return None
    attributes = picked[int(number)].attributes
    return next((attribute for attribute in attributes if attribute.name.endswith(f".{key}")), None)
